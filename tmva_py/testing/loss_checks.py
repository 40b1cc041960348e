"""The checks of loss functions."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.functions.losses import Loss
from tmva_py.testing.comparing import expect_same, scalar
from tmva_py.testing.derivatives import compare_gradient, likely_cause
from tmva_py.testing.overrides import ReferenceBackend, compare_backends, compare_strict
from tmva_py.testing.report import Check, MismatchError, expect
from tmva_py.testing.side_effects import attributes_of, changed_attribute
from tmva_py.testing.subject import Subject, letter_in_files, on_object
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]

EVENTS = 7


def sample(
    columns: int, dtype: Any = "float64", events: int = EVENTS, *, real: bool = False
) -> tuple[Array, Array, Array]:
    """Return outputs, targets and weights, a negative one among them.

    The targets are 0 and 1, one 1 in a row of several; with `real` any numbers, as in a regression.
    """
    random = np.random.default_rng(11)
    output = random.normal(0.0, 1.5, (events, columns))
    target = np.eye(max(columns, 2))[random.integers(0, max(columns, 2), events)][:, :columns]
    weight = random.uniform(0.3, 2.0, (events, 1))
    weight[1:2] *= -1
    if real:
        target = random.normal(0.7, 1.5, (events, columns))
    return output.astype(dtype), target.astype(dtype), weight.astype(dtype)


def _total(function: Loss, output: Array, target: Array, weight: Array | None) -> float:
    backend = ReferenceBackend(output.dtype)
    value = function.total(backend, output=output, target=target, weight=weight)
    return scalar(value, backend, "total")


def _check_value(function: Loss) -> str:
    figures = []
    for columns, real in _cases(function):
        output, target, weight = _fitting_sample(function, columns, real=real)
        whole = _total(function, output, target, weight)
        expect(np.isfinite(whole), f"total is {whole} for outputs up to {np.abs(output).max():.2f}")
        parts = [
            _total(function, output[i : i + 1], target[i : i + 1], weight[i : i + 1]) for i in range(EVENTS)
        ]
        if not np.isclose(whole, sum(parts), rtol=1e-10, atol=1e-12):
            factor = sum(parts) / whole if whole else np.nan
            message = (
                f"total of {EVENTS} events is {whole:.9g}, the totals of the single events add up to "
                f"{sum(parts):.9g}\n  likely cause: total must be the sum over the events, not the mean "
                f"(the ratio is {factor:.4g})"
            )
            raise MismatchError(message)
        ones = _total(function, output, target, np.ones_like(weight))
        none = _total(function, output, target, None)
        expect(
            np.isclose(ones, none), f"total is {none:.9g} without weights and {ones:.9g} with weights of one"
        )
        figures.append(f"{none:.4g}")
    return f"{', '.join(figures)} for 1 and 3 outputs"


def _cases(function: Loss) -> list[tuple[int, bool]]:
    """Return numbers of outputs, and whether the targets are real numbers: those of a regression are."""
    kinds = (False, True) if function.default_output == "IDENTITY" else (False,)
    return [(columns, real) for real in kinds for columns in (1, 3)]


def _fitting_sample(
    function: Loss, columns: int, events: int = EVENTS, *, real: bool
) -> tuple[Array, Array, Array]:
    output, target, weight = sample(columns, events=events, real=real)
    with np.errstate(all="ignore"):
        if real and not np.isfinite(_total(function, output, target, None)):
            target = np.abs(target)  # a loss of counts or of times has no negative targets
    return output, target, weight


def _check_gradient(function: Loss) -> str:
    worst = 0.0
    for columns, real in _cases(function):
        for weighted, events in ((False, EVENTS), (True, EVENTS), (False, 1), (True, 1)):
            output, target, weight = _fitting_sample(function, columns, events, real=real)
            given = weight if weighted else None
            gradient = np.full_like(output, np.nan)
            function.total(
                ReferenceBackend("float64"), output=output, target=target, weight=given, gradient=gradient
            )
            if np.isnan(gradient).any():
                index = np.argwhere(np.isnan(gradient))[0].tolist()
                message = (
                    f"gradient{index} is not written (or not a number): write all of it, gradient[...] = ..."
                )
                raise MismatchError(message)

            def value(output: Array = output, target: Array = target, given: Array | None = given) -> float:
                return _total(function, output, target, given) / len(output)

            compared = compare_gradient("output", value, output, gradient, random=np.random.default_rng(1))
            if not compared.right:
                raise MismatchError(_explain(compared, output.shape, given, real))
            worst = max(worst, compared.error)
    targets = ", targets of 0 and 1 and others" if len(_cases(function)) > 2 else ""
    return f"with and without weights, {EVENTS} events and 1{targets}, error {worst:.1e}"


def _explain(compared: Any, shape: tuple[int, ...], weight: Array | None, real: bool) -> str:
    events, columns = shape
    text = f"{compared.text()} (the mean over the events)"
    cause = likely_cause(compared, {}, {"events": events, "outputs": columns})
    if weight is not None:
        ratio = compared.found @ compared.expected / (compared.expected @ compared.expected)
        if np.isclose(ratio, events / weight.sum(), rtol=1e-4):
            cause = "divided by the sum of the weights; the number of events divides, as in TMVA"
        elif np.allclose(compared.found * np.repeat(weight, columns), compared.expected):
            cause = "the event weights are left out of the gradient"
    given = "weighted" if weight is not None else "no weights"
    given += ", one event" if events == 1 else ""
    given += ", real targets; with those of 0 and 1 all is right" if real else ""
    return f"{text}, {columns} outputs, {given}\n  likely cause: {cause}"


def _check_weights(function: Loss) -> str:
    output, target, weight = sample(2)
    whole, twice = (_total(function, output, target, factor * weight) for factor in (1, 2))
    expect(
        np.isclose(twice, 2 * whole, rtol=1e-10),
        f"twice the weights give {twice:.9g}, expected {2 * whole:.9g}\n  likely cause: total is divided by "
        "the "
        "sum of the weights; the number of events divides, as in TMVA",
    )
    weight[2] = 0
    moved = output.copy()
    moved[2] += 1
    before, after = _total(function, output, target, weight), _total(function, moved, target, weight)
    expect(before == after, f"an event of weight 0 changes the total from {before:.9g} to {after:.9g}")
    return "linear in the weights, negative ones too"


def _check_unchanged(function: Loss) -> str:
    given = sample(2)
    kept = attributes_of(function)
    output, target, weight = (value.copy() for value in given)
    gradient = np.empty_like(output)
    function.total(
        ReferenceBackend("float64"), output=output, target=target, weight=weight, gradient=gradient
    )
    for name, before, after in zip(
        ("output", "target", "weight"), given, (output, target, weight), strict=True
    ):
        expect_same(f"total changes {name} in place", before, after)
    alone = _total(function, output, target, weight)
    again = function.total(
        ReferenceBackend("float64"), output=output, target=target, weight=weight, gradient=gradient
    )
    expect(
        np.isclose(alone, float(again)), f"total is {float(again):.9g} with a gradient, {alone:.9g} without"
    )
    changed = changed_attribute(kept, attributes_of(function))
    expect(
        not changed,
        f"total changes the attribute {changed} of the loss\n  likely cause: a result is kept on the object, "
        "which serves several trainings at once; use local variables",
    )
    return "output, target, weight"


def _check_threads(function: Loss) -> str:
    samples = [sample(3, events=400 + number) for number in range(4)]

    def work(number: int) -> Array:
        output, target, weight = samples[number]
        gradient = np.empty_like(output)
        total = function.total(
            ReferenceBackend("float64"),
            output=output * (number + 1),
            target=target,
            weight=weight,
            gradient=gradient,
        )
        return np.append(gradient.ravel(), float(total))

    expected = [work(number) for number in range(4)]
    for number, found in in_threads(work):
        expect_same(
            f"thread {number} gets another total or gradient while others run", expected[number], found
        )
    return "4 threads with one loss"


def _check_precision(function: Loss) -> str:
    worst = 0.0
    for columns in (1, 3):
        output, target, weight = sample(columns, "float32")
        gradient = np.empty_like(output)
        backend = ReferenceBackend("float32")
        value = scalar(
            function.total(backend, output=output, target=target, weight=weight, gradient=gradient),
            backend,
            "total with a float32 backend",
        )
        exact = _total(function, *(array.astype(np.float64) for array in (output, target, weight)))
        worst = max(worst, abs(value - exact) / max(abs(exact), 1e-3))
    expect(worst < 1e-4, f"float32 differs from float64 by {worst:.1e} of the total")
    return f"float32 within {worst:.0e}"


def _check_finite(function: Loss) -> str:
    largest = 0.0
    for size in (20.0, 80.0, 1000.0):
        output = np.array([[size], [-size], [size], [-size]], np.float32)
        target = np.array([[1], [0], [0], [1]], np.float32)
        gradient = np.empty_like(output)
        with np.errstate(all="ignore"):
            value = float(
                function.total(ReferenceBackend("float32"), output=output, target=target, gradient=gradient)
            )
        expect(
            np.isfinite(value) and np.isfinite(gradient).all(),
            f"outputs of ±{size:g} give the total {value} and the gradient {gradient.ravel().tolist()} in "
            "float32"
            "\n  likely cause: an exponential overflows or a logarithm of 0; write it with |o| and log1p",
        )
        largest = max(largest, size)
    return f"finite up to ±{largest:g} in float32"


def run(function: Loss, backend: Backend) -> list[tuple[str, Array]]:
    """Return named results of a loss on a backend, for comparisons."""
    found = []
    for columns in (1, 3):
        for weighted in (False, True):
            output, target, weight = (backend.asarray(array) for array in sample(columns))
            gradient = backend.empty((EVENTS, columns))
            total = function.total(
                backend, output=output, target=target, weight=weight if weighted else None, gradient=gradient
            )
            found.append(("total", np.array([scalar(total, backend, "total")])))
            found.append(("gradient", np.array(backend.to_numpy(gradient))))
    return found


def _check_output(subject: Subject[Loss]) -> str:
    name = subject.cls.default_output
    subject.registry.find("output", name)
    return name


CHECKS = (
    Check("letter in files", letter_in_files),
    Check("output function", _check_output),
    Check("value", on_object(_check_value)),
    Check("gradient", on_object(_check_gradient)),
    Check("event weights", on_object(_check_weights)),
    Check("nothing is changed", on_object(_check_unchanged)),
    Check("shapes and precision", on_object(_check_precision)),
    Check("large outputs", on_object(_check_finite)),
    Check("threads", on_object(_check_threads)),
    Check("strict device", lambda one: compare_strict(functools.partial(run, one.made))),
    Check("kernel overrides", lambda one: compare_backends(functools.partial(run, one.made), one.registry)),
)
