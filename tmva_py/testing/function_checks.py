"""The complete checks of initialisers, penalties on weights and output functions."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.functions.initializers import Initializer
from tmva_py.functions.outputs import OutputFunction
from tmva_py.functions.regularizations import Regularization
from tmva_py.plugins import Registry, default_registry
from tmva_py.testing.comparing import check_code, class_of, expect_close, expect_same, scalar, subject_of
from tmva_py.testing.derivatives import compare_gradient, likely_cause
from tmva_py.testing.layer_case import ReferenceBackend
from tmva_py.testing.overrides import check_agreement
from tmva_py.testing.report import Checklist, CheckReport, MismatchError, expect
from tmva_py.testing.strict import StrictBackend

Array = npt.NDArray[Any]

ROWS, COLUMNS = 40, 30
DECAY = 0.3


def check_initializer(
    initializer: str | type[Initializer], *, registry: Registry | None = None, raise_errors: bool = True
) -> CheckReport:
    """Check an initialiser: shapes, precision, and that only the given generator matters.

    Parameters
    ----------
    initializer : str or type
        Its name or class.
    registry : Registry, optional
        Where the name is looked up.
    raise_errors : bool, default True
        Raise when a check fails; otherwise the report says so.

    Returns
    -------
    CheckReport
        One row for each check.

    Raises
    ------
    PluginCheckError
        A check failed.
    """
    registry = default_registry() if registry is None else registry
    cls = cast(type[Initializer], class_of("initializer", initializer, registry))
    checklist = Checklist(subject_of("initializer", initializer))
    rule = cls()
    checklist.check("letter in files", lambda: check_code(cls, "initializer", registry, str))
    checklist.check("shapes and precision", lambda: _check_draw(rule))
    checklist.check("random numbers", lambda: _check_random(rule))
    checklist.note("spread", lambda: _spread(rule))
    return checklist.report(raise_errors=raise_errors)


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


def check_regularization(
    regularization: str | type[Regularization],
    *,
    registry: Registry | None = None,
    raise_errors: bool = True,
) -> CheckReport:
    """Check a penalty on weights: its derivative, that it is added, precision and device.

    Parameters
    ----------
    regularization : str or type
        Its name or class.
    registry : Registry, optional
        Where the name is looked up.
    raise_errors : bool, default True
        Raise when a check fails; otherwise the report says so.

    Returns
    -------
    CheckReport
        One row for each check.

    Raises
    ------
    PluginCheckError
        A check failed.
    """
    registry = default_registry() if registry is None else registry
    cls = cast(type[Regularization], class_of("regularization", regularization, registry))
    checklist = Checklist(subject_of("regularization", regularization))
    rule = cls()
    checklist.check("number in files", lambda: check_code(cls, "regularization", registry, int))
    checklist.check("gradient", lambda: _check_penalty_gradient(rule))
    checklist.check("gradient is added", lambda: _check_added(rule))
    checklist.check("shapes and precision", lambda: _check_penalty_precision(rule))
    checklist.check("strict device", lambda: _check_penalty_strict(rule))
    return checklist.report(raise_errors=raise_errors)


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


def _check_penalty_strict(rule: Regularization) -> str:
    results = []
    backends: tuple[Backend, ...] = (StrictBackend("float64"), ReferenceBackend("float64"))
    for backend in backends:
        weights, gradient = backend.asarray(_weights()), backend.zeros((4, 3))
        penalty = scalar(rule.penalty(backend.xp, weights), backend, "penalty")
        rule.add_gradient(backend.xp, weights=weights, weight_decay=DECAY, gradient=gradient)
        results.append([("penalty", np.array([penalty])), ("gradient", np.array(backend.to_numpy(gradient)))])
    check_agreement(results[0], results[1], "on the strict device", 1e-12)
    return "same numbers"


def check_output(
    output: str | type[OutputFunction], *, registry: Registry | None = None, raise_errors: bool = True
) -> CheckReport:
    """Check an output function: shapes, precision, independent events and device.

    Parameters
    ----------
    output : str or type
        Its name or class.
    registry : Registry, optional
        Where the name is looked up.
    raise_errors : bool, default True
        Raise when a check fails; otherwise the report says so.

    Returns
    -------
    CheckReport
        One row for each check.

    Raises
    ------
    PluginCheckError
        A check failed.
    """
    registry = default_registry() if registry is None else registry
    cls = cast(type[OutputFunction], class_of("output", output, registry))
    checklist = Checklist(subject_of("output", output))
    function = cls()
    checklist.check("letter in files", lambda: check_code(cls, "output", registry, str))
    checklist.check("shapes and precision", lambda: _check_output_precision(function))
    checklist.check("nothing is changed", lambda: _check_output_unchanged(function))
    checklist.check("events are independent", lambda: _check_output_independence(function))
    checklist.check("strict device", lambda: _check_output_strict(function))
    return checklist.report(raise_errors=raise_errors)


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


def _check_output_strict(function: OutputFunction) -> str:
    backend = StrictBackend("float64")
    found = np.array(backend.to_numpy(function.apply(backend, backend.asarray(_outputs()))))
    expected = function.apply(ReferenceBackend("float64"), _outputs())
    check_agreement([("prediction", found)], [("prediction", expected)], "on the strict device", 1e-12)
    return "same numbers"
