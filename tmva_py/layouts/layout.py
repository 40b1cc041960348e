"""The layout grammar, ``LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR``: one entry for each layer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tmva_py.errors import OptionError, UnknownNameError, did_you_mean, warn, with_caret
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.layout_fields import LayoutContext, parse_width
from tmva_py.layers.reshape import event_shape
from tmva_py.layouts.input_layout import Shape3, parse_input_layout
from tmva_py.plugins import Registry, default_registry

# An entry that begins with a width or an activation is a dense layer, as in the older MethodDNN.
DENSE = "DENSE"

REPEATED_OPTION = "Layout="
"""In front of an entry, as in ``Layout=TANH|50,Layout=TANH|50,LINEAR`` of old scripts."""


@dataclass(frozen=True)
class LayerSpec:
    """One entry of a layout: which layer, the arguments of its constructor, and its place in the text.

    The keyword is ``DENSE`` where the entry has none; layers are counted from 0, as in ``DropConfig``.
    """

    keyword: str
    layer_class: type[VGeneralLayer]
    fields: Mapping[str, Any] = field(hash=False)
    text: str
    offset: int
    index: int
    layout: str

    def create(self, *, registry: Registry | None = None) -> VGeneralLayer:
        """Return a new layer, not yet built.

        Raises
        ------
        OptionError
            The constructor refuses its arguments; the message shows the entry in the layout.
        """
        try:
            return self.layer_class.from_options(self.fields, registry)
        except OptionError as error:
            place = with_caret(self.layout, self.offset, len(self.text))
            message = f"{self.text!r}: {error}\n{place}"
            raise OptionError(message) from None


def parse_layout(
    text: str,
    *,
    n_variables: int,
    n_outputs: int,
    registry: Registry | None = None,
    strict: bool = False,
) -> list[LayerSpec]:
    """Read a layout.

    Parameters
    ----------
    text : str
        Entries separated by ``,``; within an entry the layer's keyword and its fields, separated by ``|``.
    n_variables : int
        The number of input variables, ``N`` in the formula of a width.
    n_outputs : int
        The width of a dense layer that names none.
    registry : Registry, optional
        Where keywords and activations are looked up; by default the process's own.
    strict : bool, default False
        Raise an error for what ROOT ignores (empty entries, further fields); otherwise ROOT's result is
        taken and a warning says so.

    Returns
    -------
    list of LayerSpec
        One for each layer.

    Raises
    ------
    OptionError
        A field is of the wrong kind, the layout is empty or holds blanks.
    UnknownNameError
        An entry begins with neither a layer's keyword nor an activation nor a width.

    Warns
    -----
    TMVAWarning
        Without `strict`: something that ROOT ignores.

    Examples
    --------
    >>> for spec in parse_layout("TANH|128,DENSE|N*2|RELU,LINEAR", n_variables=4, n_outputs=1):
    ...     print(spec.keyword, spec.fields)
    DENSE {'width': 128, 'activation': 'TANH'}
    DENSE {'width': 8, 'activation': 'RELU'}
    DENSE {'width': 1, 'activation': 'LINEAR'}
    """
    reader = _LayoutReader(text, n_variables, n_outputs, registry or default_registry(), strict)
    return reader.read()


def layers_from_layout(
    layout: str, *, input_layout: str, n_outputs: int = 1, registry: Registry | None = None
) -> tuple[list[VGeneralLayer], tuple[int, ...]]:
    """Return the layers of a layout and the shape of one event; whatever ROOT would ignore is an error."""
    shape = parse_input_layout(input_layout, strict=True)
    specs = parse_layout(
        layout, n_variables=math.prod(shape), n_outputs=n_outputs, registry=registry, strict=True
    )
    layers = [spec.create(registry=registry) for spec in specs]
    return layers, network_input_shape(shape, layers[0])


def network_input_shape(shape: Shape3, first_layer: VGeneralLayer) -> tuple[int, ...]:
    """Return (depth, height, width) of an input layout as the shape of a network's events.

    (1, 1, W) is flat, (T, 1, W) a sequence, all else an image. A first layer with states reads a sequence of
    one step too, which looks like a flat event.

    Examples
    --------
    >>> from tmva_py.layers.dense import TDenseLayer
    >>> network_input_shape((10, 1, 30), TDenseLayer(1))
    (10, 30)
    """
    depth, height, width = shape
    if first_layer.state_names and height == 1:
        return (depth, width)
    return event_shape(depth, height, width)


class _LayoutReader:
    """One pass over one layout."""

    def __init__(self, text: str, n_variables: int, n_outputs: int, registry: Registry, strict: bool) -> None:
        self.text = text
        self.n_variables = n_variables
        self.n_outputs = n_outputs
        self.registry = registry
        self.strict = strict
        self.keywords = registry.names("layer")
        self.activations = registry.names("activation")

    def read(self) -> list[LayerSpec]:
        blank = next((place for place, sign in enumerate(self.text) if sign.isspace()), None)
        if blank is not None:
            self.fail(f"layout: blanks are not allowed, found one at position {blank}; remove it", blank)
        specs: list[LayerSpec] = []
        entries = self.text.split(",")
        if not any(entry.strip("|") for entry in entries):
            self.fail(
                "layout: expected at least one layer, found none; write for instance DENSE|64|TANH,LINEAR"
            )
        offset = 0
        for number, entry in enumerate(entries):
            if entry:
                spec = self.read_entry(entry, offset, len(specs))
                if spec is not None:
                    specs.append(spec)
            elif number == len(entries) - 1:
                layers = sum(map(bool, entries))
                self.ignored(
                    f"layout: there is nothing after the last ','; ROOT makes {layers} layer"
                    f"{'s' if layers > 1 else ''} of it and adds no output layer; write LINEAR after the "
                    "comma if one is missing, else remove the comma",
                    offset - 1,
                )
            else:
                self.ignored("layout: an empty entry is skipped; remove a comma", offset)
            offset += len(entry) + 1
        for spec in specs[:-1]:
            self.check_width(spec)
        return specs

    def check_width(self, spec: LayerSpec) -> None:
        """Report a hidden dense layer without a width, which gets that of the output."""
        fields = spec.text.removeprefix(REPEATED_OPTION).split("|")
        if spec.keyword == DENSE and not set(fields) - {*self.activations, DENSE, ""}:
            self.ignored(
                f"{spec.text!r}: a hidden layer without a width has that of the output, {self.n_outputs}; "
                f"write {spec.text}|64 for 64 units",
                spec.offset,
            )

    def read_entry(self, entry: str, offset: int, index: int) -> LayerSpec | None:
        parts = entry.split("|")
        if "" in parts:
            # ROOT's Tokenize skips empty parts, so that what follows moves to the left.
            empty = offset + len("|".join(parts[: parts.index("")]))
            self.ignored(
                f"{entry!r}: an empty field is skipped and the fields after it move to the left; "
                "write each field",
                empty,
            )
            parts = [part for part in parts if part]
            if not parts:
                return None
        first = parts[0]
        start = offset + entry.index(first)
        if first.startswith(REPEATED_OPTION):
            keyword, fields = DENSE, self.after_repeated_option(parts, start)
        else:
            keyword, fields = (first, parts[1:]) if first in self.keywords else (DENSE, parts)
            if first not in self.keywords and not self.starts_dense(first, start):
                self.unknown(first, start)
        layer_class: type[VGeneralLayer] = self.registry.find("layer", keyword)
        context = LayoutContext(
            text=self.text,
            entry=entry,
            offset=start + (len(first) + bool(fields) if fields != parts else 0),
            n_variables=self.n_variables,
            n_outputs=self.n_outputs,
            activations=self.activations,
            strict=self.strict,
        )
        return LayerSpec(
            keyword,
            layer_class,
            layer_class.parse_layout_fields(fields, context),
            entry,
            offset,
            index,
            self.text,
        )

    def after_repeated_option(self, parts: list[str], start: int) -> list[str]:
        """Return the fields that ROOT sees of ``Layout=TANH|50``: its first one is no activation to it."""
        first = parts[0].removeprefix(REPEATED_OPTION)
        if first in self.keywords and first != DENSE:
            self.fail(f"{parts[0]!r}: write {first!r}, the option's name goes in front once", start)
        self.ignored(
            f"{parts[0]!r}: the option's name goes in front of the first entry alone; ROOT does not see "
            f"{first!r} behind another one and makes a dense layer"
            + (" of TANH" if first not in (DENSE, "TANH") else ""),
            start,
        )
        return parts[1:]

    def starts_dense(self, first: str, start: int) -> bool:
        if first in self.activations:
            return True
        try:
            return parse_width(first, self.n_variables) is not None
        except OptionError as error:
            self.fail(f"{first!r}: {error}", start, len(first))

    def unknown(self, first: str, start: int) -> NoReturn:
        place = with_caret(self.text, start, len(first))
        if self.registry.knows("layer", first):
            advice = did_you_mean(first, self.keywords)
            message = f"unknown layer {first!r}{advice} (keywords are in capitals as listed)"
            message += f"\n  known: {', '.join(self.keywords)}"
        else:
            try:
                self.registry.find("layer", first)
            except UnknownNameError as error:
                message = str(error)
            if not did_you_mean(first, self.keywords) and did_you_mean(first, self.activations):
                message += f"\n  or an activation{did_you_mean(first, self.activations)}"
        raise UnknownNameError(f"{message}\n{place}")  # noqa: EM102 - put together above

    def fail(self, message: str, start: int = 0, length: int = 1) -> NoReturn:
        message = f"{message}\n{with_caret(self.text, start, length)}"
        raise OptionError(message)

    def ignored(self, message: str, start: int) -> None:
        if self.strict:
            self.fail(message, start)
        warn(f"{message}\n{with_caret(self.text, start)}")
