"""What a layer's element in TMVA's weight files looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Matrices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LayerXML:
    """A layer's element in weight files: its attributes are the options with ``xml=``, its children matrices.

    Attributes
    ----------
    tag : str
        Name of the element, as ``"DenseLayer"``.
    matrices : tuple of (str, str)
        Names of the children in order, each with the parameter or buffer that it holds. Empty: every
        parameter and every buffer under its own name.
    old_matrices : tuple of such tuples
        The same in old files; the numbers of columns in a file tell which one it has.
    old_names : mapping of str to str
        Attributes with another name in old files: the old name and the present one.
    copies : mapping of str to str
        Further attributes, each a copy of that of an option: ``{"CellSize": "state_size"}``.
    activations : tuple of str
        Options that name an activation function; files have its number.
    vectors_are_rows : bool
        Whether a vector is written as one row; otherwise it is one column.
    """

    tag: str
    matrices: Matrices = ()
    old_matrices: tuple[Matrices, ...] = ()
    old_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    copies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    activations: tuple[str, ...] = ()
    vectors_are_rows: bool = False
