"""How events are weighted anew after each method: AdaBoost, RealAdaBoost, Bagging."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.kernels.boosting import poisson_counts
from tmva_py.methods.boost.reference_cut import ReferenceCut
from tmva_py.methods.boost.signal_probability import signal_probabilities

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Step:
    """What a method was worth.

    Attributes
    ----------
    weight : float
        How much the method counts.
    error : float
        The part of the events, by their weights, that it takes for the other class.
    cut : ReferenceCut
        Its cut.
    boost : ndarray of float64, shape (N,)
        The factors of the events' weights from now on.
    signal_to_background : float
        Of the weighted sample, before both classes are given the same weight; 0 where nothing changes.
    """

    weight: float
    error: float
    cut: ReferenceCut
    boost: Doubles
    signal_to_background: float = 0.0


def adaptive_step(
    values: Doubles,
    weight: Doubles,
    boost: Doubles,
    *,
    is_signal: Flags,
    is_first: Flags,
    beta: float,
    cut: ReferenceCut | None,
    is_real: bool,
) -> Step:
    """Return AdaBoost's step or RealAdaBoost's; a cut is looked for where none is given.

    Responses are compared, and weights added up, in single precision, as in TMVA.
    """
    now = weight * boost
    single = now.astype(np.float32).astype(np.float64)
    floats = values.astype(np.float32)
    true_side = np.where(is_signal, 1.0, -1.0)
    if cut is None:
        cut = ReferenceCut.of(values, now, is_signal)
    if not is_real:
        is_wrong = is_signal != cut.is_signal_like(floats)
        error = _sum(single[is_wrong]) / _sum(single)
        step_weight = float(np.log((1.0 - error) / error)) * beta if error else 0.0
        exponents = np.where(is_wrong, step_weight, 0.0)
    else:
        purity = 2 * (signal_probabilities(floats.astype(np.float64), now, is_first) - 0.5)
        error = _sum(single * true_side * purity) / _sum(single)
        step_weight = float(np.log((1.0 + error) / (1.0 - error))) * beta if error else 0.0
        exponents = -1 * step_weight * true_side * purity
    if error == 0:
        return Step(0.0, 0.0, cut, boost)
    factors = np.exp(exponents)
    boost = boost * np.where(now > 0, factors, 1.0 / factors)
    whole = _sum(now)
    boost = boost * (whole / _sum(weight * boost))
    sums = [_sum((weight * boost)[chosen]) for chosen in (~is_first, is_first)]
    boost = boost * np.where(is_first, whole / sums[1] / 2, whole / sums[0] / 2)
    return Step(step_weight, error, cut, boost, sums[0] / sums[1])


def bagged(n_events: int, fraction: float, seed: int, backend: Backend) -> Doubles:
    """Return how often each event is in a sample, as TMVA draws it."""
    counts = poisson_counts.on(backend)(backend.xp, seeds=[seed], n_events=n_events, mean=fraction)
    result: Doubles = backend.to_numpy(counts)[0].astype(np.float64)
    return result


def _sum(values: Doubles) -> float:
    """Return the sum, added up from first to last."""
    return float(np.cumsum(values)[-1]) if len(values) else 0.0
