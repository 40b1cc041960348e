"""Output functions: from a network's raw outputs to what `predict` returns."""

from __future__ import annotations

from tmva_py.functions.outputs.output_function import OUTPUT_FUNCTIONS, OutputFunction, find_output_function

__all__ = ["OUTPUT_FUNCTIONS", "OutputFunction", "find_output_function"]
