"""TMVA's methods, booking scripts and weight files in Python, without ROOT."""
