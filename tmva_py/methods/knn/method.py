"""MethodKNN, booked as ``Types.kKNN``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tmva_py.data import DataSet
from tmva_py.errors import TrainingError, warn
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.knn.model import BACKGROUND, SIGNAL, KNNModel, Settings
from tmva_py.methods.knn.options import FILE_OPTIONS, KNN_OPTIONS
from tmva_py.methods.knn.scaling import trimmed
from tmva_py.methods.method import Method
from tmva_py.plugins import hookimpl


class MethodKNN(Method):
    """Nearest neighbours: an event is what the training events around it are.

    The response is the part of signal among the ``nkNN`` training events that are nearest, by their weights;
    a regression is the mean of their targets. Nothing is trained: the weight file holds all training events,
    and responses take the longer, the more there are.

    What matters most: ``nkNN``. Small numbers (10) fluctuate, large ones (100 and more) wash out what changes
    within their reach; it should grow with the number of training events. All variables count alike:
    ``ScaleFrac=0.8`` makes the range of the middle 80% of the events the unit of each. Variables without
    separation add noise to all distances, so few and good ones are best, up to some ten. A kernel
    (``UseKernel``) lets farther events count less. Histograms of the response have k + 1 places.
    """

    names = ("KNN",)
    type_name = "KNN"
    model = KNNModel
    analyses = ("Classification", "Regression")
    options = KNN_OPTIONS
    file_options = FILE_OPTIONS

    def process_options(self, dataset: DataSet | None) -> None:
        """Replace numbers that cannot be, as TMVA does."""
        del dataset
        values = self.option_values
        changed: dict[str, float] = {}
        if values["nkNN"] <= 0:
            changed["nkNN"] = 10
            self._repair(f"kNN must be a positive integer: set kNN = {changed['nkNN']}")
        if values["ScaleFrac"] < 0:
            changed["ScaleFrac"] = 0.0
            self._repair("ScaleFrac can not be negative: set ScaleFrac = 0")
        if values["ScaleFrac"] > 1:
            changed["ScaleFrac"] = 1.0
        if values["BalanceDepth"] <= 0:
            changed["BalanceDepth"] = 6
            self._repair("BalanceDepth must be a positive integer: set BalanceDepth = 6")
        self.option_values = values.updated(changed)

    def _repair(self, text: str) -> None:
        self.log.warning(text)
        warn(f"{self.owner}: {text}")

    def train(self, dataset: TrainingData) -> KNNModel:
        """Return the training events."""
        events, log = dataset.training, self.log
        if self.option_values["IgnoreNegWeightsInTraining"]:
            events = events.select(events.weight > 0)
        kind = np.where(events.class_index == self.info.signal_class_index, SIGNAL, BACKGROUND).astype(
            np.int8
        )
        is_regression = self.analysis_type == "Regression"
        model = KNNModel(
            events.x,
            events.targets if is_regression else np.empty((len(events), 0), np.float32),
            events.weight,
            kind,
            Settings.of(self.option_values),
            is_regression,
        )
        signal, background = (float(events.weight[kind == one].sum()) for one in (SIGNAL, BACKGROUND))
        log.info("<Train> start...")
        log.info(f"Reading {len(events)} events")
        log.info(f"Number of signal events {signal:g}\nNumber of background events {background:g}")
        log.info(f"Creating kd-tree with {len(events)} events")
        kept = np.arange(len(events))
        if model.settings.trims:
            kept = trimmed(kind)
            fewest = len(kept) // max(len(np.unique(kind)), 1)
            log.info(f"<Fill> Will trim all event types to {fewest} events")
            log.info(f"<Fill> Erased {len(events) - len(kept)} events")
        if (problem := model.problem()) is not None:
            message = f"{self.owner}: {problem}"
            raise TrainingError(message)
        if percent := model.scaling.percent:
            lowest = (100 - percent) // 2
            log.info(
                "Computing scale factor for 1d distributions: (ifrac, bottom, top) = "
                f"({percent}%, {lowest}%, {100 - lowest}%)"
            )
        log.info(f"Optimizing tree for {events.x.shape[1]} variables with {len(kept)} values")
        for one in np.unique(kind[kept]).tolist():
            count = int(np.count_nonzero(kind[kept] == one))
            log.info(f"<Fill> Class {one} has {count:8d} events")
        return model


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodKNN]
