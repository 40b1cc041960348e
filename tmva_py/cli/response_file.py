"""Writes the responses of a method to a ROOT file, some entries at a time."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from tmva_py.cli.interrupts import InterruptsBetween
from tmva_py.data.variable_info import internal_name_of
from tmva_py.errors import DataError, did_you_mean, warn
from tmva_py.files import replaced_when_done
from tmva_py.methods import TrainedMethod
from tmva_py.methods.application import Application
from tmva_py.methods.event_input import VariableReader
from tmva_py.trees import Entries, TreeSource

# Values held at a time, of 4 or 8 bytes each.
_VALUES_PER_CHUNK = 4_000_000
# As many where baskets are so large that each is decompressed for many chunks.
_MOST_VALUES = 20_000_000
# Bytes of a basket of lists that are worth a warning.
_LARGE_BASKET = 100_000_000


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes
    ----------
    tree_name : str
        The tree.
    n_entries : int
        Its entries.
    branches : tuple of str
        Its branches.
    """

    tree_name: str
    n_entries: int
    branches: tuple[str, ...]


def write_responses(
    method: TrainedMethod,
    tree: TreeSource,
    output: str,
    *,
    branch: str | None = None,
    tree_name: str | None = None,
    copy: Sequence[str] = (),
    working_point: float | None = None,
    chunk: int | None = None,
    progress: bool = False,
) -> Written:
    """Evaluate `method` on all entries of `tree` and write a ROOT file.

    Parameters
    ----------
    method : TrainedMethod
        Read from a weight file.
    tree : TreeSource
        Where the variables come from.
    output : str
        The file; it is replaced when everything is written, and untouched if anything fails.
    branch, tree_name : str, optional
        Names in the output.
    copy : sequence of str
        Branches of `tree` to write too; ``*`` and ``?`` match any text and any character.
    working_point : float, optional
        The signal efficiency at which a method of cuts selects events.
    chunk : int, optional
        Entries held in memory at a time; by default as many as keep memory small.
    progress : bool, default False
        Show a bar on standard error.

    Raises
    ------
    DataError
        A branch is missing, two would have one name, or the output is the input.
    OSError
        The output cannot be written.

    Warns
    -----
    TMVAWarning
        Some events have a variable that is not a number.
    """
    import uproot

    variables = list(method.info.variables)
    n_variables = len(variables)
    if method.model.uses_spectators:
        variables += method.spectators
    reader = VariableReader(variables, tree)
    names = _response_names(method, branch or internal_name_of(method.title))
    copied = _copied_branches(tree, copy, names)
    tree_name = tree_name or tree.name
    _refuse_same_file(tree, output)
    needed = list(dict.fromkeys([*reader.branches, *copied]))
    _warn_of_large_baskets(tree, needed)
    if chunk is None:
        n_values = len(needed) + 2 * len(variables) + len(names)
        chunk = _chunk_size(n_values, tree.largest_basket(needed))
    applied = Application(method)
    with (
        InterruptsBetween() as interrupts,
        replaced_when_done(output) as temporary,
        uproot.recreate(temporary) as file,
    ):
        target: Any = None
        with _bar(tree.n_entries, progress) as advance:
            # At least once: a tree without entries has branches too.
            for start in range(0, max(1, tree.n_entries), chunk):
                stop = min(start + chunk, tree.n_entries)
                entries = tree.read(reader.branches, start, stop)
                values = reader.values(entries)
                x, spectators = values[:, :n_variables], values[:, n_variables:]
                beside = spectators if method.model.uses_spectators else None
                found = applied.responses(x, spectators=beside, working_point=working_point).values
                by_class = found.reshape(len(x), len(names))
                out: dict[str, Any] = {name: by_class[:, i] for i, name in enumerate(names)}
                out.update(_copies(tree, copied, entries))
                if target is None:
                    target = file.mktree(tree_name, {name: _branch_type(one) for name, one in out.items()})
                if len(x):
                    target.extend(out)
                advance(len(x))
                interrupts.check()
    applied.warn()
    return Written(tree_name, tree.n_entries, (*names, *copied.values()))


def friend_name(method: TrainedMethod, tree: TreeSource, branch: str | None) -> str:
    """Return the name of a friend tree: that of the response, and none of the tree's own."""
    name = branch or internal_name_of(method.title)
    return f"{tree.name}_{name}" if name == tree.name or tree.has(name) else name


def _warn_of_large_baskets(tree: TreeSource, branches: Sequence[str]) -> None:
    """Say beforehand what will need much memory, whatever the number of entries at a time."""
    sizes = tree.whole_baskets([name for name in branches if tree.has(name)])
    name = max(sizes, key=lambda one: sizes[one], default="")
    if name and sizes[name] > _LARGE_BASKET:
        megabytes = sizes[name] / 1e6
        warn(
            f"branch {name!r} of {tree.describe()} has lists or records in baskets of {megabytes:,.0f} MB, "
            "which are read whole and take several times as much memory. A copy of the tree with smaller "
            "baskets needs less: RDataFrame's Snapshot makes one, or hadd -O"
        )


def _response_names(method: TrainedMethod, branch: str) -> list[str]:
    if method.analysis_type == "Classification":
        return [branch]
    if method.analysis_type == "Multiclass":
        return [f"{branch}_{internal_name_of(name)}" for name in method.info.classes]
    return [f"{branch}_{target.internal_name}" for target in method.info.targets]


def _copied_branches(tree: TreeSource, patterns: Sequence[str], taken: Sequence[str]) -> dict[str, str]:
    """Return the name in the output of each branch to copy."""
    chosen: dict[str, str] = {}
    for pattern in patterns:
        if any(sign in pattern for sign in "*?["):
            found = [name for name in tree.branch_names if fnmatch.fnmatchcase(name, pattern)]
            if not found:
                shown = ", ".join(tree.branch_names[:20])
                advice = did_you_mean(pattern.strip("*?"), tree.branch_names)
                message = (
                    f"--copy: no branch of {tree.describe()} is like {pattern!r}{advice}; there are {shown}"
                )
                raise DataError(message)
        else:
            found = [tree.full_name(pattern)]
        # A dot in a branch's name would make ROOT look for a member.
        chosen.update({name: name.replace(".", "_") for name in found})
    names = [*taken, *chosen.values()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = (
            f"the output would have two branches {twice[0]!r}; give the response another name with --branch"
        )
        raise DataError(message)
    return chosen


def _chunk_size(n_values: int, basket: int) -> int:
    """Return how many entries to hold at a time: whole baskets where they fit into memory."""
    size = max(1, _VALUES_PER_CHUNK // n_values)
    if basket > size:
        return max(1, min(basket, _MOST_VALUES // n_values))
    return size - size % basket if basket else size


def _refuse_same_file(tree: TreeSource, output: str) -> None:
    source = tree.describe().rpartition(":")[0]
    if os.path.exists(output) and os.path.exists(source) and os.path.samefile(source, output):
        message = f"the output {output!r} is the input file; write to another file"
        raise DataError(message)


def _copies(tree: TreeSource, copied: dict[str, str], entries: Entries) -> dict[str, Any]:
    """Return the branches to copy by their names in the output; what the variables need is not read twice."""
    others = [name for name in copied if name not in entries.columns]
    arrays = tree.arrays(others, entries.first, entries.first + len(entries)) if others else {}
    arrays.update({name: entries[name].to_array() for name in copied if name in entries.columns})
    return {name: arrays[source] for source, name in copied.items()}


def _branch_type(column: Any) -> Any:
    if isinstance(column, np.ndarray):
        kind = np.dtype(np.uint8) if column.dtype == bool else column.dtype
        return kind if column.ndim == 1 else np.dtype((kind, column.shape[1:]))
    return column.type.content


def _no_bar(number: int) -> None:
    """Take the progress and show nothing."""


@contextmanager
def _bar(n_entries: int, visible: bool) -> Iterator[Any]:
    if not visible:
        yield _no_bar
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("evaluating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=n_entries)
        yield lambda number: bar.advance(task, number)
