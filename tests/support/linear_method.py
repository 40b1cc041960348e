"""A small method for tests of what surrounds methods: a linear discriminant, in one file as a plugin is."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet
from tmva_py.methods import AnalysisType, Inputs, Method, Model, ReadContext, Responses
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


@dataclass(frozen=True)
class LinearModel(Model):
    coefficients: npt.NDArray[np.float64]
    analysis_type: AnalysisType

    def respond(self, inputs: Inputs) -> Responses:
        values = inputs.x.astype(np.float64) @ self.coefficients[:-1] + self.coefficients[-1]
        return Responses(values[:, 0] if self.analysis_type == "Classification" else values)

    def write(self, weights: Element) -> None:
        weights.set("Shape", f"{self.coefficients.shape[0]} {self.coefficients.shape[1]}")
        weights.text = " ".join(f"{value:.16e}" for value in self.coefficients.ravel())

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        shape = [int(word) for word in weights.get("Shape", "").split()]
        coefficients = np.array((weights.text or "").split(), dtype=np.float64).reshape(shape)
        return cls(coefficients, context.analysis_type)


class LinearMethod(Method):
    """Fisher's discriminant, or least squares for several outputs."""

    names = ("Fisher",)
    type_name = "Fisher"
    model = LinearModel
    options = (Option("Ridge", float, 0.0, doc="added to the diagonal"), Option("Bare", bool, False))

    @classmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:
        return n_targets <= 1 if analysis_type == "Regression" else n_classes >= 2

    def train(self, dataset: DataSet) -> LinearModel:
        events = dataset.training
        x = np.column_stack([events.x.astype(np.float64), np.ones(len(events))])
        if self.analysis_type == "Regression":
            y = events.targets.astype(np.float64)
        elif self.analysis_type == "Multiclass":
            y = np.eye(len(self.info.classes))[events.class_index]
        else:
            y = (events.class_index == self.info.signal_class_index).astype(float)[:, None]
        normal = (x * events.weight[:, None]).T @ x + self.option_values["Ridge"] * np.eye(x.shape[1])
        self.coefficients = np.linalg.solve(normal, (x * events.weight[:, None]).T @ y)
        return LinearModel(self.coefficients, self.analysis_type)

    def training_history(self) -> dict[str, npt.NDArray[np.float64]]:
        return {"trainingError": np.array([1.0, 0.5, 0.25])}

    def ranking(self) -> list[tuple[str, float]] | None:
        if self.option_values["Bare"]:
            return None
        return [
            (variable.label, float(abs(value)))
            for variable, value in zip(self.info.variables, self.coefficients[:-1, 0], strict=True)
        ]


def plugin() -> Any:
    """A plugin that provides the method."""

    @hookimpl
    def tmva_py_methods() -> list[type]:
        return [LinearMethod]

    return SimpleNamespace(__name__="linear", tmva_py_methods=tmva_py_methods)
