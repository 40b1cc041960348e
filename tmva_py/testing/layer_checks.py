"""The complete check of a layer."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.plugins import Registry, default_registry
from tmva_py.testing.layer_case import LayerCase, LayerExample, ReferenceBackend
from tmva_py.testing.layer_devices import check_overrides, check_strict
from tmva_py.testing.layer_examples import LayerLike, layer_examples
from tmva_py.testing.layer_files import check_layout, check_npz, check_xml
from tmva_py.testing.layer_gradients import check_gradients, check_state_gradients
from tmva_py.testing.layer_passes import (
    check_inference,
    check_side_by_side,
    check_work_space,
    note_dependence,
)
from tmva_py.testing.overrides import backends_to_compare
from tmva_py.testing.report import Checklist, CheckReport, MismatchError, expect
from tmva_py.testing.side_effects import attributes_of, changed_attribute, global_numbers_untouched
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]

BATCH = 5
# What arguments hardly matter for: examples that are there for other arguments are left out.
NOT_OF_ARGUMENTS = (
    *("gradients of states", "nothing is changed", "nothing is kept", "work space used again"),
    *("passes side by side", "events are independent", "threads"),
)
# Of float32 results against float64 ones, relative to the largest.
SINGLE_PRECISION = 2e-4


def check_layer(
    layer: LayerLike,
    input_shape: tuple[int, ...] | None = None,
    *,
    registry: Registry | None = None,
    batch: int = BATCH,
    raise_errors: bool = True,
) -> CheckReport:
    """Check everything that a layer promises.

    Gradients of input, parameters and states by finite differences, for one event and one step too; shapes
    and precisions; the same outputs without training; that events do not depend on one another; that nothing
    is changed or kept, in work space that is used again and with passes side by side; threads; a strict
    device without transfers; weight files; the layout's fields and their errors; kernel overrides against
    their references.

    Parameters
    ----------
    layer : str or callable
        A layout entry (``"PEEPHOLE|3|0|0|0|1"``), a layer's name, or what returns a new layer (a class with
        defaults, a lambda).
    input_shape : tuple of int, optional
        Shape of one event; otherwise what fits is found by trial.
    registry : Registry, optional
        Where names are looked up; by default the process's own.
    batch : int, default 5
        Events in a batch.
    raise_errors : bool, default True
        Raise when a check fails; otherwise the report says so.

    Returns
    -------
    CheckReport
        One row for each check.

    Raises
    ------
    PluginCheckError
        A check failed; the message has every failure with its likely cause.

    Examples
    --------
    >>> report = check_layer("DENSE|3|TANH", (4,))
    >>> report.passed
    True
    """
    registry = default_registry() if registry is None else registry
    name = layer if isinstance(layer, str) else getattr(layer, "__name__", "layer")
    checklist = Checklist(f"layer {name!r}")
    examples: list[LayerExample] = []

    def find() -> str:
        examples.extend(layer_examples(layer, input_shape, registry))
        others = [one.text for one in examples if one.further]
        text = "; ".join(str(one) for one in examples if not one.further)
        return text + (f"; other arguments: {', '.join(others)}" if others else "")

    if not checklist.check("examples", find):
        return checklist.report(raise_errors=raise_errors)
    checks: list[tuple[str, Callable[[LayerExample], str | None]]] = [
        ("shapes and precision", lambda one: _check_shapes(one, registry, batch)),
        ("with and without training", lambda one: check_inference(one, registry, batch)),
        ("gradients", lambda one: check_gradients(one, registry, batch)),
        ("gradients of states", lambda one: check_state_gradients(one, registry, batch)),
        ("nothing is changed", lambda one: _check_unchanged(one, registry, batch)),
        ("nothing is kept", lambda one: _check_nothing_kept(one, registry, batch)),
        ("work space used again", lambda one: check_work_space(one, registry, batch)),
        ("passes side by side", lambda one: check_side_by_side(one, registry, batch)),
        ("events are independent", lambda one: _check_independence(one, registry, batch)),
        ("threads", lambda one: _check_threads(one, registry, batch)),
        ("strict device", lambda one: check_strict(one, registry, batch)),
        ("weight file (XML)", lambda one: check_xml(one, registry, batch)),
        ("network file (npz)", lambda one: check_npz(one, registry, batch)),
        ("layout and its errors", lambda one: check_layout(one, registry)),
        ("kernel overrides", lambda one: check_overrides(one, registry, batch)),
    ]
    built = False
    usual = [one for one in examples if not one.further]
    for title, check in checks:
        if title == "shapes and precision" or built:
            passed = checklist.check(title, _over(usual if title in NOT_OF_ARGUMENTS else examples, check))
            built = built or passed or title != "shapes and precision"
            if title == "shapes and precision":
                built = passed or _runs(examples, registry, batch)
        else:
            checklist.skip(title, "the layer does not run")
    if built:
        checklist.note("events in training", lambda: note_dependence(usual, registry, batch))
        checklist.note("speed", lambda: _speed(usual[-1], registry))
    return checklist.report(raise_errors=raise_errors)


def _over(examples: Sequence[LayerExample], check: Callable[[LayerExample], str | None]) -> Callable[[], str]:
    def run() -> str:
        details = []
        for example in examples:
            try:
                details.append(check(example) or "")
            except MismatchError as error:
                message = f"{example}:\n{error}"
                raise MismatchError(message) from error
        return "; ".join(dict.fromkeys(detail for detail in details if detail))

    return run


def _runs(examples: Sequence[LayerExample], registry: Registry, batch: int) -> bool:
    try:
        for example in examples:
            case = LayerCase(example, ReferenceBackend("float64"), registry, batch)
            case.forward(case.events())
    except Exception:  # noqa: BLE001 - reported by the check that came before
        return False
    return True


def _check_shapes(example: LayerExample, registry: Registry, batch: int) -> str:
    results: dict[str, list[Array]] = {}
    for dtype in ("float64", "float32"):
        for events in (batch, 1):
            case = LayerCase(example, ReferenceBackend(dtype), registry, events)
            x = case.events()
            for training in (False, True):
                passed = case.forward(x, training=training)
                _expect_array("the output", passed.out, (events, *case.network.output_shape), dtype)
            d_out = np.random.default_rng(4).normal(size=passed.out.shape).astype(dtype)
            d_x = case.backward(passed, d_out)
            _expect_array("the gradient of the input", d_x, x.shape, dtype)
            if events == batch:
                results[dtype] = [passed.out.copy(), np.array(d_x), *case.gradients().values()]
    worst = 0.0
    for single, double in zip(results["float32"], results["float64"], strict=True):
        scale = max(float(np.abs(double).max(initial=0.0)), 1e-3)
        worst = max(worst, float(np.abs(single - double).max(initial=0.0)) / scale)
    expect(
        worst < SINGLE_PRECISION,
        f"float32 differs from float64 by {worst:.1e} of the largest value, expected below "
        f"{SINGLE_PRECISION}",
    )
    return f"{example.input_shape} to {case.network.output_shape}, float32 within {worst:.0e}"


def _expect_array(what: str, value: Any, shape: tuple[int, ...], dtype: str) -> None:
    expect(
        isinstance(value, np.ndarray), f"{what} is {type(value).__name__}, expected an array of the backend"
    )
    expect(value.shape == shape, f"{what} has shape {value.shape}, expected {shape}")
    expect(
        value.dtype == dtype,
        f"{what} is {value.dtype} with a {dtype} backend\n"
        "  likely cause: an array or constant made without the backend's dtype (backend.zeros, not xp.zeros)",
    )


def _check_unchanged(example: LayerExample, registry: Registry, batch: int) -> str:
    case = LayerCase(example, ReferenceBackend("float64"), registry, batch)
    x, parameters = case.events(), case.network.parameters.copy()
    given = x.copy()
    for training in (False, True):
        passed = case.forward(given, training=training)
        _expect_same("forward changes its input in place", x, given)
        _expect_same("forward changes a parameter", parameters, case.network.parameters)
    d_out = np.random.default_rng(4).normal(size=passed.out.shape)
    kept = d_out.copy()
    case.backward(passed, d_out)
    _expect_same("backward changes the output's gradient in place", kept, d_out)
    _expect_same("backward changes the input of forward in place", x, given)
    _expect_same("backward changes a parameter", parameters, case.network.parameters)
    case.forward(given, training=False)
    _expect_same("forward without training changes a buffer", case.first_buffers, case.network.buffers)
    return "input, output gradient, parameters"


def _expect_same(what: str, before: Array, after: Array) -> None:
    if not np.array_equal(before, after):
        index = tuple(int(axis) for axis in np.argwhere(before != after)[0])
        message = f"{what}: index {list(index)} was {before[index]:.9g} and is {after[index]:.9g}"
        raise MismatchError(message)


def _check_nothing_kept(example: LayerExample, registry: Registry, batch: int) -> str:
    case = LayerCase(example, ReferenceBackend("float64"), registry, batch)
    x, other = case.events(1), case.events(2)
    before = attributes_of(case.layer)
    expected = case.forward(x).out.copy()
    with global_numbers_untouched("a pass"):
        for training in (False, True, True):
            passed = case.forward(other, training=training)
        case.backward(passed, np.ones_like(passed.out))
    changed = changed_attribute(before, attributes_of(case.layer))
    found = case.forward(x).out
    if not np.array_equal(found, expected):
        index = tuple(int(axis) for axis in np.argwhere(found != expected)[0])
        kept = f"; attribute {changed} of the layer has changed" if changed else ""
        message = (
            f"output{list(index)}: the same events give {expected[index]:.9g} at first and "
            f"{found[index]:.9g} after other passes\n  likely cause: something is kept between "
            f"passes, on the layer, in its module or in a counter{kept}; forward returns what backward "
            "needs, states belong to the context"
        )
        raise MismatchError(message)
    expect(
        not changed,
        f"a pass changes the attribute {changed} of the layer\n  likely cause: what backward needs is kept "
        "on the layer; return it from forward, so that two threads can use one network",
    )
    return "repeats after other passes"


def _check_independence(example: LayerExample, registry: Registry, batch: int) -> str:
    case = LayerCase(example, ReferenceBackend("float64"), registry, batch)
    x = case.events()
    together = case.forward(x, training=False).out.copy()
    order = np.random.default_rng(5).permutation(batch)
    for what, indices in (
        ("alone", [[number] for number in range(batch)]),
        ("in another order", [order]),
    ):
        for rows in indices:
            found = case.forward(x[rows].copy(), training=False).out
            for place, event in enumerate(rows):
                if not np.allclose(found[place], together[event], rtol=1e-10, atol=1e-12):
                    wrong = ~np.isclose(found[place], together[event], rtol=1e-10, atol=1e-12)
                    index = tuple(int(axis) for axis in np.argwhere(wrong)[0])
                    message = (
                        f"event {event}, output{list(index)}: {together[event][index]:.9g} in a batch of "
                        f"{batch}, {found[place][index]:.9g} {what}\n  likely cause: a mean, sum or reshape "
                        "over the first axis (the events) when not training"
                    )
                    raise MismatchError(message)
    return f"{batch} events alone, together and in another order"


def _check_threads(example: LayerExample, registry: Registry, batch: int) -> str:
    case = LayerCase(example, ReferenceBackend("float64"), registry, batch)
    inputs = [case.events(10 + number) for number in range(4)]
    expected = [case.forward(x, training=False).out.copy() for x in inputs]
    answers = in_threads(lambda number: case.network.run_forward(inputs[number], _fresh(case))[0].copy())
    for number, found in answers:
        if not np.array_equal(found, expected[number]):
            index = tuple(int(axis) for axis in np.argwhere(found != expected[number])[0])
            message = (
                f"thread {number}, output{list(index)}: {found[index]:.9g} while other threads predict, "
                f"{expected[number][index]:.9g} alone\n  likely cause: something is kept on the layer or in "
                "its module during forward; the context's memory is each pass's own"
            )
            raise MismatchError(message)
    return "4 threads predict with one network"


def _fresh(case: LayerCase) -> Any:
    from tmva_py.layers import Context

    return Context(case.backend)


def _speed(example: LayerExample, registry: Registry) -> str:
    figures = []
    for backend in (
        ReferenceBackend("float32"),
        *(make("float32") for _, make in backends_to_compare(registry)),
    ):
        case = LayerCase(example, backend, registry, 100)
        x = case.backend.asarray(case.events())
        d_out = case.backend.asarray(np.ones((100, *case.network.output_shape)))
        times = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(7):
                start = time.perf_counter()
                passed = case.network.run_forward(x, context := _training(case))
                case.network.run_backward(d_out, passed[1], context, input_gradient=True)
                backend.synchronize()
                times.append(time.perf_counter() - start)
        figures.append(f"{backend.names[0]} {1e6 * min(times):.0f} µs")
    return f"forward and backward of 100 events: {', '.join(figures)}"


def _training(case: LayerCase) -> Any:
    from tmva_py.layers import Context

    return Context(case.backend, training=True, random=np.random.default_rng(1))
