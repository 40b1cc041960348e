"""The checks of initialisers, penalties on weights and output functions."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.functions.initializers import Initializer
from tmva_py.functions.outputs import OutputFunction
from tmva_py.functions.regularizations import Regularization
from tmva_py.testing.comparing import expect_close, expect_same, scalar
from tmva_py.testing.derivatives import compare_gradient, likely_cause
from tmva_py.testing.overrides import ReferenceBackend, compare_backends, compare_strict
from tmva_py.testing.report import Check, MismatchError, expect
from tmva_py.testing.subject import letter_in_files, number_in_files, on_object

Array = npt.NDArray[Any]

ROWS, COLUMNS = 40, 30
DECAY = 0.3


def _draw(rule: Initializer, seed: int = 1, rows: int = ROWS, columns: int = COLUMNS) -> Array:
    return rule.draw(np.random.default_rng(seed), rows, columns)


def _check_draw(rule: Initializer) -> str:
    for rows, columns in ((ROWS, COLUMNS), (1, 1), (1, 5), (5, 1)):
        values = _draw(rule, 1, rows, columns)
        expect(
            isinstance(values, np.ndarray),
            f"draw gives {type(values).__name__}, expected a NumPy array: values are drawn on the host",
        )
        expect(
            values.shape == (rows, columns),
            f"draw({rows}, {columns}) gives shape {values.shape}; rows are outputs, columns inputs",
        )
        expect(values.dtype.kind == "f", f"draw gives {values.dtype}, expected floating-point numbers")
        expect(np.isfinite(values).all(), f"draw({rows}, {columns}) gives values that are not finite")
    return "(rows, columns)"


def _check_random(rule: Initializer) -> str:
    before = np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002
    first, second = _draw(rule), _draw(rule)
    if not np.array_equal(first, second):
        index = np.argwhere(first != second)[0].tolist()
        message = (
            f"value{index}: {first[tuple(index)]:.9g} and {second[tuple(index)]:.9g} from the same seed\n"
            "  likely cause: random numbers of another generator than the one that draw is given"
        )
        raise MismatchError(message)
    after = np.random.get_state()[1]  # type: ignore[index]  # noqa: NPY002
    expect(
        np.array_equal(before, after),
        "draw uses numpy.random's global state, not the generator that it is given",
    )
    other = _draw(rule, 2)
    return "the same for every seed" if np.array_equal(first, other) else "repeat with the seed"


def _spread(rule: Initializer) -> str:
    values = _draw(rule, 3, 200, 100)
    return f"200 x 100: mean {values.mean():.3g}, standard deviation {values.std():.3g}"


def _weights() -> Array:
    return np.random.default_rng(12).normal(size=(4, 3))


def _check_penalty_gradient(rule: Regularization) -> str:
    weights = _weights()
    gradient = np.zeros_like(weights)
    rule.add_gradient(np, weights=weights, weight_decay=DECAY, gradient=gradient)
    expect_same("add_gradient changes the weights", _weights(), weights)

    def value() -> float:
        return DECAY * float(rule.penalty(np, weights))

    compared = compare_gradient("weights", value, weights, gradient, random=np.random.default_rng(1))
    if not compared.right:
        cause = likely_cause(compared, {}, {})
        if np.allclose(DECAY * compared.found, compared.expected):
            cause = "the factor weight_decay is left out"
        message = f"{compared.text()}\n  likely cause: {cause}"
        raise MismatchError(message)
    return f"error {compared.error:.1e}"


def _check_added(rule: Regularization) -> str:
    weights = _weights()
    first, second = np.zeros_like(weights), np.full_like(weights, 5.0)
    for gradient in (first, second):
        rule.add_gradient(np, weights=weights, weight_decay=DECAY, gradient=gradient)
    expect(
        np.allclose(second, first + 5.0),
        f"gradient[0, 0]: {second[0, 0]:.9g} over a loss gradient of 5, expected {first[0, 0] + 5:.9g}\n"
        "  likely cause: the gradient is written; it must be added (gradient += ...)",
    )
    return "to what is there"


def _check_penalty_precision(rule: Regularization) -> str:
    single = _weights().astype(np.float32)
    value = scalar(rule.penalty(np, single), ReferenceBackend("float32"), "penalty")
    exact = float(rule.penalty(np, single.astype(np.float64)))
    expect(np.isclose(value, exact, rtol=1e-5), f"penalty is {value:.9g} in float32, {exact:.9g} in float64")
    gradient = np.zeros_like(single)
    rule.add_gradient(np, weights=single, weight_decay=DECAY, gradient=gradient)
    return "a scalar in double precision"


def run_penalty(rule: Regularization, backend: Backend) -> list[tuple[str, Array]]:
    """Return penalty and gradient on a backend, for comparisons."""
    weights, gradient = backend.asarray(_weights()), backend.zeros((4, 3))
    penalty = scalar(rule.penalty(backend.xp, weights), backend, "penalty")
    rule.add_gradient(backend.xp, weights=weights, weight_decay=DECAY, gradient=gradient)
    return [("penalty", np.array([penalty])), ("gradient", np.array(backend.to_numpy(gradient)))]


def _outputs() -> Array:
    return np.random.default_rng(13).normal(0.0, 3.0, size=(6, 3))


def _check_output_precision(function: OutputFunction) -> str:
    exact = function.apply(ReferenceBackend("float64"), _outputs())
    found = function.apply(ReferenceBackend("float32"), _outputs().astype(np.float32))
    for dtype, array in (("float64", exact), ("float32", found)):
        expect(array.shape == (6, 3), f"apply gives shape {array.shape} for outputs of shape (6, 3)")
        expect(array.dtype == dtype, f"apply gives {array.dtype} with a {dtype} backend")
    expect(np.allclose(found, exact, rtol=1e-4, atol=1e-6), "float32 differs from float64")
    extreme = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]])
    with np.errstate(all="ignore"):
        far = function.apply(ReferenceBackend("float64"), extreme)
    expect(not np.isnan(far).any(), "outputs of 10000 or -10000 give no number (nan)")
    return "(events, outputs)"


def _check_output_unchanged(function: OutputFunction) -> str:
    given = _outputs()
    found = function.apply(ReferenceBackend("float64"), given)
    expect_same("apply changes the raw outputs in place", _outputs(), given)
    expect(not np.shares_memory(found, given), "apply returns the raw outputs themselves; return a new array")
    return "raw outputs"


def _check_output_independence(function: OutputFunction) -> str:
    backend = ReferenceBackend("float64")
    together = function.apply(backend, _outputs())
    alone = np.concatenate([function.apply(backend, _outputs()[event : event + 1]) for event in range(6)])
    where = ("with other events", "alone")
    expect_close("prediction", together, alone, where, "a sum or maximum over the events (axis 0)")
    return "6 events"


def run_output(function: OutputFunction, backend: Backend) -> list[tuple[str, Array]]:
    """Return predictions on a backend, for comparisons."""
    return [("prediction", np.array(backend.to_numpy(function.apply(backend, backend.asarray(_outputs())))))]


INITIALIZER_CHECKS = (
    Check("letter in files", letter_in_files),
    Check("shapes and precision", on_object(_check_draw)),
    Check("random numbers", on_object(_check_random)),
    Check("spread", on_object(_spread), note=True),
)
REGULARIZATION_CHECKS = (
    Check("number in files", number_in_files),
    Check("gradient", on_object(_check_penalty_gradient)),
    Check("gradient is added", on_object(_check_added)),
    Check("shapes and precision", on_object(_check_penalty_precision)),
    Check("strict device", lambda one: compare_strict(functools.partial(run_penalty, one.made))),
)
OUTPUT_CHECKS = (
    Check("letter in files", letter_in_files),
    Check("shapes and precision", on_object(_check_output_precision)),
    Check("nothing is changed", on_object(_check_output_unchanged)),
    Check("events are independent", on_object(_check_output_independence)),
    Check("strict device", lambda one: compare_strict(functools.partial(run_output, one.made))),
    Check(
        "kernel overrides",
        lambda one: compare_backends(functools.partial(run_output, one.made), one.registry),
    ),
)
