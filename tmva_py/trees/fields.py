"""What can be read of a tree that uproot opened: its branches, and the members of records and objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tmva_py.trees.leaf_lists import LeafList

_OBJECT_HEADER, _LIST_HEADER = 10, 16
_TEXTS = ("string", "bytestring")


@dataclass(frozen=True)
class Field:
    """One branch, or one member of a branch of records."""

    place: tuple[int | str, ...]  # numbers of the branch and sub-branches, or the name of an RNTuple's field
    members: tuple[str, ...] = ()  # from the record to the number in it
    interpretation: Any = None  # where uproot's own does not fit


@dataclass
class Fields:
    """Names and places of what a tree holds.

    Attributes
    ----------
    by_name : dict
        What can be read, sub-branches and members with dots.
    leaf_lists : dict
        The leaves of branches of class TBranch.
    inside : set
        Names of members within one branch, which ROOT finds by their whole name alone.
    objects : dict
        Class by name of what has members or sub-branches.
    no_numbers : dict
        Type by name of what is no number: texts, and objects whose members cannot be read.
    """

    by_name: dict[str, Field] = field(default_factory=dict)
    leaf_lists: dict[str, LeafList] = field(default_factory=dict)
    inside: set[str] = field(default_factory=set)
    objects: dict[str, str] = field(default_factory=dict)
    no_numbers: dict[str, str] = field(default_factory=dict)

    def add_record(self, name: str, found: Field, form: Any, type_name: str) -> None:
        """Add what an awkward form has: a number, a text, or a record with its members."""
        while getattr(form, "is_list", False) and form.parameter("__array__") not in _TEXTS:
            form = form.content
        if not getattr(form, "is_record", False):
            self.by_name.setdefault(name, found)
            if not getattr(form, "is_numpy", False):
                self.no_numbers.setdefault(name, type_name)
            return
        self.objects.setdefault(name, str(form.parameter("__record__") or type_name))
        for member, content in zip(form.fields, form.contents, strict=True):
            inner = f"{name}.{member}"
            self.inside.add(inner)
            self.add_record(inner, Field(found.place, (*found.members, member)), content, type_name)


def fields_of(tree: Any) -> Fields:
    """Return what a TTree or RNTuple of uproot holds."""
    fields = Fields()
    if hasattr(tree, "branches"):
        for number, branch in enumerate(tree.branches):
            _add_branch(fields, tree.file, branch, (number,), "")
    else:
        for key in tree.keys():  # noqa: SIM118 - not a dict
            inner = tree[key].keys()
            if inner:
                fields.objects[key] = str(tree[key].typename or "record")
                continue
            fields.by_name[key] = Field((key,))
            type_name = str(tree[key].typename)
            if "string" in type_name or not type_name:
                fields.no_numbers[key] = type_name or "record"
    return fields


def branch_at(tree: Any, place: Sequence[int | str]) -> Any:
    """Return the branch at a place."""
    for step in place:
        tree = tree[step] if isinstance(step, str) else tree.branches[step]
    return tree


def _add_branch(fields: Fields, file: Any, branch: Any, place: tuple[int, ...], prefix: str) -> None:
    name = _joined(prefix, branch.name.rstrip("."))
    if branch.branches:
        fields.objects.setdefault(name, _class_of(branch))
        for number, daughter in enumerate(branch.branches):
            _add_branch(fields, file, daughter, (*place, number), name)
        return
    interpretation = branch.interpretation
    if vector := _vector_of(branch):
        fields.objects.setdefault(name, str(branch.typename))
        for member in getattr(vector, "content", vector).to_dtype.names:
            inner = f"{name}.fCoordinates.{member}"
            fields.inside.add(inner)
            fields.by_name.setdefault(inner, Field(place, (member,), vector))
        return
    found = Field(place)
    dtype = _dtype_of(interpretation)
    leaves = [str(leaf.member("fName")) for leaf in branch.member("fLeaves")]
    if dtype is None:
        try:
            form = interpretation.awkward_form(file)
        except Exception:  # noqa: BLE001 - uproot's own kinds, and whatever unknown classes lead to
            fields.by_name.setdefault(name, found)
            fields.no_numbers.setdefault(name, str(branch.typename))
        else:
            fields.add_record(name, found, form, str(branch.typename))
    elif dtype.names:
        leaf_list = LeafList.of_layout(name, branch.title, dtype)
        fields.leaf_lists.setdefault(name, leaf_list)
        for leaf, column in leaf_list.columns.items():
            fields.by_name.setdefault(column, Field(place, (leaf,)))
    else:
        fields.by_name.setdefault(name, found)
    if branch.classname == "TBranch" and len(leaves) == 1:
        fields.leaf_lists.setdefault(name, LeafList({leaves[0]: name}, branch.title))


def _dtype_of(interpretation: Any) -> Any:
    """Return the dtype of plain numbers, fixed arrays, lists or leaf lists; None of anything else."""
    plain = type(interpretation).__name__
    if plain == "AsJagged":
        interpretation = interpretation.content
    return interpretation.to_dtype.base if type(interpretation).__name__ == "AsDtype" else None


def _vector_of(branch: Any) -> Any:
    """Return how an unsplit vector of ROOT::Math, or a list of them, is stored; None for any other branch.

    These classes have no version; each object begins with its checksum, ten bytes in all, and a list with
    sixteen, which uproot takes for ten and none.
    """
    from uproot.interpretation.jagged import AsJagged
    from uproot.interpretation.numerical import AsDtype
    from uproot.interpretation.objects import AsStridedObjects

    interpretation = branch.interpretation
    items = interpretation.content if isinstance(interpretation, AsJagged) else interpretation
    if "ROOT::Math::" not in str(branch.typename) or not isinstance(items, AsStridedObjects):
        return None
    stored = items.from_dtype
    names = [name for name in stored.names if name.startswith("fCoordinates/")]
    if list(stored.names) != names:
        return None
    formats = [stored[name] for name in names]
    offsets = np.cumsum([_OBJECT_HEADER, *(one.itemsize for one in formats)]).tolist()
    members = [name.partition("/")[2] for name in names]
    from_dtype = np.dtype(
        {"names": members, "formats": formats, "offsets": offsets[:-1], "itemsize": offsets[-1]}
    )
    to_dtype = np.dtype([(name, one.newbyteorder("=")) for name, one in zip(members, formats, strict=True)])
    content = AsDtype(from_dtype, to_dtype)
    return AsJagged(content, header_bytes=_LIST_HEADER) if items is not interpretation else content


def check_layout(branch: Any, interpretation: Any, basket_number: int) -> None:
    """Raise ValueError if a basket's bytes cannot be what an interpretation as records takes them for."""
    interpretation = interpretation or branch.interpretation
    items = getattr(interpretation, "content", interpretation)
    dtype = getattr(items, "from_dtype", None)
    if dtype is None or not dtype.names or basket_number >= branch.num_baskets:
        return
    basket = branch.basket(basket_number)
    if items is interpretation:
        fits = basket.data.nbytes == basket.num_entries * dtype.itemsize
    else:
        sizes = np.diff(basket.byte_offsets) - interpretation.header_bytes
        starts = basket.byte_offsets[:-1] + interpretation.header_bytes - 4
        fits = bool((sizes % dtype.itemsize == 0).all())
        if fits and interpretation.header_bytes:
            counts = [
                int.from_bytes(basket.data[start : start + 4].tobytes(), "big") for start in starts[:100]
            ]
            fits = counts == (sizes[:100] // dtype.itemsize).tolist()
    if not fits:
        message = f"its bytes are not those of records of {dtype.itemsize} bytes of class {branch.typename}"
        raise ValueError(message)


def _class_of(branch: Any) -> str:
    clones = branch.member("fClonesName", none_if_missing=True)
    return str(clones or branch.typename)


def _joined(prefix: str, name: str) -> str:
    """Return a sub-branch's whole name; ROOT repeats the mother's name, or its last part, in some of them."""
    if not prefix or name.startswith(f"{prefix}."):
        return name
    last = prefix.rpartition(".")[2]
    return f"{prefix.removesuffix(last)}{name}" if name.startswith(f"{last}.") else f"{prefix}.{name}"


def stored_friends(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Yield name, tree and file of the friends that a TTree was written with; the file empty for its own.

    uproot reads them only where it was opened without ``minimal_ttree_metadata``.
    """
    for element in tree.member("fFriends", none_if_missing=True) or ():
        members = element.all_members
        yield str(members["fName"]), str(members["fTreeName"]), str(members["fTitle"])
