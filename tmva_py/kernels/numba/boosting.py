"""Events between two trees, compiled: one pass each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels import boosting as kernels
from tmva_py.kernels.numba.compiling import compiled

Array = Any

# Of the generator MT19937: words of its state, and how far apart those are that are combined.
N_STATE, APART = 624, 397


@compiled
def draw_counts(seed: int, limit: float, counts: Array) -> None:
    """Write the counts of TRandom3 with a seed, from the generator's 32-bit words without zeros."""
    state = np.empty(N_STATE, np.uint32)
    word = np.uint64(seed)
    state[0] = np.uint32(word)
    for i in range(1, N_STATE):
        word = np.uint64(1812433253) * (word ^ (word >> np.uint64(30))) + np.uint64(i)
        word &= np.uint64(0xFFFFFFFF)
        state[i] = np.uint32(word)
    place = N_STATE
    for event in range(counts.size):
        product = 1.0
        n = -1
        while True:
            n += 1
            draw = np.uint32(0)
            while draw == 0:
                if place == N_STATE:
                    for i in range(N_STATE):
                        following = state[i + 1] if i + 1 < N_STATE else state[0]
                        far = state[i + APART] if i + APART < N_STATE else state[i + APART - N_STATE]
                        mixed = (state[i] & np.uint32(0x80000000)) | (following & np.uint32(0x7FFFFFFF))
                        twist = np.uint32(0x9908B0DF) if mixed & np.uint32(1) else np.uint32(0)
                        state[i] = far ^ (mixed >> np.uint32(1)) ^ twist
                    place = 0
                draw = state[place]
                place += 1
                draw ^= draw >> np.uint32(11)
                draw ^= (draw << np.uint32(7)) & np.uint32(0x9D2C5680)
                draw ^= (draw << np.uint32(15)) & np.uint32(0xEFC60000)
                draw ^= draw >> np.uint32(18)
            product *= np.float64(draw) * 2.3283064365386963e-10
            if product <= limit:
                break
        counts[event] = n


@compiled
def find_leaves(
    columns: Array, variable: Array, cut: Array, cut_type: Array, left: Array, right: Array, leaves: Array
) -> None:
    """Write the leaf of each event."""
    for i in range(leaves.size):
        node = 0
        while left[node] >= 0:
            above = columns[variable[node], i] >= cut[node]
            node = right[node] if above == cut_type[node] else left[node]
        leaves[i] = node


@compiled
def write_class_amounts(weight: Array, boost: Array, is_signal: Array, counts: Array, out: Array) -> None:
    """Write the weights of a sample's events."""
    n = 0
    for i in range(weight.size):
        whole = weight[i] * boost[i]
        s, b = (whole, 0.0) if is_signal[i] else (0.0, whole)
        for _ in range(counts[i]):
            out[n, 0] = s
            out[n, 1] = b
            n += 1


@compiled
def write_target_amounts(
    weight: Array, boost: Array, is_signal: Array, target: Array, counts: Array, out: Array
) -> None:
    """Write the weights of a sample's events, and those times target and squared target."""
    n = 0
    for i in range(weight.size):
        whole = weight[i] * boost[i]
        t = np.float64(target[i])
        s, b = (whole, 0.0) if is_signal[i] else (0.0, whole)
        for _ in range(counts[i]):
            out[n, 0] = s
            out[n, 1] = b
            out[n, 2] = whole * t
            out[n, 3] = whole * t * t
            n += 1


@compiled
def add_errors(
    weight: Array, boost: Array, is_signal: Array, counts: Array, leaves: Array, answers: Array, costs: Array
) -> tuple[float, float]:
    """Return Σ w and Σ w·a·c."""
    total, errors = 0.0, 0.0
    for i in range(weight.size):
        whole = weight[i] * boost[i]
        kind = 0 if is_signal[i] else 1
        term = whole * answers[leaves[i], kind] * costs[leaves[i], kind]
        for _ in range(counts[i]):
            total += whole
            errors += term
    return total, errors


@compiled
def multiply_boosts(
    weight: Array,
    boost: Array,
    is_signal: Array,
    counts: Array,
    leaves: Array,
    factors: Array,
    least: Array,
    signal_factor: float,
) -> None:
    """Multiply by factors and renormalise."""
    new_sum, size = 0.0, 0
    for i in range(weight.size):
        kind = 0 if is_signal[i] else 1
        sign = 0 if weight[i] * boost[i] > 0 else 1
        factor, floor = factors[sign, leaves[i], kind], least[sign, leaves[i], kind]
        for _ in range(counts[i]):
            boost[i] = (boost[i] if not boost[i] < floor else floor) * factor
            new_sum += weight[i] * boost[i]
        size += counts[i]
    scale = size / new_sum
    of_signal = scale * signal_factor
    for i in range(weight.size):
        factor = of_signal if is_signal[i] else scale
        for _ in range(counts[i]):
            boost[i] *= factor


@compiled
def add_gradients(
    whole: Array, target: Array, counts: Array, leaves: Array, squared: int, sums: Array, slopes: Array
) -> None:
    """Add up by leaf."""
    for i in range(whole.size):
        t, w = np.float64(target[i]), whole[i]
        slope = abs(t) * (1.0 - abs(t)) * w
        if squared:
            slope *= w
        for _ in range(counts[i]):
            sums[leaves[i]] += t * w
            slopes[leaves[i]] += slope


@compiled
def follow_leaves(sums: Array, leaves: Array, response: Array, is_signal: Array, target: Array) -> None:
    """Add the leaves' responses and compute what is left."""
    for i in range(sums.size):
        sums[i] += np.float64(response[leaves[i]])
        target[i] = (1.0 if is_signal[i] else 0.0) - 1.0 / (1.0 + math.exp(-2.0 * sums[i]))


@kernels.poisson_counts.override("numba")
def _poisson_counts(xp: Any, *, seed: int, n_events: int, mean: float) -> Array:
    counts = xp.empty(n_events, xp.int32)
    draw_counts(seed, float(xp.exp(-mean)), counts)
    return counts


@kernels.tree_leaves.override("numba")
def _tree_leaves(xp: Any, *, columns: Array, nodes: kernels.Nodes) -> Array:
    leaves = xp.empty(columns.shape[1], xp.int32)
    find_leaves(columns, *nodes, leaves)
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
            for name in ("weight", "boost", "is_signal", "counts", "leaves", "answers", "costs")
        )
    )


@kernels.boost_events.override("numba")
def _boost_events(
    xp: Any,
    *,
    weight: Array,
    boost: Array,
    is_signal: Array,
    counts: Array,
    leaves: Array,
    factors: Array,
    least: Array,
    signal_factor: float,
) -> None:
    multiply_boosts(weight, boost, is_signal, counts, leaves, factors, least, signal_factor)


@kernels.leaf_gradients.override("numba")
def _leaf_gradients(
    xp: Any, *, whole: Array, target: Array, counts: Array, leaves: Array, n_nodes: int, squared: bool
) -> tuple[Array, Array]:
    sums, slopes = xp.zeros(n_nodes), xp.zeros(n_nodes)
    add_gradients(whole, target, counts, leaves, int(squared), sums, slopes)
    return sums, slopes


@kernels.update_residuals.override("numba")
def _update_residuals(
    xp: Any, *, sums: Array, leaves: Array, response: Array, is_signal: Array, target: Array
) -> None:
    follow_leaves(sums, leaves, response, is_signal, target)
