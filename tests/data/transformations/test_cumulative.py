"""Cumulative distributions, smoothing and the transformations U and G against literal loops."""

from __future__ import annotations

import itertools
import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformation_files import events_of, info_with

from tmva_py.data.histogram_smoothing import smooth
from tmva_py.data.transformations import TransformationChain
from tmva_py.data.transformations.cumulative_distribution import CumulativeDistribution
from tmva_py.errors import TMVAWarning, TrainingError

f32 = np.float32


# --- smoothing ------------------------------------------------------------------------------------------


def literal_smooth(contents: list[float]) -> list[float]:
    """353QH, twice, point by point as the paper has it."""

    def median(*values: float) -> float:
        return statistics.median(values)

    def once(z: list[float]) -> list[float]:
        n = len(z)
        a = [z[0], *(median(*z[i - 1 : i + 2]) for i in range(1, n - 1)), z[-1]]
        a[0] = median(a[0], a[1], 3 * a[1] - 2 * a[2])
        a[-1] = median(a[-1], a[-2], 3 * a[-2] - 2 * a[-3])
        b = list(a)
        for i in range(2, n - 2):
            b[i] = median(*a[i - 2 : i + 3])
        b[1], b[-2] = median(*a[:3]), median(*a[-3:])
        c = [b[0], *(median(*b[i - 1 : i + 2]) for i in range(1, n - 1)), b[-1]]
        q = list(c)
        for i in range(2, n - 2):
            if c[i - 1] == c[i] == c[i + 1] and (c[i - 2] - c[i]) * (c[i + 2] - c[i]) > 0:
                k = -1 if abs(c[i + 2] - c[i]) > abs(c[i - 2] - c[i]) else 1
                q[i] = -0.5 * c[i - 2 * k] + c[i] / 0.75 + c[i + 2 * k] / 6
                q[i + k] = 0.5 * (c[i + 2 * k] - c[i - 2 * k]) + c[i]
        return [q[0], *(0.25 * q[i - 1] + 0.5 * q[i] + 0.25 * q[i + 1] for i in range(1, n - 1)), q[-1]]

    first = once(contents)
    rough = once([x - s for x, s in zip(contents, first, strict=True)])
    total = [s + r for s, r in zip(first, rough, strict=True)]
    return total if min(contents) < 0 else [max(value, 0.0) for value in total]


@given(st.lists(st.integers(-3, 12), min_size=3, max_size=40))
@settings(deadline=None)
def test_smoothing_is_353qh_twice(contents: list[int]) -> None:
    values = [float(content) for content in contents]
    np.testing.assert_allclose(smooth(values), literal_smooth(values), rtol=1e-14, atol=1e-14)


def test_two_bins_are_not_smoothed_and_smoothing_can_be_repeated() -> None:
    np.testing.assert_array_equal(smooth([5, 1]), [5, 1])
    contents = np.random.default_rng(1).poisson(9, 30)
    np.testing.assert_array_equal(smooth(contents, 2), smooth(smooth(contents)))


# --- the fit --------------------------------------------------------------------------------------------


def literal_fit(values: np.ndarray, weight: np.ndarray) -> tuple[list[float], list[float]]:
    """Return edges and fractions by loops over events in float32."""
    pairs = sorted(zip(values.tolist(), weight.tolist(), strict=True), key=lambda pair: pair[0])
    total, least = f32(0), f32(1e11)
    for one in weight:
        total, least = f32(total + f32(one)), min(least, f32(one))
    per_bin = max(f32(least * f32(10)), f32(total / f32(2000)))
    last, gathered = f32(pairs[0][0]), f32(0)
    edges = [f32(last - f32(1e-4)), last]
    for value, one in pairs:
        gathered = f32(gathered + f32(one))
        if gathered >= per_bin and value > last:
            edges.append(f32(value))
            gathered, last = f32(0), f32(value)
    if gathered != 0:
        edges.append(f32(pairs[-1][0]))
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
    fitted = CumulativeDistribution.fit(values, weight, order)
    edges, fractions = literal_fit(values, weight)
    np.testing.assert_array_equal(fitted.edges, edges)
    np.testing.assert_array_equal(fitted.contents, np.array(fractions, f32))


# --- the table ------------------------------------------------------------------------------------------


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


def distribution(random: np.random.Generator, n: int = 12) -> CumulativeDistribution:
    edges = np.cumsum(random.uniform(0.01, 1, n + 1)) - 3
    contents = np.cumsum(random.uniform(0, 1, n)).astype(f32)
    return CumulativeDistribution(edges, contents / contents[-1])


@pytest.mark.parametrize("seed", range(4))
def test_values_against_one_step_at_a_time(seed: int) -> None:
    random = np.random.default_rng(seed)
    one = distribution(random)
    contents = one.contents.astype(np.float64)
    x = np.concatenate([random.uniform(one.edges[0] - 1, one.edges[-1] + 1, 40), one.edges])
    expected = [literal_value(one.edges, contents, value) for value in x.tolist()]
    np.testing.assert_allclose(one.value(x), expected, rtol=1e-11, atol=1e-13)


def test_a_table_that_reaches_below_zero_takes_the_bins_content() -> None:
    """The straight line through the first two centres is negative at the lower edge."""
    one = CumulativeDistribution(np.array([0.0, 1.0, 1.2, 2.0]), np.array([0.1, 0.9, 1.0], f32))
    assert one.table[0] == pytest.approx(0.1, rel=1e-6)
    expected = [literal_value(one.edges, one.contents.astype(float), x) for x in (0.001, 0.3, 0.44, 1.5)]
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
    width = (one.edges[-1] - one.edges[0]) / 10000
    y = np.concatenate([random.uniform(-0.1, 1.1, 200), [0.0, 1.0, 1e-12], one.table[::997]])
    expected = [literal_inverse(one.table, one.edges[0], width, value) for value in y.tolist()]
    np.testing.assert_allclose(one.inverse(y), expected, rtol=1e-13, atol=1e-13)


def test_values_that_are_no_numbers_stay_so_and_infinite_ones_are_the_ends() -> None:
    one = distribution(np.random.default_rng(5))
    got = one.value(np.array([np.nan, -np.inf, np.inf], f32))
    assert np.isnan(got[0])
    assert got[1] == 1e-12
    assert got[2] > 1
    assert np.isnan(one.inverse(np.array([np.nan]))[0])


# --- the transformations --------------------------------------------------------------------------------


def fitted(text: str, x: np.ndarray, **others: np.ndarray) -> TransformationChain:
    chain = TransformationChain.from_text(text, info_with(x.shape[1]))
    chain.fit(events_of(x, **others))
    return chain


def test_uniform_is_uniform_and_gauss_is_normal() -> None:
    random = np.random.default_rng(2)
    x = np.stack([random.exponential(3, 20000), random.normal(5, 0.1, 20000)], axis=1)
    uniform = fitted("U", x).apply(x)
    expected = (np.argsort(np.argsort(x, axis=0), axis=0) + 0.5) / len(x)
    assert np.abs(uniform - expected).max() < 2e-3  # four bins of 1/2000
    gauss = fitted("G", x).apply(x)
    np.testing.assert_allclose(gauss.mean(axis=0), 0, atol=0.01)
    np.testing.assert_allclose(gauss.std(axis=0), 1, atol=0.02)
    normal = statistics.NormalDist()
    inner = np.abs(gauss[:, 0]) < 2
    back = np.array([normal.cdf(value) for value in gauss[inner, 0].tolist()])
    np.testing.assert_allclose(back, uniform[inner, 0], atol=1e-6)


def test_gauss_is_limited() -> None:
    x = np.random.default_rng(2).normal(size=(500, 1))
    got = fitted("G", x).apply(np.array([[-1e9], [1e9]], f32))
    np.testing.assert_allclose(got, [[-5.7307288], [5.7307288]], rtol=1e-7)


@given(st.integers(0, 10**6), st.integers(60, 300), st.floats(-2, 2), st.sampled_from(["U", "G"]))
@settings(deadline=None, max_examples=40)
def test_the_inverse_has_the_same_fraction_of_events_below_it(
    seed: int, n_events: int, logarithm: float, name: str
) -> None:
    """Where the curve is flat, only the fraction can come back; it is known as well as float32 allows."""
    random = np.random.default_rng(seed)
    x = (random.normal(size=(n_events, 1)) * 10**logarithm + random.normal()).astype(f32)
    chain = fitted(name, x)
    curve = chain.steps[0].transformation.distributions[0][-1]
    back = chain.inverse(chain.apply(x))
    width = (curve.edges[-1] - curve.edges[0]) / 10000
    fraction, again = curve.value(x[:, 0]), curve.value(back[:, 0])
    # The straight line goes on beyond the last bin's centre, where it exceeds 1 and is cut.
    inner = (fraction > max(curve.table[1], 1e-7)) & (fraction < min(curve.table[-2], 1 - 1e-7))
    assert inner.mean() > 0.5
    rounding = np.diff(curve.table).max() * np.abs(x).max() * 1.2e-7 / width
    np.testing.assert_allclose(again[inner], fraction[inner], rtol=0, atol=5e-7 + rounding)


def test_a_dense_sample_comes_back_to_the_tables_resolution() -> None:
    x = np.random.default_rng(8).normal(3, 2, size=(20000, 1)).astype(f32)
    for name in "UG":
        chain = fitted(name, x)
        back = chain.inverse(chain.apply(x))
        resolution = (x.max() - x.min()) / 10000
        assert np.quantile(np.abs(back - x), 0.99) < resolution / 100
        assert np.median(np.abs(back - x)) < 1e-7 * np.abs(x).max()


def test_more_weight_is_like_more_events() -> None:
    random = np.random.default_rng(4)
    x, copies = random.normal(size=(400, 1)), random.integers(1, 4, 400)
    weighted = fitted("U", x, weight=copies.astype(float)).apply(x)
    repeated = fitted("U", np.repeat(x, copies, axis=0)).apply(x)
    assert np.abs(weighted - repeated).max() < 0.03  # ten events are a bin


@pytest.mark.parametrize("values", [np.full(50, 3.0), np.arange(50) % 2])
def test_too_few_different_values_give_roots_constant_and_a_warning(values: np.ndarray) -> None:
    x = np.stack([values, np.random.default_rng(1).normal(size=50)], axis=1)
    with pytest.warns(TMVAWarning, match=r"transformation G: variable 'var0' has too few different values"):
        chain = fitted("G", x)
    np.testing.assert_allclose(chain.apply(x.astype(f32))[:, 0], -5.7307288, rtol=1e-7)


def test_values_that_are_no_numbers_cannot_be_fitted() -> None:
    x = np.random.default_rng(1).normal(size=(50, 2))
    x[3, 1] = np.nan
    with pytest.raises(TrainingError, match=r"G: variable 'var1' is not a finite number in 1 of 50 training"):
        fitted("G", x)
