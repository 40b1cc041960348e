"""What MethodDT learns: one decision tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.backends import Backend, make_backend
from tmva_py.lazy import lazy
from tmva_py.methods.bdt.answers import Answers
from tmva_py.methods.bdt.forest import TREE_SINKS, Forest
from tmva_py.methods.bdt.showing import draw_tree, tree_lines
from tmva_py.methods.inputs import Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.weights import Sinks

# Of the tree, which is alone.
_WEIGHT = np.ones(1)


@dataclass(frozen=True, eq=False)
class DTModel(Model):
    """A trained tree.

    Attributes
    ----------
    forest : Forest
        Of this tree alone.
    yes_no_leaf : bool
        Whether a leaf answers with its class, 1 or −1, or with its part of signal.
    n_variables : int
        Columns of events.
    """

    weights_tag: ClassVar[str] = "BinaryTree"
    sinks: ClassVar[Sinks] = TREE_SINKS

    forest: Forest
    yes_no_leaf: bool
    n_variables: int

    def respond(self, inputs: Inputs) -> Responses:
        """Return the answers of the leaves in which the events end."""
        x = np.ascontiguousarray(inputs.x, np.float32)
        return Responses(self._answers.sums(x, _WEIGHT, 1, self._backend)[:, 0])

    @lazy
    def _answers(self) -> Answers:
        values = self.forest.node_type.astype(np.float32) if self.yes_no_leaf else self.forest.purity
        return Answers(self.forest, values, self.n_variables)

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    def write(self, weights: Element) -> None:
        """Write the tree."""
        weights.set("type", "DecisionTree")
        weights.append(self.forest.root_element(0))

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the tree of a ``<BinaryTree>`` element."""
        n_variables = len(context.info.variables)
        forest = Forest.read_tree(weights, n_variables)
        return cls(forest, bool(context.option_values["UseYesNoLeaf"]), n_variables)

    def tree_lines(self, variables: Sequence[str]) -> list[str]:
        """Return the tree as text, for people; `variables` are labels."""
        return tree_lines(self.forest, 0, variables)

    def draw_tree(self, variables: Sequence[str]) -> Any:
        """Return a picture of the tree, a figure of matplotlib."""
        return draw_tree(self.forest, 0, variables)

    def summary(self) -> Mapping[str, Any]:
        """Return the tree's size."""
        return {"n_nodes": self.forest.n_nodes, "depth": int(self._answers.depth.max())}
