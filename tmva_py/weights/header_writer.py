"""What a weight file says before ``<Weights>``, written as TMVA does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from tmva_py.data import AnalysisType, DataSetInfo, VariableInfo
from tmva_py.options import OptionValues
from tmva_py.xml_text import format_double


def write_header(
    element: Element,
    *,
    method: str,
    general_info: Mapping[str, str],
    options: OptionValues,
    info: DataSetInfo,
    analysis_type: AnalysisType,
    spectators: Sequence[VariableInfo] | None,
) -> None:
    """Fill a weight file's root, or an element like it, up to ``<Transformations>``.

    `method` is ``type::title``; without `spectators` there is no element for them, as in parts of a Category.
    """
    element.set("Method", method)
    general = SubElement(element, "GeneralInfo")
    for name, value in general_info.items():
        SubElement(general, "Info", name=name, value=value)
    _write_options(SubElement(element, "Options"), options)
    _write_variables(SubElement(element, "Variables"), info.variables, "NVar", "Variable", "VarIndex")
    if spectators is not None:
        _write_variables(SubElement(element, "Spectators"), spectators, "NSpec", "Spectator", "SpecIndex")
    classes = SubElement(element, "Classes", NClass=str(len(info.classes)))
    for index, name in enumerate(info.classes):
        SubElement(classes, "Class", Name=name, Index=str(index))
    if analysis_type == "Regression":
        _write_variables(SubElement(element, "Targets"), info.targets, "NTrgt", "Target", "TargetIndex")


def _write_options(parent: Element, values: OptionValues) -> None:
    for option in values.declared:
        if not option.in_files:
            continue
        attributes = {"name": option.name}
        if option.size is not None:
            attributes["size"] = str(option.size)
        # Of arrays ROOT does not know that they were set.
        is_modified = option.name in values.given and option.size is None
        attributes["modified"] = "Yes" if is_modified else "No"
        text = values.text(option.name)
        if option.name == "VerbosityLevel" and values["V"]:
            text = "Verbose"  # as TMVA's processing of V leaves it
        SubElement(parent, "Option", attributes).text = text


def _write_variables(
    parent: Element, variables: Sequence[VariableInfo], count: str, tag: str, index: str
) -> None:
    parent.set(count, str(len(variables)))
    for number, one in enumerate(variables):
        SubElement(
            parent,
            tag,
            {
                index: str(number),
                "Expression": one.expression,
                "Label": one.label,
                "Title": one.title,
                "Unit": one.unit,
                "Internal": one.internal_name,
                "Type": one.type_text,
                "Min": format_double(one.minimum, 8),
                "Max": format_double(one.maximum, 8),
            },
        )
