"""From a layer's name, layout entry or class to examples that can be built and checked."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tmva_py.errors import OptionError
from tmva_py.layers import VGeneralLayer
from tmva_py.layouts import LayerSpec, parse_layout
from tmva_py.options import Option
from tmva_py.plugins import Registry
from tmva_py.testing.layer_case import LayerExample, misfit
from tmva_py.testing.report import describe_error, expect

# Different lengths on every axis, so that a transposition shows.
SHAPES: tuple[tuple[int, ...], ...] = ((4,), (3, 4), (2, 6, 5))
# Sizes that are tried first, and one for a second look.
SIZE, LARGE = 3, 17

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
    """Return what to check a layer with.

    Given is a layout entry (``PEEPHOLE|3|0|0|0|1``), a layer's name, or what returns a new layer. With a name
    the arguments are those of the class's ``check_layouts`` (pairs of entry and input shape), or found by
    trial from its options. Raises `OptionError` where no arguments or no shape fit.
    """
    shapes = SHAPES if input_shape is None else (input_shape,)
    if not isinstance(layer, str):
        makes: list[tuple[str, Make, Arguments]] = [("", layer, {})]
    elif "|" in layer:
        makes = [(layer, *_from_layout(layer, shapes[0], registry))]
    else:
        cls: type[VGeneralLayer] = registry.find("layer", layer)
        declared = getattr(cls, "check_layouts", FITTING_LAYOUTS.get(cls.names[0], ()))
        if declared and input_shape is None:
            return [
                example for entry, shape in declared for example in layer_examples(entry, shape, registry)
            ]
        return _guessed_examples(cls, shapes, registry)
    found: list[LayerExample] = []
    reasons: list[str] = []
    for text, make, arguments in makes:
        found += _first_and_last(LayerExample(text, make, registry, arguments=arguments), shapes, reasons)
    _expect_found(found, layer, shapes, reasons)
    return found


def _guessed_examples(
    cls: type[VGeneralLayer], shapes: tuple[tuple[int, ...], ...], registry: Registry
) -> list[LayerExample]:
    """Return examples for arguments found by trial: the first that fit, each switch turned, then others."""
    found: list[LayerExample] = []
    reasons: list[str] = []
    guesses = _guesses(cls, shapes, registry)
    for values in guesses:
        for example in _first_and_last(_example(cls, values, registry), shapes, reasons):
            found.append(_with_another_size(cls, example))
    _expect_found(found, cls.names[0], shapes, reasons)
    for values in _further(cls.options, guesses[0]):
        try:
            fitting = _fitting(_example(cls, values, registry), shapes, [])
        except Exception:  # noqa: BLE001 - values that the layer refuses are of no use
            continue
        found += [dataclasses.replace(example, further=True) for example in fitting[:1]]
    return found


def _example(cls: type[VGeneralLayer], values: Arguments, registry: Registry) -> LayerExample:
    return LayerExample("", functools.partial(cls, **values), registry, arguments=values)


def _first_and_last(
    example: LayerExample, shapes: tuple[tuple[int, ...], ...], reasons: list[str]
) -> list[LayerExample]:
    fitting = _fitting(example, shapes, reasons)
    # A flat event says nothing about axes: the largest shape that fits is the harder one.
    return [fitting[0], fitting[-1]] if len(fitting) > 1 else fitting


def _with_another_size(cls: type[VGeneralLayer], example: LayerExample) -> LayerExample:
    """Return the example with sizes that are no length of its events, so that swapped axes show."""
    sizes = {name for name, value in example.arguments.items() if type(value) is int and value == SIZE}
    if SIZE not in example.input_shape or not sizes:
        return example
    values = {name: SIZE - 1 if name in sizes else value for name, value in example.arguments.items()}
    try:
        fitting = _fitting(_example(cls, values, example.registry), (example.input_shape,), [])
    except Exception:  # noqa: BLE001 - then the first size stays
        return example
    return fitting[0] if fitting else example


def _further(options: tuple[Option, ...], values: Arguments) -> Iterator[dict[str, Any]]:
    """Yield other arguments: a large size, floats of many digits, every choice."""
    for option in options:
        value = values.get(option.name)
        if option.type is int and value == SIZE:
            # More than a tile or a vector register of a kernel has, and no multiple of either.
            yield {**values, option.name: LARGE}
        elif option.type is float and isinstance(value, float):
            # The second fits where values are a share of one, the first where they are not.
            for other in (value * 1.7 + 0.01234567890123, 0.31415926535897931):
                yield {**values, option.name: other}
        elif option.type is str:
            for choice in option.choices:
                if choice != value:
                    yield {**values, option.name: choice}


def _expect_found(
    found: list[LayerExample], layer: object, shapes: tuple[tuple[int, ...], ...], reasons: list[str]
) -> None:
    if not found:
        message = (
            f"layer {layer!r}: no arguments found that build on events of shape "
            f"{' or '.join(map(str, shapes))}; give a layout entry and an input shape "
            "(--layout and --shape), or the class attribute check_layouts = ((entry, shape), ...)"
        )
        message = "\n  ".join([message, *dict.fromkeys(reasons)])
        raise OptionError(message)


def _fitting(
    example: LayerExample, shapes: tuple[tuple[int, ...], ...], reasons: list[str]
) -> list[LayerExample]:
    found = []
    name = example.text or described(example.make())
    for shape in shapes:
        first = dataclasses.replace(example, text=name, input_shape=shape)
        after_another = dataclasses.replace(first, after_another=True)
        errors = []
        for one in (first, after_another):
            error = misfit(one)
            if error is None:
                found.append(one)
                break
            errors.append(error)
        else:
            reasons.append(f"{shape}: {describe_error(errors[0])}")
    return found


def described(layer: VGeneralLayer) -> str:
    """Return the layer as a layout entry, or refuse one whose `__init__` does not store an option."""
    for option in layer.options:
        expect(
            hasattr(layer, option.name),
            f"option {option.name!r} is not stored: __init__ must set self.{option.name}, which files, "
            "describe() and copies of the layer read",
        )
    return layer.describe()


def _from_layout(
    entry: str, shape: tuple[int, ...], registry: Registry
) -> tuple[Callable[[], VGeneralLayer], Mapping[str, Any]]:
    def read() -> LayerSpec:
        n_variables = math.prod(shape)
        return parse_layout(entry, n_variables=n_variables, n_outputs=2, registry=registry, strict=True)[0]

    return (lambda: read().create(registry=registry)), dict(read().fields)


def _guesses(
    cls: type[VGeneralLayer], shapes: tuple[tuple[int, ...], ...], registry: Registry
) -> list[dict[str, Any]]:
    """Return the first arguments that the constructor takes, and the same with each switch turned."""
    refused: Exception | None = None
    made: dict[str, Any] | None = None
    for values in _candidates(cls.options):
        make = functools.partial(cls, **values)
        try:
            make()
        except Exception as error:  # noqa: BLE001 - third-party code may raise anything
            refused = error
            continue
        if _fitting(LayerExample("", make, registry, arguments=values), shapes, []):
            switches = [option.name for option in cls.options if option.type is bool]
            return [values, *({**values, name: not values[name]} for name in switches)]
        made = values if made is None else made
    if made is not None:
        return [made]  # what builds on none of the shapes says why
    if refused is not None:
        raise refused
    return [{}] if not cls.options else [{option.name: _sized(option, SIZE) for option in cls.options}]


def _candidates(options: tuple[Option, ...]) -> Iterator[dict[str, Any]]:
    yield {option.name: _other_than_default(option) for option in options}
    yield {option.name: _sized(option, 2) for option in options}
    for size in (SIZE, 2, 1):
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
    return _sized(option, SIZE)


def _sized(option: Option, size: int) -> Any:
    if option.type is int:
        return max(size, int(option.minimum or 0))
    if option.type is str:
        return option.choices[-1] if option.choices else option.default
    if option.default is None:
        return False if option.type is bool else 0.5
    return option.default
