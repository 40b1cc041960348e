"""MethodVariable: a variable as a classifier."""
