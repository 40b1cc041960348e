"""What a layer's element in TMVA's weight files looks like."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LayerXML:
    """A layer's element in weight files: its attributes are the options with ``xml=``, its children matrices.

    Attributes
    ----------
    tag : str
        Name of the element, as ``"DenseLayer"``.
    matrices : tuple of (str, str)
        Names of the children in order, and the parameter or buffer in each. Empty: every parameter and every
        buffer under its own name.
    old_matrices : tuple of such tuples
        The same in old files; the numbers of columns in a file tell which one it has.
    old_names : tuple of (str, str)
        Attributes with another name in old files: the old name and the present one.
    copies : tuple of (str, str)
        Further attributes and the option whose value each repeats, as ``("CellSize", "state_size")``.
    activations : tuple of str
        Options that name an activation function; files have its number.
    vectors_are_rows : bool
        Whether a vector is written as one row; otherwise it is one column.
    """

    tag: str
    matrices: Pairs = ()
    old_matrices: tuple[Pairs, ...] = ()
    old_names: Pairs = ()
    copies: Pairs = ()
    activations: tuple[str, ...] = ()
    vectors_are_rows: bool = False
