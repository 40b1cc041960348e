"""The fields of a layout entry, ``DENSE|64|TANH``, as arguments of the layer's constructor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tmva_py.errors import ExpressionError, OptionError, did_you_mean, warn, with_caret
from tmva_py.options import Option, field_places, parse_fields

LARGEST_WIDTH = 2**31 - 1


@dataclass(frozen=True)
class LayoutContext:
    """What the fields of one layout entry are read with.

    Attributes
    ----------
    text : str
        The whole layout.
    entry : str
        The entry, ``DENSE|64|TANH``.
    offset : int
        Where the fields after the keyword begin in `text`.
    n_variables : int
        The number of input variables, ``N`` in formulas.
    n_outputs : int
        The width of a dense layer that names none.
    activations : tuple of str
        The names of the activation functions.
    strict : bool
        Whether what ROOT ignores raises an error instead of a warning.
    """

    text: str
    entry: str
    offset: int
    n_variables: int
    n_outputs: int
    activations: tuple[str, ...]
    strict: bool = False

    def ignored(self, message: str, start: int, length: int) -> None:
        """Report that ROOT ignores a part of `text`: with a warning, or an `OptionError` if `strict`."""
        full = f"{self.entry!r}: {message}\n{with_caret(self.text, start, length)}"
        if self.strict:
            raise OptionError(full)
        warn(full)

    def places(self, fields: Sequence[str]) -> list[int]:
        """Return where each field begins in `text`."""
        return field_places(fields, self.text, self.offset)


def parse_positional(
    fields: Sequence[str], declared: Sequence[Option], context: LayoutContext
) -> dict[str, Any]:
    """Read fields by the order of `declared`; ROOT ignores further ones, which is reported.

    Raises
    ------
    OptionError
        A field is of the wrong kind, or one without a default is missing.
    """
    if len(fields) > len(declared):
        extra = "|".join(fields[len(declared) :])
        names = "|".join(option.name for option in declared) or "no field"
        context.ignored(
            f"further fields {extra!r} have no effect; the fields are {names}",
            context.places(fields)[len(declared)],
            len(extra),
        )
        fields = fields[: len(declared)]
    return parse_fields(fields, declared, text=context.text, offset=context.offset, owner=repr(context.entry))


def parse_width(text: str, n_variables: int) -> int | None:
    """Return a width from a number or a formula of ``N``, as ``(N+100)*2``, or None when `text` is neither.

    Raises
    ------
    OptionError
        The width is negative, not finite or above 2³¹ − 1.
    """
    if text.isascii() and text.isdecimal():
        value = float(text)
    elif not any(character.isdecimal() or character in "Nn" for character in text):
        return None
    else:
        from tmva_py.expressions import Formula

        try:
            value = float(Formula(text)({"N": [n_variables], "n": [n_variables]})[0])
        except ExpressionError:
            return None
    if not 0 <= value <= LARGEST_WIDTH:
        message = f"width {text!r} is {value:g} for N={n_variables}; expected at least 0"
        raise OptionError(message)
    return int(value)


def parse_width_and_activation(fields: Sequence[str], context: LayoutContext) -> dict[str, Any]:
    """Read the fields of a dense layer: a width and an activation, in either order.

    Without a width, or with 0, the layer takes the number of outputs; without an activation, ``TANH``.

    Returns
    -------
    dict
        ``width`` and ``activation``.

    Raises
    ------
    OptionError
        A field is neither an activation nor a width.
    """
    width, activation = 0, ""
    for field, start in zip(fields, context.places(fields), strict=True):
        if field in context.activations:
            if activation:
                context.ignored(f"a second activation {field}; the last one counts", start, len(field))
            activation = field
        elif width:
            context.ignored(
                f"{field!r} has no effect, the width is {width} already"
                f"{did_you_mean(field, context.activations)}",
                start,
                len(field),
            )
        else:
            width = _width_at(field, start, context)
    return {"width": width or context.n_outputs, "activation": activation or "TANH"}


def _width_at(field: str, start: int, context: LayoutContext) -> int:
    place = with_caret(context.text, start, max(1, len(field)))
    try:
        width = parse_width(field, context.n_variables)
    except OptionError as error:
        message = f"{context.entry!r}: {error}\n{place}"
        raise OptionError(message) from None
    if width is None:
        message = (
            f"{context.entry!r}: expected a width (a whole number or a formula of N) or an activation, "
            f"got {field!r}{did_you_mean(field, context.activations)}\n"
            f"  activations: {', '.join(context.activations)}\n{place}"
        )
        raise OptionError(message)
    return width


def parse_sizes_and_flat(
    fields: Sequence[str], declared: Sequence[Option], context: LayoutContext
) -> dict[str, Any]:
    """Read the fields of a reshape layer: depth, height, width, and ``FLAT`` anywhere."""
    *sizes, flag = declared
    numbers = [field for field in fields if field != "FLAT"]
    return {**parse_positional(numbers, sizes, context), flag.name: "FLAT" in fields}
