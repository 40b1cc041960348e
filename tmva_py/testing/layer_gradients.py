"""A layer's gradients against finite differences: input, parameters, initial states."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.testing.derivatives import COMPONENTS, Comparison, compare_gradient, likely_cause
from tmva_py.testing.layer_case import BATCH, LayerCase, LayerExample, misfit
from tmva_py.testing.overrides import ReferenceBackend
from tmva_py.testing.report import MismatchError, expect

Array = npt.NDArray[Any]
STATES_MISSING = (
    "a layer that hands on a state needs the class attribute state_names, and backward must set "
    "context.state(self).d_initial for each of them"
)


# Of the cases that are compared beside the first one: their mistakes are those of a whole branch.
FEW_COMPONENTS = 25

Compute = Callable[[LayerExample, int, int], dict[str, Comparison]]


def check_gradients(example: LayerExample) -> str:
    """Compare the gradients of the input and of every parameter; with one event and one time step too."""
    components = FEW_COMPONENTS if example.further else COMPONENTS
    compared = _compared(example, BATCH, components)
    _raise_for_wrong(compared, example, _compared)
    worst = max((one.error for one in compared.values()), default=0.0)
    if not example.further:
        worst = max(worst, _check_short(example, _compared))
    return f"{', '.join(compared)}: error {worst:.1e}"


def check_state_gradients(example: LayerExample) -> str | None:
    """Compare all gradients when the pass starts from a state and the loss depends on the last one."""
    case = LayerCase(example, ReferenceBackend("float64"))
    if not case.final_state(case.forward(case.events())):
        named = case.layer.state_names
        expect(not named, f"state_names is {named}, but forward sets no context.state(self).final")
        expect(
            not case.layer.remember_state,
            "remember_state is true, but forward sets no context.state(self).final",
        )
        return "the layer has no state"
    expect(case.layer.state_names, STATES_MISSING)
    compared = _compared_with_states(example, BATCH, COMPONENTS)
    _raise_for_wrong(compared, example, _compared_with_states)
    worst = max(one.error for one in compared.values())
    worst = max(worst, _check_short(example, _compared_with_states))
    return f"{', '.join(compared)}: error {worst:.1e}"


def _raise_for_wrong(
    compared: dict[str, Comparison],
    example: LayerExample,
    compute: Compute,
) -> None:
    wrong = [one for one in compared.values() if not one.right]
    if not wrong:
        return
    # A parameter's error is passed on to the input's gradient rarely, the other way round often.
    lines = []
    for one in wrong[:3]:
        cause = likely_cause(one, compared, _counts(example, BATCH))
        lines.append(f"{one.text()}\n  likely cause: {cause}")
    if len(wrong) > 3:
        lines.append(f"and {', '.join(one.name for one in wrong[3:])}")
    if _right(compute(example, 1, COMPONENTS)):
        lines.append("with one event in the batch all gradients are right: look at sums over the events")
    shorter = _one_step(example)
    if shorter is not None and _right(compute(shorter, BATCH, COMPONENTS)):
        lines.append("with one time step all are right: look at what a step hands to the one before")
    right = [name for name, one in compared.items() if one.right]
    lines.append(f"right are: {', '.join(right) or 'none'}")
    raise MismatchError("\n".join(lines))


def _check_short(example: LayerExample, compute: Compute) -> float:
    """Compare the gradients for one event and for one time step; return the largest error."""
    shorter = _one_step(example)
    cases = [(example, 1, "with one event in the batch", f"with {BATCH} events")]
    cases += [(shorter, BATCH, "with one time step", f"with {example.input_shape[0]}")] if shorter else []
    worst = 0.0
    for one, events, where, otherwise in cases:
        compared = compute(one, events, FEW_COMPONENTS)
        for found in compared.values():
            if not found.right:
                message = (
                    f"{found.text()}, {where}\n"
                    f"  likely cause: {likely_cause(found, compared, _counts(one, events))}\n"
                    f"{otherwise} all gradients are right: look at a path of its own for this case"
                )
                raise MismatchError(message)
            worst = max(worst, found.error)
    return worst


def _right(compared: dict[str, Comparison]) -> bool:
    return all(one.right for one in compared.values())


def _one_step(example: LayerExample) -> LayerExample | None:
    """Return the example on sequences of one step, if it takes them."""
    if len(example.input_shape) != 2 or example.input_shape[0] == 1:
        return None
    shorter = dataclasses.replace(example, input_shape=(1, example.input_shape[1]))
    return shorter if misfit(shorter) is None else None


def _counts(example: LayerExample, batch: int) -> dict[str, int]:
    counts = {"events": batch}
    if len(example.input_shape) == 2:
        counts["time steps"] = example.input_shape[0]
    return counts


def _compared(example: LayerExample, batch: int, components: int) -> dict[str, Comparison]:
    case = LayerCase(example, ReferenceBackend("float64"), batch)
    return _compare_all(case, case.events(), None, {}, components)


def _compared_with_states(example: LayerExample, batch: int, components: int) -> dict[str, Comparison]:
    case = LayerCase(example, ReferenceBackend("float64"), batch)
    x = case.events()
    random = np.random.default_rng(7)
    final = case.final_state(case.forward(x))
    initial = {name: random.normal(0.0, 0.7, value.shape) for name, value in final.items()}
    return _compare_all(case, x, initial, final, components)


def _compare_all(
    case: LayerCase,
    x: Array,
    initial: dict[str, Array] | None,
    final: dict[str, Array],
    components: int,
) -> dict[str, Comparison]:
    random = np.random.default_rng(3)
    first = case.forward(x, initial=initial)
    direction = random.normal(size=first.out.shape)
    d_final = {name: random.normal(size=value.shape) for name, value in final.items()}

    def value() -> float:
        passed = case.forward(x, initial=initial)
        total = float((direction * passed.out).sum())
        states = case.final_state(passed) if d_final else {}
        return total + sum(float((d_final[name] * states[name]).sum()) for name in d_final)

    gradients, d_x, d_initial = _backward(case, x, direction, initial, d_final)
    arrays = {"input": (x, d_x)}
    arrays |= {name: (case.layer.parameters[name], gradients[name]) for name in gradients}
    if initial is not None:
        for name, start in initial.items():
            expect(
                name in d_initial, f"the gradient of the initial state {name!r} is missing: {STATES_MISSING}"
            )
            arrays[f"initial state {name}"] = (start, d_initial[name])
    return {
        name: compare_gradient(name, value, array, gradient, random=random, components=components)
        for name, (array, gradient) in arrays.items()
    }


def _backward(
    case: LayerCase,
    x: Array,
    direction: Array,
    initial: dict[str, Array] | None,
    d_final: dict[str, Array],
) -> tuple[dict[str, Array], Array, dict[str, Array]]:
    """Run back twice over gradients that are not zero; return them, the input's and the states'."""
    seen = []
    for old in (0.0, 1.0):
        case.set_gradients(old)
        passed = case.forward(x, initial=initial)
        d_x = case.backward(passed, direction.copy(), d_final=d_final or None)
        d_x = None if d_x is None else np.array(d_x)
        seen.append((case.gradients(), d_x))
    (first, d_x), (second, _) = seen
    for name, value in first.items():
        left = (value == 0.0) & (second[name] == 1.0)
        if left.all():
            message = f"backward does not write the gradient of {name}: what was there before is still there"
            raise MismatchError(message)
        if np.allclose(second[name] - value, 1.0, atol=1e-9):
            message = (
                f"backward adds to the gradient of {name} instead of writing it: use "
                f"self.gradients[{name!r}][...] = ... (found {second[name].flat[0]:.9g} over ones, "
                f"{value.flat[0]:.9g} over zeros)"
            )
            raise MismatchError(message)
        if left.any():
            index = list(_first(left))
            message = f"backward writes only a part of the gradient of {name}: not index {index}"
            raise MismatchError(message)
    if d_x is None:
        message = "backward returned None for the input's gradient although it was requested"
        raise MismatchError(message)
    _check_without_input_gradient(case, x, direction, initial, d_final, first)
    d_initial = passed.context.state(case.layer).d_initial or {}
    return first, d_x, {name: np.array(value) for name, value in d_initial.items()}


def _check_without_input_gradient(
    case: LayerCase,
    x: Array,
    direction: Array,
    initial: dict[str, Array] | None,
    d_final: dict[str, Array],
    expected: dict[str, Array],
) -> None:
    """Do as a training does with its first layer: the input's gradient is not wanted."""
    case.set_gradients(0.0)
    passed = case.forward(x, initial=initial)
    case.backward(passed, direction.copy(), d_final=d_final or None, input_gradient=False)
    for name, value in case.gradients().items():
        if not np.allclose(value, expected[name], rtol=1e-10, atol=1e-12):
            index = _first(~np.isclose(value, expected[name], rtol=1e-10, atol=1e-12))
            message = (
                f"{name}{list(index)}: backward gives {value[index]:.9g} with input_gradient=False and "
                f"{expected[name][index]:.9g} without"
            )
            raise MismatchError(message)


def _first(mask: Array) -> tuple[int, ...]:
    return tuple(int(axis) for axis in np.argwhere(mask)[0])
