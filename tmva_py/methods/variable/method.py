"""MethodVariable: a variable as a classifier, which ``Factory.EvaluateAllVariables`` books of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.data import DataSet, DataSetInfo
from tmva_py.errors import OptionError, WeightFileError, did_you_mean
from tmva_py.methods.inputs import Inputs, Responses, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.model import Model, ReadContext
from tmva_py.options import Option
from tmva_py.plugins import hookimpl

TITLE = "Variable_"
"""How titles of variables that are methods begin."""


@dataclass(frozen=True, eq=False)
class VariableModel(Model):
    """One of the variables, by its place and its internal name."""

    place: int
    name: str

    def respond(self, inputs: Inputs) -> Responses:
        """Return the variable."""
        return Responses(inputs.x[:, self.place].astype(np.float64))

    def write(self, weights: Element) -> None:
        """Write which variable it is."""
        weights.set("Variable", self.name)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the variable that the element names."""
        name = weights.get("Variable", "")
        place = _place_of(name, context.info)
        if place is None:
            message = f"<Weights>: Variable={name!r} is none of the variables"
            raise WeightFileError(message)
        return cls(place, name)

    def summary(self) -> Mapping[str, Any]:
        """Return the variable's name."""
        return {"variable": self.name}


class MethodVariable(Method):
    """A variable as a classifier: the response is its value.

    ``Factory.EvaluateAllVariables(loader)`` books one for each variable, so that tables and curves show what
    each separates alone. Where signal lies below background the area under the curve is below one half.
    """

    names = ("Variable",)
    type_name = "Variable"
    model = VariableModel
    options = (
        Option("Variable", str, "", doc="label, expression or internal name; by default what the title says"),
    )
    check_options = "Variable=a"

    _place: int

    def process_options(self, dataset: DataSet | None) -> None:
        """Find the variable."""
        del dataset
        name = self.option_values["Variable"] or self.title.removeprefix(TITLE)
        place = _place_of(name, self.info)
        if place is None:
            labels = [one.label for one in self.info.variables]
            message = (
                f"{self.owner}: no variable {name!r}{did_you_mean(name, labels)}; expected one of "
                f"{', '.join(labels)}"
            )
            raise OptionError(message)
        self._place = place

    def train(self, dataset: TrainingData) -> VariableModel:
        """Return the variable."""
        return VariableModel(self._place, dataset.info.variables[self._place].internal_name)


def _place_of(name: str, info: DataSetInfo) -> int | None:
    for place, one in enumerate(info.variables):
        if name in (one.label, one.expression, one.internal_name):
            return place
    return None


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodVariable]
