"""Cuts beyond the grid: on Fisher discriminants of correlated variables, and between any two events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.kernels.growing import (
    Cut,
    CutFinder,
    Growth,
    Part,
    best_on_axis,
    best_on_grid,
    fisher_values,
    targets_of_node,
)
from tmva_py.kernels.separation import INDICES, purity_gain
from tmva_py.methods.bdt.ordering import order_by
from tmva_py.methods.bdt.sample import weighted_covariance
from tmva_py.methods.inputs import Doubles

Array = npt.NDArray[Any]
Choices = Iterator[npt.NDArray[np.bool_]]

# Values closer than this, relative to their size, are not cut apart.
_SMALLEST_STEP = 1.0e-6
# TMVA leaves the index of such a node, by which trees are pruned, at what it is before the growing.
_NO_INDEX = -1.0
# The ends between which TMVA looks for those of a discriminant.
_FISHER_ENDS = (999.0, -999.0)
# UseFisherCuts sets nCuts=20.
_FISHER_BINS = 21


def fisher_cuts(choices: Choices, least_correlation: float, *, exclusive: bool) -> CutFinder:
    """Return what finds the best cut on a variable or on a discriminant.

    Parameters
    ----------
    choices : iterator of ndarray of bool
        The variables that each node may use.
    least_correlation : float
        Variables are in the discriminant that are correlated more than this with another one, in signal or
        in background.
    exclusive : bool
        Whether these are not cut on by themselves.
    """

    def find(xp: Any, part: Part, totals: list[float], growth: Growth) -> Cut | None:
        usable = next(choices).copy()
        if not all(totals[:2]):  # a discriminant needs both classes
            return best_on_grid(xp, part, totals, growth, usable)
        variables = np.flatnonzero(_correlated(part, least_correlation) & usable)
        if exclusive:
            usable[variables] = False
        best = best_on_grid(xp, part, totals, growth, usable)
        if not len(variables):
            return best
        coefficients = fisher_coefficients(part, variables)
        values = fisher_values(xp, part.columns, coefficients)
        ends = min(_FISHER_ENDS[0], float(values.min())), max(_FISHER_ENDS[1], float(values.max()))
        with np.errstate(all="ignore"):
            found = best_on_axis(xp, values, ends, _FISHER_BINS, part, totals, growth)
        if not found.gain > (-1.0 if best is None else best.gain):
            return best
        n_variables = len(part.columns)
        targets = targets_of_node(xp, part, totals, growth, usable, _FISHER_BINS)
        return Cut(n_variables, found.value, found.above_is_right, found.gain, *targets, coefficients)

    return find


def _classes(part: Part) -> tuple[tuple[Array, Doubles], ...]:
    """Return events and weights of signal and of background."""
    chosen = (part.amounts[:, kind] != 0 for kind in (0, 1))
    return tuple((part.columns[:, one], part.amounts[one, kind]) for kind, one in enumerate(chosen))


def _correlated(part: Part, least: float) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(part.columns), bool)
    with np.errstate(all="ignore"):
        for columns, weight in _classes(part):
            covariance = weighted_covariance(columns, weight)
            scale = np.outer(np.diag(covariance), np.diag(covariance))
            correlation = np.where(scale > 1e-20, covariance / np.sqrt(scale), 0.0)
            np.fill_diagonal(correlation, 0.0)
            found |= (np.abs(correlation) > least).any(axis=0)
    return found


def fisher_coefficients(part: Part, variables: npt.NDArray[np.intp]) -> Doubles:
    """Return the discriminant's coefficients, 0 for other variables, and its offset at the end.

    R. Fisher, Annals of Eugenics 7 (1936) 179; the between-class matrix is left out, as in TMVA.
    """
    within = np.zeros((len(variables), len(variables)))
    means, weights = [], []
    for columns, weight in _classes(part):
        x = columns[variables].T.astype(np.float64)
        total = float(np.cumsum(weight)[-1])
        mean = np.add.accumulate(x * weight[:, None], axis=0)[-1] / total
        centred = x - mean
        for row in range(len(variables)):
            products = centred[:, row, None] * centred * weight[:, None]
            within[row] += np.add.accumulate(products, axis=0)[-1] / total
        means.append(mean)
        weights.append(total)
    factor = np.sqrt(weights[0] * weights[1]) / (weights[0] + weights[1])
    own = _inverse(within) @ (means[0] - means[1]) * factor
    coefficients = np.zeros(len(part.columns) + 1)
    coefficients[variables] = own
    coefficients[-1] = float(np.sum(own * (means[0] + means[1]))) / -2.0
    return coefficients


def _inverse(matrix: Doubles) -> Doubles:
    try:
        return np.asarray(np.linalg.inv(matrix), np.float64)
    except np.linalg.LinAlgError:  # variables that depend on one another
        return np.asarray(np.linalg.pinv(matrix), np.float64)


def cuts_between_events(choices: Choices, *, as_std_sort: bool) -> CutFinder:
    """Return what finds the best cut half-way between two events (``nCuts=-1``).

    Parameters
    ----------
    choices : iterator of ndarray of bool
        The variables that each node may use.
    as_std_sort : bool
        Whether events of equal values are in the order in which C++ leaves them, rather than in their own.
    """

    def find(xp: Any, part: Part, totals: list[float], growth: Growth) -> Cut | None:
        del totals
        usable = next(choices)
        n_events = len(part.amounts)
        counts = np.arange(1, n_events)
        large = (counts >= growth.min_size) & (n_events - counts >= growth.min_size)
        order = np.arange(n_events)
        best: Cut | None = None
        for variable in np.flatnonzero(usable).tolist():
            own = part.columns[variable][order]
            sorting = np.argsort(own, kind="stable")
            if as_std_sort:
                sorting = order_by(own, part.columns.T[order], part.amounts[order])
            order = order[sorting]
            values = part.columns[variable][order].astype(np.float64)
            below = np.cumsum(part.amounts[order], axis=0)
            s, b = below[-1].tolist()
            step = np.diff(values)
            apart = np.abs(step / (0.5 * np.abs(values[1:] + values[:-1]) + 1)) > _SMALLEST_STEP
            with np.errstate(all="ignore"):
                # An event's own weight is among those below the cut before it, as in TMVA.
                gains = purity_gain(xp, INDICES[growth.separation], below[1:, 0], below[1:, 1], s, b)
            gains = np.where(large & apart & (gains > -1.0), gains, -1.0)
            place = int(np.argmax(gains)) if len(gains) else 0
            if len(gains) and gains[place] > (-1.0 if best is None else best.gain):
                signal_like = bool(below[place + 1, 0] / s > below[place + 1, 1] / b)
                value = float(values[place + 1] - 0.5 * step[place])
                best = Cut(variable, value, signal_like, float(gains[place]), 0.0, 0.0, said_index=_NO_INDEX)
        return best

    return find
