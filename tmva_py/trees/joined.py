"""Trees made of trees: one after the other (a chain), or side by side (friends)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tmva_py.errors import DataError
from tmva_py.lazy import lazy
from tmva_py.trees.columns import Column
from tmva_py.trees.source import TreeSource


class ChainTree(TreeSource):
    """Trees with the same branches, one after the other."""

    def __init__(self, parts: Sequence[TreeSource]) -> None:
        first = parts[0]
        super().__init__(
            first.name,
            sum(part.n_entries for part in parts),
            first.branch_names,
            aliases=first.aliases,
            objects=first.objects,
            leaf_lists=first.leaf_lists,
        )
        self._parts = tuple(parts)

    def describe(self) -> str:
        """Return the first tree, and how many follow."""
        more = len(self._parts) - 1
        return self._parts[0].describe() + (f" and {more} more" if more else "")

    @property
    def file_path(self) -> str:
        """The file of the first tree."""
        return self._parts[0].file_path

    def _found(self, branch: str) -> str | None:
        return self._parts[0].full_name(branch) if self._parts[0].has(branch) else None

    def check_numbers(self, branch: str) -> None:
        """Raise DataError if a branch of any part holds something else than numbers."""
        for part in self._parts:
            part.check_numbers(branch)

    def largest_basket(self, branches: Iterable[str]) -> int:
        """Return the most entries that one basket of some branches holds."""
        names = list(branches)
        return max(part.largest_basket(names) for part in self._parts)

    def whole_baskets(self, branches: Iterable[str]) -> dict[str, int]:
        """Return the bytes of the largest basket of those branches whose baskets are read whole."""
        names, found = list(branches), dict[str, int]()
        for part in self._parts:
            for name, size in part.whole_baskets(names).items():
                found[name] = max(size, found.get(name, 0))
        return found

    def _read(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        pieces: dict[str, list[Column]] = {branch: [] for branch in branches}
        for part, low, high in self._ranges(start, stop):
            for branch, column in part.read(branches, low, high).columns.items():
                before = pieces[branch]
                if before and len(before[0].levels) != len(column.levels):
                    message = (
                        f"branch {branch!r} has {len(column.levels)} array dimensions in {part.describe()}, "
                        f"but {len(before[0].levels)} in {self._parts[0].describe()}"
                    )
                    raise DataError(message)
                before.append(column)
        return {branch: Column.concatenate(columns) for branch, columns in pieces.items()}

    def arrays(self, branches: Iterable[str], start: int, stop: int) -> dict[str, Any]:
        """Return some of `branch_names` as arrays."""
        import awkward as ak

        names = list(branches)
        pieces = [part.arrays(names, low, high) for part, low, high in self._ranges(start, stop)]
        if len(pieces) == 1:
            return pieces[0]
        return {name: ak.concatenate([piece[name] for piece in pieces]) for name in names}

    def _ranges(self, start: int, stop: int) -> list[tuple[TreeSource, int, int]]:
        """Return the parts that entries lie in, and from where to where in each; an empty one if none."""
        found = []
        first = 0
        for part in self._parts:
            low, high = max(start - first, 0), min(stop - first, part.n_entries)
            first += part.n_entries
            if low < high:
                found.append((part, low, high))
        return found or [(self._parts[0], 0, 0)]


@dataclass
class Friend:
    """A tree beside another: the names that its branches may begin with, and how it is opened."""

    names: tuple[str, ...]
    open: Callable[[], TreeSource]

    @lazy
    def tree(self) -> TreeSource:
        """The tree, opened when first one of its branches is looked for."""
        return self.open()


class FriendTree(TreeSource):
    """A tree with friends; a name that the tree itself lacks is looked for in them, as in ROOT."""

    def __init__(self, main: TreeSource, friends: Sequence[Friend]) -> None:
        self._main = main
        self._friends: dict[str, Friend] = {friend.names[0]: friend for friend in friends}
        self._broken: dict[str, str] = {}
        names, aliases = list(main.branch_names), dict(main.aliases)
        for name, friend in list(self._friends.items()):
            try:
                tree = friend.tree
            except DataError as error:
                self._broken[name] = str(error)
                del self._friends[name]
                continue
            names += [f"{name}.{branch}" for branch in tree.branch_names]
            aliases = {**tree.aliases, **aliases}
        super().__init__(
            main.name,
            main.n_entries,
            names,
            aliases=aliases,
            objects=main.objects,
            leaf_lists=main.leaf_lists,
        )

    def describe(self) -> str:
        """Return where the tree itself is."""
        return self._main.describe()

    @property
    def file_path(self) -> str:
        """The file of the tree itself."""
        return self._main.file_path

    def check_numbers(self, branch: str) -> None:
        """Raise DataError if a branch holds something else than numbers."""
        tree, name = self._owner(self.full_name(branch))
        tree.check_numbers(name)

    def largest_basket(self, branches: Iterable[str]) -> int:
        """Return the most entries that one basket of some branches holds."""
        owners = [self._owner(self.full_name(branch)) for branch in branches]
        return max((tree.largest_basket([name]) for tree, name in owners), default=0)

    def whole_baskets(self, branches: Iterable[str]) -> dict[str, int]:
        """Return the bytes of the largest basket of those branches whose baskets are read whole."""
        owners = [(branch, *self._owner(self.full_name(branch))) for branch in branches]
        return {branch: size for branch, tree, name in owners for size in tree.whole_baskets([name]).values()}

    def _found(self, branch: str) -> str | None:
        if self._main.has(branch):
            return self._main.full_name(branch)
        for whole in (True, False):
            for name, friend in self._friends.items():
                for prefix in friend.names if whole else ("",):
                    rest = branch.removeprefix(f"{prefix}.") if prefix else branch
                    if (rest != branch or not prefix) and friend.tree.has(rest):
                        return f"{name}.{friend.tree.full_name(rest)}"
        return None

    def _method(self, name: str) -> None:  # a method is the owner's
        del name

    def _owner(self, full: str) -> tuple[TreeSource, str]:
        """Return whose branch a full name is, and what it is called there."""
        if self._main.has(full):
            return self._main, full
        name = next(one for one in self._friends if full.startswith(f"{one}."))
        return self._friends[name].tree, full.removeprefix(f"{name}.")

    def _about_missing(self, branch: str) -> str:
        lines = [self._main._about_missing(branch)]
        lines += [f"its friend {name!r} cannot be read: {reason}" for name, reason in self._broken.items()]
        others = [f"{name} ({friend.tree.describe()})" for name, friend in self._friends.items()]
        return "; ".join([*lines, *([f"its friends: {', '.join(others)}"] if others else [])])

    def _by_owner(self, branches: Iterable[str]) -> dict[int, tuple[TreeSource, dict[str, str]]]:
        owners: dict[int, tuple[TreeSource, dict[str, str]]] = {}
        for branch in branches:
            tree, name = self._owner(branch)
            if tree.n_entries < self.n_entries:
                message = (
                    f"{tree.describe()} has {tree.n_entries} entries, fewer than the {self.n_entries} of "
                    f"{self.describe()}, whose friend it is"
                )
                raise DataError(message)
            owners.setdefault(id(tree), (tree, {}))[1][branch] = name
        return owners

    def _read(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        columns: dict[str, Column] = {}
        for tree, names in self._by_owner(branches).values():
            found = tree.read(names.values(), start, stop)
            columns.update({branch: found[name] for branch, name in names.items()})
        if not columns:
            return columns
        return {branch: columns[branch] for branch in branches}

    def arrays(self, branches: Iterable[str], start: int, stop: int) -> dict[str, Any]:
        """Return some of `branch_names` as arrays."""
        arrays: dict[str, Any] = {}
        for tree, names in self._by_owner(branches).values():
            found = tree.arrays(names.values(), start, stop)
            arrays.update({branch: found[name] for branch, name in names.items()})
        return arrays
