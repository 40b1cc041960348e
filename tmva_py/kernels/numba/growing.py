"""Growing a decision tree, compiled.

A node is taken, its best cut is searched for, its events are divided, and its children wait. Columns move
from one of two spaces to the other at each level. Threads share the variables of large nodes; the sums of a
variable are taken by one of them in the order of the events: a tree has the same bits for any number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.growing import GrownTree, Growth, grow_tree
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.dividing import add_up, divide, move_amounts, move_columns
from tmva_py.kernels.numba.grid import TOGETHER, SearchSpace, search, search_space
from tmva_py.kernels.numba.nodes import (
    choose,
    cut_of,
    in_order,
    make_cut,
    make_leaf,
    may_be_cut,
    merge,
)
from tmva_py.kernels.numba.threads import for_each, thread_count

Array = Any

# Events times variables of a node from which threads share its variables.
LARGE = 150_000
# Operations that a variable of an event is worth in a search, and when it is moved.
SEARCHING, MOVING = 200.0, 50.0
# What `grow_on` ends with.
DONE, NODE_IS_LARGE, CHOICES_END = 0, 1, 2
# Places of `state`: nodes that wait, all nodes, nodes that are cut; of the node at hand start, stop, depth,
# number.
WAITING, NODES, CUTS, START, STOP, DEPTH, NODE = range(7)


@borrowing
def start_growing(amounts: Array, order: Array, totals: Array, waiting: Array, state: Array) -> None:
    """Let the root wait."""
    n_events = amounts.shape[0]
    for i in range(n_events):
        order[i] = i
    add_up(amounts, 0, n_events, order, totals[0])
    waiting[0, 0], waiting[0, 1], waiting[0, 2], waiting[0, 3], waiting[0, 4] = 0, n_events, 0, -1, 0
    state[WAITING], state[NODES], state[CUTS] = 1, 0, 0


@borrowing
def take_node(
    min_size: float,
    max_depth: int,
    separation: int,
    purity_limit: float,
    waiting: Array,
    totals: Array,
    whole: Array,
    values: Array,
    state: Array,
) -> bool:
    """Make a leaf of the last node that waits; return whether it may be cut."""
    state[WAITING] -= 1
    row = waiting[state[WAITING]]
    for k in range(3):
        state[START + k] = row[k]
    node = state[NODES]
    state[NODE] = node
    state[NODES] += 1
    own = totals[totals.shape[0] - 1]
    for k in range(4):
        own[k] = totals[state[WAITING], k]
    if row[3] >= 0:
        whole[row[3], 2 + row[4]] = node
    make_leaf(own, separation, purity_limit, node, whole, values)
    return may_be_cut(row[1] - row[0], own, row[2], max_depth, separation, min_size)


@borrowing
def divide_node(
    columns: Array,
    amounts: Array,
    min_size: float,
    max_depth: int,
    separation: int,
    amount_spaces: Array,
    order: Array,
    results: Array,
    waiting: Array,
    totals: Array,
    whole: Array,
    values: Array,
    importance: Array,
    state: Array,
) -> bool:
    """Cut a node after the search, and let its children wait; return whether columns are to be moved."""
    start, stop, depth, node = state[START], state[STOP], state[DEPTH], state[NODE]
    variable = choose(results[: columns.shape[0]])
    if variable < 0:
        return False
    own = totals[totals.shape[0] - 1]
    best = results[variable]
    gain, weight = best[0], own[0] + own[1]
    importance[variable] += gain * gain * weight * weight
    # A leaf keeps the cut that gains nothing, as in TMVA's files.
    whole[node, 0], whole[node, 1], values[node, 0] = variable, int(best[2]), cut_of(best)
    if not gain >= 2.0**-52:
        return False
    n = stop - start
    n_left = divide(columns[variable], start, stop, cut_of(best), int(best[2]), order)
    if n_left in (0, n):  # rounding has moved the cut beyond all events
        return False
    make_cut(results, variable, own, separation, node, whole, values)
    first = state[WAITING]
    left, right = totals[first], totals[first + 1]
    add_up(amounts, 0, n_left, order, left)
    add_up(amounts, n_left, n, order, right)
    for side in range(2):
        row = waiting[first + side]
        row[0] = start if side == 0 else start + n_left
        row[1] = start + n_left if side == 0 else stop
        row[2], row[3], row[4] = depth + 1, node, side
    state[WAITING] += 2
    if not (
        may_be_cut(n_left, left, depth + 1, max_depth, separation, min_size)
        or may_be_cut(n - n_left, right, depth + 1, max_depth, separation, min_size)
    ):
        return False
    move_amounts(amounts, amount_spaces[(depth + 1) % 2], start, n, order)
    return True


@borrowing
def grow_on(
    columns: Array,
    amounts: Array,
    n_bins: Array,
    min_size: float,
    max_depth: int,
    separation: int,
    purity_limit: float,
    narrow: float,
    divides: bool,
    allowed: Array,
    usable: Array,
    column_spaces: Array,
    amount_spaces: Array,
    order: Array,
    bins: Array,
    sums: Array,
    ends: Array,
    numbers: Array,
    together: Array,
    results: Array,
    waiting: Array,
    totals: Array,
    whole: Array,
    values: Array,
    importance: Array,
    large: int,
    state: Array,
) -> int:
    """Grow until no node waits or one is large, whose cut is then searched for by threads."""
    n_variables = columns.shape[0]
    while state[WAITING] > 0:
        if not take_node(
            min_size, max_depth, separation, purity_limit, waiting, totals, whole, values, state
        ):
            continue
        if allowed.shape[1] > 0:
            if state[CUTS] == allowed.shape[0]:
                return CHOICES_END
            for variable in range(n_variables):
                usable[variable] = allowed[state[CUTS], variable]
            state[CUTS] += 1
        start, stop, depth = state[START], state[STOP], state[DEPTH]
        if (stop - start) * n_variables >= large:
            return NODE_IS_LARGE
        source = columns if depth == 0 else column_spaces[depth % 2]
        rows = amounts if depth == 0 else amount_spaces[depth % 2]
        search(
            source, rows, start, stop, 0, n_variables, totals[totals.shape[0] - 1], usable, n_bins,
            separation, min_size, narrow, divides, bins, sums, ends, numbers, together, results,
        )  # fmt: skip
        if divide_node(
            source, rows, min_size, max_depth, separation, amount_spaces, order, results, waiting, totals,
            whole, values, importance, state,
        ):  # fmt: skip
            move_columns(source, column_spaces[(depth + 1) % 2], 0, n_variables, start, stop - start, order)
    return DONE


class Spaces:
    """Work space for trees of one size."""

    def __init__(
        self, n_variables: int, n_events: int, n_amounts: int, most_bins: int, most_nodes: int
    ) -> None:
        self.columns = np.empty((2, n_variables, n_events), np.float32)
        self.amounts = np.empty((2, n_events, n_amounts))
        # Unsigned: numba does not ask whether it is below 0.
        self.order = np.empty(2 * n_events, np.uint32)
        self.most_bins = most_bins
        self.searches = [search_space(most_bins, n_amounts)]
        self.results = np.empty((max(n_variables, most_bins), 8))
        self.usable = np.empty(n_variables, np.bool_)
        self.waiting = np.empty((most_nodes + 2, 5), np.int32)
        # The last row is the node's at hand.
        self.totals = np.empty((most_nodes + 3, 4))
        self.whole = np.empty((2, most_nodes, 5), np.int32)
        self.values = np.empty((2, most_nodes, 7), np.float32)
        self.state = np.empty(7, np.int64)

    def search(self, number: int) -> SearchSpace:
        """Return the work space of one of several searches at the same time."""
        while len(self.searches) <= number:
            self.searches.append(search_space(self.most_bins, self.amounts.shape[2]))
        return self.searches[number]


def spaces_for(columns: Array, amounts: Array, growth: Growth, memory: Memory) -> Spaces:
    """Return work space that is large enough for a tree; that of a larger sample will do."""
    n_variables, n_events = columns.shape
    most_bins = int(growth.n_bins.max(initial=0))
    if not growth.n_bins.all():
        for variable in np.flatnonzero(growth.n_bins == 0).tolist():
            most_bins = max(most_bins, int(columns[variable].max() - columns[variable].min()) + 2)
    most_nodes = 2 * n_events + 1
    if growth.min_size >= 1:
        most_nodes = min(most_nodes, 2 * int(n_events / growth.min_size) + 1)
    if growth.max_depth < 30:
        most_nodes = min(most_nodes, 2 ** (growth.max_depth + 1) - 1)
    # Samples drawn at random differ in size: some room saves making it anew.
    rounded = [size + size // 16 + 64 for size in (n_events, most_bins, most_nodes)]
    key = (n_variables, amounts.shape[1])
    found = memory.once("spaces", key, list[Spaces])
    if not found or (
        found[0].order.size < 2 * n_events
        or found[0].whole.shape[1] < most_nodes
        or found[0].most_bins < most_bins
    ):
        found[:] = [Spaces(n_variables, rounded[0], amounts.shape[1], rounded[1], rounded[2])]
    return found[0]


def groups_of(n_variables: int) -> list[tuple[int, int]]:
    """Return ranges of variables that threads take one by one; the last ones are small."""
    firsts = [*range(0, n_variables - TOGETHER, TOGETHER)]
    rest = firsts[-1] + TOGETHER if firsts else 0
    firsts += range(rest, n_variables, TOGETHER // 2)
    return list(zip(firsts, [*firsts[1:], n_variables], strict=True))


@grow_tree.override("numba")
def _grow_tree(
    xp: Any, *, columns: Array, amounts: Array, growth: Growth, allowed: Array | None = None, memory: Memory
) -> GrownTree | None:
    n_variables, n_events = columns.shape
    at = spaces_for(columns, amounts, growth, memory)
    importance = np.zeros(n_variables)
    choices = np.empty((0, 0), np.bool_) if allowed is None else allowed
    at.usable[:] = True
    whole, values = at.whole[0], at.values[0]
    is_shared = n_events * n_variables >= LARGE and thread_count() > 1
    start_growing(amounts, at.order, at.totals, at.waiting, at.state)
    while end := grow_on(
        columns, amounts, growth.n_bins, growth.min_size, growth.max_depth, growth.separation,
        growth.purity_limit, growth.narrow, growth.divides, choices, at.usable, at.columns, at.amounts,
        at.order, *at.search(0), at.results, at.waiting, at.totals, whole, values, importance,
        LARGE if is_shared else n_events * n_variables + 1, at.state,
    ):  # fmt: skip
        if end == CHOICES_END:
            return None
        _cut_large_node(columns, amounts, growth, at, importance)
    if growth.merges:
        merge(int(at.state[NODES]), growth.purity_limit, whole, values)
    n_nodes = in_order(whole, values, at.waiting, at.whole[1], at.values[1])
    whole, values = at.whole[1, :n_nodes].T.copy(), at.values[1, :n_nodes].T.copy()
    return GrownTree(
        variable=whole[0], cut=values[0], cut_type=whole[1] != 0, left=whole[2], right=whole[3],
        node_type=whole[4].astype(np.int8), purity=values[1], response=values[2], rms=values[3],
        index=values[4], signal=values[5], background=values[6], importance=importance,
        coefficients=np.empty((n_nodes, 0)),
    )  # fmt: skip


def _cut_large_node(columns: Array, amounts: Array, growth: Growth, at: Spaces, importance: Array) -> None:
    """Search, divide and move in several threads."""
    start, stop, depth = (int(at.state[place]) for place in (START, STOP, DEPTH))
    source = columns if depth == 0 else at.columns[depth % 2]
    rows = amounts if depth == 0 else at.amounts[depth % 2]
    target, groups = at.columns[(depth + 1) % 2], groups_of(len(columns))
    work = float((stop - start) * len(columns))
    spaces = [at.search(number) for number in range(len(groups))]

    def search_group(number: int) -> None:
        search(
            source, rows, start, stop, *groups[number], at.totals[-1], at.usable, growth.n_bins,
            growth.separation, growth.min_size, growth.narrow, growth.divides, *spaces[number],
            at.results,
        )  # fmt: skip

    def move_group(number: int) -> None:
        move_columns(source, target, *groups[number], start, stop - start, at.order)

    for_each(search_group, len(groups), SEARCHING * work)
    if divide_node(
        source, rows, growth.min_size, growth.max_depth, growth.separation, at.amounts, at.order, at.results,
        at.waiting, at.totals, at.whole[0], at.values[0], importance, at.state,
    ):  # fmt: skip
        for_each(move_group, len(groups), MOVING * work)
