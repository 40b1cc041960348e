"""Weight files: from a file, or an element of one, to a method that answers, and back."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from xml.etree.ElementTree import Element

from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import UnknownNameError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods.method import Method
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.options import BASE_OPTIONS, COMPATIBILITY_OPTIONS
from tmva_py.methods.releases import NEWEST, Release, release_of
from tmva_py.methods.response_pdfs import ResponsePDFs, write_response_pdfs
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.options import Option, OptionValues, for_variables, values_from_texts
from tmva_py.plugins import Registry, default_registry
from tmva_py.weights import SinkLookup, Sinks, WeightFile, naming_the_file
from tmva_py.weights.general_info import TRAINING_EVENTS, TRAINING_TIME
from tmva_py.weights.handlers import ROOT_TAG
from tmva_py.weights.header_writer import write_header
from tmva_py.weights.xml_writer import to_text, write_xml

_TRUSTED: ContextVar[bool] = ContextVar("trusted models", default=False)


@contextmanager
def trusting_models() -> Iterator[None]:
    """Let code in model files run for all that is read meanwhile, as ``trust=True`` does for one file."""
    before = _TRUSTED.set(True)
    try:
        yield
    finally:
        _TRUSTED.reset(before)


def read_weight_file(
    source: str | os.PathLike[str],
    registry: Registry | None = None,
    *,
    release: str = NEWEST,
    trust: bool = False,
) -> TrainedMethod:
    """Return the method that a weight file holds.

    Parameters
    ----------
    source : path, or str with XML
        The file, or its text.
    registry : Registry, optional
        Where method, layers and transformations are looked up; by default the process's own.
    release : {"newest", "4.2"}
        Which release's way to answer is taken where the file does not tell: 4.2 has another tanh (MLP).
    trust : bool, default False
        Whether code in a model file beside the weight file may run: a pickle, a model of Keras or PyTorch.

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
    registry = default_registry() if registry is None else registry
    found = WeightFile.read(source, sinks=sinks_of(registry))
    return method_of(found, registry, release_of(release), trust=trust)


def sinks_of(registry: Registry) -> SinkLookup:
    """Return what finds the sinks of a model by the type of its method."""

    def find(type_name: str) -> Sinks | None:
        try:
            return find_method(type_name, registry).model_of(type_name).sinks
        except UnknownNameError:
            return None

    return find


def read_method(element: Element, context: ReadContext) -> TrainedMethod:
    """Return a method that is part of another one, as in Category.

    Parameters
    ----------
    element : Element
        Has ``Method="type::title"`` and the children of a weight file's root.
    context : ReadContext
        Of the method around it.

    Raises
    ------
    WeightFileError, UnknownNameError
        As `read_weight_file`.
    """
    found = WeightFile.of(element, context.source)
    return method_of(found, context.registry, context.release, trust=context.trust, is_member=True)


def method_of(
    found: WeightFile,
    registry: Registry | None = None,
    release: Release | None = None,
    *,
    trust: bool = False,
    is_member: bool = False,
) -> TrainedMethod:
    """Return the method that the content of a weight file describes.

    Parameters
    ----------
    found : WeightFile
        Read whole.
    registry : Registry, optional
        As for `read_weight_file`.
    release : Release, optional
        Whose way to answer is taken where the file does not tell.
    trust : bool, default False
        As for `read_weight_file`.
    is_member : bool, default False
        Whether it is part of another method.

    Raises
    ------
    WeightFileError, UnknownNameError
        As `read_weight_file`.
    """
    registry = default_registry() if registry is None else registry
    model_class, options, old_options = _reader_of(found, registry)
    with naming_the_file(found.source):
        weights = found.weights
        if weights is None and not model_class.needs_weights:
            weights = Element(model_class.weights_tag)
        if weights is None:
            message = f"<{ROOT_TAG}> has no <{model_class.weights_tag}>"
            raise WeightFileError(message)
        context = ReadContext(
            source=found.source,
            type_name=found.type_name,
            title=found.title,
            info=found.info,
            analysis_type=found.analysis_type,
            option_values=_option_values(found, options, old_options),
            general_info=found.general_info,
            registry=registry,
            release=release,
            trust=trust or _TRUSTED.get(),
            is_member=is_member,
        )
        for name in (TRAINING_EVENTS, TRAINING_TIME):
            _check_number(found.general_info, name)
        chain = TransformationChain.read_xml(
            found.transformations,
            found.info,
            registry=registry,
            option_text=context.option_values["VarTransform"],
        )
        return TrainedMethod(
            type_name=found.type_name,
            title=found.title,
            info=found.info,
            analysis_type=found.analysis_type,
            option_values=context.option_values,
            transformations=chain,
            model=model_class.read(weights, context),
            general_info=found.general_info,
            response_pdfs=ResponsePDFs.read_xml(found.mva_pdfs, found.general_info.get("ROOT Release", "")),
        )


def write_weight_file(
    method: TrainedMethod, path: str | os.PathLike[str], log: MessageLog | None = None
) -> None:
    """Write a trained method as TMVA does; ROOT reads the file.

    Parameters
    ----------
    method : TrainedMethod
        After its training, or read from a file; what the file said of its origin is written again.
    path : path
        The file, compressed if its name ends in ``.gz``; an old one is replaced at once or not at all.
    log : MessageLog, optional
        Where lines go that tell of further files; by default nowhere.

    Raises
    ------
    WeightFileError
        A title or a name has a character that XML cannot hold.
    OSError
        The file cannot be written; the message has path and reason.
    """
    root = _tree(method)
    if (weights := root.find(method.model.weights_tag)) is not None:
        log = MessageLog(method.title, silent=True) if log is None else log
        method.model.write_files(weights, Path(path), log)
    write_xml(root, path)


def weight_text(method: TrainedMethod) -> str:
    """Return what `write_weight_file` writes."""
    return to_text(_tree(method))


def write_method(method: TrainedMethod, element: Element, *, spectators: bool = True) -> None:
    """Write a method into an element: a weight file's root, or a part of another method.

    Parameters
    ----------
    method : TrainedMethod
        The method.
    element : Element
        Gets the attribute ``Method`` and what a weight file's root has.
    spectators : bool, default True
        Whether to write ``<Spectators>``, which parts of a Category lack.
    """
    write_header(
        element,
        method=method.name,
        general_info=method.general_info,
        options=method.option_values,
        info=method.info,
        analysis_type=method.analysis_type,
        spectators=method.spectators if spectators else None,
    )
    method.transformations.write_xml(element)
    write_response_pdfs(element, method.response_pdfs)
    weights = Element(method.model.weights_tag)
    method.model.write(weights)
    if method.model.needs_weights or len(weights) or weights.attrib:
        element.append(weights)


def _tree(method: TrainedMethod) -> Element:
    root = Element(ROOT_TAG)
    write_method(method, root)
    return root


def find_method(type_name: str, registry: Registry) -> type[Method]:
    """Return the class of a method.

    Raises
    ------
    UnknownNameError
        No method has this name.
    """
    return registry.find("method", type_name)


def _reader_of(
    found: WeightFile, registry: Registry
) -> tuple[type[Model], tuple[Option, ...], tuple[Option, ...]]:
    """Return the class of a file's model, the options that the file may have, and those of old files."""
    try:
        method = find_method(found.type_name, registry)
    except UnknownNameError as error:
        known = ", ".join(registry.names("method"))
        failed = "".join(f"\n  {line}" for line in registry.failures())
        message = (
            f"{found.source}: method {found.type_name!r} (title {found.title!r}) cannot be evaluated: "
            f"this installation knows {known}; `tmva-py inspect` shows what the file holds{failed}"
        )
        raise UnknownNameError(message) from error
    old = method.old_types.get(found.type_name)
    options = method.declared_options(registry) if old is None else (*BASE_OPTIONS, *old.options)
    options = for_variables(options, len(found.info.variables))
    return method.model_of(found.type_name), options, (*method.file_options, *COMPATIBILITY_OPTIONS)


def _option_values(
    found: WeightFile, declared: tuple[Option, ...], old_options: tuple[Option, ...]
) -> OptionValues:
    known = {option.name.casefold(): option.name for option in declared}
    old = [option for option in old_options if option.name.casefold() not in known]
    texts = {option.name: option.text for option in found.options}
    read = values_from_texts(texts, (*declared, *old), owner=found.source)
    given = [known[o.name.casefold()] for o in found.options if o.modified and o.name.casefold() in known]
    return OptionValues(declared, {option.name: read[option.name] for option in declared}, given)


def _check_number(general_info: Mapping[str, str], name: str) -> None:
    text = general_info.get(name, "0")
    try:
        if not math.isfinite(float(text)):
            raise ValueError
    except ValueError:
        message = f"<GeneralInfo>: {name!r} is {text!r}, expected a number"
        raise WeightFileError(message) from None


__all__ = [
    "find_method",
    "method_of",
    "read_method",
    "read_weight_file",
    "sinks_of",
    "weight_text",
    "write_method",
    "write_weight_file",
]
