"""The transformations U and G: their distributions, limits, inverse and weights."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformation_files import events_of, info_with

from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import TMVAWarning, TrainingError

f32 = np.float32


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
    width = (curve.maximum - curve.minimum) / 10000
    fraction, again = curve.value(x[:, 0]), curve.value(back[:, 0])
    # The straight line goes on beyond the last bin's centre, where it exceeds 1 and is cut.
    inner = (fraction > max(curve.table.values[1], 1e-7)) & (fraction < min(curve.table.values[-2], 1 - 1e-7))
    assert inner.mean() > 0.5
    rounding = np.diff(curve.table.values).max() * np.abs(x).max() * 1.2e-7 / width
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
