"""The path of rules' coefficients, compiled: events beside each other for responses, terms for gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.rule_path import Paths, Targets, Terms, Walk, follow_paths, path_values

Array = Any

# Events at a time, whose responses stay in the cache.
BLOCK = 1024


@borrowing
def write_values(
    passes: Array,
    linear: Array,
    first: int,
    last: int,
    offset: float,
    rules: Array,
    of_linear: Array,
    apart: bool,
    values: Array,
    sums: Array,
) -> None:
    """Write the responses to some events, from place 0 on."""
    n = last - first
    for i in range(n):
        values[i] = offset
        sums[i] = 0.0
    for rule in range(passes.shape[0]):
        coefficient = rules[rule]
        if coefficient != 0.0:
            row = passes[rule, first:last]
            for i in range(n):
                values[i] += coefficient * np.float64(row[i])
    for term in range(linear.shape[0]):
        coefficient = of_linear[term]
        own = linear[term, first:last]
        if apart:
            for i in range(n):
                sums[i] += coefficient * own[i]
        else:
            for i in range(n):
                values[i] += coefficient * own[i]
    for i in range(n):
        values[i] += sums[i]


@borrowing
def walk_on(
    passes: Array,
    linear: Array,
    passes_by_event: Array,
    linear_by_event: Array,
    truth: Array,
    weight: Array,
    norm: float,
    step: float,
    norms: Array,
    averages: Array,
    searches: bool,
    threshold: float,
    offset: float,
    rules: Array,
    of_linear: Array,
    n_steps: int,
    values: Array,
    sums: Array,
    of_rules: Array,
    gradient: Array,
) -> float:
    """Take steps on one path; return its new offset."""
    n_events, n_rules, n_linear = weight.size, rules.size, of_linear.size
    for _ in range(n_steps):
        of_rules[:] = 0.0
        gradient[:] = 0.0
        for first in range(0, n_events, BLOCK):
            last = min(n_events, first + BLOCK)
            write_values(passes, linear, first, last, offset, rules, of_linear, searches, values, sums)
            for i in range(last - first):
                if abs(values[i]) < 1.0:
                    event = first + i
                    rest = norm * (truth[event] - values[i]) * weight[event]
                    row = passes_by_event[event]
                    for rule in range(n_rules):
                        of_rules[rule] += rest * np.float64(row[rule])
                    own = linear_by_event[event]
                    for term in range(n_linear):
                        gradient[term] += rest * own[term]
        largest = 0.0
        for rule in range(n_rules):
            largest = max(largest, abs(of_rules[rule]))
        for term in range(n_linear):
            largest = max(largest, abs(gradient[term]))
        if largest > 0.0:
            least = largest * threshold
            for rule in range(n_rules):
                if abs(of_rules[rule]) >= least:
                    rules[rule] += step * of_rules[rule]
            for term in range(n_linear):
                if abs(gradient[term]) >= least:
                    of_linear[term] += step * gradient[term] / norms[term]
        if largest > 0.0 or searches:
            offset = 0.0
            for rule in range(n_rules):
                offset -= rules[rule] * averages[rule]
    return offset


@path_values.override("numba")
def _path_values(xp: Any, *, terms: Terms, paths: Paths, apart: bool) -> Array:
    n_events = terms.passes.shape[1]
    values, sums = np.empty((len(paths.offset), n_events)), np.empty(n_events)
    for number, offset in enumerate(paths.offset.tolist()):
        write_values(
            *terms, 0, n_events, offset, paths.rules[number], paths.linear[number], apart, values[number],
            sums,
        )  # fmt: skip
    return values


@follow_paths.override("numba")
def _follow_paths(xp: Any, *, terms: Terms, targets: Targets, walk: Walk, paths: Paths, n_steps: int) -> None:
    by_event = np.ascontiguousarray(terms.passes.T), np.ascontiguousarray(terms.linear.T)
    values, sums = np.empty((2, BLOCK))
    gradients = np.empty(paths.rules.shape[1]), np.empty(paths.linear.shape[1])
    for number in range(len(paths.offset)):
        paths.offset[number] = walk_on(
            *terms, *by_event, *targets, *walk, float(paths.threshold[number]), float(paths.offset[number]),
            paths.rules[number], paths.linear[number], n_steps, values, sums, *gradients,
        )  # fmt: skip
