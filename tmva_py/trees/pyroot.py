"""Trees of PyROOT, known by what they can do: ROOT itself is imported only where such an object exists."""

from __future__ import annotations

import importlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tmva_py.errors import DataError
from tmva_py.trees.files import UprootTree, is_remote, opened, trees_called
from tmva_py.trees.joined import ChainTree, Friend, FriendTree
from tmva_py.trees.source import TreeSource

# ROOT writes no object larger than a GiB: a larger tree in memory is copied entry by entry.
_MOST_BYTES = 900_000_000


def is_pyroot_tree(tree: Any) -> bool:
    """Return whether an object has the methods of a TTree that are used here."""
    return all(
        callable(getattr(tree, name, None)) for name in ("GetEntries", "GetListOfBranches", "GetEntry")
    )


def is_null(value: Any) -> bool:
    """Return whether a value is PyROOT's null pointer, of any class."""
    if type(value).__name__ == "nullptr_t":
        return True
    module = type(value).__module__.partition(".")[0]
    return module in ("cppyy", "libcppyy") and not hasattr(type(value), "__len__") and not value


def is_pyroot_ntuple(value: Any) -> bool:
    """Return whether an object is the RNTuple that ``TFile.Get`` gives, or a reader of one."""
    return hasattr(value, "GetSeekHeader") or type(value).__name__.startswith("RNTuple")


def open_pyroot_tree(tree: Any) -> TreeSource:
    """Return a TTree or TChain of PyROOT, with its friends.

    What is in finished files is read from there; what is only in memory, or not yet written, is copied into a
    file in memory.
    """
    try:
        name, n_entries = str(tree.GetName()), int(tree.GetEntries())
    except ReferenceError as error:
        message = "the tree does not exist (empty pointer); is it in the file under this name?"
        raise DataError(message) from error
    if hasattr(tree, "GetListOfFiles"):
        source = _chain_in_files(tree, name, n_entries)
    else:
        source = _tree_in_file(tree, name, n_entries)
    source = source or MemoryTree(tree, name)
    source.aliases.update(_aliases(tree))
    friends = [_friend(element) for element in _elements(tree, "GetListOfFriends")]
    return FriendTree(source, friends) if friends else source


class MemoryTree(UprootTree):
    """A copy of a tree of PyROOT that is not in a file, or not all of it."""

    def __init__(self, tree: Any, name: str) -> None:
        import uproot

        self._bytes = _file_with(tree)
        file = uproot.open(io.BytesIO(self._bytes), array_cache=None)
        super().__init__(file[name], "", name, keep=True)

    def describe(self) -> str:
        """Return that the tree is in memory."""
        return f"tree {self.name!r} in memory"


def _file_with(tree: Any) -> bytes:
    """Return the bytes of a ROOT file with the tree.

    A tree without a file has all its baskets in memory, and these are written with it: nothing is read, so
    that the buffers to which its branches are connected keep their values. One that has a file is cloned.
    """
    root = importlib.import_module("ROOT")
    with _same_directory(root):
        file = root.TMemFile("tmva_py.root", "RECREATE", "", 0)
        file.cd()
        in_memory = not hasattr(tree, "GetListOfFiles") and not tree.GetCurrentFile()
        if in_memory and tree.GetTotBytes() < _MOST_BYTES:
            file.WriteTObject(tree, tree.GetName())
        else:
            with _all_branches(tree), _without_notes(root):
                tree.CloneTree(-1, "" if in_memory else "fast")
        file.Write()
        content = bytearray(file.GetSize())
        file.CopyTo(content, len(content))
        file.Close()
    return bytes(content)


@contextmanager
def _same_directory(root: Any) -> Iterator[None]:
    """Return to the current directory of ROOT afterwards."""
    context = root.TDirectory.TContext()
    try:
        yield
    finally:
        context.__destruct__()


@contextmanager
def _without_notes(root: Any) -> Iterator[None]:
    """Keep ROOT from noting that the file of a tree, which is still written to, describes no classes yet."""
    before = root.gErrorIgnoreLevel
    root.gErrorIgnoreLevel = max(before, root.kWarning)
    try:
        yield
    finally:
        root.gErrorIgnoreLevel = before


@contextmanager
def _all_branches(tree: Any) -> Iterator[None]:
    """Let all branches be copied, also those that ``SetBranchStatus`` switched off."""
    branches = [str(branch.GetName()) for branch in _walk(tree.GetListOfBranches())]
    off = [branch for branch in branches if not tree.GetBranchStatus(branch)]
    tree.SetBranchStatus("*", True)
    try:
        yield
    finally:
        for branch in off:
            tree.SetBranchStatus(branch, False)


def _walk(branches: Any) -> Iterator[Any]:
    for branch in branches:
        yield branch
        yield from _walk(branch.GetListOfBranches())


def _elements(tree: Any, method: str) -> list[Any]:
    found = getattr(tree, method)() if hasattr(tree, method) else None
    return list(found) if found else []


def _aliases(tree: Any) -> dict[str, str]:
    return {str(one.GetName()): str(one.GetTitle()) for one in _elements(tree, "GetListOfAliases")}


def _friend(element: Any) -> Friend:
    tree = element.GetTree()
    name, tree_name = str(element.GetName()), str(element.GetTreeName())

    def open_friend() -> TreeSource:
        if tree and tree.GetTreeIndex():
            message = (
                f"friend {name!r} is matched by an index (BuildIndex), which is not read here; write both "
                "trees into one, for example by RDataFrame's Snapshot"
            )
            raise DataError(message)
        if not tree:
            message = f"friend {name!r}: ROOT does not find the tree {tree_name!r}"
            raise DataError(message)
        return open_pyroot_tree(tree)

    return Friend(tuple(dict.fromkeys((name, tree_name))), open_friend)


def _chain_in_files(chain: Any, name: str, n_entries: int) -> TreeSource | None:
    """Return the trees in files that make up a chain; None if ROOT alone can read them."""
    places = [(str(item.GetTitle()), str(item.GetName())) for item in chain.GetListOfFiles()]
    if not places:
        message = f"the chain {name!r} has no files; add them first: chain.Add('file.root')"
        raise DataError(message)
    try:
        parts = [UprootTree.from_file(path, tree) for path, tree in places]
    except DataError:
        if any(is_remote(path) for path, _ in places) and n_entries:
            return None
        raise
    return ChainTree(parts) if sum(part.n_entries for part in parts) == n_entries else None


def _tree_in_file(tree: Any, name: str, n_entries: int) -> TreeSource | None:
    """Return the tree in the file that holds all that the object has; None if there is none."""
    file = tree.GetCurrentFile() if hasattr(tree, "GetCurrentFile") else None
    path = str(file.GetName()) if file else ""
    if not os.path.isfile(path):
        return None
    try:
        with opened(path) as content:
            for number, place in enumerate(trees_called(content, f"{_folder(tree)}{name}")):
                found = content[place]
                if int(found.num_entries) == n_entries and _same_branches(tree, found):
                    # The newest goes without its cycle.
                    return UprootTree(found, path, place if number else place.partition(";")[0], keep=False)
    except DataError:  # not written yet: the entries are in memory
        pass
    return None


def _same_branches(tree: Any, found: Any) -> bool:
    """Return whether a tree in a file has the object's branches, and the same baskets."""
    theirs = {branch.name: branch for branch in found.branches}
    for branch in tree.GetListOfBranches():
        other = theirs.pop(str(branch.GetName()), None)
        if other is None:
            return False
        seeks = other.member("fBasketSeek")
        if len(seeks) and hasattr(branch, "GetBasketSeek") and int(branch.GetBasketSeek(0)) != int(seeks[0]):
            return False
    return not theirs


def _folder(tree: Any) -> str:
    """Return the folder of a tree in its file, with a slash at its end, from a path ``file.root:/folder``."""
    directory = tree.GetDirectory() if hasattr(tree, "GetDirectory") else None
    folder = str(directory.GetPath()).rpartition(":/")[2].strip("/") if directory else ""
    return f"{folder}/" if folder else ""


def open_pyroot_ntuple(ntuple: Any) -> TreeSource:
    """Return an RNTuple that ``TFile.Get`` gave: it is looked for in the files that ROOT has open."""
    advice = "give the text 'file.root:name' in its place"
    if not hasattr(ntuple, "GetSeekHeader"):
        message = f"{type(ntuple).__name__} does not say which file it reads; {advice}"
        raise DataError(message)
    root = importlib.import_module("ROOT")
    wanted = (int(ntuple.GetSeekHeader()), int(ntuple.GetSeekFooter()))
    for file in root.gROOT.GetListOfFiles():
        path = str(file.GetName())
        if not os.path.isfile(path):
            continue
        with opened(path) as content:
            for place in trees_called(content):
                found = content[place]
                members = getattr(found, "all_members", {})
                if (members.get("fSeekHeader"), members.get("fSeekFooter")) == wanted:
                    return UprootTree(found, path, place, keep=False)
    message = f"the RNTuple is in none of the files that ROOT has open; {advice}"
    raise DataError(message)
