"""Renormalisation of the weights of training events."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError


def sum_in_order(weights: npt.NDArray[np.float64]) -> float:
    """Return the sum, added up from first to last in double as ``std::accumulate`` does."""
    return float(np.cumsum(weights)[-1]) if len(weights) else 0.0


def class_factors(norm_mode: str, classes: list[str], weights: list[npt.NDArray[np.float64]]) -> list[float]:
    """Return the factor by which each class's training weights are multiplied.

    ``NumEvents``: a class's weights add up to its number of training events; ``EqualNumEvents``: to that of
    class 0, the one that was mentioned first, be it signal or not.
    """
    if norm_mode == "None":
        return [1.0] * len(weights)
    factors = []
    for name, values in zip(classes, weights, strict=True):
        reference = len(values if norm_mode == "NumEvents" else weights[0])
        total = sum_in_order(values)
        if len(values) == 0:
            factors.append(1.0)
        elif total == 0.0:
            message = (
                f"class {name!r}: the weights of its {len(values)} training events add up to 0, so "
                f"NormMode={norm_mode} cannot scale them; check the weight expression, or use NormMode=None"
            )
            raise DataError(message)
        elif reference == 0:
            message = (
                "NormMode=EqualNumEvents scales to the number of training events of class "
                f"{classes[0]!r}, which has none"
            )
            raise DataError(message)
        else:
            factors.append(reference / total)
    return factors
