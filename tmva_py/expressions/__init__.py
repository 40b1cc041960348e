"""TTree expressions: parsed once, evaluated over arrays of columns with ROOT's meaning."""

from tmva_py.expressions.expression import Expression

__all__ = ["Expression"]
