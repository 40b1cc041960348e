"""Objects of files as the stand-in has them, and back."""

from __future__ import annotations

from typing import Any

from tmva_py.errors import DataError
from tmva_py.pyroot.standin.filling import Lists
from tmva_py.pyroot.standin.missing import needs_root
from tmva_py.trees.files import UprootTree, opened

_TREES = ("TTree", "TNtuple", "TNtupleD", "TChain")


def read(file: Any, place: str) -> Any:
    """Return an object of a file."""
    from tmva_py.pyroot.standin import graphs, histograms, text, trees

    kind = file.class_of(place)
    if kind in _TREES or "RNTuple" in kind:
        tree = trees.TTree(place.rpartition("/")[2], source=UprootTree.from_file(file.path, place))
        tree._directory = file
        return tree
    with opened(file.path) as content:
        one = content[place]
        if kind.startswith(("TH1", "TH2")):
            return histograms.of_file(one, kind)
        if kind.startswith("TGraph"):
            x, y = one.values()
            return graphs.TGraph(len(x), x, y).named(place.rpartition("/")[2], one.member("fTitle"))
        if kind == "TObjString":
            return text.TObjString(str(one))
    call = f"reading a {kind} ({place!r} of {file.path})"
    raise needs_root(call)


def write(file: Any, place: str, one: Any) -> None:
    """Write an object of the stand-in into a file."""
    made = getattr(one, "__file_object__", None)
    if made is None:
        call = f"writing a {type(one).__name__} into {file.path}"
        raise needs_root(call)
    stored = made()
    if isinstance(stored, Lists):
        _write_lists(file, place, stored)
    else:
        file.put(place, stored)


def _write_lists(file: Any, place: str, lists: Lists) -> None:
    """Write a tree with lists, which uproot does itself."""
    import numpy as np

    if not lists.columns:
        message = f"{file.path}: the tree {place!r} has no branches, and is not written"
        raise DataError(message)
    writer = file.writable()
    if file.class_of(place):
        file.delete(place)
    arrays = {name: _as_awkward(values) for name, values in lists.columns.items()}
    folder, _, name = place.rpartition("/")
    # Lists have their lengths in a branch before them; one that is there already is the same.
    counters = {}
    for key, values in arrays.items():
        counter = lists.counters.get(key, f"n{key}")
        if not isinstance(values, np.ndarray):
            is_same = counter not in arrays or _are_lengths(arrays[counter], values)
            counters[key] = counter if is_same else f"{key}_size"
    arrays = {key: values for key, values in arrays.items() if key not in counters.values()}
    tree = (writer.mkdir(folder) if folder else writer).mktree(
        name,
        {
            key: (values.dtype, values.shape[1:]) if isinstance(values, np.ndarray) else values.type.content
            for key, values in arrays.items()
        },
        counter_name=counters.__getitem__,
    )
    tree.extend(arrays)
    file.forget()


def _as_awkward(values: Any) -> Any:
    """Return lists as an awkward array, numbers as they are."""
    import awkward as ak
    import numpy as np

    return values if isinstance(values, np.ndarray) and values.dtype != object else ak.Array(values)


def _are_lengths(lengths: Any, values: Any) -> bool:
    import awkward as ak
    import numpy as np

    return isinstance(lengths, np.ndarray) and np.array_equal(lengths, np.asarray(ak.num(values)))
