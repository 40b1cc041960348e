"""``TTree``: read by columns, entry by entry for loops; filled and copied."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tmva_py.pyroot.standin.belongings import InDirectory
from tmva_py.pyroot.standin.branches import TBranch
from tmva_py.pyroot.standin.filling import Filling, Lists
from tmva_py.pyroot.standin.leaf_memory import wrong_type
from tmva_py.pyroot.standin.loops import EntryLoop
from tmva_py.pyroot.standin.messages import Error, show
from tmva_py.pyroot.standin.objects import NullPointer, TList
from tmva_py.pyroot.standin.selecting import count, passing
from tmva_py.pyroot.standin.session import session
from tmva_py.pyroot.standin.tree_drawing import DrawnTree, text_of_cut
from tmva_py.trees import TreeSource
from tmva_py.trees.joined import Friend, FriendTree
from tmva_py.trees.leaf_lists import LeafList, structured
from tmva_py.trees.memory import ColumnTree

_MISSING_BRANCH, _OTHER_TYPE = -5, -2


class TTree(InDirectory, DrawnTree):
    """A tree: one of a file, or one that the script fills.

    Attributes that are no calls of ROOT are values of the current entry: ``tree.var1``.
    """

    is_made_here = False

    def __init__(
        self, name: object = "", title: object = "", *more: Any, source: TreeSource | None = None
    ) -> None:
        self._name, self._title = str(name), str(title)
        self._file_source = source
        self._filling: Filling | None = None if source is not None else Filling()
        self._friends: list[Friend] = []
        self._aliases: dict[str, str] = {}
        self._off: set[str] = set()
        self._loop: EntryLoop | None = None
        self._addresses: dict[str, Any] = {}
        self._made_source: tuple[int, TreeSource] | None = None
        self._weight = 1.0
        if source is None:
            self.is_made_here = True
            self.SetDirectory(session().directory)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        # In a loop over a tree that is not filled meanwhile nothing else is looked at.
        loop = self._loop if self._filling is None and self._loop is not None else self._entries()
        if loop is not None and loop.has(name):
            return loop.value(name)
        if loop is not None and (leaves := loop.source.leaf_lists.get(name)):
            listed = ", ".join(leaves.columns)
            message = (
                f"the branch {name!r} has several leaves, {listed}; take one: tree.{listed.split(',')[0]}"
            )
            raise AttributeError(message)
        return super().__getattr__(name)

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return self.GetEntries()

    def __iter__(self) -> Iterator[TTree]:
        for entry in range(self.GetEntries()):
            self.GetEntry(entry)
            yield self

    # --- what it is -----------------------------------------------------------------------------------

    def __tree_source__(self) -> TreeSource:
        """Return the tree as it is read by its columns."""
        source = self._file_source
        filling = self._filling
        # Branches that are being added to those of a file are not there before they are complete.
        if filling is not None and filling.branches and filling.n_entries >= self._n_entries_of_file():
            n_entries = filling.n_entries
            if self._made_source is None or self._made_source[0] != n_entries:
                columns = filling.columns(source)
                lists = ({} if source is None else source.leaf_lists) | filling.leaf_lists
                self._made_source = n_entries, ColumnTree(columns, self._name, "tree in memory", lists)
            source = self._made_source[1]
        if source is None:
            source = ColumnTree({"no branches": np.empty(0)}, self._name, "tree in memory")
        if self._friends:
            source = FriendTree(source, self._friends)
        source.aliases.update(self._aliases)
        return source

    def _n_entries_of_file(self) -> int:
        return 0 if self._file_source is None else self._file_source.n_entries

    def __file_object__(self) -> Any:
        """Return what is written into a file."""
        from tmva_py.histograms import Columns

        source, written = self._file_source, self._written_columns()
        columns = {name: plain_array(values) for name, values in written.items()}
        fixed = all(isinstance(one, np.ndarray) and one.dtype != object for one in columns.values())
        if not fixed or not columns:
            return Lists(columns, {} if self._filling is None else self._filling.counters)
        lists = {} if source is None else source.leaf_lists
        if self._filling is not None:
            lists = lists | self._filling.leaf_lists
        titles = {name: one.title for name, one in lists.items() if one.title}
        return Columns(structured(columns, lists), title=self._title or self._name, titles=titles)

    def _written_columns(self) -> dict[str, Any]:
        if self._filling is not None and self._filling.branches:
            return self._filling.columns(self._file_source)
        source = self.__tree_source__()
        return {} if "no branches" in source.branch_names else self._columns_of(source, slice(None))

    def GetName(self) -> str:
        return self._name

    def GetTitle(self) -> str:
        return self._title

    def SetName(self, name: object) -> None:
        self._name = str(name)

    def SetTitle(self, title: object) -> None:
        self._title = str(title)

    def SetNameTitle(self, name: object, title: object) -> None:
        self._name, self._title = str(name), str(title)

    def GetCurrentFile(self) -> Any:
        return None if self._directory is None else self._directory.GetFile()

    def GetTree(self) -> TTree:
        return self

    def GetWeight(self) -> float:
        return self._weight

    def SetWeight(self, weight: float, option: object = "") -> None:
        self._weight = float(weight)

    def SetAlias(self, name: object, formula: object) -> bool:
        self._aliases[str(name)] = str(formula)
        return True

    def AddFriend(self, tree: Any, file: object = "") -> None:
        """Add a tree of the same length, or ``("name", "file.root")``."""
        from tmva_py.trees import open_tree

        if isinstance(tree, TTree):
            self._friends.append(Friend((tree.GetName(),), tree.__tree_source__))
        else:
            path = str(file.GetName()) if hasattr(file, "GetName") else str(file)
            alias, _, name = str(tree).rpartition("=")
            names = tuple(dict.fromkeys(one.strip() for one in (alias, name) if one.strip()))
            self._friends.append(Friend(names, lambda: open_tree({path: name.strip()})))
        self._loop = None

    def GetListOfBranches(self) -> TList:
        stored = self.__tree_source__().branches if self._file_source is not None else {}
        made = self._filling.branches if self._filling is not None else {}
        own = [TBranch(self, name, one.title) for name, one in stored.items() if name not in made]
        return TList(own + list(made.values()))

    def _leaves_of(self, branch: str) -> LeafList:
        """Return the leaves of a branch."""
        is_made = self._filling is not None and branch in self._filling.branches
        lists = self._filling.leaf_lists if self._filling and is_made else self.__tree_source__().leaf_lists
        return lists.get(branch) or LeafList({branch: branch})

    def GetListOfLeaves(self) -> TList:
        return TList(leaf for branch in self.GetListOfBranches() for leaf in branch.GetListOfLeaves())

    def GetBranch(self, name: object) -> Any:
        found = self.GetListOfBranches().FindObject(name)
        return NullPointer(f"the tree {self._name!r} has no branch {str(name)!r}") if found is None else found

    FindBranch = GetBranch

    def GetLeaf(self, name: object, leaf: object = "") -> Any:
        """Return a leaf: ``(branch, leaf)``, or the first of a name, ``"leaf"`` or ``"branch.leaf"``."""
        branch, _, last = str(name).rpartition("/")
        return self._leaf_called(f"{name}.{leaf}" if str(leaf) else f"{branch}.{last}" if branch else last)

    def FindLeaf(self, name: object) -> Any:
        """Return the first leaf of a name, before which the tree's may be."""
        return self._leaf_called(str(name).removeprefix(f"{self._name}."))

    def _leaf_called(self, name: str) -> Any:
        # Members of an object are branches with a dot in their names.
        leaves = self.GetListOfLeaves()
        found = next((one for one in leaves if name in (one.GetFullName(), one.GetName())), None)
        return NullPointer(f"the tree {self._name!r} has no leaf {name!r}") if found is None else found

    def GetNbranches(self) -> int:
        return len(self.GetListOfBranches())

    def Print(self, option: object = "") -> None:
        line = "*" * 78
        show(f"{line}\n*Tree    :{self._name:<10}: {self._title}\n*Entries : {self.GetEntries():>8}\n{line}")
        for number, branch in enumerate(self.GetListOfBranches()):
            show(f"*Br {number:>4} :{branch.GetName():<24}: {branch.GetTitle()}")
        show(line)

    def Show(self, entry: int = -1, *more: Any) -> None:
        if entry >= 0:
            self.GetEntry(entry)
        loop = self._entries()
        if loop is not None:
            show(f"======> EVENT:{loop.entry}")
            for leaf in self.GetListOfLeaves():
                show(f" {leaf.GetName():<15} = {loop.value(leaf._column)}")

    # --- entries --------------------------------------------------------------------------------------

    def GetEntries(self, cut: object = "") -> int:
        """Return the number of entries, or of those that pass a cut."""
        text = text_of_cut(cut)
        if text:
            return count(self.__tree_source__(), text)
        if self._filling is not None and self._filling.branches and self._file_source is None:
            return self._filling.n_entries
        return self._n_entries_of_file()

    def GetEntriesFast(self) -> int:
        return self.GetEntries()

    def LoadTree(self, entry: int) -> int:
        if not 0 <= entry < self.GetEntries():
            return -2
        loop = self._entries()
        if loop is not None:
            loop.go_to(entry)
        return entry

    def GetReadEntry(self) -> int:
        loop = self._entries()
        return -1 if loop is None else loop.entry

    def GetTreeNumber(self) -> int:
        """Return the number of the tree in a chain; a tree of its own is the first."""
        return 0

    def _entries(self) -> EntryLoop | None:
        """Return what reads entries one by one; made anew after more was filled."""
        n_entries = self.GetEntries()
        if self._loop is None or self._loop.n_entries != n_entries:
            if not n_entries:
                return None
            loop = EntryLoop(self.__tree_source__())
            own = {} if self._filling is None or self._file_source is not None else self._filling.buffers
            for name, buffer in (own | self._addresses).items():
                loop.bind(name, buffer)
            loop.switch_off(self._off)
            self._loop = loop
            # The loop's own call: one call less for each entry.
            self.__dict__["GetEntry"] = loop.read if self._filling is None else self._get_entry
        return self._loop

    def GetEntry(self, entry: int = 0, getall: int = 0) -> int:
        """Read an entry into the buffers; the number of bytes, 0 for an entry that is not there."""
        return self._get_entry(entry)

    def _get_entry(self, entry: int = 0, getall: int = 0) -> int:
        loop = self._entries()
        return 0 if loop is None else loop.read(entry)

    def SetBranchAddress(self, name: object, buffer: Any, *more: Any) -> int:
        """Let `GetEntry` write a branch's value into an array, or `Fill` take it from there."""
        text = str(name)
        is_made = self._filling is not None and text in self._filling.branches
        if not is_made and not self._has_branch(text):
            Error("TTree::SetBranchAddress", f"unknown branch -> {text}")
            return _MISSING_BRANCH
        leaves = self._leaves_of(text)
        if buffer is None:
            buffer = [0] if leaves.layout is None else bytearray(leaves.layout.itemsize)
        if wrong := wrong_type(buffer, leaves):
            Error("TTree::SetBranchAddress", f"{wrong} by the branch: {text}")
            return _OTHER_TYPE
        if self._filling is not None and is_made:
            self._filling.connect(text, buffer)
        self._addresses[text] = buffer
        if self._loop is not None:
            self._loop.bind(text, buffer)
        return 0

    def _has_branch(self, name: str) -> bool:
        if self._file_source is None:
            return False
        source = self.__tree_source__()
        # A leaf is no branch; the daughters of a branch go by the last part of their names.
        return source.has(name) and any(
            name.rstrip(".") == one or one.endswith(f".{name}") for one in source.branches
        )

    def ResetBranchAddresses(self) -> None:
        self._forget_loop()
        self._addresses.clear()

    def ResetBranchAddress(self, branch: Any) -> None:
        self._forget_loop()
        self._addresses.pop(str(branch.GetName() if hasattr(branch, "GetName") else branch), None)

    def _forget_loop(self) -> None:
        self._loop = None
        self.__dict__.pop("GetEntry", None)

    def SetBranchStatus(self, pattern: object, status: Any = True, *more: Any) -> None:
        """Switch branches on or off: those that are off are neither read by `GetEntry` nor copied."""
        names = [branch.GetName() for branch in self.GetListOfBranches()]
        found = [name for name in names if fnmatch.fnmatchcase(name, str(pattern))]
        if status and not found:
            what = "No branch name is matching wildcard" if "*" in str(pattern) else "unknown branch"
            Error("TTree::SetBranchStatus", f"{what} -> {pattern}")
        self._off = self._off.difference(found) if status else self._off.union(found)
        if self._loop is not None:
            self._loop.switch_off(self._off)

    def GetBranchStatus(self, name: object) -> bool:
        return bool(self.GetBranch(name)) and str(name) not in self._off

    # --- filling --------------------------------------------------------------------------------------

    def Branch(self, name: object, *arguments: Any) -> TBranch:
        """Add a branch: ``(name, buffer, "x/F")``, ``(name, "std::vector<float>", vector)`` and their kin."""
        if self._filling is None:
            self._filling = Filling(self.GetEntries())
            self._forget_loop()
        self.is_made_here = True
        return self._filling.add(self, str(name), arguments)

    def Fill(self) -> int:
        """Add an entry with what is in the buffers."""
        return 0 if self._filling is None else self._filling.fill()

    def CloneTree(self, entries: int = -1, option: object = "") -> TTree:
        """Return a tree with the same branches and entries; with 0 it is filled with the current entries."""
        clone = TTree(self._name, self._title)
        if entries == 0:
            clone._filling = Filling(parent=self)
            return clone
        source = self.__tree_source__()
        stop = source.n_entries if entries < 0 else min(entries, source.n_entries)
        clone._hold(self._columns_of(source, np.arange(stop)), source.leaf_lists)
        return clone

    def CopyTree(self, cut: object = "", *more: Any) -> TTree:
        """Return a tree with the entries that pass a cut."""
        source = self.__tree_source__()
        text = text_of_cut(cut)
        chosen = passing(source, text) if text else np.arange(source.n_entries)
        clone = TTree(self._name, self._title)
        clone._hold(self._columns_of(source, chosen), source.leaf_lists)
        return clone

    def _columns_of(self, source: TreeSource, chosen: Any) -> dict[str, Any]:
        branches = source.branches.items()
        names = [
            one for branch, leaves in branches if branch not in self._off for one in leaves.columns.values()
        ]
        arrays = source.arrays(names, 0, source.n_entries) if names else {}
        return {name: values[chosen] for name, values in arrays.items()}

    def _hold(self, columns: dict[str, Any], lists: Mapping[str, LeafList]) -> None:
        held = {name: one for name, one in lists.items() if columns.keys() >= set(one.columns.values())}
        self._file_source = ColumnTree(columns, self._name, "tree in memory", held) if columns else None
        self._filling = None

    def SetEntries(self, count: int = -1) -> int:
        return self.GetEntries()

    def Reset(self, option: object = "") -> None:
        if self._filling is not None:
            self._filling.clear()

    def AutoSave(self, option: object = "") -> int:
        return 0

    FlushBaskets = OptimizeBaskets = StopCacheLearningPhase = AutoSave

    def SetAutoSave(self, *arguments: Any) -> None:
        """Do nothing: it is about how ROOT reads and writes."""

    SetAutoFlush = SetCacheSize = SetCacheEntryRange = AddBranchToCache = SetMakeClass = SetAutoSave
    SetMaxTreeSize = SetScanField = SetEstimate = SetNotify = SetImplicitMT = SetCircular = SetAutoSave


def plain_array(values: Any) -> Any:
    """Return an awkward array without lists as NumPy's."""
    if isinstance(values, np.ndarray):
        return values
    import awkward as ak

    is_plain = values.ndim == 1 and not ak.fields(values) and "string" not in str(values.type)
    return ak.to_numpy(values) if is_plain else values
