"""Sums of rules and linear terms, compiled: a rule ends at the first bound that an event is not within."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.rules import Lines, Rules, rule_sums

Array = Any

BLOCK = 256


@borrowing
def write_sums(
    x: Array,
    first: int,
    end: int,
    starts: Array,
    variable: Array,
    bound: Array,
    is_lower: Array,
    amount: Array,
    line_variable: Array,
    low: Array,
    high: Array,
    norm: Array,
    coefficient: Array,
    offset: float,
    sums: Array,
) -> None:
    """Write the sums of some events."""
    for event in range(first, end):
        total = offset
        for number in range(amount.size):
            obeyed = True
            for place in range(starts[number], starts[number + 1]):
                value = float(x[event, variable[place]])
                if not (value > bound[place] if is_lower[place] else value < bound[place]):
                    obeyed = False
                    break
            total += amount[number] if obeyed else 0.0
        linear = 0.0
        for number in range(line_variable.size):
            value = float(x[event, line_variable[number]])
            if value < low[number]:
                value = low[number]
            elif value > high[number]:
                value = high[number]
            linear += coefficient[number] * (value * norm[number])
        sums[event] = total + linear


@rule_sums.override("numba")
def _rule_sums(xp: Any, *, x: Array, rules: Rules, lines: Lines, offset: float) -> Array:
    n_events = len(x)
    sums = xp.empty(n_events, xp.float64)
    if n_events <= BLOCK:
        write_sums(x, 0, n_events, *rules, *lines, offset, sums)
        return sums

    def block(number: int) -> None:
        first, end = number * BLOCK, min((number + 1) * BLOCK, n_events)
        write_sums(x, first, end, *rules, *lines, offset, sums)

    for_each(block, -(-n_events // BLOCK), 2.0 * n_events * (len(rules.bound) + 4.0 * len(lines.low)))
    return sums
