"""What MethodBDT learns: a forest, and how its trees' answers become a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.backends import Backend, make_backend
from tmva_py.data import AnalysisType
from tmva_py.errors import warn
from tmva_py.kernels.medians import means_around_medians
from tmva_py.lazy import lazy
from tmva_py.methods.bdt.answers import Answers
from tmva_py.methods.bdt.forest import SINKS, Forest
from tmva_py.methods.bdt.preselection import Preselection
from tmva_py.methods.bdt.showing import draw_tree, tree_lines
from tmva_py.methods.class_shares import class_shares
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.weights import Sinks

# Below this sum of weights a forest has no say.
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class BDTModel(Model):
    """A trained forest.

    Attributes
    ----------
    forest : Forest
        The trees.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        What was learnt.
    boost_type : str
        ``Grad``, ``AdaBoostR2``, or any other, whose trees vote with their weights.
    yes_no_leaf : bool
        Whether a leaf of a classification tree answers with its class or with its part of signal.
    n_variables, n_outputs : int
        Columns of events and responses.
    preselection : Preselection or None
        Cuts before the trees.
    """

    sinks: ClassVar[Sinks] = SINKS

    forest: Forest
    analysis_type: AnalysisType
    boost_type: str
    yes_no_leaf: bool
    n_variables: int
    n_outputs: int
    preselection: Preselection | None = None

    def respond(self, inputs: Inputs) -> Responses:
        """Return what the trees make of the events."""
        return Responses(self.answers(inputs.x))

    def answers(self, transformed: Floats) -> Doubles:
        """Return the responses to transformed events, (N, n_variables)."""
        x = np.ascontiguousarray(transformed, np.float32)
        with np.errstate(all="ignore"):  # infinite weights give what they give in ROOT
            if self.analysis_type == "Multiclass":
                return class_shares(self._sums(x))
            if self.analysis_type == "Regression":
                # TMVA keeps targets in single precision.
                return self._estimates(x).astype(np.float32).astype(np.float64)[:, None]
            response = self.votes(x)
        if self.preselection is None:
            return response
        selected = self.preselection.answers(x)
        return np.where(selected != 0, selected, response)

    def first_trees(self, count: int) -> Self:
        """Return the model as it was after `count` trees (of several classes: after so many of each)."""
        n_trees = count * (self.n_outputs if self.analysis_type == "Multiclass" else 1)
        return replace(self, forest=self.forest.first(n_trees))

    def after_each_tree(self, inputs: Inputs) -> Doubles:
        """Return the responses after one tree, two trees …: (n_trees, N), or (n_trees, N, n_outputs).

        With several classes a step is one tree for each.
        """
        n_steps = len(self.forest) // (self.n_outputs if self.analysis_type == "Multiclass" else 1)
        return np.stack([self.first_trees(count).answers(inputs.x) for count in range(1, n_steps + 1)])

    def votes(self, x: Floats) -> Doubles:
        """Return the responses of the trees of two classes, without the cuts before them."""
        sums = self._sums(x)[:, 0]
        if self.is_gradient_boost:
            return 2.0 / (1.0 + np.exp(-2.0 * sums)) - 1.0
        return self._mean(sums)

    def _estimates(self, x: Floats) -> Doubles:
        if self.boost_type == "AdaBoostR2":
            answers = self._answers.values(x, self._backend)
            order = answers.argsort(axis=0, kind="stable")
            medians: Doubles = means_around_medians.on(self._backend)(
                np, values=answers, order=order, weights=self._weights
            )
            return medians
        sums = self._sums(x)[:, 0]
        # The first guess is stored as the first tree's weight.
        return sums + np.float32(self.forest.boost_weights[0]) if self.is_gradient_boost else self._mean(sums)

    def _mean(self, sums: Doubles) -> Doubles:
        return sums / self._total if self._total > _EPSILON else np.zeros_like(sums)

    def _sums(self, x: Floats) -> Doubles:
        n_outputs = self.n_outputs if self.analysis_type == "Multiclass" else 1
        return self._answers.sums(x, self._factors, n_outputs, self._backend)

    @property
    def is_gradient_boost(self) -> bool:
        """Whether the trees' answers are added up without weights."""
        return self.boost_type == "Grad"

    @property
    def has_regression_trees(self) -> bool:
        """Whether leaves answer with numbers rather than with classes."""
        return self.is_gradient_boost or self.analysis_type == "Regression"

    @lazy
    def _weights(self) -> Doubles:
        """The trees' weights as a Reader has them, in single precision."""
        with np.errstate(over="ignore"):
            return self.forest.boost_weights.astype(np.float32).astype(np.float64)

    @lazy
    def _total(self) -> float:
        return float(np.cumsum(self._weights)[-1])

    @lazy
    def _factors(self) -> Doubles:
        """What the trees' answers are multiplied by in a sum."""
        return np.ones(len(self.forest)) if self.is_gradient_boost else self._weights

    @lazy
    def _answers(self) -> Answers:
        return Answers(self.forest, self._leaf_values, self.n_variables)

    @property
    def _leaf_values(self) -> Floats:
        """What each node answers if it is a leaf."""
        if self.has_regression_trees:
            return self.forest.response
        return self.forest.node_type.astype(np.float32) if self.yes_no_leaf else self.forest.purity

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    # --- weight files ----------------------------------------------------------------------------------

    def write(self, weights: Element) -> None:
        """Write cuts and trees."""
        if self.preselection is not None:
            self.preselection.write(weights)
        weights.set("NTrees", str(len(self.forest)))
        weights.set("AnalysisType", str(int(self.has_regression_trees)))
        weights.extend(self.forest.elements())

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the forest that the element describes."""
        options, n_variables = context.option_values, len(context.info.variables)
        preselects = options["DoPreselection"] and context.analysis_type != "Regression"
        model = cls(
            forest=Forest.read(weights, n_variables),
            analysis_type=context.analysis_type,
            boost_type=options["BoostType"],
            yes_no_leaf=options["UseYesNoLeaf"],
            n_variables=n_variables,
            n_outputs=context.n_outputs,
            preselection=Preselection.read(weights, n_variables) if preselects else None,
        )
        model._warn_of_numbers(context)
        return model

    def _warn_of_numbers(self, context: ReadContext) -> None:
        """Say which numbers of a file cannot be answers; infinite weights of trees are TMVA's own."""
        leaves = self._leaf_values[self.forest.node_type != 0]
        n_leaves, n_trees = int((~np.isfinite(leaves)).sum()), int(np.isnan(self._factors).sum())
        found = [f"the answers of {n_leaves} of {len(leaves)} leaves"] if n_leaves else []
        found += [f"the weights of {n_trees} of {len(self.forest)} trees"] if n_trees else []
        if found:
            warn(
                f"{context.source}: {' and '.join(found)} are not finite, and so are responses that need them"
            )

    def tree_lines(self, tree: int, variables: Sequence[str]) -> list[str]:
        """Return a tree as text, for people; `variables` are labels."""
        return tree_lines(self.forest, tree, variables)

    def draw_tree(self, tree: int, variables: Sequence[str]) -> Any:
        """Return a picture of a tree, a figure of matplotlib."""
        return draw_tree(self.forest, tree, variables)

    def summary(self) -> Mapping[str, Any]:
        """Return the forest's size."""
        depth = self._answers.depth
        return {
            "boost_type": self.boost_type,
            "n_trees": len(self.forest),
            "n_nodes": self.forest.n_nodes,
            "deepest_tree": int(depth.max()),
            "fisher_cuts": int((np.diff(self.forest.coefficient_starts) > 0).sum()),
        }
