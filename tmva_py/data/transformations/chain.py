"""Chains of variable transformations: fitted, applied, inverted, written and read."""

from __future__ import annotations

import copy
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.backends.blas_threads import one_blas_thread
from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.events import Events
from tmva_py.data.transformations.base import VariableTransformation
from tmva_py.data.transformations.grammar import StepText, parse_chain
from tmva_py.data.transformations.identity import IdentityTransformation
from tmva_py.data.transformations.selection import Floats, Kind, Selection
from tmva_py.errors import OptionError, UnknownNameError, WeightFileError, did_you_mean, warn, with_caret
from tmva_py.lazy import lazy
from tmva_py.message_log import MessageLog
from tmva_py.xml_text import read_integer, where

if TYPE_CHECKING:
    from collections.abc import Callable

    from tmva_py.plugins import Registry

_KIND: Final = "transformation"
# Of an image's thousand variables the log names the first.
_SHOWN_LABELS = 20
# TMVA's other one, so that its names are not taken for misspelt ones.
_NOT_AVAILABLE = {"rearrangement": ("VariableRearrange", "Rearrange")}
# So many numbers are transformed at a time that the steps between stay in the processor's cache.
_BLOCK = 1 << 17
_SMALLEST_BLOCK = 256


@dataclass(frozen=True)
class TransformationStep:
    """A transformation and what it takes."""

    transformation: VariableTransformation
    selection: Selection


class TransformationChain:
    """Transformations applied one after the other; each gets what the one before gives."""

    def __init__(self, steps: tuple[TransformationStep, ...], info: DataSetInfo) -> None:
        self.steps = steps
        self._info = info
        self._of_class: dict[int, TransformationChain] = {}

    @classmethod
    def from_text(
        cls,
        text: str,
        info: DataSetInfo,
        *,
        registry: Registry | None = None,
        log_title: str = "",
        log: MessageLog | None = None,
    ) -> TransformationChain:
        """Return the chain, not yet fitted, of a ``VarTransform`` such as ``"N_Signal(_V0_,_V2_),G"``.

        With a `log` each step is announced as in TMVA, under `log_title`.
        """
        steps = []
        for step in parse_chain(text):
            transformation_class = _find(step.name, registry, text, step.start)
            reference = _reference_class(step, info, text)
            variables = transformation_class.default_selection if step.variables is None else step.variables
            selection = Selection.parse(variables, info, whole=text, start=step.variables_start)
            if not selection.items:
                place = with_caret(text, step.start, len(step.name))
                reason = "" if info.variables else ": there are no variables; call AddVariable before"
                message = f"VarTransform: {step.name} selects nothing{reason}\n{place}"
                raise OptionError(message)
            _check_kinds(
                transformation_class, selection, OptionError, with_caret(text, step.start, len(step.name))
            )
            steps.append(TransformationStep(transformation_class(reference), selection))
            if log is not None:
                _announce(step, reference, selection, info, log.for_source(log_title or log.source))
        return cls(tuple(steps), info)

    @property
    def short_name(self) -> str:
        """The name that folders and histograms carry: ``Id``, ``Norm``, ``Gauss_Deco``."""
        return "_".join(step.transformation.short_name for step in self.steps) or "Id"

    def fit(self, events: Events, info: DataSetInfo | None = None, *, log: MessageLog | None = None) -> None:
        """Fit every step on training events, each on what the steps before it give, and log it."""
        self._info = self._info if info is None else info
        self._of_class = {}
        with self._threads():
            self._fit_steps(events, log)

    def copy(self) -> TransformationChain:
        """Return a chain of the same steps that can be fitted without changing them."""
        return TransformationChain(copy.deepcopy(self.steps), self._info)

    def _threads(self) -> AbstractContextManager[None]:
        """Return a context that gives matrix products one order of their sums on every machine."""
        return one_blas_thread() if self._mixes_values else nullcontext()

    @lazy
    def _mixes_values(self) -> bool:
        return any(step.transformation.mixes_values for step in self.steps)

    def _fit_steps(self, events: Events, log: MessageLog | None) -> None:
        parts = _parts(events)
        for place, step in enumerate(self.steps):
            transformation = step.transformation
            transformation.value_names = tuple(step.selection.labels(self._info))
            transformation.class_names = tuple(self._info.classes)
            if log is not None and transformation.preparation:
                log.info(transformation.preparation)
            values = step.selection.gather(parts, len(events))
            transformation.fit(values, events.weight, events.class_index, len(self._info.classes))
            if place + 1 < len(self.steps):
                parts = _in_blocks(parts, len(events), TransformationChain((step,), self._info)._forward)

    def for_class(self, class_index: int) -> TransformationChain:
        """Return the chain that uses the constants of one class, as TMVA's Likelihood and HMatrix do."""
        found = self._of_class.get(class_index)
        if found is None:
            steps = (
                replace(step, transformation=step.transformation.for_class(class_index))
                for step in self.steps
            )
            found = self._of_class[class_index] = TransformationChain(tuple(steps), self._info)
        return found

    def apply(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return transformed variables."""
        values = np.asarray(x, dtype=np.float32)
        if not self.steps:
            return values
        return _in_blocks({"Variable": values}, len(values), self._forward)["Variable"]

    def apply_events(self, events: Events) -> Events:
        """Return the events with variables, targets and spectators transformed as the selections say."""
        if not self.steps:
            return events
        parts = _in_blocks(_parts(events), len(events), self._forward)
        return replace(events, x=parts["Variable"], targets=parts["Target"], spectators=parts["Spectator"])

    def inverse_targets(self, targets: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return targets in their own space from those of training, rounded to float32 as in TMVA.

        Every step is inverted, the last one first. (TMVA inverts only one step of a chain.)
        """
        values = np.asarray(targets)
        if not self._changes_targets:
            return values.astype(np.float64)
        parts: dict[Kind, Floats] = {"Target": values.astype(np.float32)}
        return _in_blocks(parts, len(values), self._backward)["Target"].astype(np.float64)

    @lazy
    def _changes_targets(self) -> bool:
        return any(kind == "Target" for step in self.steps for kind, _ in step.selection.items)

    def inverse(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return variables in their own space from transformed ones, shape (N, n_variables)."""
        values = np.asarray(x, dtype=np.float32)
        return _in_blocks({"Variable": values}, len(values), self._backward)["Variable"]

    def _forward(self, parts: dict[Kind, Floats]) -> dict[Kind, Floats]:
        for step in self.steps:
            parts = step.selection.changed(parts, step.transformation.transform)
        return parts

    def _backward(self, parts: dict[Kind, Floats]) -> dict[Kind, Floats]:
        for step in reversed(self.steps):
            parts = step.selection.changed(parts, step.transformation.inverse)
        return parts

    def write_xml(self, parent: Element) -> Element:
        """Add ``<Transformations>`` to a weight file's root and return it.

        A reference class is written as an attribute that ROOT does not know and ignores; without it ROOT,
        which forgets the class, would use the set of all events.
        """
        element = SubElement(parent, "Transformations", NTransformations=str(len(self.steps)))
        for step in self.steps:
            if not step.transformation.xml_name:
                continue
            attributes = {"Name": step.transformation.xml_name}
            if step.transformation.reference_class is not None:
                attributes["ReferenceClass"] = str(step.transformation.reference_class)
            child = SubElement(element, "Transform", attributes)
            step.selection.write_xml(child, self._info)
            step.transformation.write_xml(child)
        return element

    @classmethod
    def read_xml(
        cls,
        element: Element | None,
        info: DataSetInfo,
        *,
        registry: Registry | None = None,
        option_text: str | None = None,
    ) -> TransformationChain:
        """Read ``<Transformations>``; None, as in files without it, gives an empty chain.

        `option_text` is the file's ``VarTransform``, if known: identities are counted and have no element.
        """
        steps = []
        _check_count(element, option_text)
        for child in () if element is None else element.findall("Transform"):
            name = child.get("Name")
            if not name:
                message = "<Transformations><Transform>: the attribute Name is missing"
                raise WeightFileError(message)
            transformation_class = _find(name, registry, name, 0, of_file=True).class_for(child)
            reference = child.get("ReferenceClass")
            transformation = transformation_class(
                None if reference is None else read_integer(child, "ReferenceClass")
            )
            selection = Selection.read_xml(child, info)
            _check_kinds(transformation_class, selection, WeightFileError, "")
            transformation.value_names = tuple(selection.labels(info))
            transformation.class_names = tuple(info.classes)
            transformation.read_xml(child, len(selection.items))
            steps.append(TransformationStep(transformation, selection))
        return cls(tuple(steps), info)


def _check_count(element: Element | None, option_text: str | None) -> None:
    """Compare the number of steps that a file claims with those that it has."""
    if element is None or "NTransformations" not in element.attrib:
        return
    claimed, found = read_integer(element, "NTransformations"), len(element.findall("Transform"))
    words = (option_text or "").replace("+", ",").split(",")
    identities = sum(word.strip().partition("_")[0] in IdentityTransformation.names for word in words)
    if claimed < found or (option_text is not None and claimed > found + identities):
        message = (
            f"{where(element)}: NTransformations={claimed}, but there are {found} <Transform> elements; the "
            "responses would be a guess"
        )
        raise WeightFileError(message)


def _parts(events: Events) -> dict[Kind, Floats]:
    return {"Variable": events.x, "Target": events.targets, "Spectator": events.spectators}


def _in_blocks(
    parts: dict[Kind, Floats], n_events: int, function: Callable[[dict[Kind, Floats]], dict[Kind, Floats]]
) -> dict[Kind, Floats]:
    """Apply a function to blocks of events; the results have the shapes of the parts."""
    if n_events <= _SMALLEST_BLOCK:
        return function(parts)
    block = max(_SMALLEST_BLOCK, _BLOCK // max(1, sum(part.shape[1] for part in parts.values())))
    if n_events <= block:
        return function(parts)
    whole: dict[Kind, Floats] = {}
    for start in range(0, n_events, block):
        rows = slice(start, start + block)
        given = {kind: part[rows] for kind, part in parts.items()}
        for kind, result in function(given).items():
            if result is given[kind]:
                whole[kind] = parts[kind]  # nothing done to this kind
                continue
            if kind not in whole:
                whole[kind] = np.empty_like(parts[kind])
            whole[kind][rows] = result
    return whole


def _check_kinds(
    transformation_class: type[VariableTransformation],
    selection: Selection,
    error: type[OptionError | WeightFileError],
    place: str,
) -> None:
    """Refuse variables together with targets where the results mix all values."""
    kinds = list(selection.columns)
    if transformation_class.mixes_values and len(kinds) > 1:
        found = " and ".join(f"{kind.lower()}s" for kind in kinds)
        message = (
            f"VarTransform: {transformation_class.names[0]} mixes the values that it takes, and an event "
            f"need not have all of {found}: give it only one kind"
        )
        raise error(f"{message}\n{place}" if place else message)


def _find(
    name: str, registry: Registry | None, text: str, start: int, *, of_file: bool = False
) -> type[VariableTransformation]:
    if registry is None:
        from tmva_py.plugins import default_registry

        registry = default_registry()
    if not registry.knows(_KIND, name):
        for what, names in _NOT_AVAILABLE.items():
            if name in names:
                message = (
                    f"the variable transformation {name!r} ({what}) is not available in this version; "
                    f"known: {', '.join(registry.names(_KIND))}\n{with_caret(text, start, len(name))}"
                )
                raise UnknownNameError(message)
    try:
        found: type[VariableTransformation] = registry.find(_KIND, name)
    except UnknownNameError as error:
        place = f"<Transform Name={name!r}>" if of_file else with_caret(text, start, len(name))
        message = f"VarTransform: {error}\n{place}"
        raise UnknownNameError(message) from error
    return found


def _reference_class(step: StepText, info: DataSetInfo, text: str) -> int | None:
    if not step.class_name:
        return None
    place = text.index("_", step.start) + 1
    whole = step.class_name + step.rest
    if step.class_name not in info.classes and whole in info.classes:
        return info.classes.index(whole)  # TMVA cannot name a class with an underscore
    if step.class_name not in info.classes:
        message = (
            f"VarTransform: data set {info.name!r} has no class {whole!r}"
            f"{did_you_mean(whole, info.classes)}; known: {', '.join(info.classes) or 'none yet'}\n"
            f"{with_caret(text, place, len(whole))}"
        )
        raise UnknownNameError(message)
    if step.rest:
        caret = with_caret(text, place + len(step.class_name), len(step.rest))
        warning = f"VarTransform: {step.rest!r} is ignored; the class is {step.class_name!r}\n{caret}"
        warn(warning)
    return info.class_index(step.class_name)


def _announce(
    step: StepText, reference: int | None, selection: Selection, info: DataSetInfo, log: MessageLog
) -> None:
    events = "events from all classes."
    if reference is not None:
        events = f"reference class {info.classes[reference]}=({reference})"
    log.header(f'[{info.name}] : Create Transformation "{step.name}" with {events}')
    log.info()
    log.info("Transformation, Variable selection : ")
    labels = selection.labels(info)
    for label in labels[:_SHOWN_LABELS]:
        log.info(f"Input : {label} <---> Output : {label}")
    if len(labels) > _SHOWN_LABELS:
        log.info(f"... and {len(labels) - _SHOWN_LABELS} more")
