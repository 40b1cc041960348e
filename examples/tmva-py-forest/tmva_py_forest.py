"""A random forest of scikit-learn as a method of tmva_py, booked as "MyForest"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.data import DataSet, DataSetInfo
from tmva_py.errors import TrainingError, WeightFileError
from tmva_py.methods import Inputs, Method, Model, ReadContext, Responses
from tmva_py.options import Option
from tmva_py.plugins import hookimpl

# What a tree is in a weight file: one list of numbers for each of these. Leaves have no children (-1).
WHOLE, REAL = ("left", "right", "feature"), ("threshold",)


@dataclass(frozen=True)
class Forest(Model):
    """Grown trees, each a dictionary of arrays with one entry a node."""

    trees: list[dict[str, Any]]
    n_classes: int
    # The class whose share is the response; None for all of them.
    answer: int | None

    @classmethod
    def of(cls, trees: list[dict[str, Any]], info: DataSetInfo, analysis_type: str) -> Self:
        """Return the forest for an analysis."""
        answer = info.signal_class_index if analysis_type == "Classification" else None
        return cls(trees, len(info.classes), answer)

    def respond(self, inputs: Inputs) -> Responses:
        """Return the share of signal (N,), or of every class (N, n_classes), averaged over the trees."""
        x = inputs.x
        shares = np.zeros((len(x), self.n_classes))
        events = np.arange(len(x))
        for tree in self.trees:
            node = np.zeros(len(x), np.int64)
            inner = tree["left"][node] >= 0
            while inner.any():
                feature = np.maximum(tree["feature"][node], 0)
                goes_left = x[events, feature] <= tree["threshold"][node]
                node = np.where(inner, np.where(goes_left, tree["left"][node], tree["right"][node]), node)
                inner = tree["left"][node] >= 0
            shares += tree["value"][node]
        shares /= len(self.trees)
        return Responses(shares if self.answer is None else shares[:, self.answer])

    def write(self, weights: Element) -> None:
        """Write one element a tree; texts of numbers that come back to the bit."""
        weights.set("NTrees", str(len(self.trees)))
        for tree in self.trees:
            element = SubElement(weights, "Tree")
            for name, numbers in tree.items():
                SubElement(element, name).text = " ".join(map(repr, numbers.ravel().tolist()))

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Read the trees; children follow their parents, so that no event walks for ever."""
        trees = [_tree(element, number, context.info) for number, element in enumerate(weights)]
        if not trees or weights.get("NTrees") != str(len(trees)):
            message = f"<Weights>: NTrees={weights.get('NTrees')}, but there are {len(trees)} trees"
            raise WeightFileError(message)
        return cls.of(trees, context.info, context.analysis_type)


def _tree(element: Element, number: int, info: DataSetInfo) -> dict[str, Any]:
    try:
        tree = {name: np.array(element.findtext(name, "").split(), np.int64) for name in WHOLE}
        tree |= {name: np.array(element.findtext(name, "").split(), np.float64) for name in REAL}
        value = np.array(element.findtext("value", "").split(), np.float64)
        nodes = np.arange(len(tree["left"]))
        tree["value"] = value.reshape(len(nodes), len(info.classes))
        inner = tree["left"] >= 0
        sound = len(nodes) > 0 and all(len(tree[name]) == len(nodes) for name in (*WHOLE, *REAL))
        for side in ("left", "right"):
            child = tree[side][inner]
            sound = sound and bool(((child > nodes[inner]) & (child < len(nodes))).all())
        sound = sound and bool((tree["feature"][inner] < len(info.variables)).all())
        sound = sound and bool((tree["feature"][inner] >= 0).all())
    except (ValueError, IndexError, OverflowError) as error:
        message = f"<Weights><Tree> number {number}: {error}"
        raise WeightFileError(message) from None
    if not sound:
        message = f"<Weights><Tree> number {number}: the numbers make no tree of these variables"
        raise WeightFileError(message)
    return tree


class MethodMyForest(Method):
    """A random forest for classification and multiclass, trained by scikit-learn.

    The weight file holds the trees as numbers, no pickle: nothing in it can run, and reading it needs no
    scikit-learn. L. Breiman, Machine Learning 45 (2001) 5.
    """

    names, type_name, model = ("MyForest",), "MyForest", Forest
    analyses = ("Classification", "Multiclass")
    options = (
        Option("NTrees", int, 100, minimum=1, doc="number of trees"),
        Option("MaxDepth", int, 8, minimum=1, doc="depth of a tree at most"),
        Option("MinLeafEvents", int, 5, minimum=1, doc="training events in a leaf at least"),
        Option("RandomSeed", int, 100, minimum=0, doc="seed of the random choices; 0 takes a fresh one"),
    )
    ranking_discriminator = "Mean decrease of impurity"

    def train(self, dataset: DataSet) -> Forest:
        """Grow the trees; events count by their weights."""
        from sklearn.ensemble import RandomForestClassifier

        events, info, values = dataset.training, dataset.info, self.option_values
        if (events.weight < 0).any():
            message = (
                f"{self.owner}: {(events.weight < 0).sum()} training events have a negative weight, which "
                "trees cannot use; book it with IgnoreNegWeightsInTraining"
            )
            raise TrainingError(message)
        forest = RandomForestClassifier(
            values["NTrees"],
            max_depth=values["MaxDepth"],
            min_samples_leaf=values["MinLeafEvents"],
            random_state=values["RandomSeed"] or None,
        )
        forest.fit(events.x, events.class_index, sample_weight=events.weight)
        self.importance = forest.feature_importances_
        trees = []
        for grown in forest.estimators_:
            tree = grown.tree_
            # Columns for all classes, those without training events too.
            value = np.zeros((tree.node_count, len(info.classes)))
            value[:, forest.classes_] = tree.value[:, 0] / tree.value[:, 0].sum(axis=1, keepdims=True)
            trees.append(
                {
                    "left": tree.children_left.astype(np.int64),
                    "right": tree.children_right.astype(np.int64),
                    "feature": tree.feature.astype(np.int64),
                    "threshold": tree.threshold.astype(np.float64),
                    "value": value,
                }
            )
        return Forest.of(trees, info, self.analysis_type)

    def ranking(self) -> list[tuple[str, float]]:
        """Return how much each variable has helped."""
        names = (variable.internal_name for variable in self.info.variables)
        return list(zip(names, self.importance.tolist(), strict=True))


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodMyForest]
