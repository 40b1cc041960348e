"""The kernels of methods that compute on the host alone, by NumPy or numba."""

from __future__ import annotations

HOST_FAMILIES = (
    "boosting",
    "boxes",
    "buffers",
    "cuts",
    "densities",
    "foam_samples",
    "foams",
    "gauss",
    "growing",
    "inverse",
    "linear",
    "medians",
    "momentum_perceptron",
    "neighbours",
    "perceptron",
    "rule_path",
    "rules",
    "search_trees",
    "support_vectors",
    "working_set",
)
