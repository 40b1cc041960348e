"""MethodCFMlpANN: the network of Clermont-Ferrand."""
