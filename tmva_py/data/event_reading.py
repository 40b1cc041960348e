"""From trees to events: variables, targets, spectators, weights and cuts of each entry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tmva_py.data.class_formulas import Block, ClassFormulas, block_of, branches_of, on_tree
from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.event_checks import EventChecks
from tmva_py.data.events import Events
from tmva_py.errors import DataError
from tmva_py.expressions import Formula, Instances, TreeFormula
from tmva_py.trees import Entries, TreeSource

Doubles: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

_VALUES_PER_CHUNK = 20_000_000


class TreeType(IntEnum):
    """What a tree's events are for, with TMVA's numbers."""

    TRAINING = 0
    TESTING = 1
    UNASSIGNED = 2


@dataclass(frozen=True)
class TreeEntry:
    """One tree that was added.

    Parameters
    ----------
    tree : TreeSource
        The tree.
    class_name : str
        The class of its events.
    weight : float
        The tree's weight.
    cut : str
        A cut for this tree alone; empty for none.
    tree_type : TreeType
        What its events are for.
    """

    tree: TreeSource
    class_name: str
    weight: float = 1.0
    cut: str = ""
    tree_type: TreeType = TreeType.UNASSIGNED


@dataclass
class EventCounts:
    """Entries of one class before and after its cut, and their sums of weights."""

    before: int = 0
    weight_before: float = 0.0
    after: int = 0
    weight_after: float = 0.0

    @property
    def efficiency(self) -> float:
        """Fraction of the entries that passed, unweighted."""
        return self.after / self.before if self.before else 1.0


class EventReader:
    """Reads the events of one class from trees."""

    def __init__(
        self, info: DataSetInfo, class_index: int, weight_expression: str, cut: str, checks: EventChecks
    ) -> None:
        self._info = info
        self._class_index = class_index
        self._formulas = ClassFormulas(
            Formula(cut) if cut else None,
            Formula(weight_expression) if weight_expression else None,
            block_of("variable", info.variables),
            block_of("target", info.targets),
            block_of("spectator", info.spectators),
        )
        self._checks = checks
        self.counts = EventCounts()
        # Types of the spectators' branches, None for what is no branch of integers.
        self.spectator_types: list[set[str | None]] = [set() for _ in info.spectators]

    def read(self, added: TreeEntry) -> Events:
        """Return the events of a tree that pass the cuts."""
        tree = added.tree
        tree_cut = Formula(added.cut).on(tree) if added.cut else None
        formulas = on_tree(self._formulas, tree)
        branches = branches_of(formulas, tree_cut)
        n_values = max(1, len(branches) + len(self._info.variables) + len(self._info.spectators))
        chunk = max(1000, _VALUES_PER_CHUNK // n_values)
        info = self._info
        parts = [Events.empty(len(info.variables), len(info.targets), len(info.spectators))]
        n_selected = 0
        for start in range(0, tree.n_entries, chunk):
            entries = tree.read(branches, start, start + chunk)
            numbers = np.arange(start, start + len(entries))
            if tree_cut is not None:
                chosen = _any_instance(tree_cut.instances(entries), len(entries))
                # A tree that was filtered is a new tree to TMVA, with entries counted anew (Entry$).
                entries = entries.select(np.flatnonzero(chosen), n_selected)
                numbers = numbers[chosen]
                n_selected += len(entries)
            parts.append(self._read_chunk(added, formulas, entries, numbers))
        return Events.concatenate(parts)

    def _read_chunk(
        self,
        added: TreeEntry,
        formulas: ClassFormulas[TreeFormula],
        entries: Entries,
        numbers: Indices,
    ) -> Events:
        """Return the events of some entries; `numbers` are theirs in the tree, for messages."""
        where = added.tree.describe()
        evaluated = [formula.instances(entries) for formula in formulas.variables.formulas]
        rows, instances = self._expand(formulas.variables, evaluated, numbers, where)
        events = numbers[rows]

        def values_of(formula: TreeFormula, what: str) -> tuple[Doubles, Flags]:
            found = formula.instances(entries)
            label = f"{what} {formula.text!r}"
            if found.counts is not None and len(rows) == len(entries):
                several = found.counts[rows] > 1
                self._checks.note(
                    f"of {label} only the first of several values is used", events[several], where
                )
            return found.take(rows, instances)

        cut, no_cut = np.ones(len(rows)), np.zeros(len(rows), dtype=bool)
        if formulas.cut is not None:
            cut, no_cut = values_of(formulas.cut, "the cut")
        removed = cut < 0.5
        finite = np.ones(len(rows), dtype=bool)
        if formulas.cut is not None:
            # A cut that is NaN keeps the event, and is an error whatever else the event holds.
            nothing_removed = np.zeros(len(rows), dtype=bool)
            finite &= self._checks.check(
                _float32(cut),
                nothing_removed,
                events,
                what=f"the cut {formulas.cut.text!r}",
                where=where,
                missing=no_cut,
            )

        def values_of_block(block: Block[TreeFormula]) -> npt.NDArray[Any]:
            is_spectator = block is formulas.spectators
            result = np.empty((len(rows), len(block.infos)), np.float64 if is_spectator else np.float32)
            for position, formula in enumerate(block.formulas):
                found = evaluated[position] if block is formulas.variables else None
                for column, index in block.columns[position]:
                    what = f"{block.what} {formula.text!r}" + (
                        f" element {index}" if index is not None else ""
                    )
                    if index is not None and found is not None:
                        values, missing = found.take(rows, np.full(len(rows), index))
                    elif found is not None:
                        values, missing = found.take(rows, instances)
                    else:
                        values, missing = values_of(formula, block.what)
                    kind = _integer_type(formula, entries) if is_spectator else None
                    if is_spectator:
                        self.spectator_types[column].add(kind)
                    result[:, column] = _float32(values) if kind is None else values
                    finite[:] &= self._checks.check(
                        result[:, column], removed, events, what=what, where=where, missing=missing
                    )
            return result

        x, targets, spectators = (
            values_of_block(block) for block in (formulas.variables, formulas.targets, formulas.spectators)
        )
        weight = np.full(len(rows), np.float32(added.weight))
        if formulas.weight is not None:
            values, missing = values_of(formulas.weight, "the weight")
            weight = _float32(weight.astype(np.float64) * values)
            what = f"the weight {formulas.weight.text!r}"
            finite &= self._checks.check(weight, removed, events, what=what, where=where, missing=missing)
        keep = ~removed & finite
        self._count(weight, keep)
        kept_weight = weight[keep].astype(np.float64)
        class_index = np.full(len(kept_weight), self._class_index, dtype=np.int32)
        return Events(x[keep], targets[keep], spectators[keep], kept_weight, kept_weight.copy(), class_index)

    def _expand(
        self, block: Block[TreeFormula], evaluated: list[Instances], entries: Indices, where: str
    ) -> tuple[Indices, Indices]:
        """Return entry and instance of each event: one event per entry, or one per array instance."""
        n_entries = len(entries)
        sizes = np.ones(n_entries, dtype=np.int64)
        setters: list[tuple[str, Indices]] = []
        for formula, found, columns in zip(block.formulas, evaluated, block.columns, strict=True):
            is_array_variable = columns[0][1] is not None
            if is_array_variable:
                self._check_array_size(
                    formula.text, found, block.infos[columns[0][0]].array_size, entries, where
                )
            elif found.counts is not None:
                differs = (found.counts != 1) & (sizes != 1) & (sizes != found.counts)
                if differs.any():
                    at = int(np.argmax(differs))
                    other = next(name for name, counts in setters if counts[at] != 1)
                    message = (
                        f"{where}, entry {entries[at]}: arrays must have one length within an entry, "
                        f"but {formula.text!r} has {found.counts[at]} values and {other!r} has {sizes[at]}"
                    )
                    raise DataError(message)
                sizes = np.where((sizes == 1) & (found.counts != 1), found.counts, sizes)
                setters.append((formula.text, found.counts))
        if not setters:
            return np.arange(n_entries), np.zeros(n_entries, dtype=np.int64)
        names = ", ".join(repr(name) for name, _ in setters)
        self._checks.note(
            f"entries without any value of {names} give no event (Alt$(expression, 0) would put 0 in place)",
            entries[sizes == 0],
            where,
        )
        rows = np.repeat(np.arange(n_entries), sizes)
        return rows, np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)

    def _check_array_size(self, text: str, found: Instances, size: int, entries: Indices, where: str) -> None:
        """Raise where an array is too short; note where it is too long, as TMVA does."""
        counts = np.ones(len(entries), dtype=np.int64) if found.counts is None else found.counts
        if (counts < size).any():
            at = int(np.argmax(counts < size))
            message = (
                f"{where}, entry {entries[at]}: the array {text!r} has {counts[at]} elements, but "
                f"AddVariablesArray({text!r}, {size}) declared {size}"
            )
            raise DataError(message)
        self._checks.note(
            f"the array {text!r} has more than the {size} elements declared; the rest is ignored",
            entries[counts > size],
            where,
        )

    def _count(self, weight: npt.NDArray[np.float32], keep: npt.NDArray[np.bool_]) -> None:
        self.counts.before += len(weight)
        self.counts.weight_before += float(np.nansum(weight, dtype=np.float64))
        self.counts.after += int(np.count_nonzero(keep))
        self.counts.weight_after += float(np.sum(weight[keep], dtype=np.float64))


def _integer_type(formula: TreeFormula, entries: Entries) -> str | None:
    """Return the type of a formula that is a branch of integers; None for any other."""
    if formula.branches != (formula.text,):
        return None
    kind = entries[formula.text].content.dtype
    return kind.str[1:] if kind.kind in "iu" else None


def _any_instance(found: Instances, n_entries: int) -> npt.NDArray[np.bool_]:
    """Return which entries have an instance that is not 0, as ``TTree::CopyTree`` selects."""
    if found.counts is None:
        return np.not_equal(found.values, 0)
    chosen = np.zeros(n_entries, dtype=bool)
    chosen[np.repeat(np.arange(n_entries), found.counts)[found.values != 0]] = True
    return chosen


def _float32(values: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Round to float32; what is too large becomes infinite, and is reported as such."""
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(np.float32)
