"""A layer's element in weight files, written and read by its `LayerXML` and its options."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from tmva_py.backends import Array, Backend
from tmva_py.errors import OptionError, TMVAError, UnknownNameError, WeightFileError, did_you_mean
from tmva_py.functions.activations import Activation
from tmva_py.layers import LayerXML, VGeneralLayer
from tmva_py.layers.xml import Pairs
from tmva_py.options import Option
from tmva_py.plugins import Registry
from tmva_py.xml_text import add_matrix, read_integer, read_matrix, where

_NEEDED = inspect.Parameter.empty
_KINDS = {int: "a whole number", float: "a number", bool: "0 or 1"}


def write_layer(parent: Element, layer: VGeneralLayer, registry: Registry) -> None:
    """Append a layer's element, with its parameters, to `parent`.

    Raises
    ------
    WeightFileError
        The layer has no element.
    """
    xml = _xml_of(layer)
    element = SubElement(parent, xml.tag, attributes_of(layer, registry))
    for tag, name in matrices_of(layer):
        values = layer.backend.to_numpy(stored_array(layer, name))
        add_matrix(element, tag, values[None, :] if xml.vectors_are_rows and values.ndim == 1 else values)


def attributes_of(layer: VGeneralLayer, registry: Registry) -> dict[str, str]:
    """Return the attributes of a layer's element in order."""
    xml = _xml_of(layer)
    found: dict[str, str] = {}
    for option in layer.options:
        if option.xml:
            text = _attribute_text(xml, option, getattr(layer, option.name), registry)
            found[option.xml] = text
            found |= {copy: text for copy, name in xml.copies if name == option.name}
    return found


def matrices_of(layer: VGeneralLayer, columns: Mapping[str, int] | None = None) -> Pairs:
    """Return the children of a layer's element and the parameter or buffer in each.

    With the numbers of columns found in a file, an old order that fits them where the present one does not.
    """
    xml = _xml_of(layer)
    if not xml.matrices:
        # A buffer holds what predictions need, as a running mean: lost, a file would answer differently.
        return tuple((name, name) for name in (*layer.parameters, *layer.buffers))
    orders = (xml.matrices, *xml.old_matrices)
    if columns is None or len(orders) == 1:
        return xml.matrices
    return next((order for order in orders if _fits(layer, order, columns)), xml.matrices)


def stored_array(layer: VGeneralLayer, name: str) -> Array:
    """Return a layer's parameter or buffer."""
    return layer.parameters[name] if name in layer.parameters else layer.buffers[name]


def read_layer(element: Element, registry: Registry) -> VGeneralLayer:
    """Return the layer, not yet built, that an element describes; absent attributes take their defaults.

    Raises
    ------
    WeightFileError
        The element is unknown, an attribute is damaged, or one is missing that has no default.
    """
    try:
        cls: type[VGeneralLayer] = registry.find_by_tag(element.tag)
        old_names = dict(_xml_of(cls).old_names)
        attributes = {old_names.get(name, name): text for name, text in element.attrib.items()}
        parameters = inspect.signature(cls).parameters
        values = {}
        for option in cls.options:
            if option.xml in attributes:
                values[option.name] = _attribute_value(cls, option, attributes[option.xml], registry)
            elif option.xml and (
                option.name in _xml_of(cls).activations
                or (option.name in parameters and parameters[option.name].default is _NEEDED)
            ):
                message = f"{where(element)} has no attribute {option.xml!r}"
                raise WeightFileError(message)
        return cls.from_options(values, registry)
    except (OptionError, UnknownNameError) as error:
        message = f"{where(element)}: {error}"
        raise WeightFileError(message) from error


def unknown_attributes(element: Element, known: tuple[str, ...]) -> list[str]:
    """Return a remark for each attribute that is not among those known."""
    return [
        f"attribute {name!r} of {where(element)}{did_you_mean(name, known)}"
        for name in element.attrib
        if name not in known
    ]


def read_matrices(layer: VGeneralLayer, element: Element, backend: Backend) -> list[str]:
    """Read the matrices of a built layer; return a remark for each attribute and child that is unknown."""
    found: dict[str, Element] = {}
    for child in element:
        if child.tag in found:
            message = f"{where(element)}: {where(child)} appears a second time"
            raise WeightFileError(message)
        found[child.tag] = child
    columns = {
        tag: read_integer(child, "Columns", minimum=1)
        for tag, child in found.items()
        if "Columns" in child.attrib
    }
    matrices = matrices_of(layer, columns)
    try:
        for tag, name in matrices:
            if tag not in found:
                message = f"has no <{tag}>{did_you_mean(tag, found)}"
                raise WeightFileError(message)
            stored = stored_array(layer, name)
            stored[...] = backend.asarray(read_matrix(found[tag], stored.shape, dtype=backend.dtype))
    except TMVAError as error:
        message = f"{where(element)}: {error}" if str(error).startswith("<") else f"{where(element)} {error}"
        raise WeightFileError(message) from error
    xml, known = _xml_of(layer), [tag for tag, _ in matrices]
    names = (option.xml for option in layer.options if option.xml)
    return [
        *unknown_attributes(element, (*names, *dict(xml.copies), *dict(xml.old_names))),
        *(
            f"element {where(child)} in {where(element)}{did_you_mean(tag, known)}"
            for tag, child in found.items()
            if tag not in known
        ),
    ]


def activation_of_code(tag: str, attribute: str, text: str, registry: Registry) -> str:
    """Return the name of the activation function with the number `text`; the rest is for the message.

    Raises
    ------
    WeightFileError
        No activation has this number.
    """
    known: dict[str, type[Activation]] = registry.by_code("activation")
    if text.strip() not in known:
        numbers = ", ".join(f"{code} ({known[code].names[0]})" for code in sorted(known))
        message = f"<{tag}> attribute {attribute!r}: expected one of {numbers}, got {text!r}"
        raise WeightFileError(message)
    return known[text.strip()].names[0]


def _xml_of(layer: VGeneralLayer | type[VGeneralLayer]) -> LayerXML:
    if layer.xml is None:
        message = f"layer {layer.names[0]} has no element in weight files; save the network as .npz"
        raise WeightFileError(message)
    return layer.xml


def _fits(layer: VGeneralLayer, order: Pairs, columns: Mapping[str, int]) -> bool:
    """Return whether every matrix that a file has can be what an order says it is; vectors always can."""
    for tag, name in order:
        shape = stored_array(layer, name).shape
        if len(shape) == 2 and columns.get(tag, shape[1]) != shape[1]:
            return False
    return True


def _attribute_text(xml: LayerXML, option: Option, value: Any, registry: Registry) -> str:
    if option.name in xml.activations:
        activation: type[Activation] = registry.find("activation", value)
        return str(activation.code)
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.16e}" if isinstance(value, float) else str(value)


def _attribute_value(cls: type[VGeneralLayer], option: Option, text: str, registry: Registry) -> Any:
    xml = _xml_of(cls)
    if option.name in xml.activations:
        return activation_of_code(xml.tag, option.xml or "", text, registry)
    try:
        return bool(int(text)) if option.type is bool else option.type(text)
    except ValueError:
        kind = _KINDS.get(option.type, "text")
        message = f"<{xml.tag}> attribute {option.xml!r}: expected {kind}, got {text!r}"
        raise WeightFileError(message) from None
