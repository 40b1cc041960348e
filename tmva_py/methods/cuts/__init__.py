"""TMVA's rectangular cuts."""
