"""Everything that TMVA computes for one two-class method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.errors import ShapeError
from tmva_py.evaluation.efficiency import (
    N_CURVE_BINS,
    N_CUT_BINS,
    BackgroundVersusSignal,
    EfficiencyCurves,
    efficiency_error,
)
from tmva_py.evaluation.response import ResponseSummary, significance
from tmva_py.evaluation.roc_curve import RocCurve
from tmva_py.histograms import Axis, Histogram, separation
from tmva_py.lazy import lazy

N_RESPONSE_BINS = 40
"""Bins of the response histograms (``fNbinsMVAoutput``)."""


@dataclass(frozen=True)
class Sample:
    """Responses to one sample.

    Attributes
    ----------
    response : ndarray, shape (N,)
        The method's responses.
    is_signal : ndarray of bool, shape (N,)
        Whether an event is of the signal class; every other class is background.
    weight : ndarray, shape (N,)
        Event weights.
    """

    response: npt.NDArray[np.floating]
    is_signal: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.floating]

    def __post_init__(self) -> None:
        shapes = {self.response.shape, self.is_signal.shape, self.weight.shape}
        if len(shapes) != 1 or self.response.ndim != 1:
            message = (
                f"a sample needs three lists of one length, got response {self.response.shape}, "
                f"is_signal {self.is_signal.shape} and weight {self.weight.shape}"
            )
            raise ShapeError(message)


class ClassificationEvaluation:
    """The evaluation of a two-class method on its test and training samples.

    Parameters
    ----------
    test, training : Sample
        Responses to both samples.
    n_response_bins, n_curve_bins : int
        Bins of the response histograms and of background versus signal efficiency.

    Notes
    -----
    Everything is computed once, when it is first needed. Quantities are TMVA's, binned as TMVA bins them;
    only `roc_area` and `roc_curve` are unbinned.
    """

    def __init__(
        self,
        test: Sample,
        training: Sample,
        *,
        n_response_bins: int = N_RESPONSE_BINS,
        n_curve_bins: int = N_CURVE_BINS,
    ) -> None:
        self.test = test
        self.training = training
        self._n_response_bins = n_response_bins
        self._n_curve_bins = n_curve_bins

    @lazy
    def summary(self) -> ResponseSummary:
        """Moments and range of the responses to the test sample."""
        return ResponseSummary.of(self.test.response, self.test.is_signal, self.test.weight)

    @lazy
    def roc_curve(self) -> RocCurve:
        """Unbinned ROC curve of the test sample."""
        return RocCurve(self.test.response, self.test.is_signal, self.test.weight)

    @property
    def roc_area(self) -> float:
        """Area under the unbinned ROC curve of the test sample: the tables' ``ROC-integ``."""
        return self.roc_curve.area

    @property
    def training_roc_area(self) -> float:
        """Area under the unbinned ROC curve of the training sample."""
        sample = self.training
        return RocCurve(sample.response, sample.is_signal, sample.weight).area

    @lazy
    def efficiencies(self) -> EfficiencyCurves:
        """Efficiencies versus the cut, test sample."""
        return EfficiencyCurves.of(self.test.response, self.test.is_signal, self.test.weight, self.summary)

    @lazy
    def training_efficiencies(self) -> EfficiencyCurves:
        """Efficiencies versus the cut, training sample in the test sample's range."""
        sample = self.training
        return EfficiencyCurves.of(sample.response, sample.is_signal, sample.weight, self.summary)

    @lazy
    def curve(self) -> BackgroundVersusSignal:
        """Background versus signal efficiency, test sample."""
        return BackgroundVersusSignal.of(self.efficiencies, n_bins=self._n_curve_bins)

    @lazy
    def training_curve(self) -> BackgroundVersusSignal:
        """Training background efficiency at cuts that give the signal efficiency on the TEST sample.

        So TMVA computes its "(from training sample)" columns; an overtrained signal does not show there.
        """
        return BackgroundVersusSignal.of(
            self.training_efficiencies, cuts_from=self.efficiencies, n_bins=self._n_curve_bins
        )

    @property
    def area(self) -> float:
        """Mean background rejection of `curve`: methods are ranked by it."""
        return self.curve.area

    def signal_efficiency_at(self, background_efficiency: float) -> float:
        """Return the test sample's signal efficiency at a background efficiency."""
        return self.curve.signal_efficiency_at(background_efficiency)

    def signal_efficiency_error_at(self, background_efficiency: float) -> float:
        """Return the error of `signal_efficiency_at`."""
        return efficiency_error(
            self.signal_efficiency_at(background_efficiency), self.efficiencies.sum_of_signal_weights
        )

    def training_signal_efficiency_at(self, background_efficiency: float) -> float:
        """Return the tables' signal efficiency "from training sample" (see `training_curve`)."""
        return self.training_curve.signal_efficiency_at(background_efficiency)

    @lazy
    def reference_cut(self) -> float:
        """The cut at which signal efficiency and background rejection are equal."""
        cut = self.efficiencies.cut_for(self.curve.balanced_signal_efficiency())
        return 1.0 if cut is None else cut

    @property
    def separation(self) -> float:
        """Separation of the response histograms of signal and background, test sample."""
        return separation(*self.response_histograms())

    @property
    def significance(self) -> float:
        """Distance of the means over the joint width, test sample."""
        return significance(self.summary)

    def response_histograms(
        self, *, training: bool = False, fine: bool = False
    ) -> tuple[Histogram, Histogram]:
        """Return the normalised response histograms of signal and background.

        Parameters
        ----------
        training : bool, default False
            Of the training sample, in the range of the test sample.
        fine : bool, default False
            10000 bins (TMVA's ``_high``) instead of 40.
        """
        sample = self.training if training else self.test
        n_bins = N_CUT_BINS if fine else self._n_response_bins
        return _pair(Axis(n_bins, self.summary.minimum, self.summary.upper_edge), sample, sample.response)

    def test_histograms(
        self, values: npt.NDArray[np.floating], minimum: float, maximum: float
    ) -> tuple[Histogram, Histogram]:
        """Return the normalised histograms of another quantity of the test events."""
        return _pair(Axis(self._n_response_bins, minimum, maximum), self.test, values)


def _pair(axis: Axis, sample: Sample, values: npt.NDArray[np.floating]) -> tuple[Histogram, Histogram]:
    signal, background = (
        Histogram.fill(axis, values[chosen], sample.weight[chosen], with_errors=True, is_double=True)
        for chosen in (sample.is_signal, ~sample.is_signal)
    )
    return signal.normalised(), background.normalised()
