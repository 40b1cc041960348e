"""MethodSVM: support vectors, found as TMVA finds them."""
