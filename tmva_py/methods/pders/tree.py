"""The search tree of the weight files: events, the ones before the others as TMVA files them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tmva_py.methods.inputs import Floats
from tmva_py.methods.search_tree import SearchTree

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Shape:
    """Where the nodes of a tree are: each before its children, the left one before the right.

    Attributes
    ----------
    depth : ndarray, shape (n,)
        How many nodes are above a node.
    is_right : ndarray of bool, shape (n,)
        Whether it is its parent's child for larger values.
    """

    depth: Array
    is_right: Array

    @classmethod
    def of(cls, x: Floats, *, from_medians: bool) -> tuple[Self, Array]:
        """Return the tree of events (n, n_variables), and which event each node is."""
        n_events = len(x)
        order = medians_first(x) if from_medians else np.arange(n_events)
        zeros = np.zeros(n_events, np.int64)
        children = np.full((n_events, 2), -1)
        tree = SearchTree(zeros - 1, zeros.copy(), zeros > 0, x[:, 0].copy(), children)
        # Node 0 is the first event that comes.
        nodes = np.empty(n_events, np.int64)
        nodes[order] = np.arange(n_events)
        tree.border[0] = x[order[0], 0]
        tree.fill(x, nodes, order[1:], equal_goes_right=False)
        visited, left = [], [0]
        while left:
            node = left.pop()
            visited.append(node)
            left += [child for child in tree.children[node, ::-1].tolist() if child >= 0]
        places = np.array(visited)
        return cls(tree.depth[places], tree.is_right[places]), order[places]

    def breadth_first(self) -> Array:
        """Return the nodes in the order of their depth."""
        return np.argsort(self.depth, kind="stable")


def medians_first(x: Floats) -> Array:
    """Return events in the order in which TMVA fills a balanced tree: a median, then each half likewise."""
    order: list[int] = []
    parts = [(np.arange(len(x)), 0)]
    while parts:
        part, variable = parts.pop()
        if not len(part):
            continue
        part = part[np.argsort(x[part, variable], kind="stable")]
        values = x[part, variable]
        # The first of those that are equal to the one in the middle.
        middle = int(np.searchsorted(values, values[len(part) // 2]))
        order.append(int(part[middle]))
        following = (variable + 1) % x.shape[1]
        parts += [(part[middle + 1 :], following), (part[:middle], following)]
    return np.array(order)
