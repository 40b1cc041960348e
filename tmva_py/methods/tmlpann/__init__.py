"""MethodTMlpANN: ROOT's TMultiLayerPerceptron."""
