"""Scaling, adding, dividing and multiplying histograms, with their errors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.errors import ShapeError
from tmva_py.pyroot.standin.histogram_statistics import HistogramStatistics


class Histogram(HistogramStatistics):
    """A histogram of one quantity or of two."""

    def Scale(self, factor: float = 1.0, option: object = "") -> None:
        """Multiply by a factor; with ``width`` by one over the bins' widths too, with ``nosw2`` no errors."""
        self.flush()
        text = str(option).lower()
        squares = None if "nosw2" in text and self._squares is None else self.flush_errors()
        scale = np.full(self._shape, float(factor))
        if "width" in text:
            widths = [
                np.array([axis.GetBinWidth(number) for number in range(axis.bins.n_bins + 2)])
                for axis in reversed(self.axes)
            ]
            scale /= widths[0] if len(widths) == 1 else np.outer(*widths)
        self._contents = self._rounded(self._contents * scale)
        self._squares = None if squares is None else squares * scale**2
        self._moments = self._moments * factor
        self._moments[1] *= factor
        if "width" in text:
            self.ResetStats()

    def __mul__(self, other: Any) -> Any:
        """Return a copy times a number, or the product with a histogram."""
        found = self.Clone()
        if hasattr(other, "flush"):
            found.Multiply(other)
        else:
            found.Scale(other)
        return found

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        return self._copied("Add", other)

    def __sub__(self, other: Any) -> Any:
        return self._copied("Add", other, -1.0)

    def __truediv__(self, other: Any) -> Any:
        return self._copied("Divide", other)

    def _copied(self, call: str, other: Any, *more: float) -> Any:
        """Return a copy after a call with another histogram."""
        if not hasattr(other, "flush"):
            return NotImplemented
        found = self.Clone()
        getattr(found, call)(other, *more)
        return found

    def _checked(self, other: Any) -> Any:
        other.flush()
        self.flush()
        if other._shape != self._shape:
            message = f"{self.name!r} and {other.name!r} have different binnings"
            raise ShapeError(message)
        return other

    def Add(self, other: Any, *more: Any) -> bool:
        """Add a histogram, ``(other, factor)``, or set to a sum, ``(first, second, factor, factor)``."""
        if more and hasattr(more[0], "flush"):
            factors = [float(one) for one in (*more[1:3], 1.0, 1.0)[:2]]
            parts = [self._checked(other), self._checked(more[0])]
        else:
            factors = [1.0, float(more[0]) if more else 1.0]
            parts = [self, self._checked(other)]
        keeps = any(one._squares is not None for one in (self, *parts)) or factors != [1.0, 1.0]
        terms = list(zip(factors, parts, strict=True))
        squares = sum(factor**2 * one.squares_with_flow() for factor, one in terms)
        contents = sum(factor * one._contents for factor, one in terms)
        moments = sum(factor * one._sums() for factor, one in terms)
        moments[1] = sum(factor**2 * one._sums()[1] for factor, one in terms)
        self._contents = self._rounded(contents)
        self._squares = np.asarray(squares) if keeps else None
        entries = parts[0]._entries + parts[1]._entries
        self.ResetStats()
        if min(factors) >= 0:
            self._moments = moments
        if factors == [1.0, 1.0]:
            self._entries = entries
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
        is_binomial = bool(more) and "B" in str(more[-1]).upper() and isinstance(more[-1], str)
        keeps = any(one._squares is not None for one in (self, first, second)) or is_binomial
        relative = [
            np.divide(
                one.squares_with_flow(), one._contents**2, out=np.zeros(self._shape), where=one._contents != 0
            )
            for one in (first, second)
        ]
        ratio = function(a, b)
        squares = ratio**2 * (relative[0] + relative[1])
        if is_binomial:
            variance = np.abs((1 - 2 * ratio) * relative[0] * a**2 + ratio**2 * relative[1] * b**2)
            squares = np.divide(variance, b**2, out=np.zeros(self._shape), where=b != 0)
        self._contents = self._rounded(ratio)
        # As in ROOT, whose errors are else those of the contents.
        self._squares = squares if keeps else None
        self.ResetStats()
        if is_binomial:
            self._entries = second._entries
        return True
