"""TMVA's search tree, whose only trace in the result is which of equally far events come first.

TMVA takes the events that it comes across first. From a node it visits the node itself, then the child on the
query's side, then the other one, and leaves out only what is farther away than all events that it has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.kernels.search_trees import SearchTree, file_events

Array = npt.NDArray[Any]


def balanced_tree(
    x: npt.NDArray[np.float32], can_be_found: npt.NDArray[np.bool_], balance_depth: int, backend: Backend
) -> SearchTree:
    """Return the tree of events (n, n_variables), whose first levels are at medians and no events."""
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
    first = len(parent)
    tree = SearchTree.empty(np, first + n_events, n_variables, with_ranges=True)
    tree.parent[:first], tree.depth[:first], tree.is_right[:first] = parent, depth, is_right
    tree.border[:first] = border
    for node in range(1, first):
        tree.children[parent[node], int(is_right[node])] = node
    events = np.arange(n_events)
    file_events.on(backend)(np, x=x, nodes=first + events, events=events, tree=tree, right=True)
    tree.event[first:][~can_be_found] = -1
    return tree
