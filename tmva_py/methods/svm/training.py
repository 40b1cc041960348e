"""The training of a support vector machine: passes over the events until none is improved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tmva_py.backends import Backend
from tmva_py.data.random_numbers import RootRandom
from tmva_py.kernels.working_set import Machine, fitting_pass, separating_pass
from tmva_py.methods.inputs import Floats

# TRandom3's own.
_SEED = 4357
# Fewer changes than this end the passes over some events.
_FEW = 10
_MOST_EQUAL = 3


def new_machine(
    values: Floats, kind: Floats, target: Floats, cost: Floats, tolerance: float, *, is_regression: bool
) -> Machine:
    """Return a machine without multipliers; `target` is that of a regression, or the kind again."""
    n = len(kind)
    single = np.float32(tolerance)
    alpha, second = np.zeros(n, np.float32), np.zeros(n, np.float32)
    if is_regression:
        ends = np.zeros(2, np.int64)
        bounds = np.array([target[0] - single, target[0] + single], np.float32)
        error = target.copy()
    else:
        ends = np.array(_first_events(kind), np.int64)
        bounds = np.array([1.0, -1.0], np.float32)
        error = np.zeros(n, np.float32)
    side = kind.astype(np.int64)
    return Machine(values, kind, target, cost, alpha, second, error, side, bounds, ends)


def new_pairs(values: Floats, target: Floats, cost: Floats) -> Machine:
    """Return a machine of two events for each of a regression: one pulls its estimate up, the other down.

    The solution is that of the regression with the sum of absolute deviations.
    """
    n = len(target)
    kind = np.repeat(np.array([1, -1], np.float32), n)
    wanted = np.tile(target, 2)
    ends = np.array([n + np.argmin(target), np.argmax(target)])
    state = np.zeros(2 * n, np.float32), np.zeros(2 * n, np.float32), -wanted, kind.astype(np.int64)
    return Machine(np.tile(values, (2, 2)), kind, wanted, np.tile(cost, 2), *state, -wanted[ends], ends)


def paired(machine: Machine) -> tuple[Floats, Floats]:
    """Return both multipliers of each event of a regression."""
    up, down = np.split(machine.alpha, 2)
    both = np.minimum(up, down)
    return up - both, down - both


def _first_events(kind: Floats) -> tuple[int, int]:
    """Return an event of each class, drawn as TMVA draws them."""
    random = RootRandom(_SEED)

    def draw() -> int:
        return int(len(kind) * float(random.uniform(1)[0]))

    low = draw()
    while kind[low] > 0:
        low = draw()
    up = low
    while kind[up] < 0:
        up = draw()
    return low, up


def train_machine(
    machine: Machine,
    tolerance: float,
    most: int,
    backend: Backend,
    advance: Callable[[], None],
    *,
    is_regression: bool,
) -> bool:
    """Improve a machine; whether that ended before `most` passes.

    A pass over all events is followed by passes over those with a multiplier, until few of them change.
    """
    one_pass = (fitting_pass if is_regression else separating_pass).on(backend)
    looks_at_all, changed, before, equal, passes = True, 0, 0, 0, 0
    while changed or looks_at_all:
        changed = int(one_pass(np, machine=machine, tolerance=tolerance, only_free=not looks_at_all))
        looks_at_all = not looks_at_all and (changed < _FEW or equal > _MOST_EQUAL)
        equal = equal + 1 if changed == before else 0
        before = changed
        passes += 1
        advance()
        if passes >= most:
            return False
    return True
