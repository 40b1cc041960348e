"""Figures of merit of a tuning: how well responses to the test events separate the classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from tmva_py.errors import TrainingError, UnknownNameError, did_you_mean
from tmva_py.histograms import PDF, Axis, Histogram, pdf_separation

Doubles = npt.NDArray[np.float64]
# TMVA's axis; it gets longer where a response lies outside.
_LOW, _HIGH = -1.5, 1.5
_COARSE, _FINE = 100, 100_000


@dataclass(frozen=True)
class SampleResponses:
    """Responses to the test events, by class: values and weights.

    Raises
    ------
    TrainingError
        The weights of a class do not add up to more than 0, so that there is nothing to compare.
    """

    signal: Doubles
    signal_weight: Doubles
    background: Doubles
    background_weight: Doubles

    @classmethod
    def of(
        cls, response: npt.ArrayLike, is_signal: npt.NDArray[np.bool_], weight: npt.ArrayLike
    ) -> SampleResponses:
        """Return the responses by class; those that are not finite are left out."""
        values, weights = np.asarray(response, np.float64), np.asarray(weight, np.float64)
        kept = np.isfinite(values)
        signal, background = is_signal & kept, ~is_signal & kept
        return cls(values[signal], weights[signal], values[background], weights[background])

    def __post_init__(self) -> None:
        for name, weight in (("signal", self.signal_weight), ("background", self.background_weight)):
            if not weight.sum() > 0:
                message = (
                    f"tuning compares responses to test events: those of the {name} have no weight, or their "
                    "responses are not finite"
                )
                raise TrainingError(message)

    def histograms(self, n_bins: int) -> tuple[Histogram, Histogram]:
        """Return the histograms of signal and background."""
        both = np.concatenate([self.signal, self.background])
        high = _HIGH if both.max() < _HIGH else float(np.nextafter(both.max(), np.inf))
        axis = Axis(n_bins, min(_LOW, float(both.min())), high)
        return (
            Histogram.fill(axis, self.signal, self.signal_weight, is_double=True),
            Histogram.fill(axis, self.background, self.background_weight, is_double=True),
        )

    def cumulated(self) -> tuple[Doubles, Doubles]:
        """Return the parts of signal and background up to the end of each fine bin, the first of them 0."""
        signal, background = (_cumulated(one.values) for one in self.histograms(_FINE))
        return signal, background


def _cumulated(contents: Doubles) -> Doubles:
    sums = np.concatenate([[0.0], np.add.accumulate(contents)])
    parts: Doubles = sums / sums[-1]
    return parts


def separation(test: SampleResponses) -> float:
    """Return the separation of densities made of 100 bins."""
    signal, background = (PDF(one) for one in test.histograms(_COARSE))
    return pdf_separation(signal, background)


def roc_integral(test: SampleResponses) -> float:
    """Return the part of pairs whose signal event has a response not below the background's."""
    signal, background = test.cumulated()
    return float(np.sum(background[1:] * np.diff(signal)))


def signal_efficiency(background_efficiency: float, test: SampleResponses) -> float:
    """Return the signal above the lowest end of a bin with less background above than given."""
    signal, background = test.cumulated()
    return float(1.0 - signal[np.argmax(background > 1.0 - background_efficiency)])


def background_rejection(signal_efficiency_: float, test: SampleResponses) -> float:
    """Return the background below the lowest end of a bin with less signal above than given."""
    signal, background = test.cumulated()
    return float(background[np.argmax(1.0 - signal < signal_efficiency_)])


def _less_background(efficiency: float, test: SampleResponses) -> float:
    # TMVA takes the largest background efficiency for the best one.
    return background_rejection(efficiency, test) - 1.0


Figure = Callable[[SampleResponses], float]

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "Separation": separation,
        "ROCIntegral": roc_integral,
        "SigEffAtBkgEff01": partial(signal_efficiency, 0.1),
        "SigEffAtBkgEff001": partial(signal_efficiency, 0.01),
        "SigEffAtBkgEff002": partial(signal_efficiency, 0.02),
        "BkgRejAtSigEff05": partial(background_rejection, 0.5),
        "BkgEffAtSigEff05": partial(_less_background, 0.5),
    }
)
"""What may be maximised, by TMVA's names."""


def figure_named(name: str) -> Figure:
    """Return a figure of merit; ``SigEffAtBkgEff0.1`` is ``SigEffAtBkgEff01``.

    Raises
    ------
    UnknownNameError
        There is none of this name.
    """
    found = FIGURES.get(name.replace(".", ""))
    if found is None:
        message = (
            f"no figure of merit {name!r}{did_you_mean(name, FIGURES)}\n  there are: {', '.join(FIGURES)}"
        )
        raise UnknownNameError(message)
    return found
