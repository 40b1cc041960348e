"""MethodLikelihood: the product of the variables' densities, signal against background."""
