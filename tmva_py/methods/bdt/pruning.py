"""Pruning: nodes whose cuts are not worth it become leaves.

L. Breiman, J. Friedman, R. Olshen and C. Stone, Classification and Regression Trees (1984), chapter 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tmva_py.kernels.boosting import tree_leaves
from tmva_py.kernels.growing import GrownTree
from tmva_py.methods.bdt.boosts.base import columns_and_nodes
from tmva_py.methods.bdt.sample import Sample
from tmva_py.methods.bdt.settings import Settings

# TMVA compares the strengths of a node and of its child with this.
_EPSILON = float(np.finfo(np.float64).eps)


def prune(tree: GrownTree, settings: Settings, validation: Sample | None) -> GrownTree:
    """Return a tree after ``PruneMethod``."""
    if settings["PruneMethod"] == "ExpectedError":
        nodes = _by_expected_error(tree, settings)
    else:
        nodes = _by_cost_complexity(tree, settings, validation)
    return without_children(tree, nodes, settings["NodePurityLimit"])


def without_children(tree: GrownTree, nodes: list[int], purity_limit: float) -> GrownTree:
    """Return a tree in which some nodes are leaves; their cuts stay written, as in TMVA."""
    if not nodes:
        return tree
    columns = {name: np.array(getattr(tree, name)) for name in GrownTree._fields if name != "importance"}
    for node in nodes:
        columns["variable"][node] = columns["left"][node] = columns["right"][node] = -1
        columns["node_type"][node] = 1 if tree.purity[node] > purity_limit else -1
    kept, waiting = [], [0]
    while waiting:
        node = waiting.pop()
        kept.append(node)
        if columns["left"][node] >= 0:
            waiting += [int(columns["right"][node]), int(columns["left"][node])]
    places = np.full(len(tree.variable) + 1, -1, np.int32)  # the last one stands for no child
    places[kept] = np.arange(len(kept))
    chosen = {name: values[kept] for name, values in columns.items()}
    for side in ("left", "right"):
        chosen[side] = places[chosen[side]]
    return GrownTree(importance=tree.importance, **chosen)


def merged(tree: GrownTree, purity_limit: float) -> GrownTree:
    """Return a tree in which nodes with two leaves of one kind are leaves."""
    types = tree.node_type.astype(int).tolist()
    nodes = []
    for node in range(len(types) - 1, -1, -1):  # children come after their parents
        if types[node] == 0 and types[tree.left[node]] * types[tree.right[node]] > 0:
            types[node] = 1 if tree.purity[node] > purity_limit else -1
            nodes.append(node)
    return without_children(tree, nodes, purity_limit)


# --- expected error ------------------------------------------------------------------------------------


def _by_expected_error(tree: GrownTree, settings: Settings) -> list[int]:
    """Return nodes whose leaves are expected to be wrong as often as the node itself."""
    purity = tree.purity.astype(np.float64)
    events = (tree.signal + tree.background).astype(np.float64)
    others = (np.float32(1.0) - tree.purity).astype(np.float64)  # in single precision, as TMVA has it
    right = np.where(purity > settings["NodePurityLimit"], purity, others)
    with np.errstate(all="ignore"):
        spread = np.sqrt(right * (1.0 - right) / events)
        own = np.minimum(1.0, 1.0 - (right - settings["PruneStrength"] * spread)).tolist()
    below = list(own)
    nodes = []
    for node in range(len(own) - 1, -1, -1):
        left, other = int(tree.left[node]), int(tree.right[node])
        if left >= 0:
            below[node] = (events[left] * below[left] + events[other] * below[other]) / events[node]
            if below[node] >= own[node]:
                nodes.append(node)
    return nodes


# --- cost and complexity -------------------------------------------------------------------------------


@dataclass
class _Node:
    """A node on the way to the weakest link."""

    number: int
    cost: float
    parent: _Node | None
    children: list[_Node] = field(default_factory=list)
    is_terminal: bool = True
    n_terminal: int = 1
    cost_below: float = 0.0
    strength: float = math.inf
    weakest: float = math.inf

    def update(self) -> None:
        """Compute what follows from the children."""
        left, right = self.children
        self.n_terminal = left.n_terminal + right.n_terminal
        self.cost_below = left.cost_below + right.cost_below
        self.strength = (self.cost - self.cost_below) / (self.n_terminal - 1)
        self.weakest = min(self.strength, left.weakest, right.weakest)

    def cut_off(self) -> None:
        """Make it a leaf."""
        self.is_terminal, self.n_terminal, self.cost_below = True, 1, self.cost
        self.strength = self.weakest = math.inf


def _by_cost_complexity(tree: GrownTree, settings: Settings, validation: Sample | None) -> list[int]:
    """Return the nodes of weakest links, as many as the strength or the validation sample says."""
    root = _nodes_of(tree)
    quality = None if validation is None else _Quality(tree, validation, settings)
    best = quality.of(root) if quality is not None else 0.0
    sequence: list[int] = []
    qualities: list[float] = []
    while root.n_terminal > 1 and root.weakest < root.strength:
        node = root
        while node.weakest < node.strength:
            left, right = node.children
            node = left if abs(node.weakest - left.weakest) < _EPSILON else right
        if node is root or not node.children:
            break
        node.cut_off()
        sequence.append(node.number)
        above = node.parent
        while above is not None:
            above.update()
            above = above.parent
        if quality is not None:
            qualities.append(quality.of(root))
    if quality is None:
        return sequence[: int(settings["PruneStrength"] / 100.0 * len(sequence))]
    count = 0
    for place, one in enumerate(qualities):
        if one < best:
            best, count = one, place
    return sequence[:count]


def _nodes_of(tree: GrownTree) -> _Node:
    s, b = (values.astype(np.float64) for values in (tree.signal, tree.background))
    costs = ((s + b) * tree.index.astype(np.float64)).tolist()
    nodes = [_Node(number, cost, None, cost_below=cost) for number, cost in enumerate(costs)]
    for node in reversed(nodes):
        left, right = int(tree.left[node.number]), int(tree.right[node.number])
        if left >= 0:
            node.children = [nodes[left], nodes[right]]
            node.is_terminal = False
            for child in node.children:
                child.parent = node
            node.update()
    return nodes[0]


class _Quality:
    """How wrong a tree is on the validation sample, 0 being best."""

    def __init__(self, tree: GrownTree, sample: Sample, settings: Settings) -> None:
        passed = _passed(tree, sample)
        weight = sample.whole_weight
        self._total = float(np.cumsum(weight)[-1])
        s, b = (
            np.cumsum(passed * np.where(chosen, weight, 0.0), axis=1)[:, -1]
            for chosen in (sample.is_signal, ~sample.is_signal)
        )
        if settings.analysis_type == "Regression":
            t, t2 = _target_sums(passed, weight, sample.target)
            response = tree.response.astype(np.float64)
            self._wrong = t2 - 2 * t * response + (s + b) * response * response
        else:
            self._wrong = np.where(tree.purity > settings["NodePurityLimit"], b, s)

    def of(self, root: _Node) -> float:
        """Return the mean over the events, summed part by part: a last bit may decide."""
        return self._below(root) / self._total

    def _below(self, node: _Node) -> float:
        if node.is_terminal:
            return float(self._wrong[node.number])
        left, right = node.children
        return self._below(left) + self._below(right)


def _passed(tree: GrownTree, sample: Sample) -> Any:
    """Return which events pass each node, (n_nodes, N) in double precision."""
    columns, nodes = columns_and_nodes(sample.columns, tree)
    leaves = tree_leaves(np, columns=columns, nodes=nodes)
    passed = np.zeros((len(tree.variable), len(sample)))
    passed[leaves, np.arange(len(sample))] = 1.0
    for node in range(len(tree.variable) - 1, -1, -1):
        if tree.left[node] >= 0:
            passed[node] = passed[tree.left[node]] + passed[tree.right[node]]
    return passed


def _target_sums(passed: Any, weight: Any, target: Any) -> tuple[Any, Any]:
    """Return Σ wt and Σ wt² by node, in single precision as TMVA has them."""
    t = target.astype(np.float64)
    rows = [
        [np.cumsum(one[row > 0].astype(np.float32))[-1] if (row > 0).any() else 0.0 for row in passed]
        for one in (weight * t, weight * t * t)
    ]
    first, second = (np.array(row, np.float64) for row in rows)
    return first, second
