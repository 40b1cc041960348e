"""Category: a method for each region of the variables and spectators."""
