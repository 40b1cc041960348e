"""Cumulative distributions against literal loops."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tmva_py.data.transformations.cumulative import SETTINGS
from tmva_py.data.transformations.cumulative_fit import fit_cumulative
from tmva_py.histograms import PDF, Axis, Histogram, smooth

f32 = np.float32


def literal_edges(values: np.ndarray, weight: np.ndarray) -> list[np.float32]:
    """Return edges by a loop over events in float32."""
    order = np.argsort(values, kind="stable")
    total, least = f32(0), f32(1e11)
    for one in weight:
        total, least = f32(total + one), min(least, one)
    per_bin = max(f32(least * f32(10)), f32(total / f32(2000)))
    last, gathered = values[order[0]], f32(0)
    edges = [f32(last - f32(1e-4)), last]
    for value, one in zip(values[order], weight[order], strict=True):
        gathered = f32(gathered + one)
        if gathered >= per_bin and value > last:
            edges.append(value)
            gathered, last = f32(0), value
    if gathered != 0:
        edges.append(values[order[-1]])
    return edges


def literal_fit(values: np.ndarray, weight: np.ndarray) -> tuple[list[float], list[float]]:
    """Return edges and fractions by loops over events in float32."""
    edges = literal_edges(values, weight)
    contents = [f32(0)] * (len(edges) - 1)
    for value, one in zip(values, weight, strict=True):
        for place in range(len(contents)):
            if edges[place] <= value < edges[place + 1] or (value == edges[place] == edges[place + 1]):
                if value < edges[-1]:
                    contents[place] = f32(contents[place] + f32(one))
                break
    smoothed = [float(f32(one)) for one in smooth(contents)]
    whole = sum(max(one, 0.0) for one in smoothed)
    fractions, running = [], 0.0
    for one in smoothed:
        running += max(one, 0.0)
        fractions.append(float(f32(running / whole)) if whole else math.nan)
    return [float(edge) for edge in edges], fractions


SAMPLES = {
    "ones": lambda r: (r.normal(size=900), np.ones(900)),
    "weights": lambda r: (r.normal(size=700), r.uniform(0.1, 3, 700)),
    "negative weights": lambda r: (r.normal(size=500), r.choice([1.0, -0.4], 500, p=[0.8, 0.2])),
    "zero weights": lambda r: (r.normal(size=500), r.choice([1.0, 0.0], 500)),
    "integers": lambda r: (r.poisson(8, 600), np.ones(600)),
    "large values": lambda r: (1e5 + r.normal(size=400), np.ones(400)),
    "few events": lambda r: (r.normal(size=7), np.ones(7)),
    "two values": lambda r: (r.integers(0, 2, 300), np.ones(300)),
    "one value": lambda _: (np.full(50, 3.0), np.ones(50)),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_fit_against_loops_over_events(name: str) -> None:
    values, weight = (np.asarray(one, f32) for one in SAMPLES[name](np.random.default_rng(7)))
    order = np.argsort(values, kind="stable")
    fitted = fit_cumulative(values, weight, order)
    edges, fractions = literal_fit(values, weight)
    np.testing.assert_array_equal(fitted.axis.edges, edges)
    np.testing.assert_array_equal(fitted.values, np.array(fractions, f32))


WEIGHTS = {
    "equal": lambda _, n: np.full(n, 0.7),
    "two": lambda r, n: r.choice([0.3, 1.7], n),
    "uneven": lambda r, n: r.exponential(1, n) ** 4,
    "few heavy": lambda r, n: np.where(r.random(n) < 0.001, 1e5, 1.0),
    "any sign": lambda r, n: r.normal(0.05, 1, n),
    "mostly negative": lambda r, n: -r.uniform(0.1, 1, n),
    "nothing": lambda _, n: np.zeros(n),
}
VALUES = {
    "different": lambda r, n: r.normal(size=n),
    "some equal": lambda r, n: np.where(r.random(n) < 0.5, 0, r.normal(size=n)),
    "rounded": lambda r, n: np.round(r.normal(size=n), 2),
    "two": lambda r, n: r.integers(0, 2, n),
}


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("kind", VALUES)
def test_edges_against_a_loop_over_events(kind: str, weights: str) -> None:
    """With bins of few events and of many, and so many events that all bins have many."""
    random = np.random.default_rng(11)
    sizes = [1, 2, 15, 33, 3000]
    if (kind, weights) in {("different", "equal"), ("different", "any sign"), ("rounded", "two")}:
        sizes.append(70_000)
    for size in sizes:
        values, weight = (table(random, size).astype(f32) for table in (VALUES[kind], WEIGHTS[weights]))
        fitted = fit_cumulative(values, weight, np.argsort(values, kind="stable"))
        np.testing.assert_array_equal(fitted.axis.edges, np.array(literal_edges(values, weight), float))


def literal_value(edges: np.ndarray, contents: np.ndarray, x: float) -> float:
    """Return the cumulative distribution through the spline and the 10000 bins, one step at a time."""
    centres = [(low + high) / 2 for low, high in itertools.pairwise(edges)]

    def spline(at: float) -> float:
        k = max((i for i, centre in enumerate(centres) if centre <= at), default=0)
        other = k + 1 if (at > centres[k] and k != len(centres) - 1) or k == 0 else k - 1
        slope = (contents[k] - contents[other]) / (centres[k] - centres[other])
        return contents[k] + (at - centres[k]) * slope

    width = (edges[-1] - edges[0]) / 10000

    def centre_of(bin_: int) -> float:
        return edges[0] + (bin_ - 0.5) * width

    def content_of(bin_: int) -> float:
        at = centre_of(bin_)
        y = spline(at)
        if y <= 1e-12:
            y = contents[max(i for i, low in enumerate(edges[:-1]) if low <= at)]
        return float(f32(max(y, 1e-12)))

    bin_ = min(max(int((x - edges[0]) / width) + 1 if x >= edges[0] else 1, 1), 10000)
    other = bin_ + 1 if (x > centre_of(bin_) and bin_ != 10000) or bin_ == 1 else bin_ - 1
    slope = (content_of(bin_) - content_of(other)) / (centre_of(bin_) - centre_of(other))
    return max(content_of(bin_) + (x - centre_of(bin_)) * slope, 1e-12)


def curve(edges: np.ndarray, contents: np.ndarray) -> PDF:
    return PDF(Histogram.of_values(Axis.of_edges(edges), contents), SETTINGS, normalised=False)


def distribution(random: np.random.Generator, n: int = 12) -> PDF:
    edges = np.cumsum(random.uniform(0.01, 1, n + 1)) - 3
    contents = np.cumsum(random.uniform(0, 1, n)).astype(f32)
    return curve(edges, contents / contents[-1])


@pytest.mark.parametrize("seed", range(4))
def test_values_against_one_step_at_a_time(seed: int) -> None:
    random = np.random.default_rng(seed)
    one = distribution(random)
    edges, contents = one.original.axis.edges, one.original.values
    x = np.concatenate([random.uniform(edges[0] - 1, edges[-1] + 1, 40), edges])
    expected = [literal_value(edges, contents, value) for value in x.tolist()]
    np.testing.assert_allclose(one.value(x), expected, rtol=1e-11, atol=1e-13)


def test_a_table_that_reaches_below_zero_takes_the_bins_content() -> None:
    """The straight line through the first two centres is negative at the lower edge."""
    edges, contents = np.array([0.0, 1.0, 1.2, 2.0]), np.array([0.1, 0.9, 1.0], f32)
    one = curve(edges, contents)
    assert one.table.values[0] == pytest.approx(0.1, rel=1e-6)
    expected = [literal_value(edges, contents.astype(float), x) for x in (0.001, 0.3, 0.44, 1.5)]
    np.testing.assert_allclose(one.value(np.array([0.001, 0.3, 0.44, 1.5])), expected, rtol=1e-11)


def literal_inverse(table: np.ndarray, low: float, width: float, y: float) -> float:
    lower, higher, lower_value, higher_value = 0, 10000, 0.0, 0.0
    middle = higher // 2
    while lower < middle < higher:
        if y < table[middle - 1]:
            higher, higher_value = middle, table[middle - 1]
        else:
            lower, lower_value = middle, table[middle - 1]
        middle = lower + (higher - lower) // 2
    length = higher_value - lower_value
    part = (y - lower_value) / length if length > 1e-10 else lower_value
    return low + (lower - 0.5 + part) * width


def test_inverse_against_bisection() -> None:
    random = np.random.default_rng(3)
    one = distribution(random)
    width = (one.maximum - one.minimum) / 10000
    y = np.concatenate([random.uniform(-0.1, 1.1, 200), [0.0, 1.0, 1e-12], one.table.values[::997]])
    expected = [literal_inverse(one.table.values, one.minimum, width, value) for value in y.tolist()]
    np.testing.assert_allclose(one.inverse(y), expected, rtol=1e-13, atol=1e-13)


def test_values_that_are_no_numbers_stay_so_and_infinite_ones_are_the_ends() -> None:
    one = distribution(np.random.default_rng(5))
    got = one.value(np.array([np.nan, -np.inf, np.inf], f32))
    assert np.isnan(got[0])
    assert got[1] == 1e-12
    assert got[2] > 1
    assert np.isnan(one.inverse(np.array([np.nan]))[0])
