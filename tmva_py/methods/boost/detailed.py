"""What ``Boost_DetailedMonitoring`` adds: ROC integrals after each method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.evaluation.response import ResponseSummary
from tmva_py.histograms import PDF, Axis, Histogram, Histogram2D, PDFSettings, pdf_roc_integral

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_N_BINS = 100
_MARGIN = 0.0001
# TMVA's plots of events are made for its own example.
_LARGEST = 7.0
N_SHOWN = 2
"""How many variables there must be for these plots."""

TITLES = {
    "ROCIntegral_test": "ROC integral of single classifier (testing sample)",
    "ROCIntegralBoosted_test": "ROC integral of boosted method (testing sample)",
    "ROCIntegral_train": "ROC integral of single classifier (training sample)",
    "ROCIntegralBoosted_train": "ROC integral of boosted method (training sample)",
    "OverlapIntegal_train": "Overlap integral (training sample)",
}
"""Names and titles of the histograms, as TMVA spells them."""


@dataclass(frozen=True, eq=False)
class Responses:
    """Responses of one sample, of the last method alone and of all so far.

    Attributes
    ----------
    alone, together : ndarray, shape (N,)
        The responses.
    is_signal : ndarray of bool, shape (N,)
        Which events are signal.
    weight, boosted : ndarray of float64, shape (N,)
        Weights before and after boosting.
    """

    alone: Doubles
    together: Doubles
    is_signal: Flags
    weight: Doubles
    boosted: Doubles


def event_histograms(
    x: npt.NDArray[np.float32], weight: Doubles, is_signal: Flags, number: int
) -> dict[str, Histogram2D]:
    """Return the events of two variables as a method was trained on them, by TMVA's names."""
    axis = Axis(_N_BINS, 0.0, _LARGEST)
    found = {}
    for ending, chosen in (("Sig", is_signal), ("Bkg", ~is_signal)):
        name = f"EventDist{ending}_{number}"
        single = weight[chosen].astype(np.float32)
        found[name] = Histogram2D.fill(axis, axis, x[chosen, 0], x[chosen, 1], single, title=name)
    return found


def integrals(training: Responses, testing: Responses) -> dict[str, float]:
    """Return the areas under the ROC curves, and the overlap of the classes' responses in training."""
    return {
        "ROCIntegral_test": _area(testing.alone, testing),
        "ROCIntegralBoosted_test": _area(testing.together, testing),
        "ROCIntegral_train": _area(training.alone, training),
        "ROCIntegralBoosted_train": _area(training.together, training),
        "OverlapIntegal_train": _overlap(training.alone, training),
    }


def _area(values: Doubles, sample: Responses) -> float:
    signal, background = (
        PDF(one, PDFSettings("Spline2")) for one in _histograms(values, sample, sample.weight)
    )
    return pdf_roc_integral(signal, background)


def _overlap(values: Doubles, sample: Responses) -> float:
    signal, background = (one.values for one in _histograms(values, sample, sample.boosted))
    return float(np.minimum(signal, background)[(signal > 0) & (background > 0)].sum())


def _histograms(values: Doubles, sample: Responses, weight: Doubles) -> Sequence[Histogram]:
    floats = values.astype(np.float32)
    summary = ResponseSummary.of(floats, sample.is_signal, sample.boosted)
    axis = Axis.around(_N_BINS, summary.minimum, summary.maximum + _MARGIN)
    return [
        Histogram.fill(axis, floats[one], weight[one].astype(np.float32), in_single=True).normalised()
        for one in (sample.is_signal, ~sample.is_signal)
    ]
