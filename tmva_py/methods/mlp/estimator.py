"""How far outputs are from what they should be, as TMVA measures it, and when that stops to get better."""

from __future__ import annotations

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.kernels.perceptron import SMALLEST, SMALLEST_REST
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.mlp.sample import Sample

_FLOAT_MAX = np.finfo(np.float32).max


def estimator(
    outputs: Doubles, sample: Sample, analysis_type: AnalysisType, *, cross_entropy: bool, weight_range: float
) -> float:
    """Return Σ wd/Σ w of the deviations d, over the events with the smallest ones.

    Parameters
    ----------
    outputs : ndarray, shape (N, n_outputs)
        Of the network.
    sample : Sample
        The events.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        Of several classes TMVA counts the last one only.
    cross_entropy : bool
        Whether d is −2(t ln o + (1 − t) ln(1 − o)); else (o − t)², summed over regression targets.
    weight_range : float
        Which part of the events counts.
    """
    if cross_entropy:
        o, t = outputs[:, 0], sample.target[:, 0]
        share = np.where(t > 0, np.maximum(o, SMALLEST), np.maximum(1.0 - o, SMALLEST_REST))
        deviation = -2.0 * np.log(share)
    else:
        squares = (outputs - sample.target) ** 2
        deviation = squares[:, -1] if analysis_type == "Multiclass" else np.cumsum(squares, axis=1)[:, -1]
    total = np.float32(sample.sum_of_weights)
    part = np.float32(weight_range)
    if part >= 1:
        return _ratio(deviation * sample.weight, total)
    single, weight = deviation.astype(np.float32), sample.weight.astype(np.float32)
    order = np.lexsort((weight, single))
    single, weight = single[order], weight[order]
    kept = np.cumsum(weight, dtype=np.float32) <= part * total
    return _ratio((weight * single)[kept].astype(np.float64), part * total)


def _ratio(terms: Doubles, total: np.float32) -> float:
    with np.errstate(all="ignore"):
        return float(np.float64(np.cumsum(terms)[-1] if len(terms) else 0.0) / np.float64(total))


class Convergence:
    """Tells when a number of tests have brought no improvement."""

    def __init__(self, improvement: float, tests: int) -> None:
        self._improvement = np.float32(improvement)
        self._tests = tests
        self._counter = -1
        self._best = np.float32(_FLOAT_MAX)

    def has_converged(self, value: float) -> bool:
        """Take the next value, and return whether enough of them were no better."""
        if self._tests < 0 or self._improvement < 0:
            return False
        single = np.float32(value)
        if self._counter < 0:
            self._best = single
        if self._best - single <= self._improvement:
            self._counter += 1
        else:
            self._counter = 0
            self._best = single
        return self._counter >= self._tests

    def reset(self) -> None:
        """Begin to count anew."""
        self._counter = -1
