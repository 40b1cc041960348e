"""What a model declares of its ``<Weights>``: which elements become numbers or rows while a file is read.

An element of XML takes about a kilobyte in Python, a number as text four times the number and more. A model
whose weights have many elements, or long texts of numbers, says so as plain data, by tag:

    sinks = {
        "BinaryTree": Rows({"boostWeight": Column("f8", default=1.0)}, unused=("type", "itree")),
        "Node": Rows({"IVar": Column("i2"), "Cut": Column("f4")}, inside="BinaryTree", tree=True),
    }

and takes the columns with `tmva_py.weights.tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ANY_TAG = "*"
"""As a key of sinks: every tag that has no entry of its own; for `Numbers` only."""


@dataclass(frozen=True)
class Column:
    """An attribute of a row.

    Parameters
    ----------
    dtype : str
        Of NumPy: ``"f4"``, ``"f8"``, ``"i1"``, ``"i2"``, ``"i4"`` or ``"i8"``.
    default : float, optional
        The value where a row lacks the attribute; without one, that is an error.
    choices : tuple of str
        The texts that the attribute may have, for one that is no number; the column holds their places.
    """

    dtype: str
    default: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """Numbered attributes of a row, ``fC0``, ``fC1`` …, as many as another attribute says.

    Parameters
    ----------
    count : str
        The attribute that has their number; a column, whose default is 0.
    dtype : str
        Of NumPy.
    """

    count: str
    dtype: str = "f8"


@dataclass(frozen=True)
class Rows:
    """Elements that become rows of a `Table`, in the order of the file.

    Parameters
    ----------
    columns : mapping of str to Column
        By attribute.
    inside : str, optional
        The tag of the rows that these are directly inside; without it, they are inside no row.
    tree : bool, default False
        Whether rows may also be inside one another.
    text : str, optional
        The dtype of the numbers in an element's text, before its children; without it, texts are left out.
    series : mapping of str to Series
        Numbered attributes, by the name before the number.
    unused : tuple of str
        Further attributes that are known and not needed.
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    inside: str | None = None
    tree: bool = False
    text: str | None = None
    series: Mapping[str, Series] = field(default_factory=dict)
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """Elements whose text is numbers: each stays an element, to be read with ``read_matrix``.

    Parameters
    ----------
    dtype : str
        Of NumPy.
    """

    dtype: str


@dataclass(frozen=True)
class Nested:
    """Elements that hold another method, whose own sinks are for its ``<Weights>``.

    Parameters
    ----------
    attribute : str
        The attribute that names its type, as ``Method="Fisher::title"`` or ``MethodTypeName="Fisher"``.
    """

    attribute: str


Sink = Rows | Numbers | Nested
Sinks = Mapping[str, Sink]

SinkLookup = Callable[[str], Sinks | None]
"""From a method's type to its model's sinks; None says that nobody can read its ``<Weights>``."""
