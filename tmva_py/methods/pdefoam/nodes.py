"""How a cell is looked at while a foam grows as a decision tree does."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.histograms.axis import equal_bins_of
from tmva_py.kernels.separation import SMALLEST_GAIN
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.methods.pdefoam.densities import Explored, FoamEvents, Place
from tmva_py.methods.pdefoam.foam import Growth

Array = npt.NDArray[Any]

_SINGLE_EPSILON = float(np.finfo(np.float32).eps)


class NodeDensity:
    """A cell as a node of a decision tree: a cut is chosen by how it separates a class from the others."""

    updates_parents: ClassVar[bool] = False

    def __init__(
        self, events: FoamEvents, ends: tuple[Floats, Floats], separation: str, growth: Growth
    ) -> None:
        self._events, self._growth, self._separation = events, growth, separation
        self._minimum = ends[0].astype(np.float64)
        self._span = ends[1].astype(np.float64) - self._minimum
        self._columns = events.x.T.astype(np.float64, order="C")
        self._is_other = (~events.is_class).astype(np.int64)

    def explore(self, place: Place) -> Explored:
        """Find the best cut."""
        inside, columns = self._within(place)
        n_bins, n_min = self._growth.n_bins, self._growth.n_min
        weight, is_other = self._events.weight[inside], self._is_other[inside]
        totals = np.bincount(is_other, weight, minlength=2)
        best, division, largest = -1, 0.5, -1.0
        # Fewer have no cut with enough events on both sides.
        if n_bins > 1 and len(inside) >= max(1, 2 * n_min):
            number, s, b = self._below(columns, weight, is_other)
            gains = separation_gain(self._separation, s, b, *totals.tolist())
            gains = np.where((number >= n_min) & (len(inside) - number >= n_min), gains, -np.inf)
            # The last of the best ones.
            last = gains.size - 1 - int(np.argmax(gains.ravel()[::-1]))
            axis, cut = divmod(last, n_bins - 1)
            if gains[axis, cut] >= largest:
                best, division, largest = axis, (cut + 1) / n_bins, float(gains[axis, cut])
        whole = float(totals.sum())
        integral = float(totals[0]) / whole if whole > 0 else 0.0
        return Explored(best, division, integral, largest, whole if n_min > 0 else 0.0, inside)

    def _below(self, columns: Doubles, weight: Doubles, is_other: Array) -> tuple[Array, Doubles, Doubles]:
        """Return numbers and weights below each cut in each dimension, (n_dimensions, n_bins - 1)."""
        n_bins, n_dimensions = self._growth.n_bins, len(columns)
        shape = (2, n_dimensions, n_bins + 1)
        places = _bins(columns, n_bins)
        places += (n_bins + 1) * np.arange(n_dimensions)[:, None]
        places += (n_bins + 1) * n_dimensions * is_other
        flat, size = places.ravel(), math.prod(shape)
        number = np.bincount(flat, minlength=size).reshape(shape).sum(axis=0)
        weights = np.bincount(flat, np.tile(weight, n_dimensions), minlength=size).reshape(shape)
        s, b = np.add.accumulate(weights, axis=2)[:, :, : n_bins - 1]
        return np.add.accumulate(number, axis=1)[:, : n_bins - 1], s, b

    def _within(self, place: Place) -> tuple[Array, Doubles]:
        """Return which events are in a cell, whose borders TMVA moves outwards a little, and their values."""
        ends = np.stack([place.low - _SINGLE_EPSILON, place.low + place.size + _SINGLE_EPSILON])
        # Single precision as in TMVA.
        ends = (ends.astype(np.float32) * self._span + self._minimum).astype(np.float32)
        low, high = ends.astype(np.float64)[:, :, None]
        columns = self._columns.take(place.inside, axis=1)
        chosen = np.flatnonzero(((columns > low) & (columns <= high)).all(axis=0))
        return place.inside[chosen], columns.take(chosen, axis=1)


def _bins(columns: Doubles, n_bins: int) -> Array:
    """Return bins, from 0, from the smallest to the largest value of each column, which lies above them."""
    low, high = columns.min(axis=1, keepdims=True), columns.max(axis=1, keepdims=True)
    # A column of equal values is above, too.
    found = equal_bins_of(columns, n_bins, low, np.where(low < high, high, low + np.abs(low) + 1.0))
    found[columns == high] = n_bins
    return found


def separation_gain(name: str, s: Doubles, b: Doubles, all_s: float, all_b: float) -> Doubles:
    """Return what cuts with s and b on one side gain over a cell with `all_s` and `all_b`."""
    rest_s, rest_b, whole = all_s - s, all_b - b, all_s + all_b
    with np.errstate(all="ignore"):
        together = [
            np.concatenate([[all_], rest.ravel(), one.ravel()])
            for all_, rest, one in ((all_s, rest_s, s), (all_b, rest_b, b))
        ]
        found = separation_index(name, *together)
        parent, (above, below) = float(found[0]), found[1:].reshape(2, *s.shape)
        if name == "SdivSqrtSplusB":
            gain = (whole * parent - (rest_s + rest_b) * above - (s + b) * below) / whole
        else:
            gain = parent - (rest_s + rest_b) / whole * above - (s + b) / whole * below
        nothing = ((rest_s == s) & (rest_b == b)) | (gain < SMALLEST_GAIN)
    return np.where(nothing, 0.0, gain)


def separation_index(name: str, s: Doubles, b: Doubles) -> Doubles:
    """Return how mixed s and b are, in TMVA's formulas."""
    whole = s + b
    pure = (whole <= 0) | (s <= 0) | (b <= 0)
    p = np.where(pure, 0.5, s / np.where(pure, 1.0, whole))
    if name == "GiniIndex":
        return np.where(pure, 0.0, 2.0 * s * b / whole / whole)
    if name == "GiniIndexWithLaplace":
        return np.where(pure, 0.0, (s * b + s + b + 1.0) / (whole + 2.0) / (whole + 2.0))
    if name == "CrossEntropy":
        logarithms = [np.array([_log2(one) for one in part.tolist()]) for part in (p, 1.0 - p)]
        return np.where(pure, 0.0, -(p * logarithms[0] + (1.0 - p) * logarithms[1]))
    if name == "MisClassificationError":
        part = s / whole
        return np.where(whole <= 0, 0.0, np.where(part >= 1.0 - part, 1.0 - part, part))
    return np.where(whole > 0, s / np.sqrt(whole), 0.0)


def _log2(p: float) -> float:
    """Return ``TMath::Log2``, which is not the C library's."""
    return math.log(p) / math.log(2.0)
