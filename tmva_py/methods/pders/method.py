"""MethodPDERS, booked as ``Types.kPDERS``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.errors import TrainingError
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.pders.model import PDERSModel, Settings
from tmva_py.methods.pders.options import PDERS_OPTIONS
from tmva_py.methods.pders.tree import Shape
from tmva_py.plugins import hookimpl


class MethodPDERS(Method):
    """Range search: the densities of signal and background in a box around each event.

    The response is the part of signal among the training events in the box, with both classes of equal
    weight; a regression is the mean of their targets. With ``VolumeRangeMode=Adaptive`` the box is made as
    large as it must be to hold between ``NEventsMin`` and ``NEventsMax`` events by their weights.

    What matters most: these two numbers. Few events fluctuate, many wash out what changes within the box.
    Like all methods that look at the neighbourhood it needs many events for each variable, and few variables.
    """

    names = ("PDERS",)
    type_name = "PDERS"
    model = PDERSModel
    analyses = ("Classification", "Regression")
    signal_reference_cut = 0.0
    options = PDERS_OPTIONS
    refused_options = ("IgnoreNegWeightsInTraining",)

    @classmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:
        """Return whether there are two classes, or one target."""
        if analysis_type == "Regression":
            return n_targets == 1
        return super().can_handle(analysis_type, n_classes, n_targets)

    def train(self, dataset: TrainingData) -> PDERSModel:
        """Return the training events in a search tree."""
        events, is_regression = dataset.training, self.analysis_type == "Regression"
        if not np.isfinite(events.x).all():
            message = f"{self.owner}: events have values that are not finite"
            raise TrainingError(message)
        shape, order = Shape.of(events.x, from_medians=self.option_values["NormTree"])
        targets = events.targets if is_regression else np.empty((len(events), 0), np.float32)
        model = PDERSModel(
            np.ascontiguousarray(events.x[order]),
            np.ascontiguousarray(targets[order]),
            events.weight[order].astype(np.float32),
            events.class_index[order],
            shape,
            Settings.of(self.option_values, as_booked=True),
            is_regression,
            0 if is_regression else self.info.signal_class_index,
            self.option_values["AnswerAsBooked"],
        )
        if (problem := model.problem()) is not None:
            message = f"{self.owner}: {problem}"
            raise TrainingError(message)
        return model


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodPDERS]
