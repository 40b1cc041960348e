"""The methods: what a booking script trains and a weight file holds."""

from __future__ import annotations

from tmva_py.data import AnalysisType
from tmva_py.methods.base import MethodBase

__all__ = ["AnalysisType", "MethodBase"]
