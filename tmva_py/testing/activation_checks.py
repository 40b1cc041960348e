"""The checks of activation functions."""

from __future__ import annotations

import functools
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.functions.activations import Activation
from tmva_py.testing.comparing import derivative, expect_same
from tmva_py.testing.overrides import ReferenceBackend, compare_backends, compare_strict
from tmva_py.testing.report import Check, MismatchError, expect
from tmva_py.testing.subject import number_in_files, on_object
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]

# No point where a function has a kink: those are multiples of a half.
POINTS = np.sort(np.random.default_rng(8).uniform(-5.0, 5.0, 60))
TOLERANCE = 1e-7


def _forward(function: Activation, x: Array) -> Array:
    backend = ReferenceBackend(x.dtype)
    return cast(Array, function.forward(backend, x=x.copy(), out=np.full_like(x, np.nan)))


def _backward(function: Activation, backend: Backend, x: Any, d_out: Any, y: Any, out: Any) -> Any:
    given = x if function.needs_input else None
    return function.backward(backend, d_out=d_out, x=given, y=y, out=out)


def _check_derivative(function: Activation) -> str:
    y = _forward(function, POINTS)
    d_out = np.random.default_rng(9).normal(size=POINTS.shape)
    out = np.full_like(POINTS, np.nan)
    returned = _backward(function, ReferenceBackend("float64"), POINTS, d_out, y, out)
    expect(returned is out, "backward does not return `out`")
    expect(np.isfinite(out).all() or not np.isnan(out).all(), "backward does not write its result into `out`")
    found = out / d_out
    expected = derivative(lambda x: _forward(function, x), POINTS, found)
    error = np.abs(found - expected) / np.maximum(np.abs(expected), 1e-2)
    error = np.where(np.isfinite(error), error, np.inf)
    if error.max() <= TOLERANCE:
        return f"{len(POINTS)} points from {POINTS[0]:.2f} to {POINTS[-1]:.2f}, error {error.max():.1e}"
    place = int(np.argmax(error))
    message = (
        f"at x[{place}] = {POINTS[place]:.6g}: backward gives {found[place]:.9g}, finite differences "
        f"{expected[place]:.9g}\n  likely cause: {_cause(error > TOLERANCE, found, expected)}"
    )
    raise MismatchError(message)


def _cause(wrong: npt.NDArray[np.bool_], found: Array, expected: Array) -> str:
    positive = POINTS > 0
    if wrong.all():
        ratio = found / np.where(expected == 0, np.nan, expected)
        if np.nanstd(ratio) < 1e-6 * abs(np.nanmean(ratio)):
            return f"a factor: everywhere {np.nanmean(ratio):.6g} times the derivative"
        if np.allclose(found, 1.0):
            return "the derivative is left out"
        return "backward is not the derivative of forward; y is f(x), x is given only with needs_input"
    for side, name in ((positive, "above"), (~positive, "below")):
        if wrong[side].all() and not wrong[~side].any():
            return f"the branch {name} zero is wrong, the other is right"
    low, high = POINTS[wrong].min(), POINTS[wrong].max()
    return f"one branch: wrong are {wrong.sum()} of {len(POINTS)} points, from {low:.3g} to {high:.3g}"


def _check_precision(function: Activation) -> str:
    worst = 0.0
    for dtype in ("float32", "float64"):
        backend = ReferenceBackend(dtype)
        x = POINTS.reshape(6, 10).astype(dtype)
        out, back = np.full_like(x, np.nan), np.full_like(x, np.nan)
        y = function.forward(backend, x=x.copy(), out=out)
        expect(y is out, "forward does not return `out`")
        expect(
            isinstance(y, np.ndarray) and y.dtype == dtype and y.shape == x.shape,
            f"forward gives {getattr(y, 'dtype', type(y))} of shape {getattr(y, 'shape', None)} for {dtype} "
            "of "
            f"shape {x.shape}",
        )
        expect(np.isfinite(out).all(), "forward does not write its result into `out`")
        d_x = _backward(function, backend, x, np.ones_like(x), y, back)
        expect(d_x.dtype == dtype, f"backward gives {d_x.dtype} for {dtype}")
        worst = max(worst, float(np.abs(out - _forward(function, POINTS).reshape(6, 10)).max()))
        if not function.needs_input:
            same = x.copy()
            function.forward(backend, x=same, out=same)
            expect(
                np.allclose(same, out, rtol=1e-6, atol=1e-7),
                "forward gives another result when `out` is `x` itself, which layers do unless needs_input "
                "is true",
            )
    expect(worst < 1e-4, f"float32 differs from float64 by {worst:.1e}")
    return f"float32 within {worst:.0e}"


def _check_unchanged(function: Activation) -> str:
    backend, x = ReferenceBackend("float64"), POINTS.copy()
    y = function.forward(backend, x=x, out=np.empty_like(x))
    expect_same("forward changes x in place", POINTS, x)
    d_out = np.ones_like(x)
    given = y.copy()
    _backward(function, backend, x, d_out, y, np.empty_like(x))
    expect_same("backward changes x in place", POINTS, x)
    expect_same("backward changes y in place", given, y)
    expect_same("backward changes d_out in place", np.ones_like(x), d_out)
    expect_same("a second call gives another result", given, _forward(function, POINTS))
    return "x, y and d_out"


def _check_finite(function: Activation) -> str:
    x = np.array([-80.0, -30.0, 0.0, 30.0, 80.0], np.float32)
    with np.errstate(all="ignore"):
        y = _forward(function, x)
        d_x = _backward(function, ReferenceBackend("float32"), x, np.ones_like(x), y, np.empty_like(x))
    for what, values in (("f", y), ("the derivative", d_x)):
        bad = ~np.isfinite(values)
        expect(
            not bad.any(),
            f"{what} is {values[bad][:1]} at x = {x[bad][:1]} in float32: write it so that nothing overflows",
        )
    return "-80 to 80 in float32"


def _check_threads(function: Activation) -> str:
    inputs = [POINTS + number for number in range(4)]
    expected = [_forward(function, x) for x in inputs]
    for number, found in in_threads(lambda number: _forward(function, inputs[number])):
        expect_same(f"thread {number} gets another result while others run", expected[number], found)
    return "4 threads"


def run(function: Activation, backend: Backend) -> list[tuple[str, Array]]:
    """Return named results of an activation on a backend, for comparisons."""
    x = backend.asarray(POINTS)
    d_out = backend.asarray(np.linspace(-1.0, 2.0, len(POINTS)))
    y = function.forward(backend, x=x, out=backend.empty(POINTS.shape))
    d_x = _backward(function, backend, x, d_out, y, backend.empty(POINTS.shape))
    return [(name, np.array(backend.to_numpy(value))) for name, value in (("f", y), ("the derivative", d_x))]


CHECKS = (
    Check("number in files", number_in_files),
    Check("derivative", on_object(_check_derivative)),
    Check("shapes and precision", on_object(_check_precision)),
    Check("nothing is changed", on_object(_check_unchanged)),
    Check("finite far from zero", on_object(_check_finite)),
    Check("threads", on_object(_check_threads)),
    Check("strict device", lambda one: compare_strict(functools.partial(run, one.made))),
    Check("kernel overrides", lambda one: compare_backends(functools.partial(run, one.made), one.registry)),
)
