"""Tuning: options of a booking are tried out, and those with the best figure of merit are taken."""

from __future__ import annotations

from tmva_py.methods.tuning.figures import FIGURES, figure_named
from tmva_py.methods.tuning.ranges import TuningRange
from tmva_py.methods.tuning.search import SEARCHES, Tried, search_named

__all__ = ["FIGURES", "SEARCHES", "Tried", "TuningRange", "figure_named", "search_named"]
