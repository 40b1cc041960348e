"""The path on which the coefficients of rules and linear terms go, following the gradient of the risk.

J. Friedman and B. Popescu, "Gradient directed regularization for linear regression and classification",
Stanford (2004). Sums are taken in the order of the terms and of the events.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any


class Terms(NamedTuple):
    """What n events have of each term."""

    passes: Array
    """Whether an event obeys a rule, (n_rules, n) of uint8."""
    linear: Array
    """Linear terms with their norms, (n_linear, n) of float64."""


class Targets(NamedTuple):
    """What the terms are fitted to."""

    truth: Array
    """1 for signal, -1 for background, (n,) of float64."""
    weight: Array
    """Event weights, (n,) of float64."""
    norm: float
    """What each event's gradient is multiplied by."""


class Walk(NamedTuple):
    """How a path goes on."""

    step: float
    norms: Array
    """Of linear terms, (n_linear,)."""
    averages: Array
    """Of rules, (n_rules,)."""
    searches: bool
    """Whether the threshold is still looked for: TMVA adds up linear terms apart then, and sets the offset
    even where there is no gradient."""


class Paths(NamedTuple):
    """Where several paths are, one a row; they are changed."""

    threshold: Array
    """The part of the largest gradient above which a coefficient is changed, (k,)."""
    offset: Array
    """(k,)."""
    rules: Array
    """Coefficients, (k, n_rules)."""
    linear: Array
    """Coefficients, (k, n_linear)."""


@kernel
def path_values(xp: Any, *, terms: Terms, paths: Paths, apart: bool) -> Array:
    """The response to n events on each path, (k, n); with `apart` linear terms are added up first."""
    values = xp.empty((len(paths.offset), terms.passes.shape[1]))
    for value, offset, rules, linear in zip(values, paths.offset, paths.rules, paths.linear, strict=True):
        value[:] = offset
        for coefficient, passes in zip(rules, terms.passes, strict=True):
            value += coefficient * passes
        total = xp.zeros(len(value)) if apart else value
        for coefficient, own in zip(linear, terms.linear, strict=True):
            total += coefficient * own
        if apart:
            value += total
    return values


@kernel
def follow_paths(xp: Any, *, terms: Terms, targets: Targets, walk: Walk, paths: Paths, n_steps: int) -> None:
    """Take some steps on each path."""
    for _ in range(n_steps):
        values = path_values(xp, terms=terms, paths=paths, apart=walk.searches)
        rests = xp.where(
            xp.absolute(values) < 1.0, targets.norm * (targets.truth - values) * targets.weight, 0.0
        )
        for number, rest in enumerate(rests):
            of_rules = xp.cumsum(rest * terms.passes, axis=1)[:, -1]
            of_linear = xp.cumsum(rest * terms.linear, axis=1)[:, -1]
            _step(xp, of_rules, of_linear, walk, paths, number)


def _step(xp: Any, of_rules: Array, of_linear: Array, walk: Walk, paths: Paths, number: int) -> None:
    largest = float(max(xp.absolute(one).max(initial=0.0) for one in (of_rules, of_linear)))
    rules, linear = paths.rules[number], paths.linear[number]
    if largest > 0:
        least = largest * paths.threshold[number]
        rules += xp.where(xp.absolute(of_rules) >= least, walk.step * of_rules, 0.0)
        linear += xp.where(xp.absolute(of_linear) >= least, walk.step * of_linear / walk.norms, 0.0)
    if largest > 0 or walk.searches:
        offset = 0.0
        for term in rules * walk.averages:
            offset -= term
        paths.offset[number] = offset
