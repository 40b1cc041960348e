"""Search trees as TMVA fills them, event by event; each level decides on the next variable."""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel
from tmva_py.kernels.neighbours import squared_distances

Array = Any


class SearchTree(NamedTuple):
    """Nodes, some of which are there before the events; parents are before their children."""

    parent: Array
    """The node above, −1 for the root."""
    depth: Array
    """How many nodes are above: a node at depth d decides on variable d modulo their number."""
    is_right: Array
    """Whether a node is its parent's child for larger values."""
    border: Array
    """The value that the children are on both sides of, float32."""
    children: Array
    """(n_nodes, 2): left and right, −1 where there is none."""
    event: Array
    """The event that a node is, −1 for none."""
    low: Array
    """(n_nodes, n_variables) in float32: the smallest values of the events from the node down; or (0, …)."""
    high: Array
    """The largest ones."""

    @classmethod
    def empty(cls, xp: Any, n_nodes: int, n_variables: int, *, with_ranges: bool) -> SearchTree:
        """Return a tree of which only the root is known to be one."""
        size = (n_nodes if with_ranges else 0, n_variables)
        return cls(
            xp.full(n_nodes, -1),
            xp.zeros(n_nodes, xp.int64),
            xp.zeros(n_nodes, bool),
            xp.zeros(n_nodes, xp.float32),
            xp.full((n_nodes, 2), -1),
            xp.full(n_nodes, -1),
            xp.full(size, xp.inf, xp.float32),
            xp.full(size, -xp.inf, xp.float32),
        )


@kernel
def medians_first(xp: Any, *, x: Array) -> Array:
    """The order in which TMVA fills a balanced tree with events (n, n_variables): medians of parts first."""
    order: list[int] = []
    parts = [(xp.arange(len(x)), 0)]
    while parts:
        part, variable = parts.pop()
        if not len(part):
            continue
        part = part[xp.argsort(x[part, variable], stable=True)]
        values = x[part, variable]
        # The first of those that are equal to the one in the middle.
        middle = int(xp.searchsorted(values, values[len(part) // 2]))
        order.append(int(part[middle]))
        following = (variable + 1) % x.shape[1]
        parts += [(part[middle + 1 :], following), (part[:middle], following)]
    return xp.array(order, xp.int64)


@kernel
def file_events(xp: Any, *, x: Array, nodes: Array, events: Array, tree: SearchTree, right: bool) -> None:
    """Put events into the tree, each at the first place that is free.

    `nodes` has the node that each event of `x` (n, n_variables) becomes, `events` those that come, in order;
    `right` says whether an event whose value is that of the border goes right. All take a step at a time.
    """
    compare = xp.greater_equal if right else xp.greater
    moving, at, level = events, xp.zeros(len(events), xp.int64), 0
    while len(moving):
        if len(tree.low):
            xp.minimum.at(tree.low, at, x[moving])
            xp.maximum.at(tree.high, at, x[moving])
        side = compare(x[moving, level % x.shape[1]], tree.border[at]).astype(xp.int64)
        free = xp.flatnonzero(tree.children[at, side] < 0)
        # The first event at a free place becomes its node.
        places, earliest = xp.unique(2 * at[free] + side[free], return_index=True)
        new = moving[free[earliest]]
        above, sides = xp.divmod(places, 2)
        made = nodes[new]
        tree.children[above, sides] = made
        tree.parent[made], tree.depth[made] = above, level + 1
        tree.is_right[made], tree.event[made] = sides > 0, new
        tree.border[made] = x[new, (level + 1) % x.shape[1]]
        if len(tree.low):
            tree.low[made] = tree.high[made] = x[new]
        settled = xp.zeros(len(moving), bool)
        settled[free[earliest]] = True
        at = tree.children[at, side][~settled]
        moving = moving[~settled]
        level += 1


@kernel
def nodes_in_order(xp: Any, *, children: Array) -> Array:
    """The nodes below the root, 0, and it: each before its children, the left one before the right."""
    visited, left = [], [0]
    while left:
        node = left.pop()
        visited.append(node)
        left += [child for child in children[node, ::-1].tolist() if child >= 0]
    return xp.array(visited, xp.int64)


@kernel
def first_visited(xp: Any, *, queries: Array, x: Array, tree: SearchTree, count: int) -> tuple[Array, Array]:
    """Numbers and distances, both (N, count), of the nodes nearest to queries (N, n_variables).

    Events are the rows of `x`. Of equally far ones come first those that TMVA visits first: a node, then the
    child on the query's side, then the other one. There are at least `count` nodes that are events.
    """
    numbers = xp.empty((len(queries), count), xp.int64)
    distances = xp.empty((len(queries), count), xp.float32)
    nodes = xp.flatnonzero(tree.event >= 0)
    columns = x[tree.event[nodes]].T
    for place, query in enumerate(queries):
        with xp.errstate(over="ignore", invalid="ignore"):
            away = squared_distances(xp, query[None, :], columns)[0]
        distances[place] = xp.sort(away)[:count]
        near = xp.flatnonzero(~(away > distances[place, -1]))
        order = _by_visit(xp, tree, nodes[near], away[near], query)
        numbers[place] = tree.event[nodes[near]][order][:count]
    return numbers, distances


def _by_visit(xp: Any, tree: SearchTree, nodes: Array, distances: Array, query: Array) -> Array:
    """Return the order of nodes by distance, equally far ones as they are visited."""
    # For each node its path from the root: 1 on the query's side, 2 on the other, 0 after its end.
    path = xp.zeros((len(nodes), int(tree.depth[nodes].max()) + 1), xp.uint8)
    rows, at = xp.arange(len(nodes)), nodes
    while len(rows):
        above = tree.parent[at]
        kept = above >= 0
        rows, at, above = rows[kept], at[kept], above[kept]
        own_side = query[tree.depth[above] % len(query)] >= tree.border[above]
        path[rows, tree.depth[above]] = xp.where(tree.is_right[at] == own_side, 1, 2)
        at = above
    return xp.lexsort((*path.T[::-1], distances))
