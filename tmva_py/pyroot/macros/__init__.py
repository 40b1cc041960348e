"""C++ macros that book, train and apply TMVA's methods: ROOT interprets them, this package does the work."""

from tmva_py.pyroot.macros.running import connect, run_macro

__all__ = ["connect", "run_macro"]
