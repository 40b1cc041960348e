"""Scaling, adding, dividing and multiplying histograms, with their errors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.errors import ShapeError
from tmva_py.pyroot.standin.histogram_base import HistogramBase


class Histogram(HistogramBase):
    """A histogram of one quantity or of two."""

    def Scale(self, factor: float = 1.0, option: object = "") -> None:
        self.flush()
        squares = self.flush_errors()
        scale = np.full(self._shape, float(factor))
        if "width" in str(option):
            scale[1:-1] /= np.diff(self.axes[0].bins.edges)
        self._contents = self._rounded(self._contents * scale)
        self._squares = squares * scale**2
        self._moments = self._moments * factor
        self._moments[1] *= factor

    def _checked(self, other: Any) -> Any:
        other.flush()
        self.flush()
        if other._shape != self._shape:
            message = f"{self.name!r} and {other.name!r} have different binnings"
            raise ShapeError(message)
        return other

    def Add(self, other: Any, factor: float = 1.0) -> bool:
        self._checked(other)
        if self._squares is not None or other._squares is not None or factor != 1.0:
            squares = np.abs(other._contents) if other._squares is None else other._squares
            self._squares = self.flush_errors() + factor**2 * squares
        self._contents = self._rounded(self._contents + factor * other._contents)
        scaled = other._moments * factor
        scaled[1] *= factor
        self._moments = self._moments + scaled
        self._entries += other._entries * (1 if factor > 0 else -1)
        return True

    def Divide(self, other: Any, *more: Any) -> bool:
        """Divide by a histogram, or set to the quotient of two."""
        return self._combine(other, more, lambda a, b: np.divide(a, b, out=np.zeros_like(a), where=b != 0))

    def Multiply(self, other: Any, *more: Any) -> bool:
        return self._combine(other, more, lambda a, b: a * b)

    def _combine(self, other: Any, more: tuple[Any, ...], function: Any) -> bool:
        if more and hasattr(more[0], "flush"):
            first, second = self._checked(other), self._checked(more[0])
            factors = [*more[1:3], 1.0, 1.0]
            a, b = first._contents * factors[0], second._contents * factors[1]
        else:
            first, second = self, self._checked(other)
            a, b = self._contents, second._contents
        keeps = self._squares is not None or first._squares is not None or second._squares is not None
        relative = [
            np.divide(
                np.abs(one._contents) if one._squares is None else one._squares,
                one._contents**2,
                out=np.zeros(self._shape),
                where=one._contents != 0,
            )
            for one in (first, second)
        ]
        is_binomial = bool(more) and str(more[-1]).upper() == "B"
        self._contents = self._rounded(function(a, b))
        self._squares = self._contents**2 * (relative[0] + relative[1])
        if is_binomial:
            variance = np.abs(
                (1 - 2 * self._contents) * relative[0] * a**2 + self._contents**2 * relative[1] * b**2
            )
            self._squares = np.divide(variance, b**2, out=np.zeros(self._shape), where=b != 0)
        if not keeps:  # as in ROOT, whose errors are then those of the contents
            self._squares = None
        self._has_moments = False
        return True
