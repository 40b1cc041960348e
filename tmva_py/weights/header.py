"""What a weight file says before ``<Weights>``: method, releases, options, variables, classes."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast, get_args
from xml.etree.ElementTree import Element

from tmva_py.data import AnalysisType, DataSetInfo, VariableInfo
from tmva_py.errors import TMVAError, TMVAWarning, UnknownNameError, WeightFileError, did_you_mean
from tmva_py.weights.xml_reader import LocatedElement, parse_weight_xml, source_name
from tmva_py.xml_text import read_integer, where

_VARIABLE_ATTRIBUTES = ("Expression", "Label", "Title", "Unit", "Internal", "Type", "Min", "Max")
# Known elements of the header and their attributes; anything else is named in a warning.
_KNOWN: dict[str, tuple[str, ...]] = {
    "MethodSetup": ("Method",),
    "GeneralInfo": (),
    "Info": ("name", "value"),
    "Options": (),
    "Option": ("name", "modified", "size"),
    "Variables": ("NVar",),
    "Variable": ("VarIndex", *_VARIABLE_ATTRIBUTES),
    "Spectators": ("NSpec",),
    "Spectator": ("SpecIndex", *_VARIABLE_ATTRIBUTES),
    "Targets": ("NTrgt",),
    "Target": ("TargetIndex", *_VARIABLE_ATTRIBUTES),
    "Classes": ("NClass",),
    "Class": ("Name", "Index"),
}
_CHILDREN = {
    "GeneralInfo": "Info",
    "Options": "Option",
    "Variables": "Variable",
    "Spectators": "Spectator",
    "Targets": "Target",
    "Classes": "Class",
}
# Read elsewhere.
_OTHER_SECTIONS = ("Transformations", "MVAPdfs", "Weights")
_ELEMENT_OF_ARRAY = re.compile(r"(?P<name>.*)\[(?P<index>[0-9]{1,9})\]", re.DOTALL)
_SHOWN_REMARKS = 10


@dataclass(frozen=True)
class StoredOption:
    """One ``<Option>`` of a weight file.

    Attributes
    ----------
    name, text : str
        Name and value.
    modified : bool
        Whether the user's option string named it.
    size : int or None
        The number of entries of an array option.
    """

    name: str
    text: str
    modified: bool
    size: int | None = None


@dataclass
class WeightFile:
    """The content of a weight file, with the method's own part still as XML.

    Attributes
    ----------
    source : str
        The path, for messages.
    type_name, title : str
        The two sides of ``Method="DL::title"``.
    general_info : dict of str to str
        ``TMVA Release``, ``ROOT Release``, ``Creator``, ``Date``, ``Host``, ``Dir``, ``Training events``,
        ``TrainingTime``, ``AnalysisType``: what the file has of them, and whatever else it has.
    options : list of StoredOption
        In the file's order.
    info : DataSetInfo
        Variables, spectators, targets and classes; ranges as in the file.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        From `general_info`; files without it are regressions if they have targets.
    transformations, mva_pdfs, weights : Element or None
        These elements, where the file has them; `weights` only when the whole file was read.
    remarks : list of str
        What is in the file and was not understood.
    """

    source: str
    type_name: str
    title: str
    general_info: dict[str, str]
    options: list[StoredOption]
    info: DataSetInfo
    analysis_type: AnalysisType
    transformations: Element | None = None
    mva_pdfs: Element | None = None
    weights: Element | None = None
    remarks: list[str] = field(default_factory=list)

    @property
    def method(self) -> str:
        """``type::title``."""
        return f"{self.type_name}::{self.title}"

    @property
    def transformation_names(self) -> list[str]:
        """The names of the variable transformations in their order."""
        if self.transformations is None:
            return []
        return [child.get("Name", "") for child in self.transformations.iter("Transform")]

    @classmethod
    def read(cls, source: str | os.PathLike[str], *, header_only: bool = False) -> WeightFile:
        """Read a weight file of any method.

        Parameters
        ----------
        source : path, or str with XML
            The file, compressed with gzip or xz or not, or its text.
        header_only : bool, default False
            Stop before ``<Weights>``: quick, however large the rest is.

        Raises
        ------
        WeightFileNotFoundError
            There is no such file.
        WeightFileError
            The file is damaged, unsafe, or no weight file; the message has file, line and reason.

        Warns
        -----
        TMVAWarning
            The header has elements or attributes that are not known; they are left out.
        """
        root = parse_weight_xml(source, header_only=header_only, keep_text=False)
        name = source_name(source)
        with naming_the_file(name):
            found = _HeaderReader(root, name).read()
        if found.remarks:
            warn_of_remarks(found)
        return found


def warn_of_remarks(found: WeightFile) -> None:
    """Warn of what was not understood in a file, all in one warning."""
    shown = "; ".join(found.remarks[:_SHOWN_REMARKS])
    more = len(found.remarks) - _SHOWN_REMARKS
    text = f"{found.source}: not known and left out: {shown}{f'; and {more} more' if more > 0 else ''}"
    warnings.warn(text, TMVAWarning, stacklevel=3)


@contextmanager
def naming_the_file(name: str) -> Iterator[None]:
    """Put the file's name in front of the messages of what goes wrong while it is read.

    Parameters
    ----------
    name : str
        The file.

    Raises
    ------
    WeightFileError
        In place of what was raised; `UnknownNameError` stays one.
    """
    try:
        yield
    except TMVAError as error:
        if str(error).startswith(f"{name}:"):
            raise
        message = f"{name}: {error}"
        kept = UnknownNameError if isinstance(error, UnknownNameError) else WeightFileError
        raise kept(message) from error


class _HeaderReader:
    """Reads one header."""

    def __init__(self, root: LocatedElement, source: str) -> None:
        self.root = root
        self.source = source
        self.remarks: list[str] = []

    def read(self) -> WeightFile:
        self._remark_attributes(self.root)
        sections = self._sections()
        type_name, _, title = (self.root.get("Method") or "").partition("::")
        if not type_name or not title:
            method = self.root.get("Method")
            message = f"{where(self.root)}: Method={method!r}, expected something like 'DL::title'"
            raise WeightFileError(message)
        if "Variables" not in sections:
            message = f"<{self.root.tag}> has no <Variables>"
            raise WeightFileError(message)
        general = {
            child.get("name", ""): child.get("value", "")
            for child in self._children(sections.get("GeneralInfo"), None)
        }
        targets = self._variables(sections.get("Targets"), "NTrgt", "TargetIndex")
        analysis_type = self._analysis_type(general, bool(targets))
        info = DataSetInfo(
            variables=self._variables(sections["Variables"], "NVar", "VarIndex"),
            targets=targets,
            spectators=self._variables(sections.get("Spectators"), "NSpec", "SpecIndex"),
            classes=self._classes(sections.get("Classes"), analysis_type),
        )
        return WeightFile(
            source=self.source,
            type_name=type_name,
            title=title,
            general_info=general,
            options=self._options(sections.get("Options")),
            info=info,
            analysis_type=analysis_type,
            transformations=sections.get("Transformations"),
            mva_pdfs=sections.get("MVAPdfs"),
            weights=sections.get("Weights"),
            remarks=self.remarks,
        )

    def _sections(self) -> dict[str, Element]:
        sections: dict[str, Element] = {}
        for child in self.root:
            if child.tag in sections:
                message = f"{where(child)} stands a second time"
                raise WeightFileError(message)
            if child.tag in _CHILDREN or child.tag in _OTHER_SECTIONS:
                sections[child.tag] = child
            else:
                known = (*_CHILDREN, *_OTHER_SECTIONS)
                self.remarks.append(f"element {where(child)}{did_you_mean(child.tag, known)}")
        return sections

    def _children(self, section: Element | None, count: str | None) -> Iterator[Element]:
        """Yield the children of a section that belong there, after checking their number."""
        if section is None:
            return
        self._remark_attributes(section)
        tag = _CHILDREN[section.tag]
        found = []
        for child in section:
            if child.tag == tag:
                self._remark_attributes(child)
                found.append(child)
            else:
                self.remarks.append(f"element {where(child)} in <{section.tag}>")
        if count is not None and section.get(count) is not None:
            claimed = read_integer(section, count)
            if claimed != len(found):
                message = f"{where(section)}: {count}={claimed}, but there are {len(found)} <{tag}> elements"
                raise WeightFileError(message)
        yield from found

    def _remark_attributes(self, element: Element) -> None:
        known = _KNOWN[element.tag]
        self.remarks += [
            f"attribute {name!r} of {where(element)}{did_you_mean(name, known)}"
            for name in element.attrib
            if name not in known
        ]

    def _analysis_type(self, general: dict[str, str], has_targets: bool) -> AnalysisType:
        text = general.get("AnalysisType")
        if text is None:
            return "Regression" if has_targets else "Classification"
        known = get_args(AnalysisType)
        for name in known:
            if text.casefold() == name.casefold():
                return cast(AnalysisType, name)
        message = f"AnalysisType is {text!r}{did_you_mean(text, known)}; expected one of {', '.join(known)}"
        raise WeightFileError(message)

    def _options(self, section: Element | None) -> list[StoredOption]:
        options = []
        for child in self._children(section, None):
            name = child.get("name")
            if not name:
                message = f"{where(child)} has no attribute 'name'"
                raise WeightFileError(message)
            size = read_integer(child, "size", minimum=1) if "size" in child.attrib else None
            modified = child.get("modified", "No").casefold() == "yes"
            options.append(StoredOption(name, (child.text or "").strip(), modified, size))
        return options

    def _classes(self, section: Element | None, analysis_type: AnalysisType) -> list[str]:
        if section is None:  # files of before 2010; ROOT makes up these names
            return ["Regression"] if analysis_type == "Regression" else ["class0", "class1"]
        children = self._in_order(section, "NClass", "Index")
        return [child.get("Name", f"class{index}") for index, child in enumerate(children)]

    def _variables(self, section: Element | None, count: str, index: str) -> list[VariableInfo]:
        variables = (
            [] if section is None else [_variable(child) for child in self._in_order(section, count, index)]
        )
        sizes: dict[tuple[str, str], int] = {}
        for one in variables:
            if one.is_from_array:
                key = (one.label, one.expression)
                sizes[key] = sizes.get(key, 0) + 1
        for one in variables:
            if one.is_from_array:
                one.array_size = sizes[one.label, one.expression]
        return variables

    def _in_order(self, section: Element, count: str, index: str) -> list[Element]:
        """Return a section's children by their index, which must go from 0 without gaps."""
        children = list(self._children(section, count))
        order = [
            read_integer(child, index) if index in child.attrib else place
            for place, child in enumerate(children)
        ]
        if sorted(order) != list(range(len(children))):
            wrong = next(
                (c for place, c in zip(order, children, strict=True) if order.count(place) > 1), children[-1]
            )
            last = len(children) - 1
            message = f"{where(wrong)}: {index}={wrong.get(index)}; expected 0 to {last}, each once"
            raise WeightFileError(message)
        return [child for _, child in sorted(zip(order, children, strict=True), key=lambda pair: pair[0])]


def _variable(element: Element) -> VariableInfo:
    expression = element.get("Expression", "")
    if not expression:
        message = f"{where(element)} has no attribute 'Expression'"
        raise WeightFileError(message)
    type_text = element.get("Type", "F") or "F"
    internal = element.get("Internal", "")
    one = VariableInfo(
        expression,
        label=element.get("Label", ""),
        internal_name=internal,
        type=type_text.removesuffix("[]"),
        unit=element.get("Unit", ""),
        minimum=_limit(element, "Min"),
        maximum=_limit(element, "Max"),
    )
    # An empty title stays empty, so that writing the file again gives the same text.
    one.title = element.get("Title", one.label)
    if type_text.endswith("[]"):
        match = _ELEMENT_OF_ARRAY.fullmatch(internal) or _ELEMENT_OF_ARRAY.fullmatch(one.title)
        if match is None:
            message = (
                f"{where(element)}: an element of an array needs its index, as Internal='name[3]', "
                f"got {internal!r}"
            )
            raise WeightFileError(message)
        one.array_index = int(match["index"])
    return one


def _limit(element: Element, attribute: str) -> float:
    text = element.get(attribute)
    if text is None:
        return 0.0
    try:
        return float(text)
    except ValueError:
        message = f"{where(element)}: {attribute}={text!r} is not a number"
        raise WeightFileError(message) from None
