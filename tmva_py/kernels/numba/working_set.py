"""Multipliers of a support vector machine, compiled: an event at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.working_set import FAR, MARGIN, STEP, Machine, fitting_pass, separating_pass

Array = Any

ZERO, TWO = np.float32(0.0), np.float32(2.0)
SMALL, NEAR = np.float32(STEP), np.float32(MARGIN)
HIGHEST = np.float32(FAR)
THOUSANDTH = 0.001


@borrowing
def free(alpha: Any, second: Any, cost: Any) -> Any:
    """Return whether a multiplier is between its limits, as TMVA asks."""
    return alpha > ZERO and (alpha < cost or second < cost)


@borrowing
def set_side(event: int, kind: Array, cost: Array, alpha: Array, side: Array) -> None:
    """Write which threshold an event is for."""
    sign = 1 if kind[event] > ZERO else -1
    if alpha[event] > ZERO and alpha[event] < cost[event]:
        side[event] = 0
    elif alpha[event] == ZERO:
        side[event] = sign
    elif alpha[event] == cost[event]:
        side[event] = -sign


@borrowing
def improve_class(
    i: int,
    j: int,
    values: Array,
    kind: Array,
    cost: Array,
    alpha: Array,
    error: Array,
    side: Array,
    bounds: Array,
    ends: Array,
) -> int:
    """Improve two multipliers of two classes; return 1 if they have changed."""
    if i == j:
        return 0
    alpha_i, alpha_j, error_i, error_j = alpha[i], alpha[j], error[i], error[j]
    kind_i, kind_j, cost_i, cost_j = kind[i], kind[j], cost[i], cost[j]
    sign = kind_i * kind_j
    low, high = ZERO, cost_j
    if kind_i == kind_j:
        total = alpha_i + alpha_j
        if cost_i > cost_j:
            if total < cost_j:
                high = total
            elif total >= cost_i:
                low = total - cost_i
        elif total < cost_i:
            high = total
        else:
            low = total - cost_i
            if total < cost_j:
                high = total
    else:
        excess = alpha_i - alpha_j
        if excess > ZERO:
            if excess >= cost_i - cost_j:
                high = cost_i - excess
        else:
            low = -excess
            if cost_i - cost_j < excess:
                high = cost_i - excess
    if low == high:
        return 0
    k_ii, k_ij, k_jj = values[i, i], values[max(i, j), min(i, j)], values[j, j]
    eta = TWO * k_ij - k_ii - k_jj
    new_j = alpha_j
    if eta < ZERO:
        new_j = alpha_j + (kind_j * (error_j - error_i)) / eta
        if new_j < low:
            new_j = low
        elif new_j > high:
            new_j = high
    else:
        half = eta / TWO
        slope = kind_j * (error_i - error_j) - eta * alpha_j
        at_low = half * low * low + slope * low
        at_high = half * high * high + slope * high
        if at_low > at_high + SMALL:
            new_j = low
        elif at_low < at_high - SMALL:
            new_j = high
    if abs(new_j - alpha_j) < SMALL * (new_j + alpha_j + SMALL):
        return 0
    new_i = alpha_i - sign * (new_j - alpha_j)
    if new_i < ZERO:
        new_j += sign * new_i
        new_i = ZERO
    elif new_i > cost_i:
        new_j += sign * (new_i - cost_i)
        new_i = cost_i
    change_i, change_j = kind_i * (new_i - alpha_i), kind_j * (new_j - alpha_j)
    n = kind.size
    for k in range(n):
        # The matrix is symmetric: rows are read.
        moved = error[k] + (change_i * values[i, k] + change_j * values[j, k])
        error[k] = moved if side[k] == 0 else error[k]
    alpha[i], alpha[j] = new_i, new_j
    set_side(i, kind, cost, alpha, side)
    set_side(j, kind, cost, alpha, side)
    new_error_i = error_i + change_i * k_ii + change_j * k_ij
    new_error_j = error_j + change_i * k_ij + change_j * k_jj
    error[i], error[j] = new_error_i, new_error_j
    lower, upper = -HIGHEST, HIGHEST
    for k in range(n):
        if side[k] == 0:
            if error[k] > lower:
                lower = error[k]
                ends[0] = k
            if error[k] < upper:
                upper = error[k]
                ends[1] = k
    larger = max(new_error_i, new_error_j)
    if lower < larger:
        end = i if new_error_i > lower else j
        lower = error[end]
        ends[0] = end
    if upper > larger:
        end = i if new_error_i < lower else j
        upper = error[end]
        ends[1] = end
    bounds[0], bounds[1] = lower, upper
    return 1


@borrowing
def examine_class(
    j: int,
    tolerance: Any,
    values: Array,
    kind: Array,
    target: Array,
    cost: Array,
    alpha: Array,
    error: Array,
    side: Array,
    bounds: Array,
    ends: Array,
) -> int:
    """Look at an event of two classes; return 1 if multipliers have changed."""
    own = side[j]
    if own != 0:
        total = ZERO
        for k in range(kind.size):
            if alpha[k] > ZERO:
                total += alpha[k] * kind[k] * values[j, k]
        total -= target[j]
        error[j] = total
        if own == 1 and total < bounds[1]:
            bounds[1] = total
            ends[1] = j
        elif own == -1 and total > bounds[0]:
            bounds[0] = total
            ends[0] = j
    now, lower, upper = error[j], bounds[0], bounds[1]
    i = -1
    if own >= 0 and lower - now > TWO * tolerance:
        i = ends[0]
    if own <= 0 and now - upper > TWO * tolerance:
        i = ends[1]
    if i < 0:
        return 0
    if own == 0:
        i = ends[0] if lower - now > now - upper else ends[1]
    return improve_class(i, j, values, kind, cost, alpha, error, side, bounds, ends)


@borrowing
def pass_classes(
    tolerance: Any,
    only_free: bool,
    values: Array,
    kind: Array,
    target: Array,
    cost: Array,
    alpha: Array,
    second: Array,
    error: Array,
    side: Array,
    bounds: Array,
    ends: Array,
) -> int:
    """Look at all events of two classes; return how often multipliers changed."""
    changed = 0
    for j in range(kind.size):
        if only_free and not free(alpha[j], second[j], cost[j]):
            continue
        changed += examine_class(j, tolerance, values, kind, target, cost, alpha, error, side, bounds, ends)
        if only_free and bounds[1] > bounds[0] - TWO * tolerance:
            return 0
    return changed


@borrowing
def differ(one: Any, other: Any, step: Any) -> Any:
    """Return whether two multipliers are apart."""
    return abs(one - other) > step * (one + other + step)


@borrowing
def improve_target(
    i: int,
    j: int,
    tolerance: Any,
    values: Array,
    cost: Array,
    alpha: Array,
    second: Array,
    error: Array,
    bounds: Array,
    ends: Array,
) -> int:
    """Improve the multipliers of two events of a regression; return 1 if they have changed."""
    if i == j:
        return 0
    step = np.float32(THOUSANDTH * np.float64(tolerance))
    k_ii, k_ij, k_jj = values[i, i], values[max(i, j), min(i, j)], values[j, j]
    eta = -TWO * k_ij + k_ii + k_jj
    gamma = (alpha[i] - second[i]) + (alpha[j] - second[j])
    cost_i, cost_j = cost[i], cost[j]
    a, a_second, b, b_second = alpha[i], second[i], alpha[j], second[j]
    away = error[i] - error[j]
    wide = TWO * step
    seen_1, seen_2, seen_3, seen_4 = False, False, False, False
    while True:
        if (
            not seen_1
            and (a > ZERO or (a_second == ZERO and away > ZERO))
            and (b > ZERO or (b_second == ZERO and away < ZERO))
        ):
            seen_1 = True
            low, high = max(gamma - cost_j, ZERO), min(cost_i, gamma)
            if not low < high:
                break
            new_j = max(min(b - away / eta, high), low)
            new_i = a - (new_j - b)
            if differ(b, new_j, step) or differ(a, new_i, step):
                a, b = new_i, new_j
        elif (
            not seen_2
            and (a > ZERO or (a_second == ZERO and away > wide))
            and (b_second > ZERO or (b == ZERO and away > wide))
        ):
            seen_2 = True
            low, high = max(gamma, ZERO), min(cost_i, cost_j + gamma)
            if not low < high:
                break
            new_j = max(min(b_second - (away - wide) / eta, high), low)
            new_i = a - (new_j - b_second)
            if differ(b_second, new_j, step) or differ(a, new_i, step):
                a, b_second = new_i, new_j
        elif (
            not seen_3
            and (a_second > ZERO or (a == ZERO and away < -wide))
            and (b > ZERO or (b_second == ZERO and away < -wide))
        ):
            seen_3 = True
            low, high = max(-gamma, ZERO), min(cost_i, -gamma + cost_j)
            if not low < high:
                break
            new_j = max(min(b - (away + wide) / eta, high), low)
            new_i = a_second - (new_j - b)
            if differ(b, new_j, step) or differ(a_second, new_i, step):
                a_second, b = new_i, new_j
        elif (
            not seen_4
            and (a_second > ZERO or (a == ZERO and away < ZERO))
            and (b_second > ZERO or (b == ZERO and away > ZERO))
        ):
            seen_4 = True
            low, high = max(-gamma - cost_j, ZERO), min(cost_i, -gamma)
            if not low < high:
                break
            new_j = max(min(b_second + away / eta, high), low)
            new_i = a_second - (new_j - b_second)
            if differ(b_second, new_j, step) or differ(a_second, new_i, step):
                a_second, b_second = new_i, new_j
        else:
            break
    if not (
        differ(a, alpha[i], step)
        or differ(b, alpha[j], step)
        or differ(a_second, second[i], step)
        or differ(b_second, second[j], step)
    ):
        return 0
    alpha[i], alpha[j], second[i], second[j] = a, b, a_second, b_second
    lower, upper = -HIGHEST, HIGHEST
    for k in range(cost.size):
        is_high = alpha[k] == cost[k] and second[k] == ZERO
        is_low = alpha[k] == ZERO and second[k] == cost[k]
        if not is_high and error[k] > lower:
            lower = error[k]
            ends[0] = k
        if not is_low and error[k] < upper:
            upper = error[k]
            ends[1] = k
    bounds[0], bounds[1] = lower, upper
    return 1


@borrowing
def partner(
    now: Any,
    below: Any,
    above: Any,
    above_then: Any,
    below_then: Any,
    wide: Any,
    bounds: Array,
    ends: Array,
    before: int,
) -> Any:
    """Return the event whose threshold an event violates, or the one found before."""
    lower, upper = bounds[0], bounds[1]
    to_lower, to_upper = lower - now + below, now + above - upper
    if to_lower > wide:
        return ends[1] if now + above_then - upper > to_lower else ends[0]
    if to_upper > wide:
        return ends[0] if lower - now + below_then > to_upper else ends[1]
    return before


@borrowing
def examine_target(
    j: int,
    tolerance: Any,
    values: Array,
    target: Array,
    cost: Array,
    alpha: Array,
    second: Array,
    error: Array,
    bounds: Array,
    ends: Array,
) -> int:
    """Look at an event of a regression; return 1 if multipliers have changed."""
    has_none = alpha[j] == ZERO and second[j] == ZERO
    is_low = alpha[j] == ZERO and second[j] == cost[j]
    is_high = alpha[j] == cost[j] and second[j] == ZERO
    if not free(alpha[j], second[j], cost[j]):
        total = ZERO
        for k in range(cost.size):
            difference = alpha[k] - second[k]
            if difference != ZERO:
                total -= difference * values[j, k]
        total += target[j]
        error[j] = total
        if has_none:
            if total + NEAR < bounds[1]:
                bounds[1] = total + NEAR
                ends[1] = j
            elif total - NEAR > bounds[0]:
                bounds[0] = total - NEAR
                ends[0] = j
        elif is_low and total + NEAR > bounds[0]:
            bounds[0] = total + NEAR
            ends[0] = j
        elif is_high and total - NEAR < bounds[1]:
            bounds[1] = total - NEAR
            ends[1] = j
    now, wide = error[j], TWO * tolerance
    i = -1
    if alpha[j] > ZERO and alpha[j] < cost[j]:
        i = partner(now, NEAR, -NEAR, -NEAR, NEAR, wide, bounds, ends, i)
    if alpha[j] > ZERO and second[j] < cost[j]:
        i = partner(now, -NEAR, NEAR, NEAR, -NEAR, wide, bounds, ends, i)
    if has_none:
        i = partner(now, -NEAR, -NEAR, NEAR, NEAR, wide, bounds, ends, i)
    if is_low and now + NEAR - bounds[1] > wide:
        i = ends[1]
    if is_high and bounds[0] - now + NEAR > wide:
        i = ends[0]
    if i < 0:
        return 0
    return improve_target(i, j, tolerance, values, cost, alpha, second, error, bounds, ends)


@borrowing
def pass_targets(
    tolerance: Any,
    only_free: bool,
    values: Array,
    target: Array,
    cost: Array,
    alpha: Array,
    second: Array,
    error: Array,
    bounds: Array,
    ends: Array,
) -> int:
    """Look at all events of a regression; return how often multipliers changed."""
    changed = 0
    for j in range(cost.size):
        if only_free and not free(alpha[j], second[j], cost[j]):
            continue
        changed += examine_target(j, tolerance, values, target, cost, alpha, second, error, bounds, ends)
        if only_free and bounds[1] > bounds[0] - TWO * tolerance:
            return 0
    return changed


@separating_pass.override("numba")
def _separating_pass(xp: Any, *, machine: Machine, tolerance: Any, only_free: bool) -> int:
    m = machine
    state = m.values, m.kind, m.target, m.cost, m.alpha, m.second, m.error, m.side, m.bounds, m.ends
    return int(pass_classes(xp.float32(tolerance), only_free, *state))


@fitting_pass.override("numba")
def _fitting_pass(xp: Any, *, machine: Machine, tolerance: Any, only_free: bool) -> int:
    m = machine
    state = m.values, m.target, m.cost, m.alpha, m.second, m.error, m.bounds, m.ends
    return int(pass_targets(xp.float32(tolerance), only_free, *state))
