"""The shapes of one event and of one batch: ``InputLayout=10|30``, ``BatchLayout=100|10|30``."""

from __future__ import annotations

import math
import re

from tmva_py.errors import OptionError, ShapeError, TrainingError, warn, with_caret
from tmva_py.options import field_places

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")

Shape3 = tuple[int, int, int]


def parse_input_layout(text: str, n_variables: int | None = None, *, strict: bool = False) -> Shape3:
    """Read the shape of one event.

    Parameters
    ----------
    text : str
        ``W`` (flat), ``T|W`` (sequence), or ``D|H|W`` (image; a sequence as ``T|1|W``). All zero means flat
        with `n_variables` values.
    n_variables : int, optional
        The number of variables of an event, which the shape must have; None checks nothing.
    strict : bool, default False
        Raise an error where ROOT ignores or repairs (a fourth field, a minus sign).

    Returns
    -------
    tuple of int
        Depth, height and width.

    Raises
    ------
    OptionError
        A field is not a whole number.
    ShapeError
        Some sizes are zero, or their product is not `n_variables`.

    Warns
    -----
    TMVAWarning
        Without `strict`: a further field is left out, a minus sign dropped.

    Examples
    --------
    >>> parse_input_layout("10|30", 300)
    (10, 1, 30)
    """
    sizes = _read_sizes(text, "InputLayout", strict)
    if not any(sizes):
        if n_variables is None:
            message = f"InputLayout: expected the shape of an event, got {text!r}; write for instance T|W"
            raise OptionError(message)
        sizes = [n_variables]
    shape: Shape3 = (
        (1, 1, sizes[0])
        if len(sizes) == 1
        else (sizes[0], 1, sizes[1])
        if len(sizes) == 2
        else (sizes[0], sizes[1], sizes[2])
    )
    values = math.prod(shape)
    if not values:
        message = f"InputLayout: expected sizes of at least 1 (or all 0), got {text!r}\n"
        raise ShapeError(message + with_caret(text, 0, len(text)))
    if n_variables is not None and values != n_variables:
        product = "·".join(str(size) for size in sizes)
        message = (
            f"InputLayout: {text!r} means {product} = {values} values per event, but there are {n_variables} "
            f"variables\n{with_caret(text, 0, len(text))}"
        )
        raise ShapeError(message)
    return shape


def parse_batch_layout(text: str, batch_size: int, input_shape: Shape3, *, strict: bool = False) -> Shape3:
    """Read the shape of one batch and check that it fits.

    Parameters
    ----------
    text : str
        ``depth|height|width``; all zero derives it: (1, `batch_size`, W) for flat events, else
        (`batch_size`, D, H·W).
    batch_size : int
        Events per batch of the training phase.
    input_shape : tuple of int
        Depth, height and width of one event.
    strict : bool, default False
        Raise an error where ROOT ignores or repairs.

    Returns
    -------
    tuple of int
        Depth, height and width of the batch.

    Raises
    ------
    OptionError
        A field is not a whole number, there are fewer than three, or they do not fit `batch_size`.
    ShapeError
        The batch's events do not have the size of `input_shape`.
    """
    depth, height, width = input_shape
    sizes = _read_sizes(text, "BatchLayout", strict)
    place = "\n" + with_caret(text, 0, max(1, len(text)))
    if not any(sizes):
        return (1, batch_size, width) if depth == height == 1 else (batch_size, depth, height * width)
    if len(sizes) < 3:
        message = f"BatchLayout: expected depth|height|width, got {text!r}{place}"
        raise OptionError(message)
    batch: Shape3 = (sizes[0], sizes[1], sizes[2])
    advice = "leave BatchLayout out to have it derived"
    if batch[0] > 1 and batch[0] != batch_size:
        message = f"BatchLayout: depth {batch[0]} is not the batch size {batch_size}; {advice}{place}"
        raise OptionError(message)
    if batch[0] == 1 and batch_size > 1 and batch[1] != batch_size:
        message = (
            f"BatchLayout: height {batch[1]} with depth 1 is not the batch size {batch_size}; {advice}{place}"
        )
        raise OptionError(message)
    values = depth * height * width
    # Without a stack one row of the batch matrix is one event; in a stack one matrix is. With batches of one
    # event both readings are open, and either may fit.
    stacked, flat = batch[1] * batch[2], batch[2]
    found = stacked if batch[0] > 1 else flat
    fits = found == values or (batch_size == 1 and stacked == values)
    if not fits or not all(batch):
        form = "height·width" if batch[0] > 1 else "width"
        message = (
            f"BatchLayout: {form} {found} is not the size {values} of an event of InputLayout "
            f"{depth}|{height}|{width}; {advice}{place}"
        )
        raise ShapeError(message)
    return batch


def check_event_counts(n_training: int, n_validation: int, batch_size: int) -> None:
    """Raise a `TrainingError` where the training or the validation events do not fill one batch."""
    for name, number in (("training", n_training), ("validation", n_validation)):
        if number < batch_size:
            message = (
                f"too few {name} events: {number} events do not fill one batch of {batch_size}; "
                f"use BatchSize={max(number, 1)} or less, or more events (see ValidationSize)"
            )
            raise TrainingError(message)


def _read_sizes(text: str, name: str, strict: bool) -> list[int]:
    fields = [field for field in text.split("|") if field]
    places = field_places(fields, text, 0)
    sizes: list[int] = []
    for field, start in zip(fields, places, strict=True):
        if not _WHOLE.fullmatch(field):
            message = f"{name}: expected a whole number, got {field!r}\n{with_caret(text, start, len(field))}"
            raise OptionError(message)
        if int(field) < 0:
            _ignored(f"{name}: the sign of {field} is dropped; write {abs(int(field))}", text, start, strict)
        sizes.append(abs(int(field)))
    if len(fields) != text.count("|") + 1 and text:
        _ignored(f"{name}: an empty field is skipped; write each field", text, 0, strict)
    if len(sizes) > 3:
        _ignored(f"{name}: fields beyond the third have no effect; remove them", text, places[3], strict)
    return sizes[:3]


def _ignored(message: str, text: str, start: int, strict: bool) -> None:
    message = f"{message}\n{with_caret(text, start)}"
    if strict:
        raise OptionError(message)
    warn(message)
