"""The checks of layers."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.layers import Context
from tmva_py.plugins import Registry
from tmva_py.testing.comparing import expect_same
from tmva_py.testing.layer_case import BATCH, LayerCase, LayerExample
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
from tmva_py.testing.overrides import ReferenceBackend, backends_to_compare
from tmva_py.testing.report import Check, MismatchError, expect
from tmva_py.testing.side_effects import attributes_of, changed_attribute, global_numbers_untouched
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]
LayerCheck = Callable[[LayerExample], str | None]

# Of float32 results against float64 ones, relative to the largest.
SINGLE_PRECISION = 2e-4


@dataclass
class LayerSubject:
    """A layer that is checked, and the examples that are found for it."""

    layer: LayerLike
    input_shape: tuple[int, ...] | None
    registry: Registry
    examples: list[LayerExample] = field(default_factory=list)

    @property
    def usual(self) -> list[LayerExample]:
        """The examples without those that are there for other arguments."""
        return [one for one in self.examples if not one.further]


def _find_examples(subject: LayerSubject) -> str:
    subject.examples = layer_examples(subject.layer, subject.input_shape, subject.registry)
    for one in subject.examples:
        case = LayerCase(one, ReferenceBackend("float64"))
        case.forward(case.events())
    others = [one.text for one in subject.examples if one.further]
    text = "; ".join(map(str, subject.usual))
    return text + (f"; other arguments: {', '.join(others)}" if others else "")


def _each(check: LayerCheck) -> Callable[[LayerSubject], str]:
    return lambda subject: _over(subject.examples, check)


def _usual(check: LayerCheck) -> Callable[[LayerSubject], str]:
    return lambda subject: _over(subject.usual, check)


def _over(examples: Sequence[LayerExample], check: LayerCheck) -> str:
    details = []
    for example in examples:
        try:
            details.append(check(example) or "")
        except MismatchError as error:
            message = f"{example}:\n{error}"
            raise MismatchError(message) from error
    return "; ".join(dict.fromkeys(detail for detail in details if detail))


def _check_shapes(example: LayerExample) -> str:
    results: dict[str, list[Array]] = {}
    for dtype in ("float64", "float32"):
        for events in (BATCH, 1):
            case = LayerCase(example, ReferenceBackend(dtype), events)
            x = case.events()
            for training in (False, True):
                passed = case.forward(x, training=training)
                _expect_array("the output", passed.out, (events, *case.network.output_shape), dtype)
            d_out = np.random.default_rng(4).normal(size=passed.out.shape).astype(dtype)
            d_x = case.backward(passed, d_out)
            _expect_array("the gradient of the input", d_x, x.shape, dtype)
            if events == BATCH:
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


def _check_unchanged(example: LayerExample) -> str:
    case = LayerCase(example, ReferenceBackend("float64"))
    x, parameters = case.events(), case.network.parameters.copy()
    given = x.copy()
    for training in (False, True):
        passed = case.forward(given, training=training)
        expect_same("forward changes its input in place", x, given)
        expect_same("forward changes a parameter", parameters, case.network.parameters)
    d_out = np.random.default_rng(4).normal(size=passed.out.shape)
    kept = d_out.copy()
    case.backward(passed, d_out)
    expect_same("backward changes the output's gradient in place", kept, d_out)
    expect_same("backward changes the input of forward in place", x, given)
    expect_same("backward changes a parameter", parameters, case.network.parameters)
    case.forward(given, training=False)
    expect_same("forward without training changes a buffer", case.first_buffers, case.network.buffers)
    return "input, output gradient, parameters"


def _check_nothing_kept(example: LayerExample) -> str:
    case = LayerCase(example, ReferenceBackend("float64"))
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


def _check_independence(example: LayerExample) -> str:
    case = LayerCase(example, ReferenceBackend("float64"))
    x = case.events()
    together = case.forward(x, training=False).out.copy()
    order = np.random.default_rng(5).permutation(BATCH)
    for what, indices in (
        ("alone", [[number] for number in range(BATCH)]),
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
                        f"{BATCH}, {found[place][index]:.9g} {what}\n  likely cause: a mean, sum or reshape "
                        "over the first axis (the events) when not training"
                    )
                    raise MismatchError(message)
    return f"{BATCH} events alone, together and in another order"


def _check_threads(example: LayerExample) -> str:
    case = LayerCase(example, ReferenceBackend("float64"))
    inputs = [case.events(10 + number) for number in range(4)]
    expected = [case.forward(x, training=False).out.copy() for x in inputs]
    answers = in_threads(
        lambda number: case.network.run_forward(inputs[number], Context(case.backend))[0].copy()
    )
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


def _speed(subject: LayerSubject) -> str:
    example = subject.usual[-1]
    figures = []
    for backend in (
        ReferenceBackend("float32"),
        *(make("float32") for _, make in backends_to_compare(subject.registry)),
    ):
        case = LayerCase(example, backend, 100)
        x = case.backend.asarray(case.events())
        d_out = case.backend.asarray(np.ones((100, *case.network.output_shape)))
        times = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(7):
                start = time.perf_counter()
                context = Context(backend, training=True, random=np.random.default_rng(1))
                passed = case.network.run_forward(x, context)
                case.network.run_backward(d_out, passed[1], context, input_gradient=True)
                backend.synchronize()
                times.append(time.perf_counter() - start)
        figures.append(f"{backend.names[0]} {1e6 * min(times):.0f} µs")
    return f"forward and backward of 100 events: {', '.join(figures)}"


CHECKS = (
    Check("examples", _find_examples, needed=True),
    Check("shapes and precision", _each(_check_shapes)),
    Check("with and without training", _each(check_inference)),
    Check("gradients", _each(check_gradients)),
    Check("gradients of states", _usual(check_state_gradients)),
    Check("nothing is changed", _usual(_check_unchanged)),
    Check("nothing is kept", _usual(_check_nothing_kept)),
    Check("work space used again", _usual(check_work_space)),
    Check("passes side by side", _usual(check_side_by_side)),
    Check("events are independent", _usual(_check_independence)),
    Check("threads", _usual(_check_threads)),
    Check("strict device", _each(check_strict)),
    Check("weight file (XML)", _each(check_xml)),
    Check("network file (npz)", _each(check_npz)),
    Check("layout and its errors", _each(check_layout)),
    Check("kernel overrides", _each(check_overrides)),
    Check("events in training", lambda subject: note_dependence(subject.usual), note=True),
    Check("speed", _speed, note=True),
)
