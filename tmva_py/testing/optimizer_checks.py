"""The checks of optimisers."""

from __future__ import annotations

import functools
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.errors import OptionError
from tmva_py.functions.optimizers import Optimizer
from tmva_py.testing.comparing import expect_same
from tmva_py.testing.optimizer_settings import check_effects
from tmva_py.testing.overrides import ReferenceBackend, compare_backends, compare_strict
from tmva_py.testing.report import Check, MismatchError, describe_error, expect
from tmva_py.testing.strict import StrictBackend
from tmva_py.testing.subject import on_class
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]

SIZE = 23
STEPS = 5
RATE = 0.01


def _gradient(step: int) -> Array:
    return np.random.default_rng(100 + step).normal(0.0, 1.0, SIZE)


def _begin(cls: type[Optimizer], backend: Backend) -> tuple[Optimizer, Any]:
    made = cls(learning_rate=RATE, momentum=0.9 if cls.uses_momentum else 0.0)
    made.start(backend, SIZE)
    return made, backend.asarray(np.linspace(-1.0, 1.0, SIZE))


def _steps(made: Optimizer, backend: Backend, parameters: Any, steps: int = STEPS) -> list[Array]:
    seen = []
    for step in range(steps):
        made.step(parameters, backend.asarray(_gradient(step)))
        seen.append(np.array(backend.to_numpy(parameters)))
    return seen


def _check_settings(cls: type[Optimizer]) -> str:
    for option in cls.options:
        larger = float(option.default) + 0.125
        given = larger if option.allows(larger) else float(option.default) / 2
        made = cls(learning_rate=RATE, **{option.name: given})
        found = made.settings.get(option.name)
        expect(found == given, f"setting {option.name!r} given as {given} is kept as {found!r}")
    made = cls(learning_rate=RATE, momentum=0.25)
    expect(made.learning_rate == RATE, f"learning_rate given as {RATE} is kept as {made.learning_rate!r}")
    expect(made.momentum == 0.25, f"momentum given as 0.25 is kept as {made.momentum!r}")
    try:
        cls(learning_rate=RATE, nonsense=1.0)
    except OptionError:
        return ", ".join(f"{option.name}={option.default}" for option in cls.options) or "none"
    except Exception as error:  # noqa: BLE001 - this is what the check looks for
        message = f"an unknown setting: expected an OptionError, got {describe_error(error)}"
        raise MismatchError(message) from None
    message = "an unknown setting 'nonsense' is taken without a word; expected an OptionError"
    raise MismatchError(message)


def _check_descent(cls: type[Optimizer]) -> str:
    backend = ReferenceBackend("float64")
    made, parameters = _begin(cls, backend)
    curvature = np.linspace(0.5, 2.0, SIZE)

    def loss() -> float:
        return float((curvature * parameters**2).sum())

    before = loss()
    for _ in range(60):
        made.step(parameters, 2 * curvature * parameters)
    after = loss()
    expect(
        np.isfinite(after) and after < before,
        f"60 steps in a bowl lead from a loss of {before:.6g} to {after:.6g}\n  likely cause: the sign of "
        "the "
        "step, or the parameters are not changed in place (parameters -= ..., not parameters = ...)",
    )
    return f"a bowl from {before:.3g} to {after:.3g} in 60 steps"


def _check_start(cls: type[Optimizer]) -> str:
    backend = ReferenceBackend("float64")
    made, parameters = _begin(cls, backend)
    first = _steps(made, backend, parameters)
    made.start(backend, SIZE)
    second = _steps(made, backend, backend.asarray(np.linspace(-1.0, 1.0, SIZE)))
    for number, (one, other) in enumerate(zip(first, second, strict=True), 1):
        if not np.array_equal(one, other):
            index = int(np.argwhere(one != other)[0][0])
            message = (
                f"step {number} after a new start(): parameter[{index}] is {other[index]:.9g}, the first "
                "time "
                f"it was {one[index]:.9g}\n  likely cause: a state outside self.state, or start() does not "
                "reset it: name state vectors in `states`"
            )
            raise MismatchError(message)
    missing = [name for name in cls.states if name not in made.state]
    expect(not missing, f"state {', '.join(missing)} is declared, but start() does not make it")
    return f"{STEPS} steps repeat; states: {', '.join(cls.states) or 'none'}"


def _check_separate(cls: type[Optimizer]) -> str:
    backend = ReferenceBackend("float64")
    alone, parameters = _begin(cls, backend)
    expected = _steps(alone, backend, parameters)[-1]
    (first, values), (second, others) = _begin(cls, backend), _begin(cls, backend)
    for step in range(STEPS):
        first.step(values, _gradient(step))
        second.step(others, 3 * _gradient(step + 50))
    expect_same("another optimiser at work changes the result", expected, values)
    return "two at work side by side"


def _check_threads(cls: type[Optimizer]) -> str:
    backend = ReferenceBackend("float64")

    def work(number: int) -> Array:
        made, parameters = _begin(cls, backend)
        for step in range(STEPS):
            made.step(parameters, (number + 1) * _gradient(step))
        return cast(Array, parameters)

    expected = [work(number) for number in range(4)]
    for number, found in in_threads(work):
        expect_same(
            f"thread {number}: other optimisers at work at the same time change the result",
            expected[number],
            found,
        )
    return "4 threads, each with its own"


def _check_count(cls: type[Optimizer]) -> str:
    backend = ReferenceBackend("float64")
    made, parameters = _begin(cls, backend)
    _steps(made, backend, parameters)
    expect(
        made.steps_done == STEPS,
        f"steps_done is {made.steps_done} after {STEPS} steps: `step` counts, `update` must not",
    )
    return f"{STEPS} after {STEPS} steps"


def _check_unchanged(cls: type[Optimizer]) -> str:
    backend = ReferenceBackend("float64")
    made, parameters = _begin(cls, backend)
    gradients = _gradient(0)
    given = gradients.copy()
    returned = cast(Any, made).step(parameters, gradients)
    expect(returned is None, "step returns something: it changes the parameters in place")
    expect_same("a step changes the gradients in place", given, gradients)
    return "the gradients"


def _check_precision(cls: type[Optimizer]) -> str:
    results = {}
    for dtype in ("float64", "float32"):
        backend = ReferenceBackend(dtype)
        made, parameters = _begin(cls, backend)
        results[dtype] = _steps(made, backend, parameters)[-1]
        for name, value in made.state.items():
            expect(
                value.dtype == dtype and value.shape == (SIZE,),
                f"state {name!r} is {value.dtype} of shape {value.shape} after {STEPS} steps with a {dtype} "
                "backend"
                "\n  likely cause: the state is bound anew (self.state[...] = a new array) instead of "
                "changed "
                "in place",
            )
    worst = float(np.abs(results["float32"] - results["float64"]).max())
    expect(worst < 1e-3, f"float32 differs from float64 by {worst:.1e} after {STEPS} steps")
    return f"float32 within {worst:.0e}"


def run(cls: type[Optimizer], backend: Backend) -> list[tuple[str, Array]]:
    """Return named results of some steps of an optimiser on a backend, for comparisons."""
    made, parameters = _begin(cls, backend)
    seen = _steps(made, backend, parameters)
    found = [(f"parameters after step {number}", value) for number, value in enumerate(seen, 1)]
    return found + [(f"state {name}", np.array(backend.to_numpy(made.state[name]))) for name in cls.states]


def _check_strict(cls: type[Optimizer]) -> str:
    backend = StrictBackend("float64")
    made, parameters = _begin(cls, backend)
    gradients = backend.asarray(_gradient(0))
    with backend.counting() as counts:
        made.step(parameters, gradients)
    expect(counts.to_host + counts.to_device == 0, "a step transfers arrays between host and device")
    compare_strict(functools.partial(run, cls))
    return f"{counts.launches} launches a step"


CHECKS = (
    Check("settings and their errors", on_class(_check_settings)),
    Check("settings have effects", on_class(check_effects)),
    Check("goes down", on_class(_check_descent)),
    Check("a phase starts anew", on_class(_check_start)),
    Check("objects share nothing", on_class(_check_separate)),
    Check("threads", on_class(_check_threads)),
    Check("steps are counted", on_class(_check_count)),
    Check("nothing is changed", on_class(_check_unchanged)),
    Check("shapes and precision", on_class(_check_precision)),
    Check("strict device", on_class(_check_strict)),
    Check("kernel overrides", lambda one: compare_backends(functools.partial(run, one.cls), one.registry)),
)
