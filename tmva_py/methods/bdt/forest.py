"""A forest of decision trees as flat arrays, and its way into and out of weight files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError
from tmva_py.weights import Column, Rows, Series, Sinks, Table, tables
from tmva_py.weights.streaming import StreamedElement
from tmva_py.xml_text import format_double, where

PLACES = ("s", "l", "r")
"""What ``pos`` says of a node: the start, or a left or right child."""

_NODE = Rows(
    {
        "pos": Column("i1", choices=PLACES),
        "NCoef": Column("i2", default=0),
        "IVar": Column("i2"),
        "Cut": Column("f4"),
        "cType": Column("i1"),
        "res": Column("f4", default=-99),
        "rms": Column("f4", default=0),
        "purity": Column("f4", default=np.nan),
        "nType": Column("i1"),
        # Of releases that wrote the weights of both classes in place of the purity.
        "S": Column("f4", default=np.nan),
        "B": Column("f4", default=np.nan),
    },
    tree=True,
    series={"fC": Series("NCoef")},
    unused=("depth", "SUW", "BUW", "Sequence", "SepIndex", "SepGain", "nEv"),
)

SINKS: Sinks = {
    "BinaryTree": Rows({"boostWeight": Column("f8", default=1.0)}, unused=("type", "itree")),
    "Node": dataclasses.replace(_NODE, inside="BinaryTree"),
}

TREE_SINKS: Sinks = {"Node": _NODE}
"""Of one tree, whose element is ``<BinaryTree>`` itself."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees one after the other, the nodes of each in the order of weight files: node, left part, right part.

    Nothing of it can be changed, so that threads share it.

    Attributes
    ----------
    starts : ndarray of int32, shape (n_trees + 1,)
        Where each tree's nodes begin.
    boost_weights : ndarray of float64, shape (n_trees,)
        The trees' weights.
    variable : ndarray of int32, shape (n_nodes,)
        What a node cuts on; −1 in leaves.
    cut, response, rms, purity : ndarray of float32
        The cut; the answer of a regression's or gradient boost's node and its spread; the part of signal.
    cut_type : ndarray of bool
        Whether events at or above the cut go right; else they go left.
    node_type : ndarray of int8
        0 for nodes that decide; leaves of signal 1, of background −1, of regression trees −99.
    left, right : ndarray of int32
        Children; −1 in leaves.
    coefficient_starts, coefficients : ndarray of int64, ndarray of float64
        Of nodes that cut on a Fisher discriminant: one coefficient a variable, then the offset.
    """

    starts: Array
    boost_weights: Array
    variable: Array
    cut: Array
    response: Array
    rms: Array
    purity: Array
    cut_type: Array
    node_type: Array
    left: Array
    right: Array
    coefficient_starts: Array
    coefficients: Array

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            getattr(self, field.name).flags.writeable = False

    def __len__(self) -> int:
        """Return the number of trees."""
        return len(self.boost_weights)

    def __repr__(self) -> str:
        return f"<Forest of {len(self)} trees with {self.n_nodes} nodes>"

    @property
    def n_nodes(self) -> int:
        """The number of nodes of all trees."""
        return len(self.variable)

    @property
    def has_fisher_cuts(self) -> bool:
        """Whether some node cuts on a Fisher discriminant."""
        return len(self.coefficients) > 0

    def coefficients_of(self, node: int) -> Array:
        """Return the Fisher coefficients of a node, none for a cut on a variable."""
        first, last = self.coefficient_starts[node : node + 2].tolist()
        return self.coefficients[first:last]

    def first(self, n_trees: int) -> Self:
        """Return the first trees."""
        n_nodes = int(self.starts[n_trees])
        n_coefficients = int(self.coefficient_starts[n_nodes])
        lengths = {
            "starts": n_trees + 1,
            "boost_weights": n_trees,
            "coefficient_starts": n_nodes + 1,
            "coefficients": n_coefficients,
        }
        names = (field.name for field in dataclasses.fields(self))
        return type(self)(**{name: getattr(self, name)[: lengths.get(name, n_nodes)] for name in names})

    # --- weight files ----------------------------------------------------------------------------------

    @classmethod
    def read(cls, weights: Element, n_variables: int) -> Self:
        """Return the forest in a ``<Weights>`` element, or in one like it.

        Raises
        ------
        WeightFileError
            A tree lacks its root or a node a child, or a node cuts on what is not there.
        """
        found = tables(weights, SINKS)
        trees, nodes = found["BinaryTree"], found["Node"]
        if not len(trees):
            message = "<Weights>: expected at least one <BinaryTree>, found none"
            raise WeightFileError(message)
        starts = trees.starts["Node"]
        empty = np.flatnonzero(np.diff(starts) == 0)
        if len(empty):
            message = f"{trees.where(int(empty[0]))} has no <Node>"
            raise WeightFileError(message)
        return cls._of_rows(starts, trees["boostWeight"], nodes, n_variables)

    @classmethod
    def read_tree(cls, tree: Element, n_variables: int) -> Self:
        """Return the one tree of a ``<BinaryTree>`` element; errors as for `read`."""
        nodes = tables(tree, TREE_SINKS)["Node"]
        if not len(nodes):
            message = f"{where(tree)} has no <Node>"
            raise WeightFileError(message)
        return cls._of_rows(np.array([0, len(nodes)]), np.ones(1), nodes, n_variables)

    @classmethod
    def _of_rows(cls, starts: Array, weights: Array, nodes: Table, n_variables: int) -> Self:
        _check_roots(starts, nodes)
        left, right = (nodes.children("pos", PLACES.index(place)) for place in ("l", "r"))
        inner = nodes["nType"] == 0
        _check_nodes(nodes, inner, left, right, n_variables)
        left, right = (np.where(inner, children, -1).astype(np.int32) for children in (left, right))
        purity = nodes["purity"]
        if np.isnan(purity).any():
            with np.errstate(all="ignore"):
                purity = np.where(np.isnan(purity), nodes["S"] / (nodes["S"] + nodes["B"]), purity)
        return cls(
            starts=starts.astype(np.int32),
            boost_weights=weights,
            variable=nodes["IVar"].astype(np.int32),
            cut=nodes["Cut"],
            response=nodes["res"],
            rms=nodes["rms"],
            purity=purity.astype(np.float32),
            cut_type=nodes["cType"] != 0,
            node_type=nodes["nType"],
            left=left,
            right=right,
            coefficient_starts=nodes.series_starts["fC"],
            coefficients=nodes.series["fC"],
        )

    def elements(self) -> Iterator[Element]:
        """Yield the ``<BinaryTree>`` elements as TMVA writes them; their nodes are made while written."""
        for tree, weight in enumerate(self.boost_weights.tolist()):
            attributes = {
                "type": "DecisionTree",
                "boostWeight": format_double(weight),
                "itree": str(tree),
            }
            yield StreamedElement("BinaryTree", attributes, lambda tree=tree: iter([self.root_element(tree)]))  # type: ignore[misc]

    def root_element(self, tree: int) -> Element:
        """Return the root of a tree, with all nodes below it."""
        first, last = self.starts[tree : tree + 2].tolist()
        part = slice(first, last)
        columns = zip(
            self.variable[part].tolist(),
            self.cut[part].tolist(),
            self.cut_type[part].astype(int).tolist(),
            self.response[part].tolist(),
            self.rms[part].tolist(),
            self.purity[part].tolist(),
            self.node_type[part].tolist(),
            self.left[part].tolist(),
            self.right[part].tolist(),
            strict=True,
        )
        made: dict[int, Element] = {}
        around: dict[int, tuple[int, str, int]] = {first: (-1, "s", 0)}
        for node, (variable, cut, cut_type, response, rms, purity, node_type, left, right) in enumerate(
            columns, start=first
        ):
            parent, place, depth = around.pop(node)
            own = self.coefficients_of(node).tolist()
            attributes = {
                "pos": place,
                "depth": str(depth),
                "NCoef": str(len(own)),
                **{f"fC{i}": format_double(value) for i, value in enumerate(own)},
                "IVar": str(variable),
                "Cut": format_double(cut),
                "cType": str(cut_type),
                "res": format_double(response),
                "rms": format_double(rms),
                "purity": format_double(purity),
                "nType": str(node_type),
            }
            made[node] = (
                Element("Node", attributes) if parent < 0 else SubElement(made[parent], "Node", attributes)
            )
            if left >= 0:
                around[left] = (node, "l", depth + 1)
                around[right] = (node, "r", depth + 1)
        return made[first]


def _check_roots(starts: Array, nodes: Table) -> None:
    roots = np.flatnonzero(nodes.parents < 0)
    second = roots[~np.isin(roots, starts[:-1])]
    if len(second):
        message = f"{nodes.where(int(second[0]))} is a second root of its <BinaryTree>"
        raise WeightFileError(message)
    wrong = np.flatnonzero((nodes["pos"] == PLACES.index("s")) != (nodes.parents < 0))
    if len(wrong):
        row = int(wrong[0])
        message = (
            f"{nodes.where(row)}: pos={PLACES[nodes['pos'][row]]!r}, expected 's' in a root and there only"
        )
        raise WeightFileError(message)


def _check_nodes(nodes: Table, inner: Array, left: Array, right: Array, n_variables: int) -> None:
    childless = np.flatnonzero(inner & ((left < 0) | (right < 0)))
    if len(childless):
        row = int(childless[0])
        place = "l" if left[row] < 0 else "r"
        message = f"{nodes.where(row)} has no child with pos={place!r}, but nType=0 says that it is no leaf"
        raise WeightFileError(message)
    n_coefficients, variable = nodes["NCoef"], nodes["IVar"]
    wrong = np.flatnonzero(inner & (n_coefficients != 0) & (n_coefficients != n_variables + 1))
    if len(wrong):
        row = int(wrong[0])
        message = (
            f"{nodes.where(row)}: NCoef={n_coefficients[row]}, expected {n_variables + 1}: one for "
            "each variable and an offset"
        )
        raise WeightFileError(message)
    wrong = np.flatnonzero(inner & (n_coefficients == 0) & ((variable < 0) | (variable >= n_variables)))
    if len(wrong):
        row = int(wrong[0])
        message = f"{nodes.where(row)}: IVar={variable[row]}, expected 0 to {n_variables - 1}"
        raise WeightFileError(message)
