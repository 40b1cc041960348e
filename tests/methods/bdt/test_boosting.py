"""What boosting does to events, against the rule written out event by event."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.backends import make_backend
from tmva_py.kernels.boosting import boost_events
from tmva_py.methods.bdt.boosts.base import SMALLEST_BOOST
from tmva_py.methods.bdt.boosts.gradient import shares_by_differences, shares_by_sum


@pytest.mark.parametrize("name", ["numpy", "cpu"])
@pytest.mark.parametrize("inverts", [False, True])
def test_small_factors_count_as_a_ten_thousandth(name: str, inverts: bool) -> None:
    """A factor that TMVA sets anew is at least 1e-4 before; one that it scales is not."""
    random = np.random.default_rng(3)
    n_events = 200
    weight = random.normal(0.5, 1.0, n_events)
    boost = 10.0 ** random.uniform(-7, 1, n_events)
    is_signal, leaves = random.random(n_events) < 0.4, random.integers(0, 3, n_events).astype(np.int32)
    counts = random.poisson(1.0, n_events).astype(np.int32)
    wrong = np.array([[True, False], [False, True], [True, True]])
    factor = 1.7
    expected, total = boost.copy(), 0.0
    for event in range(n_events):
        for _ in range(counts[event]):
            if wrong[leaves[event], 0 if is_signal[event] else 1]:
                if weight[event] > 0 or not inverts:
                    expected[event] = max(1e-4, expected[event]) * factor
                else:
                    expected[event] *= 1.0 / factor
            total += weight[event] * expected[event]
    for event in range(n_events):
        for _ in range(counts[event]):
            expected[event] *= counts.sum() / total * (1.25 if is_signal[event] else 1.0)
    factors = np.where(wrong, factor, 1.0)
    is_set = np.stack([wrong, wrong & (not inverts)])
    backend = make_backend(name)
    boost_events.on(backend)(
        backend.xp,
        weight=weight,
        boost=boost,
        is_signal=is_signal,
        entries=np.repeat(np.arange(n_events), counts),
        leaves=leaves,
        factors=np.stack([factors, 1.0 / factors if inverts else factors]),
        least=np.where(is_set, SMALLEST_BOOST, 0.0),
        signal_factor=1.25,
    )
    np.testing.assert_allclose(boost, expected, rtol=1e-13)


def test_shares_of_classes() -> None:
    """Both ways of computing them are one but for rounding, and large sums lose nothing."""
    sums = np.random.default_rng(1).normal(0, 3, (4, 500))
    by_sum, by_differences = shares_by_sum(sums), shares_by_differences(sums)
    np.testing.assert_allclose(by_sum, by_differences, rtol=1e-14)
    np.testing.assert_allclose(by_sum.sum(axis=0), 1, rtol=1e-14)
    np.testing.assert_allclose(shares_by_sum(np.array([[800.0], [0.0]])), [[1.0], [0.0]])
