"""The ``<Weights>`` element of MethodDL: a network and what is remembered of its training."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import ShapeError, WeightFileError, warn
from tmva_py.functions.outputs import OutputFunction
from tmva_py.layouts import network_input_shape
from tmva_py.methods.dl.layer_xml import read_layer, read_matrices, unknown_attributes, write_layer
from tmva_py.methods.dl.weights_attributes import Shape3, WeightsAttributes
from tmva_py.network import Network
from tmva_py.network.diagnosis import numbers_that_are_not_finite
from tmva_py.network.layer_stack import build_layers
from tmva_py.plugins import Registry
from tmva_py.xml_text import format_double, read_integer, room_for_numbers, where

_INPUT_ATTRIBUTES = ("InputDepth", "InputHeight", "InputWidth")
_BATCH_ATTRIBUTES = ("BatchDepth", "BatchHeight", "BatchWidth")
_ATTRIBUTES = (
    "NetDepth", *_INPUT_ATTRIBUTES, "BatchSize", *_BATCH_ATTRIBUTES,
    "LossFunction", "Initialization", "Regularization", "OutputFunction", "WeightDecay",
)  # fmt: skip


def write_network(weights: Element, network: Network, attributes: WeightsAttributes) -> None:
    """Fill an empty ``<Weights>`` element."""
    values = (
        len(network.layers),
        *attributes.input_layout,
        attributes.batch_size,
        *attributes.batch_layout,
        attributes.loss,
        attributes.initialization,
        attributes.regularization,
        attributes.output,
        format_double(float(np.float32(attributes.weight_decay))),
    )
    for name, value in zip(_ATTRIBUTES, values, strict=True):
        weights.set(name, str(value))
    for layer in network.layers:
        write_layer(weights, layer, network.registry)


def read_network(
    weights: Element,
    *,
    n_variables: int,
    n_outputs: int = 1,
    registry: Registry,
    owner: str = "DL",
    backend: str | Backend = "cpu",
) -> tuple[Network, WeightsAttributes]:
    """Return the network that a ``<Weights>`` element holds.

    The layers are those of the element's children; the option ``Layout`` plays no part, as in ROOT.
    Memory for the parameters is taken only once the numbers in the text can fill it.
    """
    remarks = unknown_attributes(weights, _ATTRIBUTES)
    shape = _input_shape(weights, n_variables)
    outputs: dict[str, type[OutputFunction]] = registry.by_code("output")
    attributes = _attributes(weights, shape, outputs)
    elements = list(weights)
    if "NetDepth" in weights.attrib and read_integer(weights, "NetDepth") != len(elements):
        message = (
            f"{where(weights)}: NetDepth={weights.get('NetDepth')}, but there are {len(elements)} layers"
        )
        raise WeightFileError(message)
    if not elements:
        message = f"{where(weights)} has no layers"
        raise WeightFileError(message)
    layers = [read_layer(element, registry) for element in elements]
    event_shape = network_input_shape(shape, layers[0])
    chosen = make_backend(backend, registry=registry)
    _check_sizes(elements, event_shape, chosen, n_outputs, registry)
    # The seed matters only until the stored values are in place.
    network = Network(
        layers,
        event_shape,
        backend=chosen,
        seed=1,
        initializer="ZERO",
        output=outputs[attributes.output].names[0],
        registry=registry,
    )
    for layer, element in zip(network.layers, elements, strict=True):
        remarks += read_matrices(layer, element, chosen)
    if (broken := numbers_that_are_not_finite(network)) is not None:
        warn(f"{owner}: {broken}; responses may not be numbers")
    if remarks:
        text = f"{owner}: not known and left out: {'; '.join(remarks[:10])}"
        warn(text)
    return network, attributes


def _input_shape(weights: Element, n_variables: int) -> Shape3:
    if not any(name in weights.attrib for name in _INPUT_ATTRIBUTES):
        return (1, 1, n_variables)
    depth, height, width = (read_integer(weights, name, minimum=1) for name in _INPUT_ATTRIBUTES)
    if depth * height * width != n_variables:
        message = (
            f"{where(weights)}: InputDepth·InputHeight·InputWidth = {depth}·{height}·{width} = "
            f"{depth * height * width} values, but the file has {n_variables} variables"
        )
        raise WeightFileError(message)
    return (depth, height, width)


def _attributes(
    weights: Element, shape: Shape3, outputs: dict[str, type[OutputFunction]]
) -> WeightsAttributes:
    depth, height, width = (
        read_integer(weights, name) if name in weights.attrib else default
        for name, default in zip(_BATCH_ATTRIBUTES, shape, strict=True)
    )
    output = weights.get("OutputFunction", "")
    if output not in outputs:
        known = ", ".join(f"{code!r} ({cls.names[0].lower()})" for code, cls in outputs.items())
        message = f"{where(weights)}: OutputFunction={output!r}, expected one of {known}"
        raise WeightFileError(message)
    text = weights.get("WeightDecay", "0")
    try:
        decay = float(text)
    except ValueError:
        message = f"{where(weights)}: WeightDecay={text!r} is not a number"
        raise WeightFileError(message) from None
    return WeightsAttributes(
        input_layout=shape,
        batch_size=read_integer(weights, "BatchSize") if "BatchSize" in weights.attrib else 1,
        batch_layout=(depth, height, width),
        loss=weights.get("LossFunction", "C"),
        initialization=weights.get("Initialization", "X"),
        regularization=weights.get("Regularization", "0"),
        output=output,
        weight_decay=decay,
    )


def _check_sizes(
    elements: list[Element], shape: tuple[int, ...], backend: Backend, n_outputs: int, registry: Registry
) -> None:
    """Refuse layers that want more numbers than their elements can hold, before a network is made of them."""
    layers = [read_layer(element, registry) for element in elements]
    try:
        stores, output = build_layers(layers, shape, backend)
    except ShapeError as error:
        number = error.layer_number or 0
        message = f"{where(elements[number])}, {error}"
        raise WeightFileError(message) from error
    for number, (layer, element, store) in enumerate(zip(layers, elements, stores, strict=True)):
        held = sum(room_for_numbers(child) for child in element)
        if store.size > held:
            message = (
                f"{where(element)}, layer {number}: {layer.describe()} with an input of shape "
                f"{layer.input_shape} needs {store.size} numbers, but the element has room for {held} at most"
            )
            raise WeightFileError(message)
    if len(output) != 1 or output[0] < n_outputs:
        expected = "a flat output (n,)" if len(output) != 1 else f"{n_outputs} outputs"
        message = f"{where(elements[-1])}: the last layer gives the shape {output}, expected {expected}"
        raise WeightFileError(message)
