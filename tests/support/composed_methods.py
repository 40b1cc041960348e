"""Small methods that hold other methods, in TMVA's form of weight files: Category and Boost over Fisher."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet
from tmva_py.expressions import Formula
from tmva_py.methods import (
    Inputs,
    Method,
    Model,
    ReadContext,
    Responses,
    TrainedMethod,
    TrainingData,
)
from tmva_py.methods.linear.fisher import MethodFisher
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import find_method, read_method, write_method
from tmva_py.options import Option, OptionValues
from tmva_py.plugins import hookimpl
from tmva_py.weights import Nested, Sinks

BORDER = 0.5


@dataclass(frozen=True)
class CategoryModel(Model):
    """Methods, each for the events that pass its cut."""

    sinks: ClassVar[Sinks] = {"SubMethod": Nested("Method")}
    uses_spectators: ClassVar[bool] = True

    parts: tuple[tuple[str, TrainedMethod], ...]
    names: tuple[str, ...]

    def respond(self, inputs: Inputs) -> Responses:
        columns = dict(zip(self.names, np.hstack([inputs.variables, inputs.spectators]).T, strict=True))
        values = np.zeros(len(inputs))
        for cut, method in self.parts:
            chosen = Formula(cut)(columns) != 0
            values[chosen] = method.evaluate(inputs.x[chosen])
        return Responses(values)

    def write(self, weights: Element) -> None:
        weights.set("NSubMethods", str(len(self.parts)))
        for index, (cut, method) in enumerate(self.parts):
            variables = ":".join(one.label for one in method.info.variables)
            about = {"Index": str(index), "Method": method.name, "Cut": cut, "Variables": variables}
            write_method(method, SubElement(weights, "SubMethod", about), spectators=False)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        parts = tuple((one.get("Cut", ""), read_method(one, context)) for one in weights)
        names = (one.expression for one in (*context.info.variables, *context.info.spectators))
        return cls(parts, tuple(names))


class Category(Method):
    """A Fisher discriminant for each side of a border in the first spectator."""

    names, type_name, model = ("Category",), "Category", CategoryModel

    def train(self, dataset: TrainingData) -> CategoryModel:
        info = dataclasses.replace(dataset.info, spectators=[])
        spectator = dataset.info.spectators[0].expression
        parts = []
        for number, sign in enumerate(("<=", ">")):
            chosen = (dataset.training.spectators[:, 0] > BORDER) == (sign == ">")
            method = MethodFisher(f"{self.title}_{number}", info, self.analysis_type, registry=self.registry)
            part = DataSet(info, dataset.training.select(chosen), dataset.testing)
            parts.append((f"{spectator}{sign}{BORDER}", train_method(method, part)))
        names = (one.expression for one in (*info.variables, *dataset.info.spectators))
        return CategoryModel(tuple(parts), tuple(names))


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
        return [Category, Boost]

    return SimpleNamespace(__name__="composed", tmva_py_methods=tmva_py_methods)
