"""Trees of scikit-learn as plain arrays: how events come to leaves, and weight files hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError
from tmva_py.lazy import lazy
from tmva_py.methods.bdt.answers import Answers
from tmva_py.methods.bdt.forest import Forest
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.weights import Numbers, Sinks
from tmva_py.xml_text import MatrixStyle, add_matrix, raw_line, read_matrix

SINKS: Sinks = {
    "Starts": Numbers("f8"),
    "Nodes": Numbers("f8"),
    "Thresholds": Numbers("f8"),
    "Values": Numbers("f8"),
}

Array = npt.NDArray[Any]
# Seventeen digits: double precision comes back to the last bit.
_STYLE = MatrixStyle(digits=16, blanks=1)
_MOST_NODES = 1 << 24


@dataclass(frozen=True, eq=False)
class TreeArrays:
    """Trees one after the other.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_trees + 1,)
        Where each tree's nodes begin.
    feature, left, right : ndarray of int32, shape (n_nodes,)
        The variable that a node cuts on and its children, counted in its tree; −1 in leaves.
    threshold : ndarray of float64
        Events at or below it go left.
    values : ndarray of float64, shape (n_nodes, n_columns)
        What a node answers.
    """

    starts: Array
    feature: Array
    left: Array
    right: Array
    threshold: Doubles
    values: Doubles

    @classmethod
    def of(cls, trees: Sequence[Any]) -> Self:
        """Return the arrays of scikit-learn's fitted trees."""
        inner = [tree.tree_ for tree in trees]
        joined = {
            name: np.concatenate([getattr(one, name) for one in inner])
            for name in ("feature", "children_left", "children_right", "threshold")
        }
        leaf = joined["children_left"] < 0
        return cls(
            np.cumsum([0, *(one.node_count for one in inner)]),
            np.where(leaf, -1, joined["feature"]).astype(np.int32),
            joined["children_left"].astype(np.int32),
            joined["children_right"].astype(np.int32),
            np.where(leaf, 0.0, joined["threshold"]),
            np.concatenate([one.value[:, 0, :] for one in inner]).astype(np.float64),
        )

    def answering(self, answers: Doubles) -> Answers:
        """Return the trees with rows of answers."""
        return Answers(self._forest, answers, int(self.feature.max(initial=0)) + 1)

    @lazy
    def _forest(self) -> Forest:
        leaf = self.left < 0
        first = np.repeat(self.starts[:-1], np.diff(self.starts))
        n_nodes = len(leaf)
        none = np.zeros(n_nodes, np.float32)
        return Forest(
            starts=self.starts.astype(np.int32),
            boost_weights=np.ones(len(self.starts) - 1),
            variable=self.feature.astype(np.int32),
            cut=_above(self.threshold),
            response=none,
            rms=none.copy(),
            purity=none.copy(),
            cut_type=np.ones(n_nodes, np.bool_),
            node_type=np.where(leaf, -1, 0).astype(np.int8),
            left=np.where(leaf, -1, self.left + first).astype(np.int32),
            right=np.where(leaf, -1, self.right + first).astype(np.int32),
            coefficient_starts=np.zeros(n_nodes + 1, np.int64),
            coefficients=np.empty(0),
        )

    # --- weight files ----------------------------------------------------------------------------------

    def write(self, weights: Element) -> None:
        """Add the arrays to an element."""
        _add_integers(weights, "Starts", self.starts[:, None])
        _add_integers(weights, "Nodes", np.stack([self.feature, self.left, self.right], axis=1))
        add_matrix(weights, "Thresholds", self.threshold, _STYLE)
        add_matrix(weights, "Values", self.values, _STYLE)

    @classmethod
    def read(cls, weights: Element, n_variables: int, n_columns: int) -> Self:
        """Return what `write` wrote.

        Raises
        ------
        WeightFileError
            An array is missing or damaged, or a node refers to what is not there.
        """
        starts = _read(weights, "Starts")[:, 0]
        nodes, threshold, values = (_read(weights, tag) for tag in ("Nodes", "Thresholds", "Values"))
        n_nodes = len(nodes)
        if nodes.shape[1] != 3 or len(threshold) != n_nodes or values.shape != (n_nodes, n_columns):
            message = (
                f"<Nodes>, <Thresholds> and <Values> have the shapes {nodes.shape}, {threshold.shape} and "
                f"{values.shape}, expected (n, 3), (n, 1) and (n, {n_columns})"
            )
            raise WeightFileError(message)
        if not all(np.isfinite(one).all() for one in (starts, nodes, threshold)):
            message = "<Starts>, <Nodes> or <Thresholds> has numbers that are not finite"
            raise WeightFileError(message)
        sizes = np.diff(starts)
        fits = starts[0] == 0 and starts[-1] == n_nodes and len(sizes) > 0
        if not fits or (sizes < 1).any() or (sizes > _MOST_NODES).any() or (starts != np.floor(starts)).any():
            message = f"<Starts> does not divide {n_nodes} nodes into trees"
            raise WeightFileError(message)
        places = starts.astype(np.int64)
        _check_nodes(nodes, places, n_variables)
        feature, left, right = nodes.astype(np.int32).T
        return cls(places, feature, left, right, threshold[:, 0], values)


def _check_nodes(nodes: Doubles, starts: Array, n_variables: int) -> None:
    sizes = np.repeat(np.diff(starts), np.diff(starts))
    number = np.arange(len(nodes)) - np.repeat(starts[:-1], np.diff(starts))
    feature, left, right = nodes.T
    leaf = (nodes == -1).all(axis=1)
    # Children come after their parent, so that no event can go in a circle.
    decides = (feature >= 0) & (feature < n_variables)
    for child in (left, right):
        decides &= (child > number) & (child < sizes)
    bad = ~(leaf | decides) | (nodes != np.floor(nodes)).any(axis=1)
    if bad.any():
        place = int(np.argmax(bad))
        message = (
            f"<Nodes>: node {place} has {nodes[place].tolist()}, no variable or no later node of its tree"
        )
        raise WeightFileError(message)


def _above(threshold: Doubles) -> Floats:
    """Return the smallest single-precision numbers above thresholds: x ≤ t is x < these, exactly."""
    with np.errstate(over="ignore"):
        near = threshold.astype(np.float32)
    return np.where(near > threshold, near, np.nextafter(near, np.float32(np.inf))).astype(np.float32)


def _add_integers(parent: Element, tag: str, values: Array) -> None:
    shape = {"Rows": str(len(values)), "Columns": str(values.shape[1])}
    SubElement(parent, tag, shape).text = raw_line(" ".join(map(str, values.ravel().tolist())))


def _read(weights: Element, tag: str) -> Doubles:
    child = weights.find(tag)
    if child is None:
        message = f"<Weights> has no <{tag}>"
        raise WeightFileError(message)
    found: Doubles = read_matrix(child, style=_STYLE, dtype=np.float64)
    return found
