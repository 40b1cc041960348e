"""The parts of a parsed expression; each evaluates itself over the rows of a block.

A node returns its values (one per row, or a scalar) and a mask of the rows in which an array index was out
of range, or None. ROOT gives up such a row: the whole formula is NaN there, unless ``&&``, ``||`` or ``?:``
passed the index over.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import numpy as np

from tmva_py.expressions.functions import Function
from tmva_py.expressions.numbers import Mask, Values
from tmva_py.expressions.rows import Block, Rows
from tmva_py.expressions.source import PlaceError
from tmva_py.trees import Column

Result: TypeAlias = tuple[Values, Mask | None]

#: Nodes may lie this deep in one another; evaluation calls itself once or twice for each.
DEEPEST = 150


def either(first: Mask | None, second: Mask | None) -> Mask | None:
    """Return the rows of either mask."""
    if first is None or second is None:
        return second if first is None else first
    return first | second


def only_where(mask: Mask | None, condition: Values) -> Mask | None:
    """Return the rows of a mask in which a condition holds."""
    return None if mask is None else mask & condition


class Node(ABC):
    """A part of an expression, with its place in the prepared text."""

    def __init__(self, *children: Node, place: tuple[int, int]) -> None:
        self.children = children
        self.place = place
        self.depth: int = 1 + max((child.depth for child in children), default=0)
        if self.depth > DEEPEST:
            message = f"parts lie more than {DEEPEST} levels deep in one another; split the expression"
            raise PlaceError(message, *place)

    @abstractmethod
    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the values of the rows, and the rows in which an index is out of range."""

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()

    def loop_leaves(self) -> Iterator[Branch]:
        """Yield the branches whose array dimensions this node loops over."""
        for child in self.children:
            yield from child.loop_leaves()


class Loop:
    """A node with instances of its own: the whole expression, an index, or the arguments of ``Sum$``."""

    def __init__(self, root: Node, *others: Node) -> None:
        self.root = root
        self.leaves = tuple(leaf for node in (root, *others) for leaf in node.loop_leaves())
        self._first_rows = Rows(None, (), None, self)

    def loops(self, columns: Mapping[str, Column]) -> bool:
        """Return whether an entry may have more than one instance."""
        return any(leaf.looped_levels(columns) for leaf in self.leaves)

    def first_instance(self, block: Block) -> Result:
        """Return the value of instance 0 of each entry of a block, and where there is none: NaN there."""
        for leaf in self.leaves:
            levels = block.columns[leaf.name].levels
            if len(levels) > 1 and any(
                level and not isinstance(levels[level], int) for level in leaf.looped_levels(block.columns)
            ):
                # In a list of lists the first element need not be in the first list.
                values, found = block.instance_values(self, None, 0)
                return np.where(found, values, np.nan), ~found
        return self.marked(block, self._first_rows)

    def marked(self, block: Block, rows: Rows) -> Result:
        """Return one float64 per row, and the rows in which an index is out of range: NaN there."""
        result = self.root.evaluate(block, rows)
        return finished(result, block, rows), result[1]

    def evaluate(self, block: Block, rows: Rows) -> Values:
        """Return one float64 per row, NaN where an index is out of range."""
        return self.marked(block, rows)[0]


def finished(result: Result, block: Block, rows: Rows) -> Values:
    """Return a node's result as one float64 per row, NaN where an index is out of range."""
    values, missing = result
    shape = (block.size_of(rows),)
    values = np.asarray(values, dtype=np.float64)
    if values.shape != shape:
        values = np.broadcast_to(values, shape)
    return values if missing is None else np.where(missing, np.nan, values)


class Constant(Node):
    """A number."""

    def __init__(self, value: float, place: tuple[int, int]) -> None:
        super().__init__(place=place)
        self.value = np.float64(value)

    def evaluate(self, block: Block, rows: Rows) -> Result:  # noqa: ARG002
        """Return the number."""
        return self.value, None


class Branch(Node):
    """A branch with its square brackets.

    An index is a number, a `Loop` that is calculated, or None, as for missing brackets: all elements. A fixed
    index beyond a fixed size is a mistake unless the branch is `tolerant` (inside ``Alt$``).
    """

    def __init__(
        self,
        name: str,
        place: tuple[int, int],
        indices: tuple[int | Loop | None, ...] = (),
        note: str = "",
    ) -> None:
        super().__init__(*(index.root for index in indices if isinstance(index, Loop)), place=place)
        self.name = name
        self.indices = indices
        self.note = note
        self.tolerant = False

    def index(self, level: int) -> int | Loop | None:
        """Return the index of a dimension, None if it is looped over."""
        return self.indices[level] if level < len(self.indices) else None

    def looped_levels(self, columns: Mapping[str, Column]) -> tuple[int, ...]:
        """Return the dimensions that are looped over."""
        indices = [self.index(level) for level in range(len(columns[self.name].levels))]
        return tuple(
            level
            for level, index in enumerate(indices)
            if index is None or (isinstance(index, Loop) and index.loops(columns))
        )

    def fixed_depth(self, columns: Mapping[str, Column]) -> int:
        """Return how many leading dimensions have a number as index."""
        depth = 0
        while depth < len(columns[self.name].levels) and isinstance(self.index(depth), int):
            depth += 1
        return depth

    def check(self, columns: Mapping[str, Column]) -> None:
        """Raise PlaceError if there are too many brackets or a fixed index beyond a fixed size."""
        levels = columns[self.name].levels
        extra = self.indices[len(levels) :]
        # ROOT reads `x[0]` of a plain number as `x`.
        if extra and not (len(levels) == 0 and extra == (0,)):
            found = f"{len(levels)} array dimension{'' if len(levels) == 1 else 's'}"
            message = f"branch {self.name!r} has {found}, found {len(self.indices)} pair(s) of brackets"
            raise PlaceError(message, *self.place)
        for index, size in zip(self.indices, levels, strict=False):
            if isinstance(index, int) and isinstance(size, int) and index >= size and not self.tolerant:
                message = f"index {index} of branch {self.name!r} is too high, the highest is {size - 1}"
                raise PlaceError(message, *self.place)

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the branch's values."""
        return block.read(self, rows)

    def loop_leaves(self) -> Iterator[Branch]:
        """Yield the branch itself; its indices are formulas of their own."""
        yield self


class EntryNumber(Node):
    """``Entry$``: the number of the entry in its tree."""

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the numbers."""
        return (block.first_entry + block.entries_of(rows)).astype(np.float64), None


class EntryCount(Node):
    """``Entries$``: the number of entries in the tree."""

    def evaluate(self, block: Block, rows: Rows) -> Result:  # noqa: ARG002
        """Return the number."""
        return np.float64(block.total_entries), None


class InstanceNumber(Node):
    """``Iteration$``: the number of the instance in its entry."""

    def evaluate(self, block: Block, rows: Rows) -> Result:  # noqa: ARG002
        """Return the numbers."""
        return (np.float64(0.0) if rows.instances is None else rows.instances.astype(np.float64)), None


class InstanceCount(Node):
    """``Length$``: how many instances the formula has in the entry."""

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the counts."""
        counts = block.instances(rows.loop)[1]
        return (counts if rows.entries is None else counts[rows.entries]).astype(np.float64), None


class CollectionSize(Node):
    """``@v.size()``: how many items a list has, without looping over it."""

    def __init__(self, branch: Branch, place: tuple[int, int]) -> None:
        super().__init__(branch, place=place)
        self.branch = branch

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the sizes; 1 for a plain number."""
        column = block.columns[self.branch.name]
        if not column.levels:
            return np.float64(1.0), None
        entries = block.entries_of(rows)
        return column.sizes(0, entries + block.start).astype(np.float64), None

    def loop_leaves(self) -> Iterator[Branch]:
        """Yield nothing: the list is not looped over."""
        return iter(())


class Negation(Node):
    """``-x``."""

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the values with the other sign."""
        values, missing = self.children[0].evaluate(block, rows)
        return -values, missing


class Not(Node):
    """``!x``: 1 where x is 0, else 0."""

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the truth values."""
        values, missing = self.children[0].evaluate(block, rows)
        return np.asarray(values == 0).astype(np.float64), missing


class Chain(Node):
    """Operands joined by one arithmetic operator; from the right, a∘b∘c is a∘(b∘c)."""

    def __init__(
        self,
        *operands: Node,
        operator: Callable[[Values, Values], Values],
        from_right: bool,
        place: tuple[int, int],
    ) -> None:
        super().__init__(*operands, place=place)
        self.operator = operator
        self.from_right = from_right

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the operator's values."""
        operands = self.children[::-1] if self.from_right else self.children
        values, missing = operands[0].evaluate(block, rows)
        for operand in operands[1:]:
            other, other_missing = operand.evaluate(block, rows)
            values = self.operator(other, values) if self.from_right else self.operator(values, other)
            missing = either(missing, other_missing)
        return values, missing


class Logical(Node):
    """``&&`` (``stops_at`` false) or ``||`` (true): 1 or 0; what is decided is not evaluated further."""

    def __init__(self, *operands: Node, stops_at: bool, place: tuple[int, int]) -> None:
        super().__init__(*operands, place=place)
        self.stops_at = stops_at

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the truth values."""
        values, missing = self.children[0].evaluate(block, rows)
        truth = values != 0
        for operand in self.children[1:]:
            values, other_missing = operand.evaluate(block, rows)
            undecided = ~truth if self.stops_at else truth
            missing = either(missing, only_where(other_missing, undecided))
            truth = truth | (values != 0) if self.stops_at else truth & (values != 0)
        return np.asarray(truth).astype(np.float64), missing


class Conditional(Node):
    """``condition ? a : b``; NaN counts as true, as in C."""

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return a where the condition is not 0, else b."""
        condition, missing = self.children[0].evaluate(block, rows)
        first, first_missing = self.children[1].evaluate(block, rows)
        second, second_missing = self.children[2].evaluate(block, rows)
        truth = np.asarray(condition != 0)
        taken = either(only_where(first_missing, truth), only_where(second_missing, ~truth))
        return np.where(truth, first, second), either(missing, taken)


class Call(Node):
    """A function of its arguments."""

    def __init__(self, function: Function, *arguments: Node, place: tuple[int, int]) -> None:
        super().__init__(*arguments, place=place)
        self.function = function

    def evaluate(self, block: Block, rows: Rows) -> Result:
        """Return the function's values."""
        arguments: list[Values] = []
        missing: Mask | None = None
        for child in self.children:
            values, other_missing = child.evaluate(block, rows)
            arguments.append(values)
            missing = either(missing, other_missing)
        return self.function.evaluate(*arguments), missing
