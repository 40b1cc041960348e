"""TMVA's boosted decision trees."""
