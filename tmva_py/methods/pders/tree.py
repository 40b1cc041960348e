"""The search tree of the weight files: events, the ones before the others as TMVA files them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tmva_py.backends import make_backend
from tmva_py.kernels.search_trees import SearchTree, file_events, medians_first, nodes_in_order
from tmva_py.methods.inputs import Floats

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
        backend, n_events = make_backend("cpu"), len(x)
        order = medians_first.on(backend)(np, x=x) if from_medians else np.arange(n_events)
        tree = SearchTree.empty(np, n_events, x.shape[1], with_ranges=False)
        # Node 0 is the first event that comes.
        nodes = np.empty(n_events, np.int64)
        nodes[order] = np.arange(n_events)
        tree.border[0], tree.event[0] = x[order[0], 0], order[0]
        file_events.on(backend)(np, x=x, nodes=nodes, events=order[1:], tree=tree, right=False)
        places = nodes_in_order.on(backend)(np, children=tree.children)
        return cls(tree.depth[places], tree.is_right[places]), order[places]

    def breadth_first(self) -> Array:
        """Return the nodes in the order of their depth."""
        return np.argsort(self.depth, kind="stable")
