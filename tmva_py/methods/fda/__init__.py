"""TMVA's function discriminant."""
