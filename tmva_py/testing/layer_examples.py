"""From a layer's name, layout entry or class to examples that can be built and checked."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from tmva_py.errors import OptionError
from tmva_py.layers import VGeneralLayer
from tmva_py.layouts import LayerSpec, parse_layout
from tmva_py.options import Option
from tmva_py.plugins import Registry
from tmva_py.testing.layer_case import LayerExample, misfit
from tmva_py.testing.report import describe_error

# Different lengths on every axis, so that a transposition shows.
SHAPES: tuple[tuple[int, ...], ...] = ((4,), (3, 4), (2, 6, 5))

# The package's own layers whose sizes must fit one another and the input.
FITTING_LAYOUTS: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {
    "CONV": (("CONV|3|2|3|1|1|0|1|TANH", (2, 6, 5)), ("CONV|2|2|3|2|2|1|0|SYMMRELU", (3, 4, 5))),
    "MAXPOOL": (("MAXPOOL|2|3|2|1", (2, 6, 5)), ("MAXPOOL|2|2|1|1", (1, 4, 3))),
    "RESHAPE": (("RESHAPE|FLAT", (2, 6, 5)), ("RESHAPE|5|1|12", (2, 6, 5)), ("RESHAPE|2|3|2", (3, 4))),
}

Make = Callable[[], VGeneralLayer]
Arguments = Mapping[str, Any]
LayerLike = str | Make


def layer_examples(
    layer: LayerLike, input_shape: tuple[int, ...] | None, registry: Registry
) -> list[LayerExample]:
    """Return what to check.

    Parameters
    ----------
    layer : str or callable
        A layout entry (``PEEPHOLE|3|0|0|0|1``), a layer's name, or what returns a new layer. With a name the
        arguments are those of the class's ``check_layouts`` (pairs of entry and input shape), or found by
        trial from its options.
    input_shape : tuple of int, optional
        Of one event; otherwise the shapes that fit among a flat event, a sequence and an image.
    registry : Registry
        Where the name is looked up.

    Raises
    ------
    OptionError
        No arguments or no shape fit; the message asks for them.
    """
    shapes = SHAPES if input_shape is None else (input_shape,)
    if not isinstance(layer, str):
        makes: list[tuple[str, Make, Arguments]] = [("", layer, {})]
    elif "|" in layer:
        makes = [(layer, *_from_layout(layer, shapes[0], registry))]
    else:
        cls = cast(type[VGeneralLayer], registry.find("layer", layer))
        declared = getattr(cls, "check_layouts", FITTING_LAYOUTS.get(cls.names[0], ()))
        if declared and input_shape is None:
            return [
                example for entry, shape in declared for example in layer_examples(entry, shape, registry)
            ]
        makes = [("", functools.partial(cls, **values), values) for values in _guesses(cls, shapes)]
    found: list[LayerExample] = []
    reasons: list[str] = []
    for text, make, arguments in makes:
        fitting = _fitting(LayerExample(text, make, (), arguments=arguments), shapes, reasons)
        # A flat event says nothing about axes: the largest shape that fits is the harder one.
        found += [fitting[0], fitting[-1]] if len(fitting) > 1 else fitting
    if not found:
        message = (
            f"layer {layer!r}: no arguments found that build on events of shape "
            f"{' or '.join(map(str, shapes))}; give a layout entry and an input shape "
            "(--layout and --shape), or the class attribute check_layouts = ((entry, shape), ...)"
        )
        message = "\n  ".join([message, *dict.fromkeys(reasons)])
        raise OptionError(message)
    return found


def _fitting(
    example: LayerExample, shapes: tuple[tuple[int, ...], ...], reasons: list[str]
) -> list[LayerExample]:
    found = []
    name = example.text or example.make().describe()
    for shape in shapes:
        first = dataclasses.replace(example, text=name, input_shape=shape)
        behind = dataclasses.replace(first, behind=True)
        errors = []
        for one in (first, behind):
            error = misfit(one)
            if error is None:
                found.append(one)
                break
            errors.append(error)
        else:
            reasons.append(f"{shape}: {describe_error(errors[0])}")
    return found


def _from_layout(
    entry: str, shape: tuple[int, ...], registry: Registry
) -> tuple[Callable[[], VGeneralLayer], Mapping[str, Any]]:
    def read() -> LayerSpec:
        n_variables = math.prod(shape)
        return parse_layout(entry, n_variables=n_variables, n_outputs=2, registry=registry, strict=True)[0]

    return (lambda: read().create(registry=registry)), dict(read().fields)


def _guesses(cls: type[VGeneralLayer], shapes: tuple[tuple[int, ...], ...]) -> list[dict[str, Any]]:
    """Return the first arguments that the constructor takes, and the same with each switch turned."""
    refused: Exception | None = None
    for values in _candidates(cls.options):
        make = functools.partial(cls, **values)
        try:
            make()
        except Exception as error:  # noqa: BLE001 - a stranger's refusal may have any type
            refused = error
            continue
        if _fitting(LayerExample("", make, (), arguments=values), shapes, []):
            switches = [option.name for option in cls.options if option.type is bool]
            return [values, *({**values, name: not values[name]} for name in switches)]
        refused = None
    if refused is not None:
        raise refused
    return [{}] if not cls.options else [{option.name: _sized(option, 3) for option in cls.options}]


def _candidates(options: tuple[Option, ...]) -> Iterator[dict[str, Any]]:
    yield {option.name: _other_than_default(option) for option in options}
    yield {option.name: _sized(option, 2) for option in options}
    for size in (3, 2, 1):
        yield {option.name: _sized(option, size) for option in options}
        leading = next((option.name for option in options if option.type is int), None)
        yield {
            option.name: _sized(option, size) if option.name == leading else option.initial()
            for option in options
        }
    yield {option.name: option.initial() for option in options}
    yield {}


def _other_than_default(option: Option) -> Any:
    """Return a value whose loss in a file would show."""
    if option.type is float and isinstance(option.default, float):
        return option.default * 1.25 + 0.0625
    return _sized(option, 3)


def _sized(option: Option, size: int) -> Any:
    if option.type is int:
        return max(size, int(option.minimum or 0))
    if option.type is str:
        return option.choices[-1] if option.choices else option.default
    if option.default is None:
        return False if option.type is bool else 0.5
    return option.default
