"""CategoryModel: each event is answered by the method of its region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSetInfo, VariableInfo
from tmva_py.data.places import Places, as_places
from tmva_py.errors import DataError, ExpressionError, UnknownNameError, WeightFileError, warn
from tmva_py.lazy import lazy
from tmva_py.methods.category.inputs import places_of
from tmva_py.methods.category.regions import Regions
from tmva_py.methods.inputs import Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.methods.weight_file import read_method, write_method
from tmva_py.weights import Nested, Sinks
from tmva_py.xml_text import read_integer


@dataclass(frozen=True, eq=False)
class Part:
    """A method for the events of a region.

    Attributes
    ----------
    cut : str
        What the events of the region pass.
    variables : str
        The labels of the method's variables as they were booked; empty for all variables.
    places : tuple of int
        Where these variables are among all variables and spectators.
    method : TrainedMethod
        The method.
    """

    cut: str
    variables: str
    places: tuple[int, ...]
    method: TrainedMethod


@dataclass(frozen=True, eq=False)
class CategoryModel(Model):
    """Methods, each for the events that pass its cut.

    Attributes
    ----------
    parts : tuple of Part
        In the order of booking.
    inputs : tuple of VariableInfo
        All variables, then all spectators.
    n_variables : int
        How many of `inputs` are variables.
    n_outputs : int or None
        How many numbers a response has; None for a classifier's single number.
    """

    sinks: ClassVar[Sinks] = {"SubMethod": Nested("Method")}
    uses_spectators: ClassVar[bool] = True

    parts: tuple[Part, ...]
    inputs: tuple[VariableInfo, ...]
    n_variables: int
    n_outputs: int | None

    @classmethod
    def of(cls, parts: tuple[Part, ...], info: DataSetInfo, analysis_type: Any) -> Self:
        """Return the model of a data set's methods."""
        n_outputs = None if analysis_type == "Classification" else info.n_outputs(analysis_type)
        return cls(parts, inputs_of(info), len(info.variables), n_outputs)

    @lazy
    def regions(self) -> Regions:
        """The cuts."""
        return Regions((part.cut for part in self.parts), self.inputs)

    def respond(self, inputs: Inputs) -> Responses:
        """Return the response of each event's own method; 0 for an event of no region.

        Raises
        ------
        DataError
            An event lies in two regions, or spectators are needed and lack.
        """
        untransformed = self._columns(inputs, inputs.variables)
        passed = self.regions.passed(untransformed)
        n_events = len(inputs)
        columns = untransformed if inputs.x is inputs.variables else self._columns(inputs, inputs.x)
        if n_events == 1 and np.count_nonzero(passed) == 1:
            number = int(passed.nonzero()[0][0])
            return Responses(self.parts[number].method.evaluate(columns[:, self._places[number]]))
        self._check(passed)
        values = np.zeros(n_events if self.n_outputs is None else (n_events, self.n_outputs))
        for part, chosen, places in zip(self.parts, passed, self._places, strict=True):
            events = np.flatnonzero(chosen)
            if len(events):
                values[events] = part.method.evaluate(columns[events][:, places])
        return Responses(values)

    def _columns(self, inputs: Inputs, variables: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return variables and spectators beside each other; zeros for spectators that nothing uses."""
        n_spectators = len(self.inputs) - self.n_variables
        if not n_spectators:
            return variables
        if not self._uses_spectators:
            return np.hstack([variables, np.zeros((len(inputs), n_spectators), np.float32)])
        return np.concatenate([variables, inputs.spectators], axis=1)

    @lazy
    def _places(self) -> list[Places]:
        return [as_places(np.array(part.places, np.intp)) for part in self.parts]

    @lazy
    def _uses_spectators(self) -> bool:
        used = self.regions.used.union(*(part.places for part in self.parts))
        return any(place >= self.n_variables for place in used)

    def _check(self, passed: npt.NDArray[np.bool_]) -> None:
        counts = np.add.reduce(passed, axis=0, dtype=np.intp)
        if not np.count_nonzero(counts != 1):
            return
        if (counts > 1).any():
            event = int(np.argmax(counts > 1))
            cuts = [part.cut for part, one in zip(self.parts, passed[:, event], strict=True) if one]
            message = (
                f"the regions of a Category must not overlap, as in TMVA: event {event} passes "
                f"{' and '.join(map(repr, cuts))}"
            )
            raise DataError(message)
        n_outside = np.count_nonzero(counts == 0)
        if n_outside:
            text = (
                f"Category: {n_outside} of {len(counts)} events pass no cut "
                f"({', '.join(repr(part.cut) for part in self.parts)}); the response is 0, as in TMVA"
            )
            warn(text)

    def write(self, weights: Element) -> None:
        """Write the methods, each with all that a weight file has of it."""
        weights.set("NSubMethods", str(len(self.parts)))
        for index, part in enumerate(self.parts):
            about = {
                "Index": str(index),
                "Method": part.method.name,
                "Cut": part.cut,
                "Variables": part.variables,
            }
            write_method(part.method, SubElement(weights, "SubMethod", about), spectators=False)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the methods of a file."""
        expected = read_integer(weights, "NSubMethods", minimum=0)
        if expected != len(weights):
            message = f"<Weights>: NSubMethods is {expected}, and there are {len(weights)} elements"
            raise WeightFileError(message)
        model = cls.of(
            tuple(_read_part(one, context) for one in weights), context.info, context.analysis_type
        )
        try:
            _ = model.regions
        except (ExpressionError, DataError) as error:
            message = f"<SubMethod>: a cut cannot be evaluated: {error}"
            raise WeightFileError(message) from error
        return model

    def summary(self) -> Mapping[str, Any]:
        """Return cuts and methods."""
        return {
            "categories": [
                {
                    "cut": part.cut,
                    "method": part.method.name,
                    "variables": [self.inputs[place].label for place in part.places],
                    **part.method.model.summary(),
                }
                for part in self.parts
            ]
        }


def inputs_of(info: DataSetInfo) -> tuple[VariableInfo, ...]:
    """Return variables, then spectators."""
    return (*info.variables, *(one for one in info.spectators if not one.is_hidden))


def _read_part(element: Element, context: ReadContext) -> Part:
    method = read_method(element, context)
    where = f"<SubMethod Method={method.name!r}>"
    if method.analysis_type != context.analysis_type or method.n_outputs != context.n_outputs:
        message = (
            f"{where}: {method.analysis_type} with {method.n_outputs} outputs inside "
            f"{context.analysis_type} with {context.n_outputs}"
        )
        raise WeightFileError(message)
    cut, text = element.get("Cut"), element.get("Variables")
    if cut is None or text is None:
        message = f"{where}: the attribute {'Cut' if cut is None else 'Variables'} is missing"
        raise WeightFileError(message)
    info = context.info
    try:
        places = places_of(text, info.variables, inputs_of(info)[len(info.variables) :])
    except UnknownNameError as error:
        message = f"{where}: Variables: {error}"
        raise WeightFileError(message) from error
    if len(places) != len(method.info.variables):
        message = f"{where}: {len(method.info.variables)} variables, but Variables={text!r}"
        raise WeightFileError(message)
    return Part(cut, text, tuple(places), method)
