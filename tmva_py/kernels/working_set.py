"""Multipliers of a support vector machine, improved two at a time in single precision, as TMVA does."""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

FAR = 1e30
STEP = 1e-8
"""Multipliers that change by less of their sum are left alone."""
MARGIN = 1e-7
"""How far a regression's thresholds are from an event's error."""


class Machine(NamedTuple):
    """A machine in training; what has changed is written over."""

    values: Array
    """(n, n) in float32: the function of every two events."""
    kind: Array
    """(n,) in float32: −1 for signal, 1 for background."""
    target: Array
    """(n,) in float32: what sums over events shall be; of two classes, their kind."""
    cost: Array
    """(n,) in float32: the largest multipliers."""
    alpha: Array
    """(n,) in float32: multipliers."""
    second: Array
    """(n,) in float32: a regression's further multipliers."""
    error: Array
    """(n,) in float32: how far events are from the truth, when it was last computed."""
    side: Array
    """(n,) of int64: 0 for multipliers between their limits, else which threshold an event is for."""
    bounds: Array
    """(2,) in float32: the lower and the upper threshold."""
    ends: Array
    """(2,) of int64: the events that gave them."""


@kernel
def separating_pass(xp: Any, *, machine: Machine, tolerance: float, only_free: bool) -> int:
    """Look at each event of two classes and improve its multiplier with another's; how many were improved.

    With `only_free` at those that have a multiplier, until the thresholds are within the tolerance.
    """
    return _pass(xp, _examine_class, machine, xp.float32(tolerance), only_free)


@kernel
def fitting_pass(xp: Any, *, machine: Machine, tolerance: float, only_free: bool) -> int:
    """Look at each event of a regression, as `separating_pass` does."""
    return _pass(xp, _examine_target, machine, xp.float32(tolerance), only_free)


def _pass(xp: Any, examine: Any, machine: Machine, tolerance: Any, only_free: bool) -> int:
    changed = 0
    with xp.errstate(all="ignore"):
        for event in range(len(machine.kind)):
            if only_free and not _is_free(machine, event):
                continue
            changed += examine(xp, machine, event, tolerance)
            low, up = machine.bounds
            if only_free and up > low - 2 * tolerance:
                return 0
    return changed


def _is_free(machine: Machine, j: int) -> bool:
    cost = machine.cost[j]
    return bool(machine.alpha[j] > 0 and (machine.alpha[j] < cost or machine.second[j] < cost))


def _examine_class(xp: Any, m: Machine, j: int, tolerance: Any) -> int:
    side = m.side[j]
    if side != 0:
        used = m.alpha > 0
        terms = m.alpha[used] * m.kind[used] * m.values[j, used]
        error = (xp.cumsum(terms)[-1] if len(terms) else xp.float32(0)) - m.target[j]
        m.error[j] = error
        if side == 1 and error < m.bounds[1]:
            m.bounds[1], m.ends[1] = error, j
        elif side == -1 and error > m.bounds[0]:
            m.bounds[0], m.ends[0] = error, j
    error = m.error[j]
    low, up = m.bounds
    i = -1
    if side >= 0 and low - error > 2 * tolerance:
        i = m.ends[0]
    if side <= 0 and error - up > 2 * tolerance:
        i = m.ends[1]
    if i < 0:
        return 0
    if side == 0:
        i = m.ends[0] if low - error > error - up else m.ends[1]
    return _improve_class(xp, m, int(i), j)


def _limits(xp: Any, m: Machine, i: int, j: int) -> tuple[Any, Any]:
    """Return between what the second multiplier may be."""
    zero = xp.float32(0)
    cost_i, cost_j = m.cost[i], m.cost[j]
    if m.kind[i] == m.kind[j]:
        total = m.alpha[i] + m.alpha[j]
        if cost_i > cost_j:
            if total < cost_j:
                return zero, total
            return (zero if total < cost_i else total - cost_i), cost_j
        if total < cost_i:
            return zero, total
        return total - cost_i, (total if total < cost_j else cost_j)
    excess = m.alpha[i] - m.alpha[j]
    if excess > 0:
        return zero, (cost_i - excess if excess >= cost_i - cost_j else cost_j)
    return -excess, (cost_j if cost_i - cost_j >= excess else cost_i - excess)


def _improve_class(xp: Any, m: Machine, i: int, j: int) -> int:
    if i == j:
        return 0
    single = xp.float32
    step = single(STEP)
    alpha_i, alpha_j, error_i, error_j = m.alpha[i], m.alpha[j], m.error[i], m.error[j]
    kind_i, kind_j = m.kind[i], m.kind[j]
    sign = kind_i * kind_j
    low, high = _limits(xp, m, i, j)
    if low == high:
        return 0
    k_ii, k_ij, k_jj = m.values[i, i], m.values[max(i, j), min(i, j)], m.values[j, j]
    eta = 2 * k_ij - k_ii - k_jj
    if eta < 0:
        new_j = alpha_j + (kind_j * (error_j - error_i)) / eta
        new_j = low if new_j < low else high if new_j > high else new_j
    else:
        half = eta / 2
        slope = kind_j * (error_i - error_j) - eta * alpha_j
        at_low = half * low * low + slope * low
        at_high = half * high * high + slope * high
        new_j = low if at_low > at_high + step else high if at_low < at_high - step else alpha_j
    if abs(new_j - alpha_j) < step * (new_j + alpha_j + step):
        return 0
    new_i = alpha_i - sign * (new_j - alpha_j)
    if new_i < 0:
        new_j = new_j + sign * new_i
        new_i = single(0)
    elif new_i > m.cost[i]:
        new_j = new_j + sign * (new_i - m.cost[i])
        new_i = m.cost[i]
    change_i, change_j = kind_i * (new_i - alpha_i), kind_j * (new_j - alpha_j)
    free = m.side == 0
    m.error[free] += change_i * m.values[i, free] + change_j * m.values[j, free]
    m.alpha[i] = new_i
    m.alpha[j] = new_j
    for event in (i, j):
        _set_side(m, event)
    new_error_i = error_i + change_i * k_ii + change_j * k_ij
    new_error_j = error_j + change_i * k_ij + change_j * k_jj
    m.error[i], m.error[j] = new_error_i, new_error_j
    free = xp.flatnonzero(m.side == 0)
    m.bounds[:] = -FAR, FAR
    if len(free):
        m.ends[0] = free[xp.argmax(m.error[free])]
        m.ends[1] = free[xp.argmin(m.error[free])]
        m.bounds[:] = m.error[m.ends]
    larger = max(new_error_i, new_error_j)
    if m.bounds[0] < larger:
        end = i if new_error_i > m.bounds[0] else j
        m.bounds[0], m.ends[0] = m.error[end], end
    if m.bounds[1] > larger:
        end = i if new_error_i < m.bounds[0] else j
        m.bounds[1], m.ends[1] = m.error[end], end
    return 1


def _set_side(m: Machine, event: int) -> None:
    alpha, cost = m.alpha[event], m.cost[event]
    if 0 < alpha < cost:
        m.side[event] = 0
    elif alpha == 0:
        m.side[event] = int(m.kind[event])
    elif alpha == cost:
        m.side[event] = -int(m.kind[event])


def _examine_target(xp: Any, m: Machine, j: int, tolerance: Any) -> int:
    margin = xp.float32(MARGIN)
    alpha, second, cost = m.alpha[j], m.second[j], m.cost[j]
    has_none = alpha == 0 and second == 0
    is_low = alpha == 0 and second == cost
    is_high = alpha == cost and second == 0
    if not _is_free(m, j):
        differences = m.alpha - m.second
        used = differences != 0
        terms = -(differences[used] * m.values[j, used])
        error = (xp.cumsum(terms)[-1] if len(terms) else xp.float32(0)) + m.target[j]
        m.error[j] = error
        if has_none:
            if error + margin < m.bounds[1]:
                m.bounds[1], m.ends[1] = error + margin, j
            elif error - margin > m.bounds[0]:
                m.bounds[0], m.ends[0] = error - margin, j
        elif is_low and error + margin > m.bounds[0]:
            m.bounds[0], m.ends[0] = error + margin, j
        elif is_high and error - margin < m.bounds[1]:
            m.bounds[1], m.ends[1] = error - margin, j
    error = m.error[j]
    low, up = m.bounds
    wide = 2 * tolerance
    i = -1
    # Of each kind of event: what is added to the distances to both thresholds, and to the other one then.
    for applies, below, above, above_then, below_then in (
        (0 < alpha < cost, margin, -margin, -margin, margin),
        (alpha > 0 and second < cost, -margin, margin, margin, -margin),
        (has_none, -margin, -margin, margin, margin),
    ):
        if not applies:
            continue
        if low - error + below > wide:
            i = m.ends[1] if error + above_then - up > low - error + below else m.ends[0]
        elif error + above - up > wide:
            i = m.ends[0] if low - error + below_then > error + above - up else m.ends[1]
    if is_low and error + margin - up > wide:
        i = m.ends[1]
    if is_high and low - error + margin > wide:
        i = m.ends[0]
    return 0 if i < 0 else _improve_target(xp, m, int(i), j, tolerance)


def _differ(xp: Any, one: Any, other: Any, step: Any) -> bool:
    return bool(abs(one - other) > step * (one + other + step))


def _improve_target(xp: Any, m: Machine, i: int, j: int, tolerance: Any) -> int:
    if i == j:
        return 0
    single = xp.float32
    # TMVA's product with a double number.
    step = single(0.001 * float(tolerance))
    k_ii, k_ij, k_jj = m.values[i, i], m.values[max(i, j), min(i, j)], m.values[j, j]
    eta = -2 * k_ij + k_ii + k_jj
    gamma = (m.alpha[i] - m.second[i]) + (m.alpha[j] - m.second[j])
    zero, cost_i, cost_j = single(0), m.cost[i], m.cost[j]
    # Multipliers of the first event and of the second, each the first and the second one.
    a = [m.alpha[i], m.second[i]]
    b = [m.alpha[j], m.second[j]]
    away = m.error[i] - m.error[j]
    wide = 2 * step
    seen: set[tuple[int, int]] = set()
    while True:
        if (
            (0, 0) not in seen
            and (a[0] > 0 or (a[1] == 0 and away > 0))
            and (b[0] > 0 or (b[1] == 0 and away < 0))
        ):
            case, low, high = (0, 0), gamma - cost_j, min(cost_i, gamma)
            shift = -(away / eta)
        elif (
            (0, 1) not in seen
            and (a[0] > 0 or (a[1] == 0 and away > wide))
            and (b[1] > 0 or (b[0] == 0 and away > wide))
        ):
            case, low, high = (0, 1), gamma, min(cost_i, cost_j + gamma)
            shift = -((away - wide) / eta)
        elif (
            (1, 0) not in seen
            and (a[1] > 0 or (a[0] == 0 and away < -wide))
            and (b[0] > 0 or (b[1] == 0 and away < -wide))
        ):
            case, low, high = (1, 0), -gamma, min(cost_i, -gamma + cost_j)
            shift = -((away + wide) / eta)
        elif (
            (1, 1) not in seen
            and (a[1] > 0 or (a[0] == 0 and away < 0))
            and (b[1] > 0 or (b[0] == 0 and away > 0))
        ):
            case, low, high = (1, 1), -gamma - cost_j, min(cost_i, -gamma)
            shift = away / eta
        else:
            break
        seen.add(case)
        low = low if low > 0 else zero
        if not low < high:
            break
        old_i, old_j = a[case[0]], b[case[1]]
        new_j = old_j + shift
        new_j = new_j if new_j <= high else high
        new_j = low if low >= new_j else new_j
        new_i = old_i - (new_j - old_j)
        if _differ(xp, old_j, new_j, step) or _differ(xp, old_i, new_i, step):
            a[case[0]], b[case[1]] = new_i, new_j
    if not any(
        _differ(xp, one, other, step)
        for one, other in ((a[0], m.alpha[i]), (b[0], m.alpha[j]), (a[1], m.second[i]), (b[1], m.second[j]))
    ):
        return 0
    m.alpha[i], m.second[i] = a
    m.alpha[j], m.second[j] = b
    m.bounds[:] = -FAR, FAR
    not_high = xp.flatnonzero(~((m.alpha == m.cost) & (m.second == 0)))
    not_low = xp.flatnonzero(~((m.alpha == 0) & (m.second == m.cost)))
    if len(not_high):
        m.ends[0] = not_high[xp.argmax(m.error[not_high])]
        m.bounds[0] = m.error[m.ends[0]]
    if len(not_low):
        m.ends[1] = not_low[xp.argmin(m.error[not_low])]
        m.bounds[1] = m.error[m.ends[1]]
    return 1
