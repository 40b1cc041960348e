"""TMVA's rule ensembles."""
