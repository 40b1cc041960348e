"""Search trees, compiled: events go down one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.neighbours import distance_to_box
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.search_trees import (
    SearchTree,
    file_events,
    first_visited,
    medians_first,
    nodes_in_order,
)

Array = Any

# So many values are sorted by insertion; longer runs are merged.
RUN = 16
# Halves that wait: each is less than half as long as the one that waits before it.
DEEPEST = 70
# Queries that a thread takes at once, and operations of one, roughly.
BLOCK = 64
WORK = 10000.0


@borrowing
def sort_part(keys: Array, rows: Array, other_keys: Array, other_rows: Array, n: int) -> None:
    """Sort the first n keys with their rows; equal ones keep their order."""
    for start in range(0, n, RUN):
        for i in range(start + 1, min(start + RUN, n)):
            key, row, place = keys[i], rows[i], i
            while place > start and keys[place - 1] > key:
                keys[place] = keys[place - 1]
                rows[place] = rows[place - 1]
                place -= 1
            keys[place] = key
            rows[place] = row
    width = RUN
    while width < n:
        for start in range(0, n, 2 * width):
            middle, stop = min(start + width, n), min(start + 2 * width, n)
            one, other = start, middle
            for place in range(start, stop):
                if one < middle and (other >= stop or keys[one] <= keys[other]):
                    other_keys[place] = keys[one]
                    other_rows[place] = rows[one]
                    one += 1
                else:
                    other_keys[place] = keys[other]
                    other_rows[place] = rows[other]
                    other += 1
        for place in range(n):
            keys[place] = other_keys[place]
            rows[place] = other_rows[place]
        width *= 2


@borrowing
def halve(
    x: Array, order: Array, keys: Array, rows: Array, other_keys: Array, other_rows: Array, waiting: Array
) -> None:
    """Order events: the median of a part comes first, then its two halves; `waiting` is a stack of parts."""
    n_variables = x.shape[1]
    waiting[0, 0], waiting[0, 1], waiting[0, 2] = 0, x.shape[0], 0
    count = 1
    while count > 0:
        count -= 1
        first, n, variable = waiting[count, 0], waiting[count, 1], waiting[count, 2]
        for i in range(n):
            rows[i] = order[first + i]
            keys[i] = x[rows[i], variable]
        sort_part(keys, rows, other_keys, other_rows, n)
        middle = n // 2
        while middle > 0 and keys[middle - 1] == keys[middle]:
            middle -= 1
        order[first] = rows[middle]
        for i in range(middle):
            order[first + 1 + i] = rows[i]
        for i in range(middle + 1, n):
            order[first + i] = rows[i]
        following = variable + 1 if variable + 1 < n_variables else 0
        # The left part, which has no more than a half, is done first, so that few wait.
        for part in range(2):
            start, size = (first + 1 + middle, n - 1 - middle) if part == 0 else (first + 1, middle)
            if size > 0:
                waiting[count, 0], waiting[count, 1], waiting[count, 2] = start, size, following
                count += 1


@borrowing
def is_same(x: Array, one: int, other: int) -> bool:
    """Return whether two events are at one place."""
    variable = 0
    while variable < x.shape[1] and x[one, variable] == x[other, variable]:
        variable += 1
    return bool(variable == x.shape[1])


@borrowing
def widen(low: Array, high: Array, x: Array, event: int) -> None:
    """Put an event into a node's ranges."""
    for variable in range(x.shape[1]):
        low[variable] = min(low[variable], x[event, variable])
        high[variable] = max(high[variable], x[event, variable])


@borrowing
def go_down(
    x: Array,
    nodes: Array,
    events: Array,
    parent: Array,
    depth: Array,
    is_right: Array,
    border: Array,
    children: Array,
    own: Array,
    low: Array,
    high: Array,
    right: bool,
    newest: Array,
) -> None:
    """Put events into a tree; `newest` is the last event that came to each node's place after it."""
    n_variables, has_ranges = x.shape[1], low.shape[0] > 0
    for k in range(events.size):
        event, at, twin = events[k], 0, -1
        while True:
            variable = depth[at] % n_variables
            value, limit = x[event, variable], border[at]
            if value == limit and twin < 0 and own[at] >= 0 and is_same(x, event, own[at]):
                # What is at one place went one way, of which the last one is the end.
                twin = at
                at = newest[at]
            elif has_ranges:
                widen(low[at], high[at], x, event)
            side = 1 if value > limit or (right and value == limit) else 0
            below = children[at, side]
            if below < 0:
                break
            at = below
        made = nodes[event]
        children[at, side] = made
        parent[made] = at
        depth[made] = depth[at] + 1
        is_right[made] = side > 0
        border[made] = x[event, depth[made] % n_variables]
        own[made] = event
        newest[made] = made
        if twin >= 0:
            newest[twin] = made
        if has_ranges:
            widen(low[made], high[made], x, event)


@borrowing
def list_nodes(children: Array, waiting: Array, visited: Array) -> int:
    """Write the nodes in order; return how many they are."""
    waiting[0] = 0
    count, found = 1, 0
    while count > 0:
        count -= 1
        node = waiting[count]
        visited[found] = node
        found += 1
        for side in (1, 0):
            if children[node, side] >= 0:
                waiting[count] = children[node, side]
                count += 1
    return found


@borrowing
def visit(
    queries: Array,
    first: int,
    last: int,
    x: Array,
    depth: Array,
    border: Array,
    children: Array,
    own: Array,
    low: Array,
    high: Array,
    waiting: Array,
    numbers: Array,
    distances: Array,
) -> None:
    """Write the nearest events of some queries; `waiting` is a stack of nodes."""
    n_variables, count = x.shape[1], distances.shape[1]
    for i in range(first, last):
        query, names, kept = queries[i], numbers[i], distances[i]
        filled, waits = 0, 1
        waiting[0] = 0
        while waits > 0:
            waits -= 1
            node = waiting[waits]
            if filled == count and distance_to_box(low[node], high[node], query) >= kept[count - 1]:
                continue
            event = own[node]
            if event >= 0:
                away = np.float32(0.0)
                for variable in range(n_variables):
                    difference = x[event, variable] - query[variable]
                    away += difference * difference
                if filled < count or away < kept[count - 1]:
                    place = min(filled, count - 1)
                    while place > 0 and kept[place - 1] > away:
                        kept[place] = kept[place - 1]
                        names[place] = names[place - 1]
                        place -= 1
                    kept[place] = away
                    names[place] = event
                    filled = min(filled + 1, count)
            side = 1 if query[depth[node] % n_variables] >= border[node] else 0
            for way in (1 - side, side):
                if children[node, way] >= 0:
                    waiting[waits] = children[node, way]
                    waits += 1


@medians_first.override("numba")
def _medians_first(xp: Any, *, x: Array) -> Array:
    n = len(x)
    order = xp.arange(n)
    keys, other_keys = xp.empty((2, n), xp.float32)
    rows, other_rows = xp.empty((2, n), xp.int64)
    if n:
        halve(x, order, keys, rows, other_keys, other_rows, xp.empty((DEEPEST, 3), xp.int64))
    return order


@file_events.override("numba")
def _file_events(xp: Any, *, x: Array, nodes: Array, events: Array, tree: SearchTree, right: bool) -> None:
    newest = xp.arange(len(tree.parent))
    go_down(x, nodes, events, *tree, right, newest)


@nodes_in_order.override("numba")
def _nodes_in_order(xp: Any, *, children: Array) -> Array:
    visited = xp.empty(len(children), xp.int64)
    return visited[: list_nodes(children, xp.empty(len(children) + 1, xp.int64), visited)]


@first_visited.override("numba")
def _first_visited(xp: Any, *, queries: Array, x: Array, tree: SearchTree, count: int) -> tuple[Array, Array]:
    numbers = xp.empty((len(queries), count), xp.int64)
    distances = xp.empty((len(queries), count), xp.float32)
    parts = tree.depth, tree.border, tree.children, tree.event, tree.low, tree.high
    deepest = int(tree.depth.max()) + 3

    def block(place: int) -> None:
        first, last = place * BLOCK, min((place + 1) * BLOCK, len(queries))
        visit(queries, first, last, x, *parts, xp.empty(deepest, xp.int64), numbers, distances)

    for_each(block, -(-len(queries) // BLOCK), WORK * len(queries))
    return numbers, distances
