"""Formulas: the text of a TTree expression, and what it is on a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, MissingBranchError, warn, with_caret
from tmva_py.expressions.grammar import HIDEABLE_NAMES, parse
from tmva_py.expressions.instances import Instances
from tmva_py.expressions.nodes import Branch, Loop
from tmva_py.expressions.reductions import Alternative
from tmva_py.expressions.rows import Block
from tmva_py.expressions.source import PlaceError, Source, prepare
from tmva_py.trees import Entries, TreeSource, open_tree

# Entries read at a time, and evaluated at a time: arrays of a block stay in the processor's cache.
_CHUNK = 200_000
_BLOCK = 16_384


class Formula:
    """A TTree expression with TTreeFormula's meaning, to be evaluated on trees of any form.

    Parameters
    ----------
    text : str
        Such as ``"sqrt(px*px + py*py) > 20 && abs(eta) < 2.5"``. What a name means is known with the tree
        only: its branches win over constants, and a text that is a branch's name is that branch, whatever
        signs are in it (``jet1_b-tag``).

    Examples
    --------
    >>> Formula("x > 0 ? x : -x")({"x": [1.0, -2.0]})
    array([1., 2.])
    >>> Formula("2*pi")({"pi": [7.0]})
    array([14.])

    Notes
    -----
    Values are doubles throughout. ``docs/expressions.md`` lists the grammar and where its meaning surprises.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # By the names that are branches although they have a meaning of their own.
        self._parsed: dict[tuple[frozenset[str], frozenset[tuple[str, str]]], tuple[Source, Loop]] = {}

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"

    def __call__(self, tree: Any) -> npt.NDArray[np.float64]:
        """Return the value for each entry of a tree.

        Parameters
        ----------
        tree : tree in any form that `tmva_py.trees.open_tree` takes
            Only the branches that the expression names are read.

        Returns
        -------
        ndarray of float64, shape (n_entries,)
            That of the first instance, as ``TTreeFormula::EvalInstance(0)``: NaN where an array index is out
            of range or a list is empty.

        Raises
        ------
        ExpressionError
            The text cannot be read; the message has a caret under the place.
        DataError
            The tree cannot be read or lacks the expression's branches.

        Warns
        -----
        TMVAWarning
            ROOT drops or joins parts of the text (``x; y``, ``a[1+i]``, ``1 2``).
        """
        source = open_tree(tree)
        formula = self.on(source)
        parts = [np.empty(0)]
        for start in range(0, source.n_entries, _CHUNK):
            parts.append(formula.first_instance(source.read(formula.branches, start, start + _CHUNK)))
        return np.concatenate(parts)

    def on(self, tree: TreeSource) -> TreeFormula:
        """Return what the text means on a tree.

        Raises
        ------
        ExpressionError
            The text is neither an expression nor a branch.
        MissingBranchError
            The tree lacks a branch.
        """
        name = next((name for name in _without_blanks(self.text) if name in tree.branch_names), None)
        if name is not None:
            branch = Branch(name, (0, len(self.text)))
            formula = TreeFormula(Source(self.text, self.text, tuple(range(len(self.text)))), Loop(branch))
            formula.check_names(tree)
            return formula
        hidden = frozenset(name for name in HIDEABLE_NAMES if tree.has(name))
        aliases = _aliases_in(self.text, tree)
        key = (hidden, frozenset(aliases.items()))
        if key not in self._parsed:
            self._parsed[key] = _parse(self.text, hidden, aliases)
        formula = TreeFormula(*self._parsed[key])
        formula.check_names(tree)
        return formula


class TreeFormula:
    """What an expression is on a tree: `Formula.on` makes it.

    Attributes
    ----------
    text : str
        The expression.
    branches : tuple of str
        The branches that are read, in the order of their first use.
    """

    def __init__(self, source: Source, loop: Loop) -> None:
        self.text = source.text
        self._source = source
        self._loop = loop
        self._nodes = [node for node in loop.root.walk() if isinstance(node, Branch)]
        self.branches = tuple(dict.fromkeys(node.name for node in self._nodes))
        self._fits_numbers = False

    def first_instance(self, entries: Entries) -> npt.NDArray[np.float64]:
        """Return instance 0 of each entry, NaN where an entry has none."""
        return self._first(entries)[0]

    def _first(self, entries: Entries) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return instance 0 of each entry, and which entries have none."""
        self._check(entries)
        result, missing = np.empty(len(entries)), np.zeros(len(entries), dtype=bool)
        with np.errstate(all="ignore"):
            for start in range(0, len(entries), _BLOCK):
                block = Block(entries, start, min(start + _BLOCK, len(entries)))
                result[start : block.stop], none = self._loop.first_instance(block)
                if none is not None:
                    missing[start : block.stop] = none
        return result, missing

    def instances(self, entries: Entries) -> Instances:
        """Return all values of each entry; none for an empty list or one too short for a fixed index.

        A calculated index that is beyond its list gives NaN.
        """
        if not self._loop.loops(entries.columns):
            values, beyond = self._first(entries)
            if not any(entries[name].has_lists for name in self.branches):
                return Instances(values, None, beyond)
            counts = Block(entries, 0, len(entries)).instances(self._loop)[1]
            return Instances(values[counts > 0], counts, beyond[counts > 0])
        self._check(entries)
        with np.errstate(all="ignore"):
            block = Block(entries, 0, len(entries))
            rows, counts = block.instances(self._loop)
            values, missing = self._loop.marked(block, rows)
            return Instances(np.array(values), counts, missing)

    def check_names(self, tree: TreeSource) -> None:
        """Raise MissingBranchError, with a caret under the place, for a branch that the tree lacks."""
        for node in self._nodes:
            try:
                tree.check_numbers(tree.full_name(node.name))
            except DataError as error:
                place = with_caret(self.text, *self._source.place(*node.place))
                message = f"{error}\n{place}"
                raise MissingBranchError(message) from None

    def _check(self, entries: Entries) -> None:
        """Raise ExpressionError where brackets do not fit the branches' dimensions."""
        are_numbers = True
        for name in self.branches:
            if entries.columns[name].levels:
                are_numbers = False
        if are_numbers and self._fits_numbers:
            return  # found before: single events come one by one
        try:
            for node in self._nodes:
                node.check(entries.columns)
            for alternative in self._loop.root.walk():
                if isinstance(alternative, Alternative):
                    alternative.check(entries.columns)
        except PlaceError as mistake:
            raise self._source.error(mistake) from None
        self._fits_numbers = self._fits_numbers or are_numbers


def first_instances(formulas: Sequence[TreeFormula], entries: Entries) -> npt.NDArray[np.float64]:
    """Return instance 0 of each entry for each formula, (n_formulas, n_entries); branches are read once."""
    for formula in formulas:
        formula._check(entries)
    result = np.empty((len(formulas), len(entries)))
    with np.errstate(all="ignore"):
        for start in range(0, len(entries), _BLOCK):
            block = Block(entries, start, min(start + _BLOCK, len(entries)))
            for number, formula in enumerate(formulas):
                result[number, start : block.stop] = formula._loop.first_instance(block)[0]
    return result


def _without_blanks(text: str) -> tuple[str, ...]:
    return (text.strip(), text.replace(" ", "")) if isinstance(text, str) else ()


def _aliases_in(text: str, tree: TreeSource) -> dict[str, str]:
    """Return the aliases that may occur in a text, or in one another; a branch goes before an alias."""
    found: dict[str, str] = {}
    texts = [text]
    while texts and isinstance(one := texts.pop(), str):
        for name, meaning in tree.aliases.items():
            if name not in found and name in one.replace(" ", "") and not tree.has(name):
                found[name] = meaning
                texts.append(meaning)
    return found


def _parse(text: str, hidden: frozenset[str], aliases: Mapping[str, str]) -> tuple[Source, Loop]:
    """Return a text's parts, with `hidden` names as branches; warn of what ROOT drops or joins."""
    source = prepare(text)
    try:
        root = parse(source.prepared, hidden, aliases)
    except PlaceError as mistake:
        raise source.error(mistake) from None
    notes = list(source.warnings)
    notes += [
        (node.note, *source.place(*node.place))
        for node in root.walk()
        if isinstance(node, Branch) and node.note
    ]
    for message, start, length in notes:
        warn(f"{message}\n{with_caret(text, start, length)}")
    return source, Loop(root)
