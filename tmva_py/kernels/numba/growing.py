"""Growing a decision tree, compiled.

The columns of a node's events are copied to lie side by side in the order of the events, from one of two
spaces to the other at each level. Ranges and bins are computed in vectors, histograms of four variables are
filled at a time.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels.growing import GrownTree, Growth, grow_tree
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.separation import (
    GINI,
    GINI_WITH_LAPLACE,
    MISCLASSIFICATION,
    SIGNIFICANCE,
    SMALLEST_GAIN,
    VARIANCE,
)

Array = Any

# Events whose bins are kept in the nearest cache.
BLOCK = 1024
# Variables whose histograms are filled together.
TOGETHER = 4
# Numbers of a bin: sums for signal and background, events and one of no use; or sums for signal, background,
# wt and wt², events and three of no use.
SUMS_OF_CLASSES, SUMS_OF_TARGETS = 4, 8
LANES = 16


@compiled
def index_of(separation: int, s: float, b: float) -> float:
    """Return the mixture of s and b."""
    whole = s + b
    if separation == SIGNIFICANCE:
        return s / math.sqrt(whole) if whole > 0 else 0.0
    if whole <= 0:
        return 0.0
    if separation == MISCLASSIFICATION:
        p = s / whole
        return 1.0 - max(p, 1.0 - p)
    if separation == GINI_WITH_LAPLACE:
        p = (s + 1.0) / (s + b + 2.0)
        return p * (1.0 - p)
    if s <= 0 or b <= 0:
        return 0.0
    if separation == GINI:
        return s * b / whole / whole
    p = s / whole
    return -(p * math.log(p) + (1.0 - p) * math.log(1.0 - p))


@compiled
def variance_of(whole: float, t: float, t2: float) -> float:
    """Return the variance of a target."""
    return (t2 - t * t / whole) / whole


@compiled
def column_range(values: Array, start: int, stop: int, ends: Array) -> None:
    """Write the smallest and the largest value; what is no number counts only if it is first."""
    low, high = np.empty(LANES, np.float32), np.empty(LANES, np.float32)
    low[:] = values[start]
    high[:] = values[start]
    whole = start + (stop - start) // LANES * LANES
    for i in range(start, whole, LANES):
        for j in range(LANES):
            value = values[i + j]
            low[j] = value if value < low[j] else low[j]
            high[j] = value if value > high[j] else high[j]
    for i in range(whole, stop):
        value = values[i]
        low[0] = value if value < low[0] else low[0]
        high[0] = value if value > high[0] else high[0]
    for j in range(1, LANES):
        low[0] = low[j] if low[j] < low[0] else low[0]
        high[0] = high[j] if high[j] > high[0] else high[0]
    ends[0] = low[0]
    ends[1] = high[0]


@compiled
def find_bins(values: Array, start: int, n: int, low: float, steps: float, last: float, bins: Array) -> None:
    """Write the bins of some events."""
    for i in range(n):
        place = steps * (np.float64(values[start + i]) - low)
        above = place if place > 0 else 0.0
        bins[i] = np.int32(above if above < last else last)


@compiled
def fill_four_of_classes(bins: Array, n: int, amounts: Array, start: int, sums: Array, size: int) -> None:
    """Add events to the histograms of four variables."""
    for i in range(n):
        s, b = amounts[start + i, 0], amounts[start + i, 1]
        for j in range(4):
            o = j * size + 4 * bins[j, i]
            c0, c1, c2 = sums[o], sums[o + 1], sums[o + 2]
            sums[o] = c0 + s
            sums[o + 1] = c1 + b
            sums[o + 2] = c2 + 1.0


@compiled
def fill_of_classes(bins: Array, n: int, amounts: Array, start: int, sums: Array, place: int) -> None:
    """Add events to the histogram of one variable."""
    for i in range(n):
        o = place + 4 * bins[i]
        sums[o] += amounts[start + i, 0]
        sums[o + 1] += amounts[start + i, 1]
        sums[o + 2] += 1.0


@compiled
def fill_four_of_targets(bins: Array, n: int, amounts: Array, start: int, sums: Array, size: int) -> None:
    """As `fill_four_of_classes`, with the sums of a target."""
    for i in range(n):
        s, b = amounts[start + i, 0], amounts[start + i, 1]
        t, t2 = amounts[start + i, 2], amounts[start + i, 3]
        for j in range(4):
            o = j * size + 8 * bins[j, i]
            c0, c1, c2, c3, c4 = sums[o], sums[o + 1], sums[o + 2], sums[o + 3], sums[o + 4]
            sums[o] = c0 + s
            sums[o + 1] = c1 + b
            sums[o + 2] = c2 + t
            sums[o + 3] = c3 + t2
            sums[o + 4] = c4 + 1.0


@compiled
def fill_of_targets(bins: Array, n: int, amounts: Array, start: int, sums: Array, place: int) -> None:
    """As `fill_of_classes`, with the sums of a target."""
    for i in range(n):
        o = place + 8 * bins[i]
        for k in range(4):
            sums[o + k] += amounts[start + i, k]
        sums[o + 4] += 1.0


@compiled
def best_cut(
    sums: Array,
    place: int,
    n_bins: int,
    n_events: int,
    totals: Array,
    separation: int,
    min_size: float,
    found: Array,
) -> None:
    """Turn a histogram into sums below each cut; write to `found` the best gain, its cut and the type."""
    width = SUMS_OF_TARGETS if separation == VARIANCE else SUMS_OF_CLASSES
    count = 4 if separation == VARIANCE else 2
    for i in range(1, n_bins):
        o = place + i * width
        for k in range(count + 1):
            sums[o + k] += sums[o + k - width]
    all_s, all_b = totals[0], totals[1]
    whole = all_s + all_b
    last = place + (n_bins - 1) * width
    all_t, all_t2, parent = 0.0, 0.0, 0.0
    if separation == VARIANCE:
        all_t, all_t2 = sums[last + 2], sums[last + 3]
        parent = whole * variance_of(whole, all_t, all_t2)
    else:
        parent = whole * index_of(separation, all_s, all_b)
    found[0] = -1.0
    for i in range(n_bins - 1):
        o = place + i * width
        s, b, entries = sums[o], sums[o + 1], sums[o + count]
        rest_s, rest_b = all_s - s, all_b - b
        if (
            entries < min_size
            or n_events - entries < min_size
            or not s + b >= min_size
            or not rest_s + rest_b >= min_size
        ):
            continue
        if separation == VARIANCE:
            n, t, t2 = s + b, sums[o + 2], sums[o + 3]
            if n in (whole, 0.0):
                gain = 0.0
            else:
                above = (whole - n) * variance_of(whole - n, all_t - t, all_t2 - t2)
                gain = (parent - above - n * variance_of(n, t, t2)) / parent
        else:
            above = (rest_s + rest_b) * index_of(separation, rest_s, rest_b)
            gain = parent - above - (s + b) * index_of(separation, s, b)
            nothing = (rest_s == s and rest_b == b) or gain < SMALLEST_GAIN
            gain = 0.0 if nothing else gain / whole
        if gain > found[0]:
            found[0] = gain
            found[1] = i
            found[2] = 1.0 if separation == VARIANCE or s / all_s > b / all_b else 0.0


@compiled
def search(
    columns: Array,
    amounts: Array,
    start: int,
    stop: int,
    first: int,
    last: int,
    totals: Array,
    usable: Array,
    n_bins: Array,
    separation: int,
    min_size: float,
    narrow: float,
    bins: Array,
    sums: Array,
    results: Array,
) -> None:
    """Write the best cut of each variable from `first` to `last`, and what node 0 of a target needs.

    A row of `results` has gain, place, type, bins, smallest value, width, and for variable 0 two means.
    """
    ends = np.empty(2, np.float32)
    found = np.empty(3)
    together = np.empty(TOGETHER, np.int64)
    steps = np.empty(TOGETHER)
    width = SUMS_OF_TARGETS if separation == VARIANCE else SUMS_OF_CLASSES
    size = sums.size // TOGETHER
    k = 0
    for variable in range(first, last):
        results[variable, 0], results[variable, 3] = -1.0, 0.0
        if usable[variable]:
            column_range(columns[variable], start, stop, ends)
            low, high = np.float64(ends[0]), np.float64(ends[1])
            if high - low >= 2.0**-52 and not high - low < narrow * abs(high + low):
                if n_bins[variable] == 0:
                    results[variable, 3] = math.floor(high - low + 1)
                    results[variable, 5] = 1.0
                else:
                    results[variable, 3] = n_bins[variable]
                    results[variable, 5] = (high - low) / n_bins[variable]
                results[variable, 4] = low
                steps[k] = 1.0 / results[variable, 5]
                together[k] = variable
                sums[k * size : k * size + int(results[variable, 3]) * width] = 0.0
                k += 1
        if k == TOGETHER or (variable == last - 1 and k > 0):
            for at in range(start, stop, BLOCK):
                n = min(BLOCK, stop - at)
                for j in range(k):
                    one = together[j]
                    find_bins(columns[one], at, n, results[one, 4], steps[j], results[one, 3] - 1.0, bins[j])
                if separation == VARIANCE:
                    if k == TOGETHER:
                        fill_four_of_targets(bins, n, amounts, at, sums, size)
                    else:
                        for j in range(k):
                            fill_of_targets(bins[j], n, amounts, at, sums, j * size)
                elif k == TOGETHER:
                    fill_four_of_classes(bins, n, amounts, at, sums, size)
                else:
                    for j in range(k):
                        fill_of_classes(bins[j], n, amounts, at, sums, j * size)
            for j in range(k):
                one = together[j]
                count = int(results[one, 3])
                best_cut(sums, j * size, count, stop - start, totals, separation, min_size, found)
                results[one, 0], results[one, 1], results[one, 2] = found[0], found[1], found[2]
                if one == 0 and separation == VARIANCE:
                    # The sums up to each bin, for the bins of whichever variable is cut on.
                    for i in range(count):
                        results[i, 6] = sums[j * size + i * width + 2]
                        results[i, 7] = sums[j * size + i * width + 3]
            k = 0


@compiled
def divide(column: Array, start: int, stop: int, cut: float, above_is_right: int, order: Array) -> int:
    """Write the events of both children in their order, left ones first; return where right ones begin."""
    # Right ones are gathered at the far end, and moved.
    n_left, n_right = 0, 0
    n = stop - start
    for i in range(start, stop):
        right = int(column[i] >= cut)
        if above_is_right == 0:
            right = 1 - right
        order[n_left] = i
        order[n + n_right] = i
        n_left += 1 - right
        n_right += right
    for i in range(n_right):
        order[n_left + i] = order[n + i]
    return n_left


@compiled
def move_columns(
    source: Array, target: Array, first: int, last: int, start: int, n: int, order: Array
) -> None:
    """Copy the values of some variables in a new order."""
    for variable in range(first, last):
        values, moved = source[variable], target[variable]
        for i in range(n):
            moved[start + i] = values[order[i]]


@compiled
def move_amounts(source: Array, target: Array, start: int, n: int, order: Array) -> None:
    """Copy the amounts of events in a new order."""
    for i in range(n):
        for k in range(source.shape[1]):
            target[start + i, k] = source[order[i], k]


@compiled
def add_up(amounts: Array, first: int, last: int, order: Array, totals: Array) -> None:
    """Write the sums of the amounts of some events in their order."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    if amounts.shape[1] == 2:
        for i in range(first, last):
            event = order[i]
            a += amounts[event, 0]
            b += amounts[event, 1]
    else:
        for i in range(first, last):
            event = order[i]
            a += amounts[event, 0]
            b += amounts[event, 1]
            c += amounts[event, 2]
            d += amounts[event, 3]
    totals[0], totals[1], totals[2], totals[3] = a, b, c, d


@compiled
def make_leaf(
    totals: Array, separation: int, purity_limit: float, node: int, whole: Array, values: Array
) -> None:
    """Write a node that is not cut: `whole` has whole numbers, `values` float32 ones (see `as_tree`)."""
    s, b = np.float32(totals[0]), np.float32(totals[1])
    total = np.float32(s + b)
    purity = np.float32(s / total) if total > 0 else np.float32(-1.0)
    whole[node, 0], whole[node, 1], whole[node, 2], whole[node, 3] = -1, 1, -1, -1
    values[node, 0], values[node, 1], values[node, 2], values[node, 3] = 0.0, purity, -99.0, 0.0
    values[node, 5], values[node, 6] = s, b
    if separation == VARIANCE:
        weight = totals[0] + totals[1]
        whole[node, 4] = -99
        mean, mean_square = totals[2] / weight, totals[3] / weight
        square = mean_square - mean * mean
        values[node, 2] = mean
        values[node, 3] = math.sqrt(square) if square > 0 else 0.0
        values[node, 4] = variance_of(weight, totals[2], totals[3])
    else:
        whole[node, 4] = 1 if np.float64(purity) > purity_limit else -1
        values[node, 4] = index_of(separation, totals[0], totals[1])


@compiled
def choose(results: Array) -> int:
    """Return the variable whose cut gains most, −1 if none is allowed."""
    best, gain = -1, -1.0
    for variable in range(results.shape[0]):
        if results[variable, 0] > gain:
            gain, best = results[variable, 0], variable
    return best


@compiled
def cut_of(best: Array) -> Any:
    """Return the cut of a row of results."""
    return np.float32(best[4] + (best[1] + 1.0) * best[5])


@compiled
def make_cut(
    results: Array, variable: int, totals: Array, separation: int, node: int, whole: Array, values: Array
) -> None:
    """Make a node one that is cut."""
    best = results[variable]
    whole[node, 4] = 0
    if separation == VARIANCE:
        weight = totals[0] + totals[1]
        last = int(best[3]) - 1
        t, t2 = 0.0, 0.0
        if results[0, 3] > last:
            t, t2 = results[last, 6], results[last, 7]
        mean = t / weight
        square = t2 / weight - mean * mean
        values[node, 2] = mean
        values[node, 3] = math.sqrt(square) if square > 0 else 0.0
        values[node, 4] = variance_of(weight, t, t2)


@compiled
def may_be_cut(n: int, totals: Array, depth: int, max_depth: int, separation: int, min_size: float) -> bool:
    """Return whether a node is large enough and has more than one kind of events."""
    weight = totals[0] + totals[1]
    if n < 2 * min_size or not weight >= 2 * min_size or depth >= max_depth:
        return False
    if separation == VARIANCE:
        return bool(weight != 0)
    return bool(totals[0] != 0 and totals[1] != 0)


@compiled
def grow_whole(
    columns: Array,
    amounts: Array,
    n_bins: Array,
    min_size: float,
    max_depth: int,
    separation: int,
    purity_limit: float,
    narrow: float,
    allowed: Array,
    column_spaces: Array,
    amount_spaces: Array,
    order: Array,
    bins: Array,
    sums: Array,
    results: Array,
    waiting: Array,
    waiting_totals: Array,
    whole: Array,
    values: Array,
    importance: Array,
) -> int:
    """Grow a tree, nodes in the order in which they come up; return their number, −1 if `allowed` ends."""
    n_variables, n_events = columns.shape
    usable = np.ones(n_variables, np.bool_)
    totals = np.zeros(4)
    left, right = np.zeros(4), np.zeros(4)
    order[:n_events] = np.arange(n_events)
    add_up(amounts, 0, n_events, order, totals)
    # A row has start, stop, depth, parent, side.
    waiting[0, 0], waiting[0, 1], waiting[0, 2], waiting[0, 3], waiting[0, 4] = 0, n_events, 0, -1, 0
    waiting_totals[0] = totals
    n_waiting, n_nodes, n_cut = 1, 0, 0
    while n_waiting > 0:
        n_waiting -= 1
        start, stop, depth = waiting[n_waiting, 0], waiting[n_waiting, 1], waiting[n_waiting, 2]
        parent, side = waiting[n_waiting, 3], waiting[n_waiting, 4]
        totals[:] = waiting_totals[n_waiting]
        node = n_nodes
        n_nodes += 1
        if parent >= 0:
            whole[parent, 2 + side] = node
        make_leaf(totals, separation, purity_limit, node, whole, values)
        if not may_be_cut(stop - start, totals, depth, max_depth, separation, min_size):
            continue
        if allowed.shape[1] > 0:
            if n_cut == allowed.shape[0]:
                return -1
            usable[:] = allowed[n_cut]
            n_cut += 1
        source = columns if depth == 0 else column_spaces[depth % 2]
        rows = amounts if depth == 0 else amount_spaces[depth % 2]
        search(
            source, rows, start, stop, 0, n_variables, totals, usable, n_bins, separation, min_size, narrow,
            bins, sums, results,
        )  # fmt: skip
        variable = choose(results[:n_variables])
        if variable < 0:
            continue
        n = stop - start
        best = results[variable]
        gain, weight = best[0], totals[0] + totals[1]
        importance[variable] += gain * gain * weight * weight
        # A leaf keeps the cut that gains nothing, as in TMVA's files.
        whole[node, 0], whole[node, 1], values[node, 0] = variable, int(best[2]), cut_of(best)
        if not gain >= 2.0**-52:
            continue
        n_left = divide(source[variable], start, stop, cut_of(best), int(best[2]), order)
        if n_left in (0, n):  # rounding has moved the cut beyond all events
            continue
        make_cut(results, variable, totals, separation, node, whole, values)
        add_up(rows, 0, n_left, order, left)
        add_up(rows, n_left, n, order, right)
        goes_on = may_be_cut(n_left, left, depth + 1, max_depth, separation, min_size) or may_be_cut(
            n - n_left, right, depth + 1, max_depth, separation, min_size
        )
        if goes_on:
            move_columns(source, column_spaces[(depth + 1) % 2], 0, n_variables, start, n, order)
            move_amounts(rows, amount_spaces[(depth + 1) % 2], start, n, order)
        for side in range(2):
            row = waiting[n_waiting]
            row[0] = start if side == 0 else start + n_left
            row[1] = start + n_left if side == 0 else stop
            row[2], row[3], row[4] = depth + 1, node, side
            waiting_totals[n_waiting] = left if side == 0 else right
            n_waiting += 1
    return n_nodes


@compiled
def merge(n_nodes: int, purity_limit: float, whole: Array, values: Array) -> None:
    """Make leaves of nodes with two leaves of one kind; children come after their parents."""
    for i in range(n_nodes):
        node = n_nodes - 1 - i
        if whole[node, 4] == 0:
            kinds = whole[whole[node, 2], 4] * whole[whole[node, 3], 4]
            if kinds > 0:
                whole[node, 0], whole[node, 2], whole[node, 3] = -1, -1, -1
                whole[node, 4] = 1 if np.float64(values[node, 1]) > purity_limit else -1


@compiled
def in_order(whole: Array, values: Array, stack: Array, whole_out: Array, values_out: Array) -> int:
    """Write the nodes that are left in the order node, left part, right part; return their number."""
    n, n_waiting = 0, 1
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, -1, 0
    while n_waiting > 0:
        n_waiting -= 1
        node, parent, side = stack[n_waiting, 0], stack[n_waiting, 1], stack[n_waiting, 2]
        whole_out[n] = whole[node]
        values_out[n] = values[node]
        if parent >= 0:
            whole_out[parent, 2 + side] = n
        if whole[node, 2] >= 0:
            for k in range(2):
                row = stack[n_waiting]
                row[0], row[1], row[2] = whole[node, 3 - k], n, 1 - k
                n_waiting += 1
        n += 1
    return n


class Spaces:
    """Work space for trees of one size."""

    def __init__(
        self, n_variables: int, n_events: int, n_amounts: int, most_bins: int, most_nodes: int
    ) -> None:
        self.columns = np.empty((2, n_variables, n_events), np.float32)
        self.amounts = np.empty((2, n_events, n_amounts))
        self.order = np.empty(2 * n_events, np.int32)
        self.bins = np.empty((TOGETHER, BLOCK), np.int32)
        width = SUMS_OF_CLASSES if n_amounts == 2 else SUMS_OF_TARGETS
        self.sums = np.empty(TOGETHER * most_bins * width)
        self.results = np.empty((max(n_variables, most_bins), 8))
        self.waiting = np.empty((most_nodes + 2, 5), np.int32)
        self.totals = np.empty((most_nodes + 2, 4))
        self.whole = np.empty((2, most_nodes, 5), np.int32)
        self.values = np.empty((2, most_nodes, 7), np.float32)


def spaces_for(columns: Array, amounts: Array, growth: Growth, memory: Memory) -> Spaces:
    """Return work space that is large enough for a tree; that of a larger sample will do."""
    n_variables, n_events = columns.shape
    most_bins = int(growth.n_bins.max(initial=0))
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
        or found[0].results.shape[0] < most_bins
    ):
        found[:] = [Spaces(n_variables, rounded[0], amounts.shape[1], rounded[1], rounded[2])]
    return found[0]


@grow_tree.override("numba")
def _grow_tree(
    xp: Any, *, columns: Array, amounts: Array, growth: Growth, allowed: Array | None = None, memory: Memory
) -> GrownTree | None:
    n_variables = len(columns)
    spaces = spaces_for(columns, amounts, growth, memory)
    importance = np.zeros(n_variables)
    choices = np.empty((0, 0), np.bool_) if allowed is None else allowed
    n_nodes = grow_whole(
        columns, amounts, growth.n_bins, growth.min_size, growth.max_depth, growth.separation,
        growth.purity_limit, growth.narrow, choices, spaces.columns, spaces.amounts, spaces.order,
        spaces.bins, spaces.sums, spaces.results, spaces.waiting, spaces.totals, spaces.whole[0],
        spaces.values[0], importance,
    )  # fmt: skip
    if n_nodes < 0:
        return None
    if growth.merges:
        merge(n_nodes, growth.purity_limit, spaces.whole[0], spaces.values[0])
    n_nodes = in_order(spaces.whole[0], spaces.values[0], spaces.waiting, spaces.whole[1], spaces.values[1])
    whole, values = spaces.whole[1, :n_nodes].T.copy(), spaces.values[1, :n_nodes].T.copy()
    return GrownTree(
        variable=whole[0], cut=values[0], cut_type=whole[1] != 0, left=whole[2], right=whole[3],
        node_type=whole[4].astype(np.int8), purity=values[1], response=values[2], rms=values[3],
        index=values[4], signal=values[5], background=values[6], importance=importance,
        coefficients=np.empty((n_nodes, 0)),
    )  # fmt: skip
