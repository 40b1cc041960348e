"""Expression: the text of a TTree expression, ready to be evaluated."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import ExpressionError, TMVAWarning, did_you_mean, with_caret
from tmva_py.expressions.columns import Column, as_column
from tmva_py.expressions.grammar import parse
from tmva_py.expressions.nodes import Branch, Formula
from tmva_py.expressions.reductions import Alternative
from tmva_py.expressions.rows import Block
from tmva_py.expressions.source import PlaceError, Source, prepare

# Entries evaluated at a time: the intermediate arrays of a block stay in the processor's cache.
_BLOCK = 16_384


class Expression:
    """A TTree expression with TTreeFormula's meaning.

    Parameters
    ----------
    text : str
        Such as ``"sqrt(px*px + py*py) > 20 && abs(eta) < 2.5"``.
    known_branches : iterable of str, optional
        Names of the tree's branches. A text that is one of them is that branch, whatever signs are in its
        name (``jet1_b-tag``), and unknown names are found at once.

    Raises
    ------
    ExpressionError
        The text cannot be read; the message has a caret under the place.

    Warns
    -----
    TMVAWarning
        ROOT drops or joins parts of the text (``x; y``, ``a[1+i]``, ``1 2``).

    Examples
    --------
    >>> import numpy as np
    >>> expression = Expression("x > 0 ? x : -x")
    >>> expression.branches
    ('x',)
    >>> expression.evaluate({"x": np.array([1.0, -2.0])})
    array([1., 2.])

    Notes
    -----
    Values are doubles throughout. ``docs/expressions.md`` lists the grammar and where its meaning surprises.
    """

    def __init__(self, text: str, known_branches: Iterable[str] | None = None) -> None:
        known = None if known_branches is None else tuple(known_branches)
        if known is not None and isinstance(text, str) and (name := text.strip()) in known:
            origins = tuple(range(len(text)))
            self._source = Source(text, text, origins)
            self._formula = Formula(Branch(name, (text.index(name), len(name))))
        else:
            self._source = prepare(text)
            try:
                root = parse(self._source.prepared, pi_is_branch=known is not None and "pi" in known)
            except PlaceError as mistake:
                raise self._source.error(mistake) from None
            self._formula = Formula(root)
        self._branches = [node for node in self._formula.root.walk() if isinstance(node, Branch)]
        if known is not None:
            self._find_names(known)
        self._warn()

    @property
    def text(self) -> str:
        """The text as given."""
        return self._source.text

    @property
    def branches(self) -> tuple[str, ...]:
        """The branches that are read, in the order of their first use."""
        return tuple(dict.fromkeys(branch.name for branch in self._branches))

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(
        self,
        columns: Mapping[str, Any],
        n_entries: int | None = None,
        first_entry: int = 0,
        total_entries: int | None = None,
    ) -> npt.NDArray[np.float64]:
        """Return one value per entry: that of instance 0, as ``TTreeFormula::EvalInstance(0)``.

        Parameters
        ----------
        columns : mapping of str to array
            Of each branch in `branches`: (n,) for numbers, (n, k) for fixed arrays, an awkward array (or an
            object array of arrays) for lists.
        n_entries : int, optional
            Number of entries n; needed only if no branch is read.
        first_entry : int, default 0
            Number in the tree of the columns' first entry, for ``Entry$``.
        total_entries : int, optional
            Number of entries in the tree, for ``Entries$``; default `first_entry` + n.

        Returns
        -------
        ndarray, float64, shape (n,)
            0 where an array index is out of range or a list is empty.

        Raises
        ------
        ExpressionError
            A branch is missing, is not numeric, has another length, or lacks the element asked for.
        """
        with np.errstate(all="ignore"):
            converted, size = self._convert(columns, n_entries)
            result = np.empty(size)
            total = first_entry + size if total_entries is None else total_entries
            for start in range(0, size, _BLOCK):
                stop = min(start + _BLOCK, size)
                block = Block(converted, start, stop, first_entry, total)
                result[start:stop] = self._formula.first_instance(block)
        return result

    def evaluate_instances(
        self,
        columns: Mapping[str, Any],
        n_entries: int | None = None,
        first_entry: int = 0,
        total_entries: int | None = None,
    ) -> Any:
        """Return the values of all instances of each entry.

        Parameters
        ----------
        columns, n_entries, first_entry, total_entries
            As for `evaluate`.

        Returns
        -------
        ndarray, shape (n, k), or awkward.Array
            float64; (n, k) if every entry has k instances (k = 1 without arrays), else lists.

        Raises
        ------
        ExpressionError
            As for `evaluate`.
        """
        with np.errstate(all="ignore"):
            block = self._whole(columns, n_entries, first_entry, total_entries)
            rows, counts = block.instances(self._formula)
            values = np.array(self._formula.evaluate(block, rows))
        if len(counts) and np.all(counts == counts[0]):
            return values.reshape(len(counts), -1)
        import awkward

        return awkward.unflatten(values, counts)

    def instance_counts(
        self, columns: Mapping[str, Any], n_entries: int | None = None
    ) -> npt.NDArray[np.int64]:
        """Return how many instances each entry has, as ``TTreeFormula::GetNdata``.

        Parameters
        ----------
        columns, n_entries
            As for `evaluate`.

        Returns
        -------
        ndarray, int64, shape (n,)
            1 without arrays; 0 for an empty list or a list too short for a fixed index.
        """
        with np.errstate(all="ignore"):
            return self._whole(columns, n_entries, 0, None).instances(self._formula)[1]

    def is_array(self, columns: Mapping[str, Any]) -> bool:
        """Return whether the expression loops over an array, so that an entry may have several instances."""
        return self._formula.loops(self._convert(columns, 0 if not self._branches else None)[0])

    def _whole(
        self, columns: Mapping[str, Any], n_entries: int | None, first_entry: int, total_entries: int | None
    ) -> Block:
        converted, size = self._convert(columns, n_entries)
        total = first_entry + size if total_entries is None else total_entries
        return Block(converted, 0, size, first_entry, total)

    def _convert(self, columns: Mapping[str, Any], n_entries: int | None) -> tuple[dict[str, Column], int]:
        """Return the columns that are read, and their length, after checking them."""
        missing = [branch for branch in self._branches if branch.name not in columns]
        if missing:
            raise self._unknown(missing[0], columns)
        converted = {name: as_column(name, columns[name]) for name in self.branches}
        if n_entries is None:
            if not converted:
                message = f"{self.text!r} reads no branch; give n_entries"
                raise ExpressionError(message)
            n_entries = next(iter(converted.values())).n_entries
        for name, column in converted.items():
            if column.n_entries != n_entries:
                message = f"branch {name!r} has {column.n_entries} entries, {n_entries} are expected"
                raise ExpressionError(message)
        try:
            for branch in self._branches:
                branch.check(converted)
            for node in self._formula.root.walk():
                if isinstance(node, Alternative) and Formula(node.alternative).loops(converted):
                    message = "the second argument of Alt$ may not be an array"
                    raise PlaceError(message, *node.alternative.place)
        except PlaceError as mistake:
            raise self._source.error(mistake) from None
        return converted, n_entries

    def _find_names(self, known: tuple[str, ...]) -> None:
        for branch in self._branches:
            if branch.name not in known:
                raise self._unknown(branch, known)

    def _unknown(self, branch: Branch, known: Iterable[str]) -> ExpressionError:
        names = sorted(known)
        shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
        message = f"unknown name {branch.name!r}{did_you_mean(branch.name, names)}"
        start, length = self._source.place(*branch.place)
        return ExpressionError(f"{message}\n{with_caret(self.text, start, length)}\n  branches: {shown}")

    def _warn(self) -> None:
        notes = list(self._source.warnings)
        notes += [
            (branch.note, *self._source.place(*branch.place)) for branch in self._branches if branch.note
        ]
        for message, start, length in notes:
            warnings.warn(f"{message}\n{with_caret(self.text, start, length)}", TMVAWarning, stacklevel=3)
