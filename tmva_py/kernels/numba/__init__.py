"""Kernels compiled by numba; `tmva_py.kernels.numba.overrides` registers them, nothing else needs numba."""
