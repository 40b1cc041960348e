"""Products whose sums have one order."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.data.products import product_in_order


def added_up(values: np.ndarray, matrix: np.ndarray, offset: float | None) -> np.ndarray:
    """The sums one number after the other, in Python's own arithmetic."""
    result = np.empty((len(values), matrix.shape[1]))
    for event, row in enumerate(values.astype(np.float64).tolist()):
        for number, factors in enumerate(matrix.T.tolist()):
            terms = [factor * value for factor, value in zip(factors, row, strict=True)]
            total = terms.pop(0) if offset is None else offset
            for term in terms:
                total += term
            result[event, number] = total
    return result


@pytest.mark.parametrize("offset", [None, 0.25, -0.0])
@pytest.mark.parametrize(("n_values", "n_sums"), [(1, 1), (4, 4), (19, 3), (33, 1)])
@pytest.mark.parametrize("n_events", [0, 1, 16, 17, 1500])
def test_one_order_for_one_event_and_many(
    n_values: int, n_sums: int, n_events: int, offset: float | None
) -> None:
    rng = np.random.default_rng(n_values)
    values = rng.normal(scale=1e3, size=(n_events, n_values)).astype(np.float32)
    matrix = rng.normal(size=(n_values, n_sums)) * 10.0 ** rng.integers(-8, 8, (n_values, n_sums))
    values[n_events // 2 :, 0] = -0.0
    found = product_in_order(values, matrix, offset)
    assert found.tobytes() == added_up(values, matrix, offset).tobytes()


@pytest.mark.parametrize("n_events", [1, 40])
def test_what_is_not_finite(n_events: int) -> None:
    values = np.zeros((n_events, 3), np.float32)
    values[0] = [np.inf, 1.0, np.nan]
    found = product_in_order(values, np.array([[1.0, -1.0, 1.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]))
    assert np.isnan(found[0]).all()
    assert not found[1:].any()
