"""A small method that selects events at working points, in weight files like those of TMVA's Cuts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet
from tmva_py.histograms import Axis
from tmva_py.methods import Inputs, Method, Model, ReadContext, Responses
from tmva_py.plugins import hookimpl


@dataclass(frozen=True)
class CutModel(Model):
    """Lower and upper cuts, each (n_points, n_variables)."""

    has_response = False

    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]

    def respond(self, inputs: Inputs) -> Responses:
        if inputs.working_point is None:
            return Responses(np.zeros(len(inputs)))
        # TMVA uses the number of the bin, counted from 1, as an index from 0.
        bins = Axis(len(self.low), 0.0, 1.0).bins_of(np.array([inputs.working_point]))
        point = min(int(bins[0]), len(self.low) - 1)
        return Responses(self._selected(inputs, point).astype(np.float64))

    def selections(self, inputs: Inputs) -> Iterator[npt.NDArray[np.bool_]]:
        for point in range(len(self.low)):
            yield self._selected(inputs, point)

    def _selected(self, inputs: Inputs, point: int) -> npt.NDArray[np.bool_]:
        x = inputs.x.astype(np.float64)
        chosen: npt.NDArray[np.bool_] = ((x > self.low[point]) & (x <= self.high[point])).all(axis=1)
        return chosen

    def write(self, weights: Element) -> None:
        for number, rows in enumerate(zip(self.low, self.high, strict=True)):
            cuts = SubElement(SubElement(weights, "Bin", ibin=str(number + 1)), "Cuts")
            for name, values in zip(("cutMin", "cutMax"), rows, strict=True):
                for index, value in enumerate(values):
                    cuts.set(f"{name}_{index}", f"{value:.16e}")

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        variables = range(len(context.info.variables))
        rows = [one.find("Cuts") for one in weights.findall("Bin")]

        def values(name: str) -> npt.NDArray[np.float64]:
            return np.array([[float(one.get(f"{name}_{i}", "")) for i in variables] for one in rows])

        return cls(values("cutMin"), values("cutMax"))


class CutMethod(Method):
    """Cuts from below on the first variable, at quantiles of the signal."""

    names, type_name, model = ("QuantileCuts",), "QuantileCuts", CutModel
    refused_options = ("IgnoreNegWeightsInTraining",)

    def train(self, dataset: DataSet) -> CutModel:
        events = dataset.training
        signal = events.x[events.class_index == dataset.info.signal_class_index, 0]
        low = np.full((100, events.x.shape[1]), -1e30)
        low[:, 0] = np.quantile(signal, 1 - (np.arange(100) + 0.5) / 100)
        return CutModel(low, np.full_like(low, 1e30))


def plugin() -> Any:
    """A plugin that provides the method."""

    @hookimpl
    def tmva_py_methods() -> list[type]:
        return [CutMethod]

    return SimpleNamespace(__name__="cuts", tmva_py_methods=tmva_py_methods)
