"""A small method that holds other methods, in TMVA's form of weight files: Boost."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet
from tmva_py.methods import (
    Inputs,
    Method,
    Model,
    ReadContext,
    Responses,
)
from tmva_py.methods.weight_file import find_method
from tmva_py.options import Option, OptionValues
from tmva_py.plugins import hookimpl
from tmva_py.weights import Nested, Sinks


@dataclass(frozen=True)
class BoostModel(Model):
    """Models with weight and cut; their responses are transformed by step or logarithm."""

    sinks: ClassVar[Sinks] = {"Method": Nested("MethodTypeName")}

    models: tuple[Model, ...]
    weights: npt.NDArray[np.float64]
    cuts: npt.NDArray[np.float64]
    transform: str

    def respond(self, inputs: Inputs) -> Responses:
        total = np.zeros(len(inputs))
        for model, weight, cut in zip(self.models, self.weights, self.cuts, strict=True):
            value = model.respond(inputs).values
            if self.transform == "log":
                total += weight * np.log(np.maximum(value, cut) - cut + np.exp(-1))
            else:
                total += weight * np.where(value > cut, 1.0, -1.0)
        return Responses(total / self.weights.sum())

    def write(self, weights: Element) -> None:
        raise NotImplementedError

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        models = []
        for element in weights:
            type_name = element.get("MethodTypeName", "")
            method = find_method(type_name, context.registry)
            part = dataclasses.replace(
                context,
                type_name=type_name,
                title=element.get("MethodName", ""),
                option_values=OptionValues(method.declared_options(context.registry)),
            )
            models.append(method.model_of(type_name).read(element[0], part))

        def numbers(name: str) -> npt.NDArray[np.float64]:
            return np.array([float(one.get(name, "")) for one in weights])

        transform = context.option_values["Boost_Transform"]
        return cls(tuple(models), numbers("Weight"), numbers("MethodSigCut"), transform)


class Boost(Method):
    names, type_name, model = ("Boost",), "Boost", BoostModel
    options = (
        Option("Boost_Num", int, 1),
        Option("Boost_MonitorMethod", bool, True),
        Option("Boost_DetailedMonitoring", bool, False),
        Option("Boost_Type", str, "AdaBoost"),
        Option("Boost_BaggedSampleFraction", float, 0.6),
        Option("Boost_AdaBoostBeta", float, 1.0),
        Option("Boost_Transform", str, "step"),
        Option("Boost_RandomSeed", int, 0),
    )

    def train(self, dataset: DataSet) -> BoostModel:
        raise NotImplementedError


def plugin() -> Any:
    """A plugin that provides the methods."""

    @hookimpl
    def tmva_py_methods() -> list[type]:
        return [Boost]

    return SimpleNamespace(__name__="composed", tmva_py_methods=tmva_py_methods)
