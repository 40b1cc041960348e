"""The interface of a tree: named branches, read by ranges of entries."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from tmva_py.errors import DataError, did_you_mean
from tmva_py.trees.columns import Column, Entries

_SHOWN_NAMES = 20


class TreeSource(ABC):
    """A tree that can be read.

    Attributes
    ----------
    name : str
        The tree's name.
    n_entries : int
        Number of entries.
    branch_names : tuple of str
        Every branch that can be read; sub-branches as ``branch.sub``.
    """

    def __init__(self, name: str, n_entries: int, branch_names: Iterable[str]) -> None:
        self.name = name
        self.n_entries = n_entries
        self.branch_names = tuple(branch_names)
        self._full_names = _full_names(self.branch_names)

    @property
    def file_path(self) -> str:
        """The file on disk that the tree is read from; empty if there is none."""
        return ""

    @abstractmethod
    def describe(self) -> str:
        """Return where the tree is, for messages: ``"file.root:tree"`` for one in a file."""

    @abstractmethod
    def _read(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        """Return the columns of some of `branch_names` for the entries from `start` to before `stop`."""

    def largest_basket(self, branches: Iterable[str]) -> int:
        """Return how many entries the storage gives out together, at most; 0 where any range is as good."""
        del branches
        return 0

    def read(self, branches: Iterable[str], start: int = 0, stop: int | None = None) -> Entries:
        """Return the values of some branches.

        Parameters
        ----------
        branches : iterable of str
            Names as in `branch_names`; a sub-branch may go by its last part alone, as in a TTree expression.
        start, stop : int
            The range of entries, by default all; `stop` may lie beyond the last entry.

        Returns
        -------
        Entries
            Its columns go by the requested names.

        Raises
        ------
        DataError
            A branch does not exist, cannot be read, or does not hold numbers; the message names the tree and
            the nearest branch.
        """
        full = {name: self.full_name(name) for name in branches}
        stop = max(start, self.n_entries if stop is None else min(stop, self.n_entries))
        columns = self._read(tuple(dict.fromkeys(full.values())), start, stop)
        named = {name: columns[branch] for name, branch in full.items()}
        return Entries(named, stop - start, start, self.n_entries)

    def arrays(self, branches: Iterable[str], start: int, stop: int) -> dict[str, Any]:
        """Return some of `branch_names` as NumPy or awkward arrays, of a file in any type."""
        return {name: column.to_array() for name, column in self.read(branches, start, stop).columns.items()}

    def has(self, branch: str) -> bool:
        """Return whether there is a branch that may go by this name."""
        return branch in self._full_names

    def full_name(self, branch: str) -> str:
        """Return the branch's name as in `branch_names`."""
        found = self._full_names.get(branch) or self._full_names.get(branch.replace("/", ".").rstrip("."))
        if found is None:
            shown = ", ".join(self.branch_names[:_SHOWN_NAMES])
            more = len(self.branch_names) - _SHOWN_NAMES
            message = (
                f"{self.describe()} has no branch {branch!r}{did_you_mean(branch, self._full_names)}; "
                f"its branches: {shown or 'none'}{f' and {more} more' if more > 0 else ''}"
            )
            raise DataError(message)
        return found


def _full_names(names: Sequence[str]) -> dict[str, str]:
    """Map every accepted spelling to the branch; of several with one last part the first wins, as in ROOT."""
    table = {name: name for name in names}
    for name in names:
        dotted = name.replace("/", ".").rstrip(".")
        table.setdefault(dotted, name)
        # Only whole prefixes may be left out: "event.jet.pt" also goes by "jet.pt" and "pt".
        parts = dotted.split(".")
        for first in range(1, len(parts)):
            table.setdefault(".".join(parts[first:]), name)
    return table
