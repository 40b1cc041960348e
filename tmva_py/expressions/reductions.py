"""The functions over the instances of an entry: ``Sum$``, ``Min$``, …, and ``Alt$``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tmva_py.expressions.nodes import Branch, Loop, Node, Result, finished, only_where
from tmva_py.expressions.numbers import Values
from tmva_py.expressions.rows import Block, Rows
from tmva_py.expressions.source import PlaceError
from tmva_py.trees import Column


class Reduction(Node):
    """``Sum$``, ``Min$``, ``Max$``, ``MinIf$``, ``MaxIf$``, ``Length$``: one value of all instances.

    Instances in which the condition is 0 are passed over.
    """

    def __init__(
        self, kind: str, argument: Node, condition: Node | None = None, *, place: tuple[int, int]
    ) -> None:
        nodes = (argument,) if condition is None else (argument, condition)
        super().__init__(*nodes, place=place)
        self.kind = kind
        self.loop = Loop(*nodes)
        self.condition = condition

    def loop_leaves(self) -> Iterator[Branch]:
        """Yield nothing: the arrays are looped over inside."""
        return iter(())

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return one value per entry; 0 for an entry without instances."""
        return block.per_entry(self, lambda: self._reduce(block), rows), None

    def _reduce(self, block: Block) -> Values:
        rows, counts = block.instances(self.loop)
        if self.kind == "Length":
            return counts.astype(np.float64)
        values = self.loop.evaluate(block, rows)
        entries = block.entries_of(rows)
        if self.condition is not None:
            chosen = finished(self.condition.evaluate(block, rows), block, rows) != 0
            values, entries = values[chosen], entries[chosen]
            counts = np.bincount(entries, minlength=block.n_entries)
        if self.kind == "Sum":
            # bincount adds one after the other, as ROOT does.
            return np.bincount(entries, weights=values, minlength=block.n_entries)
        result = np.zeros(block.n_entries)
        filled = counts > 0
        starts = (np.cumsum(counts) - counts)[filled]
        if len(starts):
            reduce = np.fmin.reduceat if self.kind == "Min" else np.fmax.reduceat
            first = values[starts]
            # ROOT starts from the first instance and compares: a NaN there stays, any other is passed over.
            result[filled] = np.where(np.isnan(first), first, reduce(values, starts))
        return result


class Alternative(Node):
    """``Alt$(a, b)``: a where it has the instance, else b."""

    def __init__(self, primary: Node, alternative: Node, *, place: tuple[int, int]) -> None:
        super().__init__(primary, alternative, place=place)
        self.primary = Loop(primary)
        self.alternative = alternative
        for leaf in self.primary.leaves:
            leaf.tolerant = True

    def loop_leaves(self) -> Iterator[Branch]:
        """Yield nothing: the first argument does not change how many instances there are."""
        return iter(())

    def check(self, columns: Mapping[str, Column]) -> None:
        """Raise PlaceError if the second argument is an array."""
        if Loop(self.alternative).loops(columns):
            message = "the second argument of Alt$ may not be an array"
            raise PlaceError(message, *self.alternative.place)

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the first argument's values where there are any."""
        instance = 0 if rows.instances is None else rows.instances
        values, found = block.instance_values(self.primary, rows.entries, instance)
        other, missing = self.alternative.evaluate(block, rows)
        return np.where(found, values, other), only_where(missing, ~found)
