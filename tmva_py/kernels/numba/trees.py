"""Responses of decision trees, compiled.

A node's feature is the same for all events, so that its comparison is one vector instruction for a whole
vector of events when their values lie side by side. All nodes of a small tree are compared, and the answers
are chosen from the leaves up; of a larger full tree, the subtrees of depth 3 answer first and the nodes above
choose among them. The answers are float32, which loses nothing; their sum is double.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.numba.views import At
from tmva_py.kernels.trees import FullTrees, Trees, full_tree_sums, leaf_sums, tree_sums, tree_values

Array = Any

# Events whose columns, answers and sums stay in the nearest cache; with more columns, half of them.
BLOCK = 512
MOST_COLUMNS = 16
# Up to this many events, walking through the nodes is faster than turning rows into columns.
FEW_EVENTS = 3
# Deeper full trees are walked through as well.
DEEPEST = 6


def _chosen(e: Emitter, masks: Sequence[Any], values: Sequence[Any]) -> list[Lanes]:
    """Return the answers of full trees: `masks` by node, `values` from left to right."""
    level = list(values)
    first = len(masks) // 2
    while True:
        level = [
            e.where(masks[first + place], level[2 * place + 1], level[2 * place])
            for place in range(len(level) // 2)
        ]
        if len(level) == 1:
            return level
        first //= 2


def _answers(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    """From the columns of all nodes; cuts and leaves are scalars."""
    nodes = len(values)
    masks = [e.compare(">=", x, cut) for x, cut in zip(values, scalars[:nodes], strict=True)]
    return _chosen(e, masks, scalars[nodes:])


def _answers_above(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    """From the columns of all nodes and the answers of the trees below them."""
    nodes = len(scalars)
    masks = [e.compare(">=", x, cut) for x, cut in zip(values[:nodes], scalars, strict=True)]
    return _chosen(e, masks, values[nodes:])


def _depth1(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return _answers(e, values, scalars)


def _depth2(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return _answers(e, values, scalars)


def _depth3(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return _answers(e, values, scalars)


def _above1(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return _answers_above(e, values, scalars)


def _above2(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return _answers_above(e, values, scalars)


def _above3(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return _answers_above(e, values, scalars)


# One body may be compiled for one number of nodes only: its function in a module has one name.
depth1, depth2, depth3 = elementwise(_depth1), elementwise(_depth2), elementwise(_depth3)
above1, above2, above3 = elementwise(_above1), elementwise(_above2), elementwise(_above3)


@borrowing
def answer1(
    n: int, columns: Array, at: int, f: Array, c: Array, i: int, v: Array, k: int, out: Array, row: int
) -> None:
    """Write the answers of the tree of depth 1 below node i, whose first leaf is k; events begin `at`."""
    w = columns.shape[1]
    depth1(n, (At(columns, f[i] * w + at),), (At(out, row * out.shape[1]),), (c[i], v[k], v[k + 1]))


@borrowing
def answer2(
    n: int, columns: Array, at: int, f: Array, c: Array, i: int, v: Array, k: int, out: Array, row: int
) -> None:
    """As `answer1`, of depth 2."""
    w, a = columns.shape[1], 2 * i + 1
    depth2(
        n,
        (At(columns, f[i] * w + at), At(columns, f[a] * w + at), At(columns, f[a + 1] * w + at)),
        (At(out, row * out.shape[1]),),
        (c[i], c[a], c[a + 1], v[k], v[k + 1], v[k + 2], v[k + 3]),
    )


@borrowing
def answer3(
    n: int, columns: Array, at: int, f: Array, c: Array, i: int, v: Array, k: int, out: Array, row: int
) -> None:
    """As `answer1`, of depth 3."""
    w, a, b = columns.shape[1], 2 * i + 1, 4 * i + 3
    depth3(
        n,
        (
            At(columns, f[i] * w + at),
            At(columns, f[a] * w + at),
            At(columns, f[a + 1] * w + at),
            At(columns, f[b] * w + at),
            At(columns, f[b + 1] * w + at),
            At(columns, f[b + 2] * w + at),
            At(columns, f[b + 3] * w + at),
        ),
        (At(out, row * out.shape[1]),),
        (
            c[i], c[a], c[a + 1], c[b], c[b + 1], c[b + 2], c[b + 3],
            v[k], v[k + 1], v[k + 2], v[k + 3], v[k + 4], v[k + 5], v[k + 6], v[k + 7],
        ),
    )  # fmt: skip


@borrowing
def choose1(n: int, columns: Array, at: int, f: Array, c: Array, out: Array) -> None:
    """Write to row 0 the answers of a tree whose two subtrees have answered in rows 0 and 1."""
    w, s = columns.shape[1], out.shape[1]
    above1(n, (At(columns, f[0] * w + at), At(out, 0), At(out, s)), (At(out, 0),), (c[0],))


@borrowing
def choose2(n: int, columns: Array, at: int, f: Array, c: Array, out: Array) -> None:
    """As `choose1`, of four subtrees."""
    w, s = columns.shape[1], out.shape[1]
    above2(
        n,
        (
            At(columns, f[0] * w + at),
            At(columns, f[1] * w + at),
            At(columns, f[2] * w + at),
            At(out, 0),
            At(out, s),
            At(out, 2 * s),
            At(out, 3 * s),
        ),
        (At(out, 0),),
        (c[0], c[1], c[2]),
    )


@borrowing
def choose3(n: int, columns: Array, at: int, f: Array, c: Array, out: Array) -> None:
    """As `choose1`, of eight subtrees."""
    w, s = columns.shape[1], out.shape[1]
    above3(
        n,
        (
            At(columns, f[0] * w + at), At(columns, f[1] * w + at), At(columns, f[2] * w + at),
            At(columns, f[3] * w + at), At(columns, f[4] * w + at), At(columns, f[5] * w + at),
            At(columns, f[6] * w + at),
            At(out, 0), At(out, s), At(out, 2 * s), At(out, 3 * s),
            At(out, 4 * s), At(out, 5 * s), At(out, 6 * s), At(out, 7 * s),
        ),
        (At(out, 0),),
        (c[0], c[1], c[2], c[3], c[4], c[5], c[6]),
    )  # fmt: skip


@borrowing
def answer_tree(
    n: int, columns: Array, at: int, depth: int, f: Array, c: Array, v: Array, out: Array
) -> None:
    """Write to row 0 the answers of a tree of any depth to n events."""
    if depth == 1:
        answer1(n, columns, at, f, c, 0, v, 0, out, 0)
    elif depth == 2:
        answer2(n, columns, at, f, c, 0, v, 0, out, 0)
    elif depth == 3:
        answer3(n, columns, at, f, c, 0, v, 0, out, 0)
    else:
        parts = 1 << (depth - 3)
        for part in range(parts):
            answer3(n, columns, at, f, c, parts - 1 + part, v, 8 * part, out, part)
        if depth == 4:
            choose1(n, columns, at, f, c, out)
        elif depth == 5:
            choose2(n, columns, at, f, c, out)
        else:
            choose3(n, columns, at, f, c, out)


@borrowing
def block_of_full_trees(
    x: Array,
    start: int,
    stop: int,
    depth: int,
    feature: Array,
    cut: Array,
    value: Array,
    weights: Array,
    columns: Array,
    answers: Array,
    totals: Array,
    sums: Array,
) -> None:
    """Add up the answers to the events of one block in work space of its own."""
    n = stop - start
    n_outputs = sums.shape[1]
    for i in range(n):
        for j in range(x.shape[1]):
            columns[j, i] = x[start + i, j]
    totals[:] = 0.0
    output = 0
    for tree in range(weights.size):
        f, c, v = feature[tree], cut[tree], value[tree]
        answer_tree(n, columns, 0, depth, f, c, v, answers)
        weight = weights[tree]
        total, answer = totals[output], answers[0]
        for i in range(n):
            total[i] += weight * np.float64(answer[i])
        output = output + 1 if output + 1 < n_outputs else 0
    for i in range(n):
        for k in range(n_outputs):
            sums[start + i, k] = totals[k, i]


@borrowing
def walk_full_trees(
    x: Array,
    depth: int,
    feature: Array,
    cut: Array,
    value: Array,
    weights: Array,
    start: int,
    stop: int,
    node: Array,
    sums: Array,
) -> None:
    """Add up the answers event by event; all trees take a step before any takes the next one."""
    n_outputs, n_trees, inner = sums.shape[1], weights.size, feature.shape[1]
    features, cuts, values = feature.reshape(-1), cut.reshape(-1), value.reshape(-1)
    for i in range(start, stop):
        event = x[i]
        node[:] = 0
        for _ in range(depth):
            for tree in range(n_trees):
                at = tree * inner + node[tree]
                node[tree] = 2 * node[tree] + 1 + np.int32(event[features[at]] >= cuts[at])
        for k in range(n_outputs):
            total = 0.0
            for tree in range(k, n_trees, n_outputs):
                total += weights[tree] * np.float64(values[tree * (inner + 1) + node[tree] - inner])
            sums[i, k] = total


@borrowing
def find_leaves(
    x: Array,
    feature: Array,
    cut: Array,
    below: Array,
    root: int,
    depth: int,
    start: int,
    n: int,
    node: Array,
) -> None:
    """Write the leaf of one tree that each of n events ends in; eight of them go down side by side."""
    for first in range(0, n - 7, 8):
        i = start + first
        a = b = c = d = e = f = g = h = root
        for _ in range(depth):
            ta = below[a] + np.int32(x[i, feature[a]] >= cut[a])
            tb = below[b] + np.int32(x[i + 1, feature[b]] >= cut[b])
            tc = below[c] + np.int32(x[i + 2, feature[c]] >= cut[c])
            td = below[d] + np.int32(x[i + 3, feature[d]] >= cut[d])
            te = below[e] + np.int32(x[i + 4, feature[e]] >= cut[e])
            tf = below[f] + np.int32(x[i + 5, feature[f]] >= cut[f])
            tg = below[g] + np.int32(x[i + 6, feature[g]] >= cut[g])
            th = below[h] + np.int32(x[i + 7, feature[h]] >= cut[h])
            moved = (a ^ ta) | (b ^ tb) | (c ^ tc) | (d ^ td) | (e ^ te) | (f ^ tf) | (g ^ tg) | (h ^ th)
            a, b, c, d, e, f, g, h = ta, tb, tc, td, te, tf, tg, th
            if moved == 0:
                break
        node[first] = a
        node[first + 1] = b
        node[first + 2] = c
        node[first + 3] = d
        node[first + 4] = e
        node[first + 5] = f
        node[first + 6] = g
        node[first + 7] = h
    for last in range(n - n % 8, n):
        at = root
        for _ in range(depth):
            to = below[at] + np.int32(x[start + last, feature[at]] >= cut[at])
            if to == at:
                break
            at = to
        node[last] = at


@borrowing
def walk_trees(
    x: Array,
    feature: Array,
    cut: Array,
    below: Array,
    value: Array,
    root: Array,
    depth: Array,
    start: int,
    stop: int,
    node: Array,
    values: Array,
) -> None:
    """Write the answers of all trees to some events, `values` (T, events): a tree at a time."""
    n = stop - start
    for tree in range(root.size):
        find_leaves(x, feature, cut, below, root[tree], depth[tree], start, n, node)
        for i in range(n):
            values[tree, i] = value[node[i]]


@borrowing
def add_leaves(
    x: Array,
    feature: Array,
    cut: Array,
    below: Array,
    value: Array,
    root: Array,
    depth: Array,
    weights: Array,
    start: int,
    stop: int,
    node: Array,
    sums: Array,
) -> None:
    """Add the rows of answers of all trees to the sums of some events, a tree at a time."""
    n, n_columns, n_outputs = stop - start, value.shape[1], sums.shape[1]
    place = 0
    for tree in range(root.size):
        find_leaves(x, feature, cut, below, root[tree], depth[tree], start, n, node)
        weight = weights[tree]
        for column in range(n_columns):
            for i in range(n):
                sums[start + i, place] += weight * value[node[i], column]
            place = place + 1 if place + 1 < n_outputs else 0


@borrowing
def add_answers(values: Array, weights: Array, start: int, n: int, totals: Array, sums: Array) -> None:
    """Add up the answers of `walk_trees`."""
    n_outputs = sums.shape[1]
    totals[:] = 0.0
    for tree in range(weights.size):
        total, weight = totals[tree % n_outputs], weights[tree]
        for i in range(n):
            total[i] += weight * np.float64(values[tree, i])
    for i in range(n):
        for k in range(n_outputs):
            sums[start + i, k] = totals[k, i]


@full_tree_sums.override("numba")
def _full_tree_sums(xp: Any, *, x: Array, trees: FullTrees, weights: Array, n_outputs: int) -> Array:
    depth = trees.feature.shape[1].bit_length()
    sums = xp.empty((len(x), n_outputs))
    if len(x) <= FEW_EVENTS or not 1 <= depth <= DEEPEST:
        nodes = xp.empty(len(weights), xp.int32)
        walk_full_trees(x, depth, *trees, weights, 0, len(x), nodes, sums)
        return sums

    size = BLOCK if x.shape[1] <= MOST_COLUMNS else BLOCK // 2

    def block(number: int) -> None:
        start, stop = number * size, min((number + 1) * size, len(x))
        columns = xp.empty((x.shape[1], size), xp.float32)
        answers = xp.empty((8, size), xp.float32)
        totals = xp.empty((n_outputs, size))
        block_of_full_trees(x, start, stop, depth, *trees, weights, columns, answers, totals, sums)

    for_each(block, -(-len(x) // size), 2.0 * len(x) * trees.value.size)
    return sums


@tree_sums.override("numba")
def _tree_sums(xp: Any, *, x: Array, trees: Trees, weights: Array, n_outputs: int) -> Array:
    sums = xp.empty((len(x), n_outputs))

    def block(number: int) -> None:
        start, stop = number * BLOCK, min((number + 1) * BLOCK, len(x))
        values = xp.empty((len(weights), stop - start), xp.float32)
        walk_trees(x, *trees, start, stop, xp.empty(stop - start, xp.int32), values)
        totals = xp.empty((n_outputs, stop - start))
        add_answers(values, weights, start, stop - start, totals, sums)

    _for_blocks(block, len(x), trees)
    return sums


@leaf_sums.override("numba")
def _leaf_sums(xp: Any, *, x: Array, trees: Trees, weights: Array, first: Array) -> Array:
    sums = xp.repeat(first[None, :], len(x), axis=0)

    def block(number: int) -> None:
        start, stop = number * BLOCK, min((number + 1) * BLOCK, len(x))
        add_leaves(x, *trees, weights, start, stop, xp.empty(stop - start, xp.int32), sums)

    _for_blocks(block, len(x), trees)
    return sums


@tree_values.override("numba")
def _tree_values(xp: Any, *, x: Array, trees: Trees) -> Array:
    values = xp.empty((len(trees.root), len(x)), trees.value.dtype)

    def block(number: int) -> None:
        start, stop = number * BLOCK, min((number + 1) * BLOCK, len(x))
        walk_trees(x, *trees, start, stop, xp.empty(stop - start, xp.int32), values[:, start:stop])

    _for_blocks(block, len(x), trees)
    return values


def _for_blocks(block: functools.partial[None] | Any, n_events: int, trees: Trees) -> None:
    for_each(block, -(-n_events // BLOCK), 10.0 * n_events * float(trees.depth.sum()))
