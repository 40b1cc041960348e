"""Weight files: their XML, safely read and written as TMVA does, and what they say of any method."""

from __future__ import annotations

from tmva_py.weights.header import StoredOption, WeightFile

__all__ = ["StoredOption", "WeightFile"]
