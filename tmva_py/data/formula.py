"""TTree expressions evaluated on trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.data.trees import Column, TreeSource, open_tree
from tmva_py.errors import DataError, ExpressionError, MissingBranchError, with_caret

if TYPE_CHECKING:
    from tmva_py.expressions import Expression

_CHUNK = 200_000


class Formula:
    """A TTree expression, to be evaluated on trees of any form.

    Parameters
    ----------
    text : str
        Such as ``"x > 0 ? x : -x"``.

    Raises
    ------
    ExpressionError
        The expression cannot be parsed; the message marks the place.

    Examples
    --------
    >>> Formula("x > 0 ? x : -x")({"x": [1.0, -2.0]})
    array([1., 2.])
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._formula = TreeFormula(text)

    def __call__(self, tree: Any) -> npt.NDArray[np.float64]:
        """Return the value for each entry of a tree.

        Parameters
        ----------
        tree : tree in any form that `open_tree` takes
            Only the branches that the expression names are read.

        Returns
        -------
        ndarray of float64, shape (n_entries,)
            Of an expression with several instances the first one, as ``TTreeFormula::EvalInstance(0)``.

        Raises
        ------
        DataError
            The tree cannot be read or has not the expression's branches.
        """
        source = open_tree(tree)
        formula = self._formula.on(source)
        parts = [np.empty(0)]
        for start in range(0, source.n_entries, _CHUNK):
            stop = min(start + _CHUNK, source.n_entries)
            columns = source.read(formula.branches, start, stop)
            parts.append(formula.first_instance(columns, stop - start, start))
        return np.concatenate(parts)

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


class TreeFormula:
    """An expression that may also be the exact name of a branch, such as ``jet1_b-tag``.

    Parameters
    ----------
    text : str
        The expression.
    """

    def __init__(self, text: str) -> None:
        from tmva_py.expressions import Expression

        self.text = text
        self._parsed: Expression | ExpressionError
        try:
            self._parsed = Expression(text)
        except ExpressionError as error:  # the text may still name a branch
            self._parsed = error

    def on(self, tree: TreeSource) -> BoundFormula:
        """Return the formula for a tree.

        Raises
        ------
        ExpressionError
            The text is neither an expression nor a branch.
        MissingBranchError
            The tree has not the branches.
        """
        name = self.text.replace(" ", "")
        if name in tree.branch_names:
            return BoundFormula(self.text, None, (name,), tree.n_entries)
        if isinstance(self._parsed, ExpressionError):
            raise self._parsed
        for branch in self._parsed.branches:
            try:
                tree.full_name(branch)
            except DataError as error:
                place = with_caret(self.text, max(0, self.text.find(branch)), len(branch))
                message = f"{error}\n{place}"
                raise MissingBranchError(message) from None
        return BoundFormula(self.text, self._parsed, self._parsed.branches, tree.n_entries)


class BoundFormula:
    """A formula whose branches a tree is known to have.

    Attributes
    ----------
    text : str
        The expression.
    branches : tuple of str
        What must be read from the tree.
    """

    def __init__(
        self, text: str, expression: Expression | None, branches: tuple[str, ...], total_entries: int
    ) -> None:
        self.text = text
        self.branches = branches
        self._expression = expression
        self._total_entries = total_entries

    def first_instance(
        self, columns: dict[str, Column], n_entries: int, first_entry: int
    ) -> npt.NDArray[np.float64]:
        """Return instance 0 for each entry; 0 where an entry has none, as ``TTreeFormula`` does."""
        if self._expression is not None:
            return self._expression.evaluate(columns, n_entries, first_entry, self._total_entries)
        found = Instances.of(columns[self.branches[0]], n_entries)
        return found.take(np.arange(n_entries), np.zeros(n_entries, np.int64))[0]

    def instances(self, columns: dict[str, Column], n_entries: int, first_entry: int) -> Instances:
        """Return all values of each entry."""
        expression = self._expression
        if expression is None:
            return Instances.of(columns[self.branches[0]], n_entries)
        arguments = (columns, n_entries, first_entry, self._total_entries)
        if expression.is_array(columns):
            return Instances.of(expression.evaluate_instances(*arguments), n_entries)
        values = expression.evaluate(*arguments)
        if all(isinstance(columns[branch], np.ndarray) for branch in self.branches):
            return Instances(values)
        # A list that is too short for a fixed index gives no value at all, not one that is 0.
        counts = expression.instance_counts(columns, n_entries)
        return Instances(values[counts > 0], counts)


class Instances:
    """The values of an expression, none, one or several for each entry.

    Parameters
    ----------
    values : ndarray of float64
        All values, entry by entry.
    counts : ndarray of int64, shape (n_entries,), optional
        How many belong to each entry; by default one.
    """

    def __init__(self, values: npt.NDArray[np.float64], counts: npt.NDArray[np.int64] | None = None) -> None:
        self.values = values
        self.counts = None if counts is not None and bool(np.all(counts == 1)) else counts
        self._first = None if self.counts is None else np.cumsum(self.counts) - self.counts

    @classmethod
    def of(cls, column: Any, n_entries: int) -> Instances:
        """Return the instances in a column: (n,), (n, k, …) or a jagged array."""
        if isinstance(column, np.ndarray):
            values = column.astype(np.float64)
            width = int(np.prod(column.shape[1:], dtype=np.int64))
            return cls(values.ravel(), np.full(n_entries, width, dtype=np.int64))
        import awkward as ak

        if column.ndim > 2:
            column = ak.flatten(column, axis=2) if column.ndim == 3 else ak.flatten(ak.flatten(column, 3), 2)
        counts = ak.to_numpy(ak.num(column, axis=1)).astype(np.int64)
        return cls(ak.to_numpy(ak.flatten(column, axis=1)).astype(np.float64), counts)

    def take(
        self, entries: npt.NDArray[np.int64], instances: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return the value of one instance for each of `entries`, and where there is none and 0 is returned.

        An expression with a single value gives it for every instance.
        """
        if self.counts is None or self._first is None:
            return self.values[entries], np.zeros(len(entries), dtype=bool)
        counts = self.counts[entries]
        wanted = np.where(counts == 1, 0, instances)
        missing = wanted >= counts
        places = np.where(missing, 0, self._first[entries] + wanted)
        values = self.values[places] if len(self.values) else np.zeros(len(entries))
        return np.where(missing, 0.0, values), missing
