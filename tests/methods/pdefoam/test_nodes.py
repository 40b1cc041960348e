"""Cells of a foam that grows as a decision tree, against loops over events."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.histograms import Axis
from tmva_py.methods.pdefoam.densities import Explored, FoamEvents, Place
from tmva_py.methods.pdefoam.foam import Growth
from tmva_py.methods.pdefoam.nodes import NodeDensity, separation_gain

f32, EPSILON = np.float32, float(np.finfo(np.float32).eps)


def literal(
    events: FoamEvents, ends: tuple[np.ndarray, np.ndarray], growth: Growth, place: Place
) -> Explored:
    """Return what a cell is found to be, from one event, dimension and cut after the other."""
    inside = []
    for event in place.inside.tolist():
        within = True
        for axis, value in enumerate(events.x[event]):
            first, last = float(ends[0][axis]), float(ends[1][axis])
            begin = float(f32(place.low[axis] - EPSILON))
            end = float(f32(place.low[axis] + place.size[axis] + EPSILON))
            low, high = (f32(one * (last - first) + first) for one in (begin, end))
            within = within and bool(low < value <= high)
        if within:
            inside.append(event)
    totals = [0.0, 0.0]
    for event in inside:
        totals[0 if events.is_class[event] else 1] += float(events.weight[event])
    best, division, largest = -1, 0.5, -1.0
    for axis in range(events.x.shape[1] if inside else 0):
        column = [float(events.x[event, axis]) for event in inside]
        counts, sums = np.zeros(growth.n_bins + 2), np.zeros((2, growth.n_bins + 2))
        for event, value in zip(inside, column, strict=True):
            bin_ = growth.n_bins + 1
            if min(column) < max(column):
                bin_ = Axis(growth.n_bins, min(column), max(column)).bin_of(value)
            counts[bin_] += 1
            sums[0 if events.is_class[event] else 1, bin_] += events.weight[event]
        number, below = 0.0, [0.0, 0.0]
        for cut in range(1, growth.n_bins):
            number += counts[cut]
            below = [one + float(more) for one, more in zip(below, sums[:, cut], strict=True)]
            if min(number, len(inside) - number) >= growth.n_min:
                gain = separation_gain("GiniIndex", *(np.array([one]) for one in below), *totals)[0]
                if gain >= largest:
                    best, division, largest = axis, cut / growth.n_bins, float(gain)
    whole = totals[0] + totals[1]
    part = totals[0] / whole if whole > 0 else 0.0
    return Explored(best, division, part, largest, whole if growth.n_min > 0 else 0.0, np.array(inside))


@pytest.mark.parametrize("n_min", [0, 1, 40])
@pytest.mark.parametrize("n_bins", [1, 2, 7, 20])
@pytest.mark.parametrize("kind", ["different", "rounded", "constant", "any sign"])
def test_cells_against_loops_over_events(kind: str, n_bins: int, n_min: int) -> None:
    random = np.random.default_rng(5)
    n_events = 400
    is_class = random.random(n_events) < 0.4
    x = (random.normal(size=(n_events, 3)) + 0.5 * is_class[:, None]).astype(f32)
    weight = random.uniform(0.5, 1.5, n_events).astype(f32).astype(float)
    if kind == "rounded":
        x = np.round(x, 1)
    elif kind == "constant":
        x[:, 1] = 0.3
    elif kind == "any sign":
        weight[random.random(n_events) < 0.1] *= -0.5
    events = FoamEvents(x, weight, is_class, np.zeros(n_events, f32))
    ends = x.min(axis=0) - f32(0.1), x.max(axis=0) + f32(0.1)
    growth = Growth(n_bins, 10, 0, n_min, 0)
    density = NodeDensity(events, ends, "GiniIndex", growth)
    whole = np.arange(n_events)
    for size in (1.0, 0.7, 0.4, 0.01):
        low = np.array([0.0, 0.1, 0.2]) * (1.0 - size)
        place = Place(low, np.full(3, size), size**3, whole[:: 1 if size > 0.5 else 2])
        seen, expected = density.explore(place), literal(events, ends, growth, place)
        for name in ("axis", "division", "integral", "drive", "n_events"):
            assert getattr(seen, name) == getattr(expected, name), name
        np.testing.assert_array_equal(seen.inside, expected.inside)
