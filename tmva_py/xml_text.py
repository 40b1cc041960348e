"""Numbers and matrices as text, the way TMVA's weight files hold them.

TMVA writes a float32 matrix row by row in scientific notation with 6 digits after the point, each number
followed by two blanks. The layout here is the same; there are 8 digits after the point, so that a float32 is
read back to the last bit.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import ShapeError, WeightFileError

_LONGEST_WORD = 1000
_WORDS_AT_ONCE = 2048


@dataclass(frozen=True)
class MatrixStyle:
    """How a method writes its matrices.

    Attributes
    ----------
    rows, columns : str
        Names of the attributes that hold the shape.
    digits : int
        Digits after the point.
    blanks : int
        Blanks after each number, the last one too.
    """

    rows: str = "Rows"
    columns: str = "Columns"
    digits: int = 8
    blanks: int = 2


DL_STYLE = MatrixStyle()
"""MethodDL's matrices, with enough digits for float32."""

DNN_STYLE = MatrixStyle(rows="rows", columns="cols", digits=16, blanks=1)
"""The matrices of the old MethodDNN: double precision, names in lower case."""


def format_double(value: float, digits: int = 16) -> str:
    """Return a number as an attribute holds it.

    Examples
    --------
    >>> format_double(0.5), format_double(3.5, 8)
    ('5.0000000000000000e-01', '3.50000000e+00')
    """
    return f"{value:.{digits}e}"


def format_values(values: npt.ArrayLike, style: MatrixStyle = DL_STYLE) -> str:
    """Return numbers in C order as one line of text.

    Examples
    --------
    >>> format_values([[1.0, -0.5]])
    '1.00000000e+00  -5.00000000e-01  '
    """
    flat = np.asarray(values).ravel().tolist()
    return (f"%.{style.digits}e{' ' * style.blanks}" * len(flat)) % tuple(flat)


def raw_line(text: str) -> str:
    """Return `text` marked to be written on a line of its own inside its element, as TMVA's numbers are."""
    return f"\n{text}\n"


def add_matrix(parent: Element, tag: str, matrix: npt.NDArray[Any], style: MatrixStyle = DL_STYLE) -> Element:
    """Append a matrix to `parent` as a child element and return the child.

    Parameters
    ----------
    parent : Element
        Where the child goes.
    tag : str
        Its name.
    matrix : ndarray, shape (rows, columns) or (rows,)
        A vector is written as one column.
    style : MatrixStyle
        Attribute names and digits.

    Raises
    ------
    ShapeError
        The array has more than two dimensions.
    """
    if matrix.ndim not in (1, 2):
        message = f"<{tag}>: expected a matrix or a vector, got an array of shape {matrix.shape}"
        raise ShapeError(message)
    rows, columns = matrix.shape if matrix.ndim == 2 else (len(matrix), 1)
    child = SubElement(parent, tag, {style.rows: str(rows), style.columns: str(columns)})
    child.text = raw_line(format_values(matrix, style))
    return child


def where(element: Element) -> str:
    """Return ``<tag> (line n)`` for messages; without the line where it is not known."""
    line = getattr(element, "line", None)
    return f"<{element.tag}>" if line is None else f"<{element.tag}> (line {line})"


def child_of(element: Element, tag: str) -> Element:
    """Return the first element of a tag within another, which must have one."""
    child = element.find(tag)
    if child is None:
        message = f"{where(element)}: expected a <{tag}>, found none"
        raise WeightFileError(message)
    return child


def read_integer(element: Element, attribute: str, *, minimum: int = 0) -> int:
    """Return an attribute that must be a whole number of at least `minimum`.

    Raises
    ------
    WeightFileError
        It is missing, something else or too small.
    """
    text = element.get(attribute)
    if text is None:
        message = f"{where(element)} has no attribute {attribute!r}"
        raise WeightFileError(message)
    stripped = text.strip()
    digits = stripped.removeprefix("-")
    # Longer texts are no sizes, and turning thousands of digits into a number takes its time.
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18) or int(stripped) < minimum:
        message = (
            f"{where(element)}: {attribute}={shortened(text)} must be a whole number of at least {minimum}"
        )
        raise WeightFileError(message)
    return int(stripped)


def read_matrix(
    element: Element,
    shape: Sequence[int] | None = None,
    *,
    style: MatrixStyle = DL_STYLE,
    dtype: npt.DTypeLike = np.float32,
) -> npt.NDArray[Any]:
    """Return the matrix that an element holds.

    Parameters
    ----------
    element : Element
        With the shape as attributes and numbers as text.
    shape : sequence of int, optional
        What the method needs: (rows, columns), or (n,) for a vector, which may be a row or a column.
    style : MatrixStyle
        Names of the attributes.
    dtype : data-type
        Type of the result.

    Returns
    -------
    ndarray
        Of the requested shape, or (rows, columns).

    Raises
    ------
    WeightFileError
        The shape is another one, there are too few or too many numbers, or one of them is not a number.
        Nothing of the claimed size is allocated before it is known to fit the text.
    """
    rows = read_integer(element, style.rows, minimum=1)
    columns = read_integer(element, style.columns, minimum=1)
    wanted = (rows, columns) if shape is None else tuple(shape)
    fits = (
        rows * columns == wanted[0] and 1 in (rows, columns)
        if len(wanted) == 1
        else (rows, columns) == wanted
    )
    if not fits:
        needed = (wanted[0], 1) if len(wanted) == 1 else wanted
        message = f"{where(element)}: file has {(rows, columns)}, the network needs {needed}"
        raise WeightFileError(message)
    return read_values(element, rows * columns, dtype=dtype).reshape(wanted)


class NumberProblem(NamedTuple):
    """What is wrong with a word: it is not a number, or too large."""

    position: int
    word: str
    what: str

    @property
    def shown(self) -> str:
        """The word, for messages."""
        return shortened(self.word)

    def text(self, count: int, first: int = 0) -> str:
        """Return what is wrong with one of `count` numbers, the first of which is at `first`."""
        return f"number {self.position - first + 1} of {count} is {self.shown}, {self.what}"


class NumberCollector:
    """The numbers of a text that comes in pieces, none of which is kept.

    A long text of numbers takes four times the memory of the numbers and more.
    """

    def __init__(self, dtype: npt.DTypeLike, most: int | None = None) -> None:
        self._dtype = np.dtype(dtype)
        # Beyond so many, numbers are counted and not kept.
        self._most = most
        self._values = array(self._dtype.char)
        self._words: list[str] = []
        self._rest = ""
        self._taken = 0
        self.problem: NumberProblem | None = None

    @property
    def count(self) -> int:
        """How many numbers there are so far."""
        return self._taken + len(self._words)

    def add(self, text: str) -> None:
        """Take the next piece of text; it may end inside a number."""
        text = self._rest + text
        words = text.split()
        # A number has some 20 characters; what is much longer is not one and need not be kept whole.
        self._rest = words.pop()[:_LONGEST_WORD] if words and not text[-1].isspace() else ""
        self._words += words
        if len(self._words) >= _WORDS_AT_ONCE:
            self._take()

    def end(self) -> None:
        """Take what is left at the end of a text; another text may follow."""
        if self._rest:
            self._words.append(self._rest)
            self._rest = ""

    def _take(self) -> None:
        words, start = self._words, self._taken
        self._taken, self._words = self.count, []
        if self._most is not None and self._taken > self._most:
            self._values = array(self._dtype.char)
            return
        if self.problem is None and words:
            values, self.problem = parse_words(words, self._dtype, start)
            if self.problem is None:
                self._values.frombytes(values.tobytes())
            else:
                self._values = array(self._dtype.char)

    def values(self) -> npt.NDArray[Any]:
        """Return all numbers as one vector, after the last text; it cannot be written to."""
        self._take()
        values = np.frombuffer(self._values, self._dtype)
        values.flags.writeable = False
        return values


def room_for_numbers(element: Element) -> int:
    """Return how many numbers an element holds, or could hold by the length of its text."""
    collected: NumberCollector | None = getattr(element, "numbers", None)
    # A number and its blank take two characters at least.
    return (len(element.text or "") + 1) // 2 if collected is None else collected.count


def read_values(element: Element, count: int, *, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
    """Return the `count` numbers in an element's text as a vector.

    Raises
    ------
    WeightFileError
        There are more or fewer numbers, one is not a number, or one is too large for `dtype`.
    """
    collected: NumberCollector | None = getattr(element, "numbers", None)
    if collected is not None:
        if collected.count != count:
            message = f"{where(element)}: expected {count} numbers, found {collected.count}"
            raise WeightFileError(message)
        values, problem = collected.values(), collected.problem
        if problem is not None:
            message = f"{where(element)}: {problem.text(count)}"
            raise WeightFileError(message)
        return values.astype(dtype, copy=False)
    text = element.text or ""
    # A number and its blank take two characters at least.
    if count > (len(text) + 1) // 2:
        message = f"{where(element)}: expected {count} numbers, but the text has {len(text)} characters only"
        raise WeightFileError(message)
    words = text.split()
    if len(words) != count:
        message = f"{where(element)}: expected {count} numbers, found {len(words)}"
        raise WeightFileError(message)
    values, problem = parse_words(words, np.dtype(dtype))
    if problem is not None:
        message = f"{where(element)}: {problem.text(count)}"
        raise WeightFileError(message)
    return values


def parse_words(
    words: list[str], dtype: np.dtype[Any], first: int = 0
) -> tuple[npt.NDArray[Any], NumberProblem | None]:
    """Return the numbers and what is wrong with one of them; `first` words came before these."""
    together = "".join(words)
    try:
        # Python would read 1_000 and digits of other scripts.
        if not together.isascii() or "_" in together:
            raise ValueError
        with np.errstate(over="ignore"):
            values = np.array(words, dtype=dtype)
    except (ValueError, OverflowError):
        wrong = next((i for i, word in enumerate(words) if not _is_number(word, dtype)), 0)
        expected = (
            "a number such as 1.25e-01" if dtype.kind == "f" else f"a whole number of type {dtype.name}"
        )
        return np.empty(0, dtype), NumberProblem(first + wrong, words[wrong], f"expected {expected}")
    if dtype.kind == "f" and np.isinf(values).any():
        for position in np.flatnonzero(np.isinf(values)).tolist():
            if "inf" not in words[position].casefold():
                what = f"too large for {dtype.name}"
                return values, NumberProblem(first + position, words[position], what)
    return values, None


def _is_number(word: str, dtype: np.dtype[Any]) -> bool:
    if not word.isascii() or "_" in word:
        return False
    try:
        np.array([word], dtype)
    except (ValueError, OverflowError):
        return False
    return True


def shortened(text: str, length: int = 40) -> str:
    """Return a text in quotes, cut if it is long."""
    return repr(text if len(text) <= length else f"{text[:length]}…")
