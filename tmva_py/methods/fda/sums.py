"""Formulas that are sums of products, as most are: evaluated without copies for each set of parameters."""

from __future__ import annotations

import re
from typing import TypeAlias

import numpy as np

from tmva_py.methods.inputs import Doubles

_FACTOR = r"(?:\(\d+\)|x\d+|\d+\.?\d*(?:[eE][+-]?\d+)?)"
_TERM = rf"{_FACTOR}(?:\*{_FACTOR})*"
_SUM = re.compile(rf"[+-]?{_TERM}(?:[+-]{_TERM})*")
_SIGNED_TERM = re.compile(rf"([+-]?)({_TERM})")

# A parameter's number, a column's number, or a number.
Factor: TypeAlias = tuple[str, float]
Term: TypeAlias = tuple[bool, list[Factor]]


class SumOfProducts:
    """A sum of products of parameters, variables and numbers, in the order in which it is written.

    So it has the bits of an evaluation from left to right.
    """

    def __init__(self, terms: list[Term]) -> None:
        self._terms = terms

    @classmethod
    def of(cls, text: str) -> SumOfProducts | None:
        """Return the sum that a text is, or None if it is something else."""
        if _SUM.fullmatch(text) is None:
            return None
        return cls(
            [
                (sign == "-", [_factor(one) for one in re.findall(_FACTOR, term)])
                for sign, term in _SIGNED_TERM.findall(text)
            ]
        )

    def __call__(self, parameters: Doubles, columns: Doubles) -> Doubles:
        """Return the values for each set of parameters and each event, (N, n_events)."""
        total: Doubles | float | None = None
        for is_negative, factors in self._terms:
            product = _value(factors[0], parameters, columns)
            for factor in factors[1:]:
                product = product * _value(factor, parameters, columns)
            if total is None:
                total = -product if is_negative else product
            else:
                total = total - product if is_negative else total + product
        shape = (len(parameters), columns.shape[1])
        if isinstance(total, np.ndarray) and total.shape == shape:
            return total
        found = np.empty(shape)
        found[:] = total
        return found


def _factor(text: str) -> Factor:
    if text.startswith("("):
        return "parameter", int(text[1:-1])
    return ("column", int(text[1:])) if text.startswith("x") else ("number", float(text))


def _value(factor: Factor, parameters: Doubles, columns: Doubles) -> Doubles | float:
    kind, value = factor
    if kind == "parameter":
        return parameters[:, int(value), None]
    return columns[int(value)] if kind == "column" else value
