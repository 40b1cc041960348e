"""Events between two trees, compiled: one pass each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.kernels import boosting as kernels
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.threads import PARALLEL_WORK, for_each
from tmva_py.kernels.numba.trees import BLOCK, DEEPEST, answer_tree

Array = Any

# Operations that drawing for an event is worth when threads are to share it.
DRAWING = 500.0
# And copying a value, and following an event to its residual.
TAKING, FOLLOWING = 60.0, 400.0
# Events of a part that one thread takes.
CHUNK = 16384
# Of the generator MT19937: words of its state, and how far apart those are that are combined.
N_STATE, APART = 624, 397


@borrowing
def twist(state: Array, i: int, following: int, far: int) -> None:
    """Replace a word of the state by one made of three."""
    mixed = (state[i] & np.uint32(0x80000000)) | (state[following] & np.uint32(0x7FFFFFFF))
    state[i] = state[far] ^ (mixed >> np.uint32(1)) ^ (np.uint32(0x9908B0DF) * (mixed & np.uint32(1)))


@borrowing
def draw_all(state: Array, draws: Array) -> None:
    """Go on to the next state, and write the numbers in it."""
    for i in range(N_STATE - APART):
        twist(state, i, i + 1, i + APART)
    for i in range(N_STATE - APART, N_STATE - 1):
        twist(state, i, i + 1, i + APART - N_STATE)
    twist(state, N_STATE - 1, 0, APART - 1)
    for i in range(N_STATE):
        draw = state[i]
        draw ^= draw >> np.uint32(11)
        draw ^= (draw << np.uint32(7)) & np.uint32(0x9D2C5680)
        draw ^= (draw << np.uint32(15)) & np.uint32(0xEFC60000)
        draw ^= draw >> np.uint32(18)
        draws[i] = np.float64(draw) * 2.3283064365386963e-10


@borrowing
def without_zeros(draws: Array, first: int, last: int) -> int:
    """Close the gaps that zeros leave; return the new end."""
    end = first
    for i in range(first, last):
        draws[end] = draws[i]
        end += int(draws[i] != 0.0)
    return end


@borrowing
def draw_counts(seed: int, limit: float, state: Array, draws: Array, needed: Array, counts: Array) -> None:
    """Write the counts of TRandom3 with a seed, from the generator's 32-bit words without zeros.

    An event takes draws until their product is below the limit. How many it would take is computed for each
    place at once, up to four, and then the events go from place to place.
    """
    word = np.uint64(seed)
    state[0] = np.uint32(word)
    for i in range(1, N_STATE):
        word = np.uint64(1812433253) * (word ^ (word >> np.uint64(30))) + np.uint64(i)
        word &= np.uint64(0xFFFFFFFF)
        state[i] = np.uint32(word)
    event, kept = 0, 0
    while event < counts.size:
        draw_all(state, draws[kept : kept + N_STATE])
        end = without_zeros(draws, kept, kept + N_STATE)
        for i in range(end - 2):
            two = draws[i] * draws[i + 1]
            three = two * draws[i + 2]
            needed[i] = 1 + int(draws[i] > limit) + int(two > limit) + int(three > limit)
        place = 0
        while place < end - 2 and event < counts.size:
            n = needed[place]
            if n == 4:
                product = draws[place] * draws[place + 1] * draws[place + 2]
                n = 3
                while product > limit and place + n < end:
                    product *= draws[place + n]
                    n += 1
                if product > limit:
                    break
            counts[event] = n - 1
            event += 1
            place += n
        kept = end - place
        for i in range(kept):
            draws[i] = draws[place + i]


@borrowing
def list_entries(counts: Array, entries: Array) -> None:
    """Write each event's number as often as it is in the sample."""
    n = 0
    for i in range(counts.size):
        if n == entries.size:
            break
        entries[n] = i
        n += int(counts[i] > 0)
        for _ in range(1, counts[i]):
            entries[n] = i
            n += 1


@borrowing
def take_columns(columns: Array, entries: Array, first: int, last: int, out: Array) -> None:
    """Write some columns of a sample's entries."""
    for variable in range(first, last):
        values, taken = columns[variable], out[variable]
        for i in range(entries.size):
            taken[i] = values[entries[i]]


@borrowing
def find_leaves(
    columns: Array, variable: Array, cut: Array, cut_type: Array, left: Array, right: Array, leaves: Array
) -> None:
    """Write the leaf of each event, walking."""
    for i in range(leaves.size):
        node = 0
        while left[node] >= 0:
            above = columns[variable[node], i] >= cut[node]
            node = right[node] if above == cut_type[node] else left[node]
        leaves[i] = node


@borrowing
def depth_of(left: Array, right: Array, depth: Array) -> int:
    """Return how many decisions a tree has in a row; children come after their parents."""
    deepest = 0
    depth[0] = 0
    for node in range(left.size):
        deepest = max(deepest, depth[node])
        if left[node] >= 0:
            depth[left[node]] = depth[node] + 1
            depth[right[node]] = depth[node] + 1
    return deepest


@borrowing
def find_leaves_of_all(
    columns: Array,
    variable: Array,
    cut: Array,
    cut_type: Array,
    left: Array,
    right: Array,
    depth: int,
    node: Array,
    feature: Array,
    cuts: Array,
    leaf: Array,
    answers: Array,
    leaves: Array,
) -> None:
    """Write the leaf of each event, as the answer of a full tree."""
    n_inner = feature.size
    node[0] = 0
    for i in range(n_inner):
        at = node[i]
        feature[i], cuts[i] = 0, np.inf
        node[2 * i + 1], node[2 * i + 2] = at, at
        if left[at] >= 0:
            feature[i], cuts[i] = variable[at], cut[at]
            node[2 * i + 1] = left[at] if cut_type[at] else right[at]
            node[2 * i + 2] = right[at] if cut_type[at] else left[at]
    for i in range(n_inner + 1):
        leaf[i] = node[n_inner + i]
    size = answers.shape[1]
    for start in range(0, leaves.size, size):
        n = min(size, leaves.size - start)
        answer_tree(n, columns, start, depth, feature, cuts, leaf, answers)
        answer = answers[0]
        for i in range(n):
            leaves[start + i] = np.int32(answer[i])


# Most events are in a sample once or not at all, which cannot be foreseen: both are done without a branch.


@borrowing
def write_class_amounts(weight: Array, boost: Array, is_signal: Array, counts: Array, out: Array) -> None:
    """Write the weights of a sample's events."""
    n = 0
    for i in range(weight.size):
        if n == out.shape[0]:
            break
        whole = weight[i] * boost[i]
        s, b = (whole, 0.0) if is_signal[i] else (0.0, whole)
        out[n, 0] = s
        out[n, 1] = b
        n += int(counts[i] > 0)
        for _ in range(1, counts[i]):
            out[n, 0] = s
            out[n, 1] = b
            n += 1


@borrowing
def write_target_amounts(
    weight: Array, boost: Array, is_signal: Array, target: Array, counts: Array, out: Array
) -> None:
    """Write the weights of a sample's events, and those times target and squared target."""
    n = 0
    for i in range(weight.size):
        if n == out.shape[0]:
            break
        whole = weight[i] * boost[i]
        t = np.float64(target[i])
        s, b = (whole, 0.0) if is_signal[i] else (0.0, whole)
        first = n
        out[n, 0] = s
        out[n, 1] = b
        out[n, 2] = whole * t
        out[n, 3] = whole * t * t
        n += int(counts[i] > 0)
        for _ in range(1, counts[i]):
            for k in range(4):
                out[n, k] = out[first, k]
            n += 1


@borrowing
def add_errors(
    weight: Array, boost: Array, is_signal: Array, entries: Array, leaves: Array, answers: Array, costs: Array
) -> tuple[float, float]:
    """Return Σ w and Σ w·a·c."""
    total, errors = 0.0, 0.0
    for place in range(entries.size):
        i = entries[place]
        whole = weight[i] * boost[i]
        kind = 1 - int(is_signal[i])
        total += whole
        errors += whole * answers[leaves[i], kind] * costs[leaves[i], kind]
    return total, errors


@borrowing
def multiply_boosts(
    weight: Array,
    boost: Array,
    is_signal: Array,
    entries: Array,
    leaves: Array,
    factors: Array,
    least: Array,
    signal_factor: float,
) -> None:
    """Multiply by factors and renormalise."""
    new_sum, last, sign = 0.0, -1, 0
    for place in range(entries.size):
        i = entries[place]
        old, kind = boost[i], 1 - int(is_signal[i])
        # By the sign before the first of an event's entries.
        sign = sign if i == last else 1 - int(weight[i] * old > 0)
        last = i
        floor = least[sign, leaves[i], kind]
        new = (floor if old < floor else old) * factors[sign, leaves[i], kind]
        boost[i] = new
        new_sum += weight[i] * new
    scale = entries.size / new_sum
    of_signal = scale * signal_factor
    for place in range(entries.size):
        i = entries[place]
        boost[i] *= of_signal if is_signal[i] else scale


@borrowing
def add_gradients(
    whole: Array,
    target: Array,
    counts: Array,
    leaves: Array,
    squared: int,
    sums: Array,
    slopes: Array,
    entries: Array,
) -> None:
    """Add up by leaf."""
    for i in range(whole.size):
        t, w, leaf = np.float64(target[i]), whole[i], leaves[i]
        slope = abs(t) * (1.0 - abs(t)) * w
        if squared:
            slope *= w
        is_there = counts[i] > 0
        sums[leaf] += t * w if is_there else 0.0
        slopes[leaf] += slope if is_there else 0.0
        for _ in range(1, counts[i]):
            sums[leaf] += t * w
            slopes[leaf] += slope
        entries[leaf] += counts[i]


@borrowing
def follow_leaves(sums: Array, leaves: Array, response: Array, is_signal: Array, target: Array) -> None:
    """Add the leaves' responses and compute what is left."""
    for i in range(sums.size):
        sums[i] += np.float64(response[leaves[i]])
        target[i] = (1.0 if is_signal[i] else 0.0) - 1.0 / (1.0 + math.exp(-2.0 * sums[i]))


@kernels.poisson_counts.override("numba")
def _poisson_counts(xp: Any, *, seeds: Sequence[int], n_events: int, mean: float) -> Array:
    counts = xp.empty((len(seeds), n_events), xp.int32)
    limit = float(xp.exp(-mean))

    def draw(number: int) -> None:
        # A product of so many draws is zero for any mean.
        state, draws = xp.empty(N_STATE, xp.uint32), xp.empty(4 * N_STATE)
        needed = xp.empty(4 * N_STATE, xp.int32)
        draw_counts(seeds[number], limit, state, draws, needed, counts[number])

    for_each(draw, len(seeds), DRAWING * counts.size)
    return counts


@kernels.sample_entries.override("numba")
def _sample_entries(xp: Any, *, counts: Array) -> Array:
    entries = xp.empty(int(counts.sum()), xp.int64)
    list_entries(counts, entries)
    return entries


@kernels.sample_columns.override("numba")
def _sample_columns(xp: Any, *, columns: Array, entries: Array, out: Array) -> None:
    def take(variable: int) -> None:
        take_columns(columns, entries, variable, variable + 1, out)

    work = TAKING * out.size
    if work < PARALLEL_WORK:
        take_columns(columns, entries, 0, len(columns), out)
    else:
        for_each(take, len(columns), work)


@kernels.tree_leaves.override("numba")
def _tree_leaves(xp: Any, *, columns: Array, nodes: kernels.Nodes) -> Array:
    leaves = xp.empty(columns.shape[1], xp.int32)
    depth = depth_of(nodes.left, nodes.right, xp.empty(len(nodes.left), xp.int32))
    if not 1 <= depth <= DEEPEST:
        find_leaves(columns, *nodes, leaves)
        return leaves
    n_inner = 2**depth - 1
    find_leaves_of_all(
        columns, *nodes, depth, xp.empty(2 * n_inner + 1, xp.int32), xp.empty(n_inner, xp.int32),
        xp.empty(n_inner, xp.float32), xp.empty(n_inner + 1, xp.float32), xp.empty((8, BLOCK), xp.float32),
        leaves,
    )  # fmt: skip
    return leaves


@kernels.class_amounts.override("numba")
def _class_amounts(
    xp: Any, *, weight: Array, boost: Array, is_signal: Array, counts: Array, out: Array
) -> None:
    write_class_amounts(weight, boost, is_signal, counts, out)


@kernels.target_amounts.override("numba")
def _target_amounts(
    xp: Any, *, weight: Array, boost: Array, is_signal: Array, target: Array, counts: Array, out: Array
) -> None:
    write_target_amounts(weight, boost, is_signal, target, counts, out)


@kernels.error_sums.override("numba")
def _error_sums(xp: Any, **arguments: Any) -> tuple[float, float]:
    return add_errors(
        *(
            arguments[name]
            for name in ("weight", "boost", "is_signal", "entries", "leaves", "answers", "costs")
        )
    )


@kernels.boost_events.override("numba")
def _boost_events(
    xp: Any,
    *,
    weight: Array,
    boost: Array,
    is_signal: Array,
    entries: Array,
    leaves: Array,
    factors: Array,
    least: Array,
    signal_factor: float,
) -> None:
    multiply_boosts(weight, boost, is_signal, entries, leaves, factors, least, signal_factor)


@kernels.leaf_gradients.override("numba")
def _leaf_gradients(
    xp: Any, *, whole: Array, target: Array, counts: Array, leaves: Array, n_nodes: int, squared: bool
) -> tuple[Array, Array, Array]:
    sums, slopes, entries = xp.zeros(n_nodes), xp.zeros(n_nodes), xp.zeros(n_nodes, xp.int64)
    add_gradients(whole, target, counts, leaves, int(squared), sums, slopes, entries)
    return sums, slopes, entries


@kernels.update_residuals.override("numba")
def _update_residuals(
    xp: Any, *, sums: Array, leaves: Array, response: Array, is_signal: Array, target: Array
) -> None:
    def follow(number: int) -> None:
        part = slice(number * CHUNK, (number + 1) * CHUNK)
        follow_leaves(sums[part], leaves[part], response, is_signal[part], target[part])

    for_each(follow, -(-len(sums) // CHUNK), FOLLOWING * len(sums))
