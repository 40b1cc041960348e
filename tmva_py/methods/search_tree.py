"""Search trees as TMVA fills them, event by event; each level decides on the next variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(eq=False)
class SearchTree:
    """Nodes, some of which are there before the events.

    Attributes
    ----------
    parent, depth : ndarray, shape (n_nodes,)
        The node above, −1 for the root; how many nodes are above.
    is_right : ndarray of bool, shape (n_nodes,)
        Whether a node is its parent's child for larger values.
    border : ndarray of float32, shape (n_nodes,)
        The value that the children are on both sides of.
    children : ndarray, shape (n_nodes, 2)
        Left and right, −1 where there is none.
    """

    parent: Array
    depth: Array
    is_right: Array
    border: Array
    children: Array

    def fill(
        self, x: npt.NDArray[np.float32], nodes: Array, events: Array, *, equal_goes_right: bool
    ) -> None:
        """Put events into the tree, each at the first place that is free; all take a step at a time.

        Parameters
        ----------
        x : ndarray of float32, shape (n_events, n_variables)
            All events.
        nodes : ndarray, shape (n_events,)
            The node that each event becomes; there is room for it.
        events : ndarray
            Which events, in the order in which they come.
        equal_goes_right : bool
            Where an event goes whose value is that of the border.
        """
        n_variables = x.shape[1]
        compare = np.greater_equal if equal_goes_right else np.greater
        moving, at, level = events, np.zeros(len(events), np.int64), 0
        while len(moving):
            side = compare(x[moving, level % n_variables], self.border[at]).astype(np.int64)
            free = np.flatnonzero(self.children[at, side] < 0)
            # The first event at a free place becomes its node.
            places, earliest = np.unique(2 * at[free] + side[free], return_index=True)
            new = moving[free[earliest]]
            above, right = np.divmod(places, 2)
            self.children[above, right] = nodes[new]
            self.parent[nodes[new]], self.depth[nodes[new]] = above, level + 1
            self.is_right[nodes[new]] = right > 0
            self.border[nodes[new]] = x[new, (level + 1) % n_variables]
            settled = np.zeros(len(moving), bool)
            settled[free[earliest]] = True
            at = self.children[at, side][~settled]
            moving = moving[~settled]
            level += 1
