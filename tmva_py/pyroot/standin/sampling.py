"""Numbers drawn from functions and histograms as ROOT draws them: by a table of the integral."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError
from tmva_py.pyroot.standin.messages import Warning

Doubles = npt.NDArray[np.float64]
_TOLERANCE = 1e-12
# Below this curvature ROOT takes the integral in a step to be a straight line.
_STRAIGHT = 1e-8
_MOST_STEPS = 1_000


def places_of(sums: Doubles, draws: Doubles) -> npt.NDArray[np.int64]:
    """Return the step of each draw in a table of sums from 0 to 1."""
    found = np.searchsorted(sums[:-1], draws, side="left").astype(np.int64)
    exact = sums[np.minimum(found, len(sums) - 2)] == draws
    found[~exact] -= 1
    return np.maximum(found, 0)


def table_of(heights: Doubles, name: str) -> Doubles:
    """Return the sums of heights, from 0 to 1.

    Raises
    ------
    DataError
        The heights add up to 0, or some of a histogram are negative.
    """
    sums = np.concatenate([[0.0], np.cumsum(heights)])
    if not sums[-1] > 0:
        message = f"{name!r} is nowhere above 0: nothing can be drawn from it"
        raise DataError(message)
    return np.asarray(sums / sums[-1])


def spread(sums: Doubles, places: npt.NDArray[np.int64], draws: Doubles) -> Doubles:
    """Return how far each draw lies in its step, from 0 to 1."""
    return np.asarray((draws - sums[places]) / (sums[places + 1] - sums[places]))


def integrals(function: Callable[[Doubles], Doubles], low: Doubles, high: Doubles) -> Doubles:
    """Return the integral from each low end to its high end."""
    from scipy import integrate

    width = high - low

    def scaled(t: float) -> Doubles:
        return np.asarray(function(low + t * width) * width)

    found = integrate.quad_vec(scaled, 0.0, 1.0, epsabs=0.0, epsrel=_TOLERANCE, norm="max", limit=_MOST_STEPS)
    return np.asarray(found[0], np.float64)


def integrals_of_cells(function: Callable[..., Doubles], x: Doubles, y: Doubles) -> Doubles:
    """Return the integral of a function of two variables in each cell, row by row."""
    nodes, weights = np.polynomial.legendre.leggauss(16)
    nodes, weights = 0.5 * (nodes + 1), 0.5 * weights
    total = np.zeros((len(y) - 1, len(x) - 1))
    for t, of_t in zip(nodes, weights, strict=True):
        for u, of_u in zip(nodes, weights, strict=True):
            columns, rows = np.meshgrid(x[:-1] + t * np.diff(x), y[:-1] + u * np.diff(y))
            total += of_t * of_u * function(columns.ravel(), rows.ravel()).reshape(total.shape)
    return np.asarray((total * np.outer(np.diff(y), np.diff(x))).ravel())


@dataclass(frozen=True)
class Inverse:
    """Where a function's integral reaches a value: a parabola in each of equal steps, as in TF1."""

    sums: Doubles
    begin: Doubles
    slope: Doubles
    bend: Doubles
    is_logarithmic: bool

    @classmethod
    def of(
        cls,
        function: Callable[[Doubles], Doubles],
        name: str,
        ends: tuple[float, float],
        steps: int,
        option: str,
    ) -> Inverse:
        """Make the table of a function; of one that spans many powers of ten, in steps of the logarithm."""
        low, high = ends
        text = option.upper()
        logarithmic = "LOG" in text or (low > 0 and high / low > steps and "LIN" not in text)
        if logarithmic:
            low, high = float(np.log10(low)), float(np.log10(high))
        step = (high - low) / steps
        begin: Doubles = low + np.arange(steps, dtype=np.float64) * step

        def at(values: Doubles) -> Doubles:
            return np.asarray(10.0**values) if logarithmic else values

        heights = integrals(function, at(begin), at(np.append(begin[1:], high)))
        n_negative = np.count_nonzero(heights < 0)
        if n_negative:
            Warning("TF1::GetRandom", f"function:{name} has {n_negative} negative values: abs assumed")
        heights = np.abs(heights)
        sums = table_of(heights, name)
        whole = np.diff(sums)
        half = integrals(function, at(begin), at(begin + 0.5 * step)) / heights.sum()
        bend = 2 * whole - 4 * half
        bend = np.where(np.abs(bend) > _STRAIGHT, bend / step**2, 0.0)
        return cls(sums, begin, whole / step - bend * step, 2 * bend, logarithmic)

    def at(self, draws: Doubles) -> Doubles:
        """Return the value of each draw."""
        places = places_of(self.sums, draws)
        rest = draws - self.sums[places]
        slope, bend = self.slope[places], self.bend[places]
        is_bent = bend != 0
        root = np.sqrt(slope * slope + 2 * bend * rest)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(is_bent, (root - slope) / np.where(is_bent, bend, 1.0), rest / slope)
        values = self.begin[places] + found
        return np.asarray(10.0**values) if self.is_logarithmic else np.asarray(values)


def fill_as(target: Any, source: Any, count: int, generator: Any) -> bool:
    """Fill a histogram with many events of another one of the same bins: by Poisson's numbers, as ROOT does.

    Returns
    -------
    bool
        Whether it was: few events, and those of other bins, are drawn one by one.
    """
    first, last = source.axes[0].shown_bins
    if count <= 10 * (last - first + 1) or source.axes[0].bins != target.axes[0].bins:
        return False
    contents = source.contents_with_flow()[first : last + 1]
    drawn = np.array([generator.Poisson(float(one)) for one in contents * count / contents.sum()], np.float64)
    total = int(drawn.sum())
    target.add_entries(first, drawn)
    edges = target.axes[0].bins
    while total != count:
        place = edges.bin_of(float(source.draw(1, generator)[0, 0]))
        if total < count:
            target.add_entries(place, np.ones(1))
            total += 1
        elif target.GetBinContent(place) > 0:
            target.add_entries(place, -np.ones(1))
            total -= 1
    target.ResetStats()
    return True
