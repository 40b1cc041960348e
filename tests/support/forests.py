"""Forests for tests: those that TMVA wrote, and those that are trained on its events."""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from golden import cases_of, events_as
from weight_files import golden_weights

from tmva_py.data import DataSet, DataSetInfo, VariableInfo
from tmva_py.kernels.growing import GrownTree
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.bdt.forest import Forest
from tmva_py.methods.bdt.growing import TreeGrower
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text

BDT_CASES: list[str] = cases_of("BDT")
"""The golden cases with responses of forests."""

TRAINING_CASES: dict[str, tuple[str, str]] = {
    "train_class_example_ld_bdt": ("BDT", "bdt_adaboost_stored"),
    "train_regression_example": ("BDTG", ""),
}
"""Other cases with events that forests were trained on: the method, and the case that has its weight file."""


def golden_trainings() -> list[str]:
    """Return the cases whose forests can be trained again."""
    return [*(case for case in BDT_CASES if case.startswith("real_bdt_")), *TRAINING_CASES]


@dataclass(frozen=True)
class GoldenTraining:
    """What TMVA trained, and the same trained here.

    Attributes
    ----------
    golden : TrainedMethod or None
        TMVA's own, None if its weight file is not known.
    trained : TrainedMethod
        Ours, from the same events and options.
    method : MethodBDT
        What was booked.
    data : DataSet
        The events in TMVA's order.
    responses : dict
        TMVA's responses to the training and the test events.
    has_random_tree : bool
        Whether TMVA's first tree hangs on the clock; it is taken from the weight file then.
    """

    golden: TrainedMethod | None
    trained: TrainedMethod
    method: MethodBDT
    data: DataSet
    responses: dict[str, np.ndarray]
    has_random_tree: bool

    @property
    def agreeing(self) -> tuple[int, str]:
        """How many trees are TMVA's from the first on, and what is not in the next."""
        if self.golden is None:
            return 0, "no weight file"
        return agreeing_trees(self.trained.model.forest, self.golden.model.forest)

    @cached_property
    def as_root_reads(self) -> TrainedMethod:
        """Ours, without the classes of transformations such as N_Signal, which ROOT forgets."""
        if all(step.transformation.reference_class is None for step in self.trained.transformations.steps):
            return self.trained
        return read_weight_file(re.sub(' ReferenceClass="[0-9]+"', "", weight_text(self.trained)))

    @property
    def deviation(self) -> float:
        """The largest one of the responses, relative to the largest response."""
        samples = {"train": self.data.training, "test": self.data.testing}
        largest = 0.0
        for name, stored in self.responses.items():
            found = self.as_root_reads.evaluate(samples[name].x).reshape(stored.shape)
            largest = max(largest, float(np.abs(found - stored).max() / np.abs(stored).max()))
        return largest


def stored_responses(folder: Path, title: str) -> dict[str, np.ndarray]:
    """Return TMVA's responses to the training and the test events."""
    with np.load(folder / "train.npz") as stored:
        return {name: stored[f"resp_{name}_{title}"] for name in ("train", "test")}


def with_full_limits(info: DataSetInfo, data: DataSet) -> None:
    """Give variables their smallest and largest values, of which weight files hold nine digits."""
    x = data.training.x.astype(np.float64)
    for number, (low, high) in enumerate(zip(x.min(axis=0), x.max(axis=0), strict=True)):
        info.variables[number] = replace(info.variables[number], minimum=float(low), maximum=float(high))


def golden_training(shared: Path, case: str) -> GoldenTraining:
    """Train as TMVA did in a case."""
    folder = shared / "golden" / case
    booked = json.loads((folder / "methods.json").read_text())
    title, weights = TRAINING_CASES.get(case, (next(iter(booked)), case))
    golden = read_weight_file(golden_weights(shared, weights)) if weights else None
    if golden is not None:
        info, analysis = golden.info, golden.analysis_type
    else:
        info, analysis = _info_of(folder), "Regression"
    data = events_as(folder, info)
    if golden is None:
        data = _with_weights_in_double_precision(data)
    with_full_limits(info, data)
    release = "4.2" if case.startswith("real_") else "newest"
    options = f"{booked[title]['options']}:Release={release}"
    method = MethodBDT(title, info, analysis, options, log=MessageLog(title, silent=True))
    has_random_tree = booked[title]["deterministic"] is False
    with _first_tree_of(golden) if golden is not None and has_random_tree else nullcontext():
        trained = train_method(method, data)
    return GoldenTraining(golden, trained, method, data, stored_responses(folder, title), has_random_tree)


def _info_of(folder: Path) -> DataSetInfo:
    """Return what is to be learnt in a case of a regression."""
    with np.load(folder / "train.npz") as stored:
        variables = [VariableInfo(str(name)) for name in stored["variables"]]
    return DataSetInfo("dataset", variables, [VariableInfo("fvalue")], [], ["Regression"])


def _with_weights_in_double_precision(data: DataSet) -> DataSet:
    """Return events whose weight is the first variable, times what makes their mean 1.

    TMVA stored these in single precision, and after some forty trees that makes another forest.
    """
    own = data.training.x[:, 0].astype(np.float64)
    weight = own * (len(own) / np.cumsum(own)[-1])
    np.testing.assert_array_equal(weight.astype(np.float32), data.training.weight.astype(np.float32))
    return replace(data, training=replace(data.training, weight=weight))


def _first_tree_of(golden: TrainedMethod) -> AbstractContextManager[object]:
    """Let the first tree be the one of a weight file."""
    grow = TreeGrower.grow
    seen: list[TreeGrower] = []

    def first_or_grown(self: TreeGrower, *arguments: Any) -> GrownTree:
        if self in seen:
            return grow(self, *arguments)
        seen.append(self)
        return grown_tree(golden.model.forest, 0, golden.model.n_variables)

    return patch.object(TreeGrower, "grow", first_or_grown)


def grown_tree(forest: Forest, tree: int, n_variables: int) -> GrownTree:
    """Return a tree of a forest as if it had just grown; what only pruning and ranking need is 0."""
    own = slice(*forest.starts[tree : tree + 2].tolist())
    n_nodes = own.stop - own.start
    nothing = np.zeros(n_nodes, np.float32)
    children = {
        side: np.where(values >= 0, values - own.start, -1)
        for side, values in (("left", forest.left[own]), ("right", forest.right[own]))
    }
    names = ("variable", "cut", "cut_type", "node_type", "purity", "response", "rms")
    return GrownTree(
        **{name: getattr(forest, name)[own] for name in names},
        **children,
        index=nothing,
        signal=nothing,
        background=nothing,
        importance=np.zeros(n_variables),
        coefficients=np.empty((n_nodes, 0)),
    )


def agreeing_trees(ours: Forest, theirs: Forest) -> tuple[int, str]:
    """Return how many trees are the same from the first on, and what is not in the one after these."""
    for tree in range(min(len(ours), len(theirs))):
        own, other = (slice(*forest.starts[tree : tree + 2].tolist()) for forest in (ours, theirs))
        if own.stop - own.start != other.stop - other.start:
            return tree, "number of nodes"
        leaves = theirs.node_type[other] != 0
        for name in ("node_type", "variable", "cut", "cut_type", "left", "right"):
            one, two = getattr(ours, name)[own], getattr(theirs, name)[other]
            if name in ("left", "right"):
                one, two = one[~leaves] - own.start, two[~leaves] - other.start
            if (one != two).any():
                return tree, name
        for name in ("purity", "response"):
            one, two = getattr(ours, name)[own][leaves], getattr(theirs, name)[other][leaves]
            if not np.allclose(one, two, rtol=1e-6, atol=0):
                return tree, name
        if not np.isclose(ours.boost_weights[tree], theirs.boost_weights[tree], rtol=1e-6, atol=0):
            return tree, "boost weight"
    return min(len(ours), len(theirs)), "" if len(ours) == len(theirs) else "number of trees"
