"""Leaf lists: the leaves of a branch that was made with a text such as ``"px/F:py/F"``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class LeafList:
    """The leaves of a branch.

    Parameters
    ----------
    columns : mapping of str to str
        The column of each leaf: ``p.px`` for the leaf ``px`` of a branch ``p`` with several.
    title : str, optional
        The branch's title.
    layout : numpy.dtype, optional
        Of a branch with several leaves: how they follow one another in memory.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    layout: np.dtype[Any] | None = None

    @classmethod
    def of_layout(cls, branch: str, title: str, layout: np.dtype[Any]) -> LeafList:
        """Return the leaves of a branch with several."""
        packed = np.dtype(
            [(name, layout[name].base.newbyteorder("="), layout[name].shape) for name in layout.names or ()]
        )
        return cls({name: f"{branch}.{name}" for name in packed.names or ()}, title, packed)

    @property
    def has_several(self) -> bool:
        """Whether each leaf is a column of its own."""
        return self.layout is not None

    def leaf_title(self, leaf: str) -> str:
        """Return the title of a leaf: its name, with the sizes of an array."""
        parts = [part.partition("/")[0].strip() for part in self.title.split(":")]
        return next((part for part in parts if part.partition("[")[0] == leaf), leaf)

    def synonyms(self, branch: str) -> Iterator[tuple[str, str]]:
        """Yield further names of columns that ROOT's expressions know, and the columns."""
        for leaf, column in self.columns.items():
            if self.has_several:  # the branch's name alone is that of the first leaf
                yield branch, column
                return
            if leaf != branch:
                yield f"{branch}.{leaf}", column
                yield leaf, column


def structured(columns: Mapping[str, Any], leaf_lists: Mapping[str, LeafList]) -> dict[str, Any]:
    """Return columns by their branches: a structured array where a leaf has another name than its branch."""
    owners = {
        column: branch
        for branch, leaves in leaf_lists.items()
        if leaves.columns != {branch: branch}
        for column in leaves.columns.values()
    }
    found: dict[str, Any] = {}
    for column, values in columns.items():
        branch = owners.get(column)
        if branch is None:
            found[column] = values
        elif branch not in found:
            parts = {leaf: columns[name] for leaf, name in leaf_lists[branch].columns.items()}
            kinds = [(leaf, part.dtype.newbyteorder("="), part.shape[1:]) for leaf, part in parts.items()]
            found[branch] = np.empty(len(values), kinds)
            for leaf, part in parts.items():
                found[branch][leaf] = part
    return found
