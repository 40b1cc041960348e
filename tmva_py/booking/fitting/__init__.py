"""TMVA's fitters as scripts use them on functions of their own: ranges, the target, the searches."""
