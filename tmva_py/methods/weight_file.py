"""Weight files: from a file to a method that answers, and back."""

from __future__ import annotations

import getpass
import os
import platform
import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from xml.etree.ElementTree import Element, SubElement

from tmva_py.data import VariableInfo
from tmva_py.errors import UnknownNameError, WeightFileError
from tmva_py.files import write_atomically
from tmva_py.methods.base import COMPATIBILITY_OPTIONS, MethodBase
from tmva_py.options import OptionValues, values_from_texts
from tmva_py.weights import SinkLookup, Sinks, StoredOption, WeightFile, naming_the_file
from tmva_py.weights.compression import SUFFIXES, compressing
from tmva_py.weights.source import looks_like_xml
from tmva_py.weights.xml_reader import ROOT_TAG
from tmva_py.weights.xml_writer import to_lines, to_text
from tmva_py.xml_text import format_double

if TYPE_CHECKING:
    from tmva_py.plugins import Registry

TMVA_RELEASE = "4.2.1 [262657]"
ROOT_RELEASE = "6.32/04 [401412]"
"""The releases whose format is written."""

_SUFFIX = ".weights.xml"
# Hidden cuts of a category method: neither written nor counted.
_HIDDEN_SPECTATOR = "C"


def read_weight_file(source: str | os.PathLike[str], registry: Registry | None = None) -> MethodBase:
    """Return the method that a weight file holds, ready to evaluate.

    Parameters
    ----------
    source : path, or str with XML
        The file, or its text.
    registry : Registry, optional
        Where method, layers and transformations are looked up; by default the process's own.

    Raises
    ------
    WeightFileNotFoundError
        There is no such file.
    WeightFileError
        The file is damaged, unsafe, or does not fit itself; the message has file, place and reason.
    UnknownNameError
        Its method or one of its transformations is not available.

    Warns
    -----
    TMVAWarning
        The file has something that is not known; it is left out.
    """
    if registry is None:
        from tmva_py.plugins import default_registry

        registry = default_registry()
    return method_from(WeightFile.read(source, sinks=sinks_of(registry)), registry)


def sinks_of(registry: Registry) -> SinkLookup:
    """Return what finds the sinks of a method by its type."""

    def find(type_name: str) -> Sinks | None:
        try:
            return cast(type[MethodBase], registry.find("method", type_name)).sinks
        except UnknownNameError:
            return None

    return find


def method_from(found: WeightFile, registry: Registry | None = None) -> MethodBase:
    """Return the method that the content of a weight file describes, ready to evaluate.

    Parameters
    ----------
    found : WeightFile
        Read whole.
    registry : Registry, optional
        As for `read_weight_file`.

    Raises
    ------
    WeightFileError, UnknownNameError
        As `read_weight_file`.
    """
    from tmva_py.data.transformations import TransformationChain

    if registry is None:
        from tmva_py.plugins import default_registry

        registry = default_registry()
    method_class = _method_class(found, registry)
    with naming_the_file(found.source):
        if found.weights is None:
            message = f"<{ROOT_TAG}> has no <Weights>"
            raise WeightFileError(message)
        path = Path("" if looks_like_xml(found.source) else found.source)
        method = method_class(
            _job_name(path, found.title),
            found.title,
            found.info,
            found.analysis_type,
            weight_directory=path.parent,
            registry=registry,
        )
        method.option_values = _option_values(method, found)
        chain = TransformationChain.read_xml(found.transformations, found.info, registry=registry)
        method.n_training_events = int(_number(found.general_info, "Training events"))
        method.training_time = _number(found.general_info, "TrainingTime")
        method.restore(chain, found.weights)
    return method


def write_weight_file(
    method: MethodBase, path: str | os.PathLike[str], *, like: WeightFile | None = None
) -> None:
    """Write a trained method as TMVA does; ROOT reads the file.

    Parameters
    ----------
    method : MethodBase
        Trained or read from a file.
    path : path
        The file, compressed if its name ends in ``.gz``; an old one is replaced at once or not at all.
    like : WeightFile, optional
        Where to take the general information (releases, creator, date) and the response's PDFs from, to
        write a file that was read; by default it says who writes now.

    Raises
    ------
    WeightFileError
        A title or a name has a character that XML cannot hold.
    TrainingError
        The method is neither trained nor read from a file.
    OSError
        The file cannot be written; the message has path and reason.
    """
    root = _tree(method, like)

    def write(file: BinaryIO) -> None:
        with compressing(file, path) as packed:
            for line in to_lines(root):
                packed.write(f"{line}\n".encode())

    write_atomically(path, write)


def weight_text(method: MethodBase, *, like: WeightFile | None = None) -> str:
    """Return what `write_weight_file` writes.

    Parameters
    ----------
    method, like
        As for `write_weight_file`.
    """
    return to_text(_tree(method, like))


def _tree(method: MethodBase, like: WeightFile | None) -> Element:
    info = method.info
    root = Element(ROOT_TAG, Method=f"{method.type_name}::{method.title}")
    general = SubElement(root, "GeneralInfo")
    for name, value in (_general_info(method) if like is None else like.general_info).items():
        SubElement(general, "Info", name=name, value=value)
    _write_options(SubElement(root, "Options"), method)
    _write_variables(SubElement(root, "Variables"), info.variables, "NVar", "Variable", "VarIndex")
    shown = [one for one in info.spectators if one.type != _HIDDEN_SPECTATOR]
    _write_variables(SubElement(root, "Spectators"), shown, "NSpec", "Spectator", "SpecIndex")
    classes = SubElement(root, "Classes", NClass=str(len(info.classes)))
    for index, name in enumerate(info.classes):
        SubElement(classes, "Class", Name=name, Index=str(index))
    if method.analysis_type == "Regression":
        _write_variables(SubElement(root, "Targets"), info.targets, "NTrgt", "Target", "TargetIndex")
    method.transformations.write_xml(root)
    if like is not None and like.mva_pdfs is not None:
        root.append(like.mva_pdfs)
    else:
        SubElement(root, "MVAPdfs")
    method.write_weights(SubElement(root, "Weights"))
    return root


def _method_class(found: WeightFile, registry: Registry) -> type[MethodBase]:
    try:
        return cast(type[MethodBase], registry.find("method", found.type_name))
    except UnknownNameError as error:
        known = ", ".join(registry.names("method"))
        failed = "".join(f"\n  {line}" for line in registry.failures())
        message = (
            f"{found.source}: method {found.type_name!r} (title {found.title!r}) cannot be evaluated: "
            f"this installation knows {known}; `tmva-py inspect` shows what the file holds{failed}"
        )
        raise UnknownNameError(message) from error


def _job_name(path: Path, title: str) -> str:
    """Return the job that a file name ``<job>_<title>.weights.xml`` begins with; it may be compressed."""
    name = path.stem if path.suffix.lower() in SUFFIXES else path.name
    ending = f"_{title}{_SUFFIX}"
    return name.removesuffix(ending) if name.endswith(ending) else ""


def _option_values(method: MethodBase, found: WeightFile) -> OptionValues:
    declared = method.declared_options()
    known = {option.name.casefold(): option.name for option in declared}
    old = [option for option in COMPATIBILITY_OPTIONS if option.name.casefold() not in known]
    texts = {option.name: option.text for option in found.options}
    read = values_from_texts(texts, (*declared, *old), owner=found.source)
    given = [known[o.name.casefold()] for o in found.options if o.modified and o.name.casefold() in known]
    return OptionValues(declared, {option.name: read[option.name] for option in declared}, given)


def _number(general_info: Mapping[str, str], name: str) -> float:
    text = general_info.get(name, "0")
    try:
        return float(text)
    except ValueError:
        message = f"<GeneralInfo>: {name!r} is {text!r}, expected a number"
        raise WeightFileError(message) from None


def _general_info(method: MethodBase) -> dict[str, str]:
    return {
        "TMVA Release": TMVA_RELEASE,
        "ROOT Release": ROOT_RELEASE,
        "Creator": f"{_user()} (tmva_py {_version()})",
        "Date": time.ctime(),
        "Host": " ".join(part for part in platform.uname() if part),
        "Dir": os.getcwd(),
        "Training events": str(method.n_training_events),
        "TrainingTime": format_double(method.training_time, 8),
        "AnalysisType": method.analysis_type,
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without a name, as in a container
        return "unknown"


def _version() -> str:
    try:
        return metadata.version("tmva-py")
    except metadata.PackageNotFoundError:
        return "not installed"


def _write_options(parent: Element, method: MethodBase) -> None:
    values = method.option_values
    for option in method.declared_options():
        attributes = {"name": option.name}
        if option.size is not None:
            attributes["size"] = str(option.size)
        attributes["modified"] = "Yes" if option.name in values.given else "No"
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


__all__ = [
    "StoredOption",
    "WeightFile",
    "method_from",
    "read_weight_file",
    "sinks_of",
    "weight_text",
    "write_weight_file",
]
