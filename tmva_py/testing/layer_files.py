"""A layer through weight file, network file and layout."""

from __future__ import annotations

import dataclasses
import math
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

import numpy as np

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.errors import OptionError, TMVAError, TMVAWarning
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layouts import network_input_shape, parse_layout
from tmva_py.methods.dl.layer_xml import attributes_of, matrices_of, read_layer, stored_array
from tmva_py.methods.dl.weights_attributes import WeightsAttributes
from tmva_py.methods.dl.weights_xml import read_network, write_network
from tmva_py.network import Network
from tmva_py.plugins import Registry
from tmva_py.testing.layer_case import LayerCase, LayerExample, shapes_of
from tmva_py.testing.layer_examples import described
from tmva_py.testing.report import MismatchError, describe_error, expect

NEEDS_NAME = "it is not registered under its name; a plugin's hook tmva_py_layers returns the class"


def check_xml(example: LayerExample) -> str:
    """Write a network with the layer into a weight file and read it back, as `MethodDL` does."""
    case, registry = LayerCase(example, NumpyBackend("float32")), example.registry
    layer = case.layer
    if layer.xml is None:
        message = "xml is None: the layer cannot be written to a weight file; xml = LayerXML(tag)"
        raise MismatchError(message)
    tag = layer.xml.tag
    found = registry.find_by_tag(tag)
    expect(found is type(layer), f"<{tag}> belongs to {found.__qualname__}")
    matrices = matrices_of(layer)
    written = [name for _, name in matrices]
    for child, name in matrices:
        expect(
            name in layer.parameters or name in layer.buffers,
            f"xml.matrices: there is no parameter or buffer {name!r} for <{child}>",
        )
        axes = np.ndim(stored_array(layer, name))
        expect(
            axes in (1, 2),
            f"{name!r} has {axes} axes, but weight files have vectors and matrices: declare it with "
            "one or two and reshape it in forward",
        )
    missing = [name for name in layer.parameters if name not in written]
    expect(not missing, f"parameter {', '.join(missing)} is not written: xml.matrices must list every one")
    element = fromstring(tostring(Element(tag, attributes_of(layer, registry))))
    again = read_layer(element, registry)
    _expect_same_options(layer, again, element, registry)
    figures = f"<{tag}> with {len(element.attrib)} attributes and {len(written)} matrices"
    network = _network_for_file(example, case)
    layout = _input_layout(example.input_shape)
    if network_input_shape(layout, network.layers[0]) != example.input_shape:
        return f"{figures}; a sequence of one step is read as a flat event, so that no file was written"
    weights = Element("Weights")
    attributes = WeightsAttributes(layout, 1, layout, "C", "X", "0", "I", 0.0)
    write_network(weights, network, attributes)
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always", TMVAWarning)
        loaded, _ = read_network(
            fromstring(tostring(weights)),
            n_variables=math.prod(example.input_shape),
            registry=registry,
            backend=NumpyBackend("float32"),
        )
    for remark in remarks:
        expect(not issubclass(remark.category, TMVAWarning), f"reading the weight file: {remark.message}")
    place = int(example.after_another)
    _expect_same_arrays(network.layers[place], loaded.layers[place], "after the weight file", written)
    _expect_same_outputs(network, loaded, case, "after the weight file")
    return figures


def _network_for_file(example: LayerExample, case: LayerCase) -> Network:
    """Return a network around the layer that files can have, its parameters and buffers all random."""
    shape = example.input_shape
    # The layer in front belongs to the checks; in a file it is a reshape to the same shape.
    layers = [*([_reshape_to(shape)] if example.after_another else []), example.make()]
    if len(case.network.output_shape) != 1:
        layers.append(TReshapeLayer(flatten=True))
    network = Network(layers, shape, backend=case.backend, seed=1, registry=example.registry)
    network.parameters[...] = case.network.parameters
    # Positive: a variance may be among them.
    buffers = np.random.default_rng(6).uniform(0.5, 2.0, network.buffers.size)
    network.buffers[...] = buffers.astype(case.backend.dtype)
    return network


def _input_layout(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return depth, height and width of an event as weight files have them."""
    if len(shape) == 2:
        return (shape[0], 1, shape[1])
    depth, height, width = shape if len(shape) == 3 else (1, 1, shape[0])
    return (depth, height, width)


def _expect_same_arrays(
    layer: VGeneralLayer, again: VGeneralLayer, where: str, written: Sequence[str]
) -> None:
    """Compare parameters and buffers; what is not written may differ, the outputs tell whether it matters."""
    for kind, before, after in (
        ("parameter", layer.parameters, again.parameters),
        ("buffer", layer.buffers, again.buffers),
    ):
        for name in before:
            if name in written and not np.array_equal(before[name], after[name]):
                expected, found = np.asarray(before[name]), np.asarray(after[name])
                index = tuple(int(axis) for axis in np.argwhere(expected != found)[0])
                message = (
                    f"{kind} {name}{list(index)}: {expected[index]:.9g} before and {found[index]:.9g} {where}"
                )
                raise MismatchError(message)


def _expect_same_options(
    layer: VGeneralLayer, again: VGeneralLayer, element: Element, registry: Registry
) -> None:
    lost = [option.name for option in layer.options if not option.xml]
    expect(
        not lost,
        f"option {', '.join(map(repr, lost))} has no attribute in weight files: give it xml=..., as "
        'Option("slope", float, 0.01, xml="Slope")',
    )
    for name, value in layer.option_values().items():
        back = again.option_values()[name]
        if not _same(value, back) and not _same_activation(value, back, registry):
            message = (
                f"option {name!r} was {value!r} and comes back as {back!r}; attributes: "
                f"{', '.join(element.attrib) or 'none'}"
            )
            raise MismatchError(message)


def _same(value: Any, other: Any) -> bool:
    return bool(value == other) or (value != value and other != other)


def _same_activation(value: Any, other: Any, registry: Registry) -> bool:
    """Files have an activation's number, so that another of its names comes back."""
    names = [name for name in (value, other) if isinstance(name, str) and registry.knows("activation", name)]
    return len(names) == 2 and registry.find("activation", names[0]) is registry.find("activation", names[1])


def _expect_same_outputs(first: Network, second: Network, case: LayerCase, where: str) -> None:
    x = case.events(3)
    expected = np.asarray(first.forward(x))
    found = np.asarray(second.forward(x))
    if not np.array_equal(expected, found):
        index = tuple(int(axis) for axis in np.argwhere(expected != found)[0])
        message = (
            f"output{list(index)}: {expected[index]:.9g} before and {found[index]:.9g} {where}\n"
            f"  likely cause: {_lost(first, second)}"
        )
        raise MismatchError(message)


def _lost(first: Network, second: Network) -> str:
    """Say what a file has lost."""
    lost = [
        name
        for layer, again in zip(first.layers, second.layers, strict=True)
        for name, value in layer.buffers.items()
        if not np.array_equal(value, again.buffers[name])
    ]
    if lost:
        return f"buffer {', '.join(lost)} is not written, and forward uses it: xml.matrices must list it"
    return "something that forward uses is neither an option, a parameter nor a buffer"


def check_npz(example: LayerExample) -> str:
    """Save a network with the layer and load it."""
    case, registry = LayerCase(example, NumpyBackend("float32")), example.registry
    _expect_stored_options(example)
    name = case.layer.names[0]
    expect(registry.knows("layer", name), f"layer {name!r}: {NEEDS_NAME}")
    network = _network_for_file(example, case)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.npz"
        network.save(path)
        loaded = Network.load(path, backend=NumpyBackend("float32"), registry=registry)
    place = int(example.after_another)
    for option, value in network.layers[place].option_values().items():
        back = loaded.layers[place].option_values()[option]
        expect(_same(value, back), f"option {option!r} was {value!r} and comes back as {back!r}")
    _expect_same_outputs(network, loaded, case, "after the network file")
    return "options, parameters and outputs come back"


def _expect_stored_options(example: LayerExample) -> None:
    layer = example.make()
    described(layer)
    for name, value in example.arguments.items():
        stored = getattr(layer, name, value)
        if not _same(value, stored) and not _same_activation(value, stored, example.registry):
            message = (
                f"option {name!r}: __init__ was given {value!r} and stores {stored!r}; files and describe() "
                f"read self.{name}"
            )
            raise MismatchError(message)
    values = layer.option_values()
    again = type(layer)(**values)
    for name, value in values.items():
        back = getattr(again, name)
        expect(_same(value, back), f"option {name!r}: {value!r} given to __init__ is stored as {back!r}")


def check_layout(example: LayerExample) -> str:
    """Read the layer's own description and wrong ones."""
    layer = example.make()
    name = layer.names[0]
    expect(example.registry.knows("layer", name), f"layer {name!r}: {NEEDS_NAME}")
    text = layer.describe()
    again = _read(text, example)
    for option, value in layer.option_values().items():
        back = again.option_values()[option]
        expect(
            _same(value, back),
            f"layout {text!r}: option {option!r} is {value!r} in the layer and {back!r} in what is read from "
            "its description",
        )
    refused = 0
    for number, declared in enumerate(layer.options):
        if declared.type is str and not declared.choices:
            continue
        fields = text.split("|")
        if number + 1 >= len(fields):
            break
        fields[number + 1] = "wrong!"
        _expect_refused("|".join(fields), example, f"{declared.name} = 'wrong!'")
        refused += 1
        if _is_size(declared.name, layer, example):
            for size in (-1, 0):
                if declared.minimum is not None and size >= declared.minimum:
                    continue
                fields[number + 1] = str(size)
                wrong = "|".join(fields)
                # To a grammar of its own a zero may mean that the width is another, as to DENSE.
                if _stands_for(wrong, declared.name, size, example):
                    continue
                hint = f"\n  likely cause: Option({declared.name!r}, ...) has no minimum=1"
                _expect_refused(wrong, example, f"{declared.name} = {size}", hint)
                refused += 1
    _expect_refused(f"{text}|1|2|3|4|5|6|7|8|9", example, "nine fields too many")
    return f"{text}; {refused + 1} mistakes refused"


def _is_size(name: str, layer: VGeneralLayer, example: LayerExample) -> bool:
    """Return whether a whole number is a length: shapes change with it."""
    values = layer.option_values()
    if type(values.get(name)) is not int or values[name] < 1:
        return False
    larger = {**values, name: values[name] + 1}
    other = dataclasses.replace(example, make=lambda: type(layer)(**larger))
    try:
        return shapes_of(other) != shapes_of(example)
    except Exception:  # noqa: BLE001 - the larger one does not fit the input
        return False


def _stands_for(text: str, name: str, size: int, example: LayerExample) -> bool:
    """Return whether a layout is read, but with another size than it names."""
    try:
        return bool(_read(text, example).option_values()[name] != size)
    except Exception:  # noqa: BLE001 - how it is refused is looked at next
        return False


def _read(text: str, example: LayerExample) -> VGeneralLayer:
    specs = parse_layout(
        text, n_variables=math.prod(example.input_shape), n_outputs=2, registry=example.registry, strict=True
    )
    return specs[0].create(registry=example.registry)


def _expect_refused(text: str, example: LayerExample, what: str, hint: str = "") -> None:
    try:
        _read(text, example)
    except OptionError as error:
        expect(str(error).strip(), f"layout {text!r} ({what}) is refused without a message")
        return
    except TMVAError:
        return
    except Exception as error:  # noqa: BLE001 - this is what the check looks for
        message = f"layout {text!r} ({what}): expected an OptionError, got {describe_error(error)}"
        raise MismatchError(message) from None
    message = f"layout {text!r} ({what}) is taken without a word; expected an OptionError{hint}"
    raise MismatchError(message)


def _reshape_to(shape: tuple[int, ...]) -> VGeneralLayer:
    return TReshapeLayer(*_input_layout(shape))
