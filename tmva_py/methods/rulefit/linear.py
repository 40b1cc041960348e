"""Linear terms: each variable between two quantiles, scaled as if it were a rule."""

from __future__ import annotations

import numpy as np

from tmva_py.errors import TrainingError
from tmva_py.histograms import Axis, Histogram
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.rulefit.model import LinearTerm
from tmva_py.methods.rulefit.sample import Sample, in_order

RULE_SIGMA = 0.4
"""What a rule of average support would have as its spread."""

_N_BINS = 40


def linear_terms(sample: Sample, quantile: float, owner: str) -> tuple[LinearTerm, ...]:
    """Return a term for each variable, without coefficients.

    Raises
    ------
    TrainingError
        The lower end is above the upper one, because of negative weights.
    """
    return tuple(_term(sample, number, quantile, owner) for number in range(len(sample.columns)))


def _order(sample: Sample, number: int) -> np.ndarray:
    """Return the events by their values, their weights and their classes."""
    return np.lexsort((sample.class_index, sample.weight, sample.columns[number]))


def _term(sample: Sample, number: int, quantile: float, owner: str) -> LinearTerm:
    order = _order(sample, number)
    values, weight = sample.columns[number][order].astype(np.float64), sample.weight[order]
    wanted = quantile * sample.total
    lower = max(0, _first_above(weight, wanted) - 1)
    upper = min(len(values) - 1, len(values) - _first_above(weight[::-1], wanted))
    low, high = float(values[lower]), float(values[upper])
    if low > high:
        message = (
            f"{owner}: the {quantile:g} quantiles of a variable are the wrong way round, because of negative "
            "weights; take a smaller LinQuantile or Model=ModRule"
        )
        raise TrainingError(message)
    inside = np.clip(values, low, high)
    first, second = in_order(weight * inside), in_order(weight * inside * inside)
    with np.errstate(all="ignore"):
        square = np.float64(second - first * first / sample.total) / (
            sample.total - sample.total / len(sample)
        )
        deviation = float(np.sqrt(square))
    norm = RULE_SIGMA / deviation if deviation > 0 else 1.0
    return LinearTerm({"Coeff": 0.0, "Norm": norm, "DM": low, "DP": high, "Importance": 0.0}, used=True)


def _first_above(weight: Doubles, wanted: float) -> int:
    """Return how many weights are needed for a sum that is not below what is wanted."""
    if not wanted > 0:
        return 0
    reached = np.cumsum(weight) >= wanted
    return int(np.argmax(reached)) + 1 if reached.any() else len(weight)


def linear_values(terms: tuple[LinearTerm, ...], sample: Sample) -> Doubles:
    """Return what each term has of each event, (n_terms, N)."""
    found = np.empty((len(terms), len(sample)))
    for own, term, column in zip(found, terms, sample.columns, strict=False):
        numbers = term.numbers
        own[:] = np.clip(column.astype(np.float64), numbers["DM"], numbers["DP"]) * numbers["Norm"]
    return found


def term_histograms(terms: tuple[LinearTerm, ...], sample: Sample) -> dict[str, Histogram]:
    """Return the distributions of the terms as TMVA shows them: those of the second class as signal."""
    shown = {}
    for number, term in enumerate(terms):
        order = _order(sample, number)
        low, high = term.numbers["DM"], term.numbers["DP"]
        values = np.clip(sample.columns[number][order].astype(np.float64), low, high)
        weight = (1.0 / sample.total) * sample.weight[order]
        second = sample.class_index[order] == 1
        axis = Axis(_N_BINS, low, high) if low < high else Axis(_N_BINS, low, low + 1.0)
        for name, title, chosen in (("sigvar", "sig temphist", second), ("bkgvar", "bkg temphist", ~second)):
            shown[f"{name}{number}"] = Histogram.fill(
                axis, values[chosen], weight[chosen], in_single=True, title=title
            )
    return shown
