"""Sums of rules and linear terms: what TMVA's RuleFit answers."""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any


class Rules(NamedTuple):
    """Rules, each an amount for events on the right side of all its bounds."""

    starts: Array
    """Where each rule's bounds begin, and the end, (n_rules + 1,), int64."""
    variable: Array
    """What each bound is on, int64."""
    bound: Array
    """Where it is."""
    is_lower: Array
    """Whether events must be above it, bool; else below."""
    amount: Array
    """What each rule adds, (n_rules,)."""


class Lines(NamedTuple):
    """Linear terms: a variable between two ends, times a norm, times a coefficient."""

    variable: Array
    """int64."""
    low: Array
    high: Array
    norm: Array
    coefficient: Array


@kernel
def rule_sums(xp: Any, *, x: Array, rules: Rules, lines: Lines, offset: float) -> Array:
    """The offset and the rules' amounts, one after the other, and then the sum of the linear terms: (N,).

    `x` is (N, n_variables) in float32, all else in float64.
    """
    columns = x.T.astype(xp.float64)
    total, linear = xp.full(len(x), offset), xp.zeros(len(x))
    for number, amount in enumerate(rules.amount):
        obeyed = xp.ones(len(x), bool)
        for place in range(int(rules.starts[number]), int(rules.starts[number + 1])):
            column, bound = columns[rules.variable[place]], rules.bound[place]
            obeyed &= column > bound if rules.is_lower[place] else column < bound
        total += xp.where(obeyed, amount, 0.0)
    for variable, low, high, norm, coefficient in zip(*lines, strict=True):
        linear += coefficient * (xp.clip(columns[variable], low, high) * norm)
    return total + linear
