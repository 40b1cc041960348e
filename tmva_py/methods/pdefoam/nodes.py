"""How a cell is looked at while a foam grows as a decision tree does."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.histograms import Axis
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
        self._minimum, self._maximum = (one.astype(np.float64) for one in ends)
        self._weights = np.stack(
            [np.where(chosen, events.weight, 0.0) for chosen in (events.is_class, ~events.is_class)]
        )

    def explore(self, place: Place) -> Explored:
        """Find the best cut."""
        inside = self._within(place)
        weights, n_bins, n_min = self._weights[:, inside], self._growth.n_bins, self._growth.n_min
        totals = weights.sum(axis=1)
        best, division, largest = -1, 0.5, -1.0
        if len(inside) and n_bins > 1:
            number, s, b = self._below(self._events.x[inside], weights)
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

    def _below(self, x: Floats, weights: Doubles) -> tuple[Doubles, Doubles, Doubles]:
        """Return numbers and weights below each cut in each dimension, (n_dimensions, n_bins - 1)."""
        n_bins, n_dimensions = self._growth.n_bins, x.shape[1]
        places = _bins(x, n_bins) + (n_bins + 2) * np.arange(n_dimensions)
        size = (n_bins + 2) * n_dimensions

        def sums(values: Doubles) -> Doubles:
            repeated = np.repeat(values, n_dimensions)
            found = np.bincount(places.ravel(), repeated, minlength=size).reshape(n_dimensions, -1)
            below: Doubles = np.add.accumulate(found, axis=1)[:, 1:n_bins]
            return below

        return sums(np.ones(len(x))), sums(weights[0]), sums(weights[1])

    def _within(self, place: Place) -> Array:
        """Return which events are in a cell, whose borders TMVA moves outwards a little."""
        begin = (place.low - _SINGLE_EPSILON).astype(np.float32)
        end = (place.low + place.size + _SINGLE_EPSILON).astype(np.float32)
        span = self._maximum - self._minimum
        low, high = ((one * span + self._minimum).astype(np.float32) for one in (begin, end))
        x = self._events.x[place.inside]
        return place.inside[((x > low) & (x <= high)).all(axis=1)]


def _bins(x: Floats, n_bins: int) -> Array:
    """Return bins between the smallest and the largest value of each column, which is itself above."""
    found = np.full(x.shape, n_bins + 1)
    for column, bins in zip(x.T, found.T, strict=True):
        low, high = float(column.min()), float(column.max())
        if low < high:
            bins[:] = Axis(n_bins, low, high).bins_of(column)
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
