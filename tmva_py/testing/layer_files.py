"""A layer through weight file, network file and layout."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

import numpy as np

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.errors import OptionError, TMVAError
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layouts import parse_layout
from tmva_py.network import Network
from tmva_py.plugins import Registry
from tmva_py.testing.layer_case import LayerCase, LayerExample
from tmva_py.testing.report import MismatchError, describe_error, expect
from tmva_py.xml_text import add_matrix, read_matrix

NEEDS_NAME = "it is not registered under its name; a plugin's hook tmva_py_layers returns the class"


def check_xml(example: LayerExample, registry: Registry, batch: int) -> str:
    """Write the layer's element and read it back.

    Raises
    ------
    MismatchError
        The layer that comes back differs in an option, a parameter or its outputs.
    """
    case = LayerCase(example, NumpyBackend("float32"), registry, batch)
    layer = case.layer
    expect(layer.xml_tag, "xml_tag is empty: the layer cannot stand in a weight file")
    found = registry.find_by_tag(layer.xml_tag)
    expect(found is type(layer), f"<{layer.xml_tag}> belongs to {found.__qualname__}")
    element = Element(layer.xml_tag, layer.xml_attributes())
    for name, value in element.attrib.items():
        expect(isinstance(value, str), f"attribute {name}: expected a text, got {value!r}")
    for tag, name in layer.xml_matrix_names():
        kept = layer.parameters.get(name)
        kept = layer.buffers.get(name) if kept is None else kept
        expect(kept is not None, f"xml_matrices: there is no parameter or buffer {name!r} for <{tag}>")
        add_matrix(element, tag, np.asarray(kept))
    written = {name for _, name in layer.xml_matrix_names()}
    missing = [name for name in layer.parameters if name not in written]
    expect(not missing, f"parameter {', '.join(missing)} is not written: xml_matrices must list every one")
    element = fromstring(tostring(element))
    again = type(layer).from_xml_attributes(element.attrib)
    _expect_same_options(layer, again, element, registry)
    other = LayerCase(
        LayerExample(example.text, lambda: again, example.input_shape, example.behind),
        NumpyBackend("float32"),
        registry,
        batch,
    )
    other.network.parameters[...] = 0
    for tag, name in again.xml_matrix_names():
        target = again.parameters[name] if name in again.parameters else again.buffers[name]
        child = element.find(tag)
        if child is None:
            message = f"<{layer.xml_tag}> has no <{tag}>, which xml_matrix_names of the layer read back names"
            raise MismatchError(message)
        target[...] = read_matrix(child, target.shape, dtype=target.dtype)
    _expect_same_outputs(case.network, other.network, case, "after the weight file")
    return f"<{layer.xml_tag}> with {len(element.attrib)} attributes and {len(element)} matrices"


def _expect_same_options(
    layer: VGeneralLayer, again: VGeneralLayer, element: Element, registry: Registry
) -> None:
    for name, value in layer.option_values().items():
        back = again.option_values()[name]
        if not _same(value, back) and not _same_activation(value, back, registry):
            message = (
                f"option {name!r} was {value!r} and comes back as {back!r}; attributes: "
                f"{', '.join(element.attrib) or 'none'}\n  likely cause: the option has no attribute "
                f"(Option(..., xml=...)), or xml_attributes leaves it out"
            )
            raise MismatchError(message)
    cls = type(layer)
    own = cls.from_xml_attributes.__func__ is not VGeneralLayer.from_xml_attributes.__func__  # type: ignore[attr-defined]
    lost = [option.name for option in cls.options if not option.xml]
    expect(
        own or not lost,
        f"option {', '.join(map(repr, lost))} has no attribute in weight files: give it xml=..., as "
        'Option("slope", float, 0.01, xml="Slope")',
    )


def _same(value: Any, other: Any) -> bool:
    return bool(value == other) or (value != value and other != other)


def _same_activation(value: Any, other: Any, registry: Registry) -> bool:
    """Files hold an activation's number, so that another of its names comes back."""
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
            "  likely cause: something that forward uses is neither an option, a parameter nor a buffer"
        )
        raise MismatchError(message)


def check_npz(example: LayerExample, registry: Registry, batch: int) -> str:
    """Save a network with the layer and load it.

    Raises
    ------
    MismatchError
        The layer's options do not come back, or the outputs differ.
    """
    case = LayerCase(example, NumpyBackend("float32"), registry, batch)
    _expect_stored_options(example, registry)
    name = case.layer.names[0]
    expect(registry.knows("layer", name), f"layer {name!r}: {NEEDS_NAME}")
    if example.behind:
        # The layer in front belongs to the checks; a reshape to the same shape stands for it in a file.
        shape = example.input_shape
        front = _reshape_to(shape)
        network = Network([front, example.make()], shape, backend=case.backend, seed=1, registry=registry)
        network.parameters[...] = case.network.parameters
    else:
        network = case.network
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.npz"
        network.save(path)
        loaded = Network.load(path, backend=NumpyBackend("float32"), registry=registry)
    for option, value in network.layers[-1].option_values().items():
        back = loaded.layers[-1].option_values()[option]
        expect(_same(value, back), f"option {option!r} was {value!r} and comes back as {back!r}")
    _expect_same_outputs(network, loaded, case, "after the network file")
    return "options, parameters and outputs come back"


def _expect_stored_options(example: LayerExample, registry: Registry) -> None:
    layer = example.make()
    for option in layer.options:
        if not hasattr(layer, option.name):
            message = (
                f"option {option.name!r} is not stored: __init__ must set self.{option.name}, which files, "
                "describe() and copies of the layer read"
            )
            raise MismatchError(message)
    for name, value in example.arguments.items():
        stored = getattr(layer, name, value)
        if not _same(value, stored) and not _same_activation(value, stored, registry):
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


def check_layout(example: LayerExample, registry: Registry) -> str:
    """Read the layer's own description and wrong ones.

    Raises
    ------
    MismatchError
        The description makes another layer, or a mistake is not refused with an `OptionError`.
    """
    layer = example.make()
    name = layer.names[0]
    expect(registry.knows("layer", name), f"layer {name!r}: {NEEDS_NAME}")
    text = layer.describe()
    again = _read(text, example, registry)
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
        _expect_refused("|".join(fields), example, registry, f"{declared.name} = 'wrong!'")
        refused += 1
    _expect_refused(f"{text}|1|2|3|4|5|6|7|8|9", example, registry, "nine fields too many")
    return f"{text}; {refused + 1} mistakes refused"


def _read(text: str, example: LayerExample, registry: Registry) -> VGeneralLayer:
    specs = parse_layout(
        text, n_variables=math.prod(example.input_shape), n_outputs=2, registry=registry, strict=True
    )
    return specs[0].create(registry=registry)


def _expect_refused(text: str, example: LayerExample, registry: Registry, what: str) -> None:
    try:
        _read(text, example, registry)
    except OptionError as error:
        expect(str(error).strip(), f"layout {text!r} ({what}) is refused without a message")
        return
    except TMVAError:
        return
    except Exception as error:  # noqa: BLE001 - this is what the check looks for
        message = f"layout {text!r} ({what}): expected an OptionError, got {describe_error(error)}"
        raise MismatchError(message) from None
    message = f"layout {text!r} ({what}) is taken without a word; expected an OptionError"
    raise MismatchError(message)


def _reshape_to(shape: tuple[int, ...]) -> VGeneralLayer:
    if len(shape) == 2:
        return TReshapeLayer(shape[0], 1, shape[1])
    depth, height, width = shape if len(shape) == 3 else (1, 1, shape[0])
    return TReshapeLayer(depth, height, width)
