"""What a weight file says before ``<Weights>``: method, releases, options, variables, classes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast, get_args
from xml.etree.ElementTree import Element

from tmva_py.data import AnalysisType, DataSetInfo, VariableInfo
from tmva_py.errors import WeightFileError, did_you_mean
from tmva_py.weights.handlers import ROOT_TAG
from tmva_py.weights.remarks import Remarks
from tmva_py.xml_text import read_integer, where

_VARIABLE_ATTRIBUTES = ("Expression", "Label", "Title", "Unit", "Internal", "Type", "Min", "Max")
# Known elements of the header and their attributes; anything else is named in a warning.
_KNOWN: dict[str, tuple[str, ...]] = {
    ROOT_TAG: ("Method",),
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
_OTHER_SECTIONS = ("Transformations", "MVAPdfs", "Weights", "BinaryTree")
_ELEMENT_OF_ARRAY = re.compile(r"(?P<name>.*)\[(?P<index>[0-9]{1,9})\]", re.DOTALL)


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


class HeaderReader:
    """Reads what is in a weight file's root, or in an element like it inside another method."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.remarks = Remarks()
        if root.tag == ROOT_TAG:
            self._remark_attributes(root)
        self.sections = self._sections()
        self.type_name, self.title = self._method()
        self.general_info = {
            child.get("name", ""): child.get("value", "")
            for child in self._children(self.sections.get("GeneralInfo"), None)
        }
        self.options = self._options(self.sections.get("Options"))
        variables = self._section_of_variables("Variables", "NVar", "VarIndex")
        targets = self._section_of_variables("Targets", "NTrgt", "TargetIndex")
        spectators = self._section_of_variables("Spectators", "NSpec", "SpecIndex")
        self.analysis_type = self._analysis_type(bool(targets))
        self.info = DataSetInfo(
            variables=variables,
            targets=targets,
            spectators=spectators,
            classes=self._classes(self.sections.get("Classes")),
        )
        self._check_analysis()

    def _method(self) -> tuple[str, str]:
        type_name, _, title = (self.root.get("Method") or "").partition("::")
        if not type_name or not title:
            method = self.root.get("Method")
            message = f"{where(self.root)}: Method={method!r}, expected something like 'DL::title'"
            raise WeightFileError(message)
        if "Variables" not in self.sections:
            message = f"<{self.root.tag}> has no <Variables>"
            raise WeightFileError(message)
        return type_name, title

    def _sections(self) -> dict[str, Element]:
        sections: dict[str, Element] = {}
        for child in self.root:
            if child.tag in sections:
                message = f"{where(child)} appears a second time"
                raise WeightFileError(message)
            if child.tag in _CHILDREN or child.tag in _OTHER_SECTIONS:
                sections[child.tag] = child
            else:
                known = (*_CHILDREN, *_OTHER_SECTIONS)
                self.remarks.add(f"element {where(child)}", name=child.tag, known=known)
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
                self.remarks.add(f"element {where(child)} in <{section.tag}>")
        if count is not None and section.get(count) is not None:
            claimed = read_integer(section, count)
            if claimed != len(found):
                message = f"{where(section)}: {count}={claimed}, but there are {len(found)} <{tag}> elements"
                raise WeightFileError(message)
        yield from found

    def _remark_attributes(self, element: Element) -> None:
        known = _KNOWN[element.tag]
        for name in element.attrib:
            if name not in known:
                self.remarks.add(f"attribute {name!r} of {where(element)}", name=name, known=known)

    def _analysis_type(self, has_targets: bool) -> AnalysisType:
        text = self.general_info.get("AnalysisType")
        if text is None:
            return "Regression" if has_targets else "Classification"
        known = get_args(AnalysisType)
        for name in known:
            if text.casefold() == name.casefold():
                return cast(AnalysisType, name)
        message = f"AnalysisType is {text!r}{did_you_mean(text, known)}; expected one of {', '.join(known)}"
        raise WeightFileError(message)

    def _check_analysis(self) -> None:
        """Refuse a file whose analysis is not that of its classes and targets."""
        n_classes, n_targets = len(self.info.classes), len(self.info.targets)
        given = "AnalysisType" in self.general_info
        name = f"AnalysisType is {'' if given else 'missing, which means '}{self.analysis_type}"
        problem = ""
        if self.analysis_type == "Regression" and not n_targets:
            problem = "there is no <Target>"
        elif self.analysis_type != "Regression" and n_targets:
            problem = f"there are {n_targets} <Target> elements"
        elif self.analysis_type == "Classification" and n_classes > 2:
            problem = f"there are {n_classes} classes"
        elif self.analysis_type == "Multiclass" and n_classes < 2:
            problem = f"there is {n_classes} class"
        if problem:
            message = f"{name}, but {problem}: what the method responds would be a guess"
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

    def _classes(self, section: Element | None) -> list[str]:
        if section is None:  # files of before 2010; ROOT makes up these names
            return ["Regression"] if self.analysis_type == "Regression" else ["class0", "class1"]
        children = self._in_order(section, "NClass", "Index")
        return [child.get("Name", f"class{index}") for index, child in enumerate(children)]

    def _section_of_variables(self, tag: str, count: str, index: str) -> list[VariableInfo]:
        section = self.sections.get(tag)
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
            counts = Counter(order)
            wrong = next(
                (c for place, c in zip(order, children, strict=True) if counts[place] > 1), children[-1]
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
