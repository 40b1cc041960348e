"""BoostModel: the responses of several models of one type, transformed, weighted and added up."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.errors import OptionError, WeightFileError
from tmva_py.lazy import lazy
from tmva_py.message_log import MessageLog
from tmva_py.methods.boost.options import TRANSFORMS
from tmva_py.methods.boost.reference_cut import ReferenceCut
from tmva_py.methods.inputs import Doubles, Inputs, Responses
from tmva_py.methods.method import Method
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.weight_file import find_method
from tmva_py.options import OptionValues
from tmva_py.weights import Nested, Sinks
from tmva_py.xml_text import format_double, read_integer, shortened

# Beyond this ROOT's Gaussian is 0.
_WIDEST = 39.0
# So many responses at once stay in a processor's cache.
_TOGETHER = 1 << 14


@dataclass(frozen=True, eq=False)
class Member:
    """One of the models.

    Attributes
    ----------
    model : Model
        What was learnt.
    weight : float
        How much it counts.
    cut : ReferenceCut
        What separates its signal from background.
    type_name, title, job_name, option_text : str
        What weight files say of it.
    """

    model: Model
    weight: float
    cut: ReferenceCut
    type_name: str
    title: str
    job_name: str
    option_text: str


@dataclass(frozen=True, eq=False)
class BoostModel(Model):
    """Models with weights."""

    sinks: ClassVar[Sinks] = {"Method": Nested("MethodTypeName")}

    members: tuple[Member, ...]
    transform: str

    def respond(self, inputs: Inputs) -> Responses:
        """Return the weighted means of the transformed responses."""
        n_events, (models, weights, cuts, orientations) = len(inputs), self._columns
        total = np.zeros(n_events)
        # One event has all models at once, many events have one after the other.
        step = max(1, _TOGETHER // max(1, n_events))
        with np.errstate(all="ignore"):
            for start in range(0, len(models), step):
                part = slice(start, start + step)
                values = self._kind.respond_together(models[part], inputs)
                terms = np.empty((1 + len(values), n_events))
                terms[0] = total
                terms[1:] = _transformed(values, cuts[part], orientations[part], self.transform)
                terms[1:] *= weights[part]
                # Added up one after the other, as TMVA does.
                total = np.add.accumulate(terms, axis=0, out=terms)[-1]
            return Responses(total / self._norm)

    @lazy
    def _norm(self) -> np.float64:
        return np.float64(functools.reduce(operator.add, (member.weight for member in self.members), 0.0))

    @lazy
    def _kind(self) -> type[Model]:
        kinds = {type(member.model) for member in self.members}
        return kinds.pop() if len(kinds) == 1 else Model

    @lazy
    def _columns(self) -> tuple[list[Model], Doubles, Doubles, Doubles]:
        """The models; and their weights, cuts and orientations, (n_models, 1)."""
        rows = [(one.weight, one.cut.value, one.cut.orientation) for one in self.members]
        weights, cuts, orientations = np.array(rows, np.float64).reshape(-1, 3, 1).transpose(1, 0, 2)
        return [member.model for member in self.members], weights, cuts, orientations

    def write(self, weights: Element) -> None:
        """Write the models, each with its weight and cut."""
        weights.set("NMethods", str(len(self.members)))
        for index, one in enumerate(self.members):
            about = {
                "Index": str(index),
                "Weight": format_double(one.weight),
                "MethodSigCut": format_double(one.cut.value),
                "MethodSigCutOrientation": format_double(one.cut.orientation),
                "MethodTypeName": one.type_name,
                "MethodName": one.title,
                "JobName": one.job_name,
                "Options": one.option_text,
                "UseMainMethodTransformation": "true",
            }
            one.model.write(SubElement(SubElement(weights, "Method", about), one.model.weights_tag))

    def write_files(self, weights: Element, path: Path, log: MessageLog) -> None:
        """Write the files of the models, named as each method's weight file would be."""
        for member, element in zip(self.members, weights, strict=True):
            own = path.with_name(f"{member.job_name}_{member.title}.weights.xml")
            member.model.write_files(element[0], own, MessageLog(log.source, silent=True))

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the models of a file."""
        expected = read_integer(weights, "NMethods", minimum=1)
        if expected != len(weights):
            message = f"<Weights>: NMethods is {expected}, and there are {len(weights)} elements"
            raise WeightFileError(message)
        transform = str(context.option_values["Boost_Transform"])
        if transform not in TRANSFORMS:
            message = f"Boost_Transform is {transform!r}, expected one of {', '.join(TRANSFORMS)}"
            raise WeightFileError(message)
        return cls(tuple(_read_member(one, context) for one in weights), transform)

    def summary(self) -> Mapping[str, Any]:
        """Return what is boosted, with weights and cuts."""
        return {
            "boosted": self.members[0].type_name,
            "transform": self.transform,
            "weights": [one.weight for one in self.members],
            "cuts": [one.cut.value for one in self.members],
        }


def _read_member(element: Element, context: ReadContext) -> Member:
    type_name, title = element.get("MethodTypeName", ""), element.get("MethodName", "")
    where = f"<Method MethodName={title!r}>"
    if len(element) != 1:
        message = f"{where}: expected one element, found {len(element)}"
        raise WeightFileError(message)
    method = find_method(type_name, context.registry)
    text = element.get("Options", "")
    own = replace(
        context,
        type_name=type_name,
        title=title,
        option_values=_options_of(text, title, method, context),
        is_member=True,
    )
    orientation = 1.0
    if "MethodSigCutOrientation" in element.attrib:
        orientation = _double(element, "MethodSigCutOrientation")
    return Member(
        method.model_of(type_name).read(element[0], own),
        _double(element, "Weight"),
        ReferenceCut(_double(element, "MethodSigCut"), orientation),
        type_name,
        title,
        element.get("JobName", ""),
        text,
    )


def _options_of(text: str, title: str, method: type[Method], context: ReadContext) -> OptionValues:
    """Return the options as a booking settles them, without ``~`` and ``Boost_…``."""
    pieces = [piece.strip().lstrip("~") for piece in text.split(":")]
    own = ":".join(piece for piece in pieces if not piece.lstrip("!").casefold().startswith("boost_"))
    try:
        booked = method(
            title,
            context.info,
            context.analysis_type,
            own,
            log=MessageLog(title, silent=True),
            registry=context.registry,
        )
    except OptionError as error:
        message = f"<Method MethodName={title!r}>: Options: {error}"
        raise WeightFileError(message) from error
    return booked.option_values


def _double(element: Element, attribute: str) -> float:
    text = element.get(attribute, "")
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        message = f"<{element.tag}>: {attribute} is {shortened(text)}, expected a finite number"
        raise WeightFileError(message)
    return value


def _transformed(values: Doubles, cut: Doubles, orientation: Doubles, transform: str) -> Doubles:
    """Return what is added up of responses, (n_models, N); cuts and orientations are (n_models, 1)."""
    if transform == "step":
        return np.where(values * orientation > cut * orientation, 1.0, -1.0)
    if transform == "log":
        # As TMVA's std::max, which leaves what is not a number.
        above = np.where(values < cut, cut, values)
        values = np.log((above - cut) + np.exp(-1.0))
    if transform == "gauss":
        # TMVA's 1 is where the curve has its maximum, not its width.
        distance = (values - cut) - 1.0
        return np.where(np.abs(distance) > _WIDEST, 0.0, np.exp(-0.5 * distance * distance))
    return values
