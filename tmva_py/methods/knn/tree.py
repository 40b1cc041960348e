"""TMVA's search tree, whose only trace in the result is which of equally far events come first.

TMVA takes the events that it comes across first. From a node it visits the node itself, then the child on the
query's side, then the other one, and leaves out only what is farther away than all events that it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.methods.search_tree import SearchTree

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class VisitOrder:
    """In which order a query comes across the events.

    Attributes
    ----------
    node : ndarray, shape (n_events,)
        Each event's node.
    parent, depth : ndarray, shape (n_nodes,)
        The node above, −1 for the root; how many nodes are above.
    is_right : ndarray of bool, shape (n_nodes,)
        Whether a node is its parent's child for values that are not below the parent's.
    border : ndarray of float32, shape (n_nodes,)
        The value that the children are on both sides of.
    n_variables : int
        A node at depth d looks at variable d modulo this.
    """

    node: Array
    parent: Array
    depth: Array
    is_right: Array
    border: Array
    n_variables: int

    @classmethod
    def of(cls, x: npt.NDArray[np.float32], balance_depth: int) -> VisitOrder:
        """Return the order of events (n, n_variables), whose first levels are at medians."""
        n_events, n_variables = x.shape
        columns = np.sort(x, axis=0)
        parent, depth, is_right = [-1], [0], [False]
        border = [columns[n_events // 2, 0]]
        level = [0]
        for number in range(1, balance_depth):
            column, parts, below = columns[:, number % n_variables], 2 * len(level) + 1, []
            for child in range(1, 2 * len(level) + 1):
                below.append(len(parent))
                parent.append(level[(child - 1) // 2])
                depth.append(number)
                is_right.append(child % 2 == 0)
                border.append(column[n_events * child // parts])
            level = below
        first, room = len(parent), np.zeros(n_events, np.int64)
        tree = SearchTree(
            np.concatenate([parent, room]),
            np.concatenate([depth, room]),
            np.concatenate([is_right, room > 0]),
            np.concatenate([border, x[:, 0]]).astype(np.float32),
            np.full((first + n_events, 2), -1),
        )
        for node in range(1, first):
            tree.children[parent[node], int(is_right[node])] = node
        own = first + np.arange(n_events)
        tree.fill(x, own, np.arange(n_events), equal_goes_right=True)
        return cls(own, tree.parent, tree.depth, tree.is_right, tree.border, n_variables)

    def sorted(self, events: Array, distances: Array, query: npt.NDArray[np.float32]) -> Array:
        """Return events by distance, equally far ones in the order in which a query comes across them."""
        nodes = self.node[events]
        # For each node its path from the root: 1 on the query's side, 2 on the other, 0 after its end.
        path = np.zeros((len(nodes), int(self.depth[nodes].max()) + 1), np.uint8)
        rows = np.arange(len(nodes))
        while len(rows):
            above = self.parent[nodes]
            kept = above >= 0
            rows, nodes, above = rows[kept], nodes[kept], above[kept]
            own_side = query[self.depth[above] % self.n_variables] >= self.border[above]
            path[rows, self.depth[above]] = np.where(self.is_right[nodes] == own_side, 1, 2)
            nodes = above
        found: Array = events[np.lexsort((*path.T[::-1], distances))]
        return found
