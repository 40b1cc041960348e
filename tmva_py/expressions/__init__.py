"""TTree expressions: parsed once, evaluated over the columns of trees with ROOT's meaning."""

from tmva_py.expressions.formula import Formula, TreeFormula, first_instances
from tmva_py.expressions.instances import Instances

__all__ = ["Formula", "Instances", "TreeFormula", "first_instances"]
