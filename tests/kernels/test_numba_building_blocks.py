"""What the compiled kernels are made of: products, transposition, elementary functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from tmva_py.kernels.numba import functions
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.products import (
    as_panels,
    panels_length,
    product,
    product_and,
    product_of_panels,
    product_turned,
    row_turned,
    transpose,
    turned_panels,
)
from tmva_py.kernels.numba.views import At, Rows, Strided

SIZES = [(1, 1, 1), (5, 7, 3), (13, 50, 9), (8, 48, 4), (16, 16, 16), (15, 130, 1), (31, 65, 200), (2, 3, 0)]
PRECISIONS = ["float32", "float64"]


def draw(dtype: str, *shape: int) -> Any:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(("rows", "columns", "inner"), SIZES)
@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("add", [0, 1])
def test_product(dtype: str, rows: int, columns: int, inner: int, transposed: bool, add: int) -> None:
    A, B = draw(dtype, rows, inner), draw(dtype, inner, columns)
    # Behind every row lie two values that must not change.
    C = draw(dtype, rows, columns + 2)
    expected = C.copy()
    expected[:, :columns] = A.astype(float) @ B.astype(float) + (C[:, :columns] if add else 0)
    left = np.ascontiguousarray(A.T) if transposed else A
    strides = (1, rows) if transposed else (inner, 1)
    right, out = Rows(B.reshape(-1), 0, columns), Rows(C.reshape(-1), 0, columns + 2)
    product(Strided(left.reshape(-1), 0, *strides), right, out, rows, columns, inner, add)
    np.testing.assert_allclose(C, expected, rtol=0, atol=20 * np.finfo(dtype).eps * max(1, inner) ** 0.5 * 4)


def test_product_with_one_row_added_to_all() -> None:
    A, B, bias = draw("float32", 9, 4), draw("float32", 4, 21), draw("float32", 21)
    C = np.full((9, 21), np.nan, np.float32)
    left, right, out = Strided(A.reshape(-1), 0, 4, 1), Rows(B.reshape(-1), 0, 21), Rows(C.reshape(-1), 0, 21)
    product_and(left, right, out, Rows(bias, 0, 0), 9, 21, 4, 1)
    # Five terms in two orders, each addition rounded by ε/2 of a sum of no more than all sizes.
    allowed = 5 * np.finfo(np.float32).eps * (np.abs(A) @ np.abs(B) + np.abs(bias))
    assert (np.abs(C - (A @ B + bias)) <= allowed).all()


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (16, 16), (33, 17), (100, 30)])
def test_transposition(dtype: str, shape: tuple[int, int]) -> None:
    A = draw(dtype, *shape)
    C = np.full((shape[1], shape[0] + 1), np.nan, dtype)
    transpose(Rows(A.reshape(-1), 0, shape[1]), Rows(C.reshape(-1), 0, shape[0] + 1), *shape)
    np.testing.assert_array_equal(C[:, :-1], A.T)
    assert np.isnan(C[:, -1]).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("columns", [2, 31, 64, 100, 513])
@pytest.mark.parametrize("inner", [1, 64, 65, 200])
def test_products_of_panels_have_the_bits_of_others(dtype: str, columns: int, inner: int) -> None:
    """A second factor in panels, given as it is or transposed, and one that is transposed on the way."""
    random, rows = np.random.default_rng(columns + inner), 7
    A = random.normal(size=(rows, inner)).astype(dtype).reshape(-1)
    W, b = random.normal(size=(columns, inner)).astype(dtype), random.normal(size=columns).astype(dtype)
    WT = np.ascontiguousarray(W.T)
    left, summand = Strided(A, 0, inner, 1), Rows(b, 0, 0)

    def empty() -> Any:
        return np.full(rows * columns, np.nan, dtype)

    expected, turned, straight, on_the_way = (empty() for _ in range(4))
    product_and(
        left, Rows(WT.reshape(-1), 0, columns), Rows(expected, 0, columns), summand, rows, columns, inner, 1
    )
    panels = np.full(panels_length(columns, inner, A.itemsize), np.nan, dtype)
    turned_panels(Rows(W.reshape(-1), 0, inner), panels, columns, inner)
    product_of_panels(left, panels, Rows(turned, 0, columns), summand, rows, columns, inner, 1)
    panels[...] = np.nan
    as_panels(Rows(WT.reshape(-1), 0, columns), panels, columns, inner)
    product_of_panels(left, panels, Rows(straight, 0, columns), summand, rows, columns, inner, 1)
    panels[...] = np.nan
    out = Rows(on_the_way, 0, columns)
    product_turned(left, Rows(W.reshape(-1), 0, inner), panels, out, summand, rows, columns, inner)
    alone = empty()
    for row in range(rows):
        one, place = At(A, row * inner), At(alone, row * columns)
        row_turned(one, Rows(W.reshape(-1), 0, inner), panels, place, At(b, 0), columns, inner)
    np.testing.assert_allclose(
        expected.reshape(rows, columns), A.reshape(rows, inner) @ W.T + b, rtol=0, atol=1e-4
    )
    for found in (turned, straight, on_the_way, alone):
        assert found.tobytes() == expected.tobytes()


def _tanh(e: Any, values: Any, _scalars: Any) -> list[Any]:
    return [functions.tanh(e, values[0])]


def _exp(e: Any, values: Any, _scalars: Any) -> list[Any]:
    return [functions.exp(e, values[0])]


def _log1p(e: Any, values: Any, _scalars: Any) -> list[Any]:
    return [functions.log_of_one_plus(e, values[0])]


tanh_lanes, exp_lanes, log1p_lanes = elementwise(_tanh), elementwise(_exp), elementwise(_log1p)


@compiled
def tanh(x: Any, out: Any) -> None:
    tanh_lanes(x.size, (At(x, 0),), (At(out, 0),), ())


@compiled
def exp(x: Any, out: Any) -> None:
    exp_lanes(x.size, (At(x, 0),), (At(out, 0),), ())


@compiled
def log1p(x: Any, out: Any) -> None:
    log1p_lanes(x.size, (At(x, 0),), (At(out, 0),), ())


# Largest relative errors in units of ε/2: the roundings of functions.py, one after the other, each at the
# largest weight that its result has in the function's value. Single tanh is a quotient of polynomials of
# degree 6 and 3 in x² by Horner's rule (running errors 4.6 and 5.2, x·P/Q 2, x² 0.5, the fraction itself
# 0.1). Double exp is 1 + q with |q|/(1 + q) < 0.42 and an error of 5.8 in q; double tanh 1 − 2/(exp 2x + 1)
# from x = 0.625 on, where the second term is 0.8 of the value; log1p 2s·P(s²) with two roundings in s and two
# after it. Fused multiplications round less often.
@pytest.mark.parametrize(
    ("function", "oracle", "dtype", "low", "high", "units"),
    [
        (tanh, np.tanh, "float32", -20, 20, 12.4),
        (tanh, np.tanh, "float64", -25, 25, 5.2),
        (exp, np.exp, "float32", -87, 88, 2.9),
        (exp, np.exp, "float64", -700, 700, 4.0),
        (log1p, np.log1p, "float32", 0, 1, 4.4),
        (log1p, np.log1p, "float64", 0, 1, 4.4),
    ],
)
def test_elementary_function(
    function: Any, oracle: Any, dtype: str, low: float, high: float, units: float, figures: Any
) -> None:
    tiny = np.geomspace(1e-30, 1e-1, 2001)
    x = np.concatenate([np.linspace(low, high, 200003), tiny]).astype(dtype)
    x = np.unique(np.clip(np.concatenate([x, -x]), low, high))
    seen = np.empty_like(x)
    function(x, seen)
    exact = oracle(x.astype(np.longdouble))
    error = float(np.max(np.abs(seen - exact) / np.maximum(np.abs(exact), np.finfo(dtype).tiny)))
    name = function.py_func.__name__
    assert figures.note(f"compiled {name}, {dtype}, in ε/2", 2 * error / float(np.finfo(dtype).eps)) <= units


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_edges(dtype: str) -> None:
    x = np.array([np.nan, np.inf, -np.inf, 0.0, 1e4, -1e4], dtype)
    seen = np.empty_like(x)
    tanh(x, seen)
    np.testing.assert_array_equal(seen, np.array([np.nan, 1, -1, 0, 1, -1], dtype))
    exp(x, seen)
    assert np.isnan(seen[0])
    assert seen[3] == 1
    assert (seen[[1, 4]] > 1e38).all()
    assert (seen[[2, 5]] < 1e-37).all()
