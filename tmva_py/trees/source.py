"""The interface of a tree: named branches, read by ranges of entries."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tmva_py.errors import DataError, did_you_mean
from tmva_py.lazy import lazy
from tmva_py.trees.columns import Column, Entries
from tmva_py.trees.leaf_lists import LeafList
from tmva_py.trees.vectors import VectorMethod, kind_of, method_of, methods_of

_SHOWN_NAMES = 20
_METHOD = re.compile(r"(?P<object>.+)\.(?P<method>\w+)\(\)")


class TreeSource(ABC):
    """A tree that can be read.

    Attributes
    ----------
    name : str
        The tree's name.
    n_entries : int
        Number of entries.
    branch_names : tuple of str
        Every branch that can be read; sub-branches and members as ``branch.sub``.
    aliases : mapping of str to str
        Expressions by the names that stand for them.
    objects : mapping of str to str
        Class of each branch, or member, that has members.
    leaf_lists : mapping of str to LeafList
        The leaves of branches as ROOT has them; a branch that is not among them has one leaf of its name.
    """

    def __init__(
        self,
        name: str,
        n_entries: int,
        branch_names: Iterable[str],
        *,
        leaf_lists: Mapping[str, LeafList] | None = None,
        inside: Collection[str] = (),
        aliases: Mapping[str, str] | None = None,
        objects: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.n_entries = n_entries
        self.branch_names = tuple(branch_names)
        self.aliases = dict(aliases or {})
        self.objects = dict(objects or {})
        self.leaf_lists = dict(leaf_lists or {})
        self._full_names = _full_names(self.branch_names, inside)
        for branch, leaves in self.leaf_lists.items():
            for synonym, full in leaves.synonyms(branch):
                self._full_names.setdefault(synonym, full)

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

    def whole_baskets(self, branches: Iterable[str]) -> dict[str, int]:
        """Return the bytes of the largest basket of those branches whose baskets are read whole."""
        del branches
        return {}

    def check_numbers(self, branch: str) -> None:
        """Raise DataError if a branch is known to hold something else than numbers; do not read it."""
        del branch

    def read(self, branches: Iterable[str], start: int = 0, stop: int | None = None) -> Entries:
        """Return the values of some branches.

        Parameters
        ----------
        branches : iterable of str
            Names as in `branch_names`; a sub-branch may go by its last part alone, as in a TTree expression,
            and ``p4.Pt()`` is a method of an object that holds a vector.
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
        names = list(branches)
        methods = {name: found for name in names if (found := self._method(name))}
        full = {name: self.full_name(name) for name in names if name not in methods}
        needed = [*full.values(), *(member for parts, _ in methods.values() for member in parts.values())]
        stop = max(start, self.n_entries if stop is None else min(stop, self.n_entries))
        columns = self._read(tuple(dict.fromkeys(needed)), start, stop)
        named = {name: columns[branch] for name, branch in full.items()}
        for name, (parts, method) in methods.items():
            values = method.compute({member: columns[branch].content for member, branch in parts.items()})
            named[name] = replace(columns[next(iter(parts.values()))], content=values)
        return Entries({name: named[name] for name in names}, stop - start, start, self.n_entries)

    def arrays(self, branches: Iterable[str], start: int, stop: int) -> dict[str, Any]:
        """Return some of `branch_names` as NumPy or awkward arrays, of a file in any type."""
        return {name: column.to_array() for name, column in self.read(branches, start, stop).columns.items()}

    def has(self, branch: str) -> bool:
        """Return whether there is a branch that may go by this name."""
        return self._found(branch) is not None

    @lazy
    def branches(self) -> dict[str, LeafList]:
        """The leaves of each branch, where `branch_names` has a name for each leaf of a leaf list."""
        owners = {one: name for name, leaves in self.leaf_lists.items() for one in leaves.columns.values()}
        names = dict.fromkeys(owners.get(column, column) for column in self.branch_names)
        return {name: self.leaf_lists.get(name) or LeafList({name: name}) for name in names}

    def full_name(self, branch: str) -> str:
        """Return the branch's name as in `branch_names`, or that of an object's method as it is."""
        found = self._found(branch)
        if found is None:
            raise DataError(self._about_missing(branch))
        return found

    def _found(self, branch: str) -> str | None:
        if branch.startswith("@"):  # the list itself: any of its members has its length
            path = self._object(branch[1:])
            members = [] if path is None else [one for one in self.branch_names if one.startswith(f"{path}.")]
            return members[0] if members else self._found(branch[1:])
        for name in (branch, branch.removeprefix(f"{self.name}.")):
            found = self._full_names.get(name) or self._full_names.get(name.replace("/", ".").rstrip("."))
            if found is not None:
                return found
        return branch if self._method(branch) else None

    def _method(self, name: str) -> tuple[dict[str, str], VectorMethod] | None:
        """Return the branches of the members that an object's method needs, and how it is computed."""
        match = _METHOD.fullmatch(name) if name.endswith("()") else None
        if not match:
            return None
        path = self._object(match["object"])
        if path is None:
            return None
        method = method_of(
            kind_of(self.objects[path]), match["method"], lambda m: self._member(path, m) != ""
        )
        if method is None:
            return None
        return {member: self._member(path, member) for member in method.members}, method

    def _object(self, name: str) -> str | None:
        for path in (name, name.removeprefix(f"{self.name}.")):
            if path in self.objects:
                return path
        return None

    def _member(self, path: str, member: str) -> str:
        """Return the branch of an object's member, which may itself lie in a list of its class; else ""."""
        return self._full_names.get(f"{path}.{member}", "")

    def _about_missing(self, branch: str) -> str:
        match = _METHOD.fullmatch(branch)
        path = self._object(match["object"] if match else branch)
        if path is None:
            shown = ", ".join(self.branch_names[:_SHOWN_NAMES])
            more = len(self.branch_names) - _SHOWN_NAMES
            return (
                f"{self.describe()} has no branch {branch!r}{did_you_mean(branch, self._full_names)}; "
                f"its branches: {shown or 'none'}{f' and {more} more' if more > 0 else ''}"
            )
        members = [name for name in self.branch_names if name.startswith(f"{path}.")]
        advice = f"its members: {', '.join(members[:_SHOWN_NAMES]) or 'none that are numbers'}"
        kind = kind_of(self.objects[path])
        usable = [
            one for one in methods_of(kind) if method_of(kind, one, lambda m: self._member(path, m) != "")
        ]
        if usable:
            advice += f"; its methods: {', '.join(f'{path}.{one}()' for one in usable)}"
        what = f"method {match['method']!r} of " if match else ""
        found = f"branch {path!r} is an object of class {self.objects[path]}"
        if not match:
            return f"{self.describe()}: {found}, which is no number; name one of {advice}"
        return f"{self.describe()}: {what}{path!r} (class {self.objects[path]}) is not known here; {advice}"


def _full_names(names: Sequence[str], inside: Collection[str] = ()) -> dict[str, str]:
    """Map every accepted spelling to the branch; of several with one last part the first wins, as in ROOT."""
    table = {name: name for name in names}
    for name in names:
        dotted = name.replace("/", ".").rstrip(".")
        table.setdefault(dotted, name)
        if name in inside:
            continue
        # Only whole prefixes may be left out: "event.jet.pt" also goes by "jet.pt" and "pt".
        parts = dotted.split(".")
        for first in range(1, len(parts)):
            table.setdefault(".".join(parts[first:]), name)
    return table
