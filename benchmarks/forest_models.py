"""One forest of full trees as the model of each library: the same cuts and the same leaves."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.methods.bdt.forest import Forest
from tmva_py.methods.bdt.model import BDTModel

Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class FullForest:
    """Random full trees that answer ±1, with weights as AdaBoost gives them.

    Nodes of a tree are numbered level by level, those below node i are 2i + 1 for x < cut and 2i + 2.
    """

    n_trees: int
    depth: int
    n_variables: int

    @property
    def n_inner(self) -> int:
        """Decisions of a tree."""
        return 2**self.depth - 1

    @cached_property
    def variable(self) -> np.ndarray:
        """(n_trees, n_inner)."""
        return np.random.default_rng(1).integers(0, self.n_variables, (self.n_trees, self.n_inner))

    @cached_property
    def cut(self) -> np.ndarray:
        """(n_trees, n_inner), float32."""
        return np.random.default_rng(2).normal(0, 0.7, (self.n_trees, self.n_inner)).astype(np.float32)

    @cached_property
    def answer(self) -> np.ndarray:
        """(n_trees, n_inner + 1): the leaves from left to right."""
        return np.random.default_rng(3).choice([-1, 1], (self.n_trees, self.n_inner + 1))

    @cached_property
    def weight(self) -> np.ndarray:
        """(n_trees,); single precision, as a reader has them."""
        return np.random.default_rng(4).uniform(0.02, 0.3, self.n_trees).astype(np.float32)

    @cached_property
    def leaf(self) -> np.ndarray:
        """(n_trees, n_inner + 1), float32: weight times answer, over the sum of the weights."""
        total = self.weight.astype(np.float64).sum()
        return (self.weight[:, None] * self.answer / total).astype(np.float32)

    def events(self, count: int) -> np.ndarray:
        """Return random events, float32."""
        return np.random.default_rng(5).normal(size=(count, self.n_variables)).astype(np.float32)


def _order(depth: int) -> list[int]:
    """Return the nodes of a full tree in the order node, left part, right part."""
    order, waiting, n_nodes = [], [0], 2 ** (depth + 1) - 1
    while waiting:
        node = waiting.pop()
        order.append(node)
        if 2 * node + 2 < n_nodes:
            waiting += [2 * node + 2, 2 * node + 1]
    return order


def ours(forest: FullForest, *, compiled: bool = True) -> Predict:
    """Return the responses of this package, of kernels compiled by numba or of NumPy alone."""
    model = our_model(forest)
    if not compiled:
        vars(model)["_backend"] = NumpyBackend("float32")
    return model.answers


def our_model(forest: FullForest) -> BDTModel:
    """Return the forest as MethodBDT has it."""
    order = np.array(_order(forest.depth))
    place = np.argsort(order)
    inner, n_trees, n_nodes = order < forest.n_inner, forest.n_trees, len(order)
    starts = np.arange(n_trees + 1, dtype=np.int32) * n_nodes
    own = np.where(inner, order, 0)

    def by_node(values: np.ndarray, of_leaves: float) -> np.ndarray:
        return np.where(inner, values[:, own], of_leaves).ravel()

    def children(step: int) -> np.ndarray:
        below = np.where(inner, place[np.where(inner, 2 * order + step, 0)], 0)
        return np.where(inner, below + starts[:-1, None], -1).astype(np.int32).ravel()

    leaves = np.where(inner, 0, order - forest.n_inner)
    node_type = np.where(inner, 0, forest.answer[:, leaves]).astype(np.int8).ravel()
    nothing = np.zeros(n_trees * n_nodes, np.float32)
    trees = Forest(
        starts=starts,
        boost_weights=forest.weight.astype(np.float64),
        variable=by_node(forest.variable, -1).astype(np.int32),
        cut=by_node(forest.cut, 0).astype(np.float32),
        response=nothing,
        rms=nothing,
        purity=nothing,
        cut_type=np.ones(n_trees * n_nodes, bool),
        node_type=node_type,
        left=children(1),
        right=children(2),
        coefficient_starts=np.zeros(n_trees * n_nodes + 1, np.int64),
        coefficients=np.empty(0),
    )
    return BDTModel(trees, "Classification", "AdaBoost", True, forest.n_variables, 1)


def _xgboost_booster(forest: FullForest) -> Any:
    import xgboost

    x = forest.events(8)
    data = xgboost.DMatrix(x, label=x[:, 0])
    made = json.loads(xgboost.train({"max_depth": 1}, data, 1).save_raw("json"))
    learner = made["learner"]
    learner["learner_model_param"]["base_score"] = "[0E0]"
    model = learner["gradient_booster"]["model"]
    template, inner = model["trees"][0], forest.n_inner
    count = 2 * inner + 1
    nodes = np.arange(count)
    is_inner = nodes < inner
    fixed = {
        "left_children": np.where(is_inner, 2 * nodes + 1, -1).tolist(),
        "right_children": np.where(is_inner, 2 * nodes + 2, -1).tolist(),
        "parents": [2**31 - 1, *((nodes[1:] - 1) // 2).tolist()],
        "tree_param": {**template["tree_param"], "num_nodes": str(count)},
        **{name: [0] * count for name in ("default_left", "split_type")},
        **{name: [0.0] * count for name in ("loss_changes", "sum_hessian", "base_weights")},
    }
    variable = np.concatenate([forest.variable, np.zeros((forest.n_trees, inner + 1), int)], axis=1)
    condition = np.concatenate([forest.cut, forest.leaf], axis=1).astype(np.float64)
    model["trees"] = [
        {**template, **fixed, "id": tree, "split_indices": one, "split_conditions": other}
        for tree, (one, other) in enumerate(zip(variable.tolist(), condition.tolist(), strict=True))
    ]
    model["gbtree_model_param"]["num_trees"] = str(forest.n_trees)
    model["iteration_indptr"] = list(range(forest.n_trees + 1))
    model["tree_info"] = [0] * forest.n_trees
    booster = xgboost.Booster()
    booster.load_model(bytearray(json.dumps(made), "utf-8"))
    return booster


def xgboost(forest: FullForest, threads: int) -> Predict:
    """Return the predictions of XGBoost without a DMatrix, its faster way."""
    booster = _xgboost_booster(forest)
    booster.set_param({"nthread": threads})
    return lambda x: booster.inplace_predict(x, predict_type="margin")


def lightgbm(forest: FullForest, threads: int) -> Predict:
    """Return the predictions of LightGBM, whose model is a text."""
    import lightgbm as library

    inner = forest.n_inner
    nodes = np.arange(inner)

    def text(values: Any) -> str:
        return " ".join(map(repr, np.asarray(values).tolist()))

    def child(step: int) -> str:
        below = 2 * nodes + step
        return text(np.where(below < inner, below, ~(below - inner)))

    # Events go left at or below a threshold there.
    threshold = np.nextafter(forest.cut, np.float32(-np.inf)).astype(np.float64)
    blocks = [
        f"Tree={tree}\nnum_leaves={inner + 1}\nnum_cat=0\nsplit_feature={text(forest.variable[tree])}\n"
        f"split_gain={text([0] * inner)}\nthreshold={text(threshold[tree])}\n"
        f"decision_type={text([0] * inner)}\nleft_child={child(1)}\nright_child={child(2)}\n"
        f"leaf_value={text(forest.leaf[tree])}\nleaf_weight={text([1] * (inner + 1))}\n"
        f"leaf_count={text([1] * (inner + 1))}\ninternal_value={text([0] * inner)}\n"
        f"internal_weight={text([0] * inner)}\ninternal_count={text([1] * inner)}\n"
        "is_linear=0\nshrinkage=1\n\n"
        for tree in range(forest.n_trees)
    ]
    names = [f"x{number}" for number in range(forest.n_variables)]
    header = (
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"
        f"max_feature_idx={forest.n_variables - 1}\nobjective=regression\nfeature_names={' '.join(names)}\n"
        f"feature_infos={' '.join(['[-9:9]'] * len(names))}\n\n"
    )
    booster = library.Booster(model_str=f"{header}{chr(10).join(blocks)}\nend of trees\n")
    return lambda x: booster.predict(x, raw_score=True, num_threads=threads)


def scikit_learn(forest: FullForest, threads: int) -> Predict:
    """Return the predictions of HistGradientBoosting with the forest in place of what it learnt."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.ensemble._hist_gradient_boosting.common import (
        PREDICTOR_RECORD_DTYPE,
        X_BITSET_INNER_DTYPE,
    )
    from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

    del threads  # as many as the process may use
    x = forest.events(64)
    model = HistGradientBoostingRegressor(max_iter=1, early_stopping=False).fit(x, x[:, 0])
    inner = forest.n_inner
    nodes = np.arange(2 * inner + 1)
    is_inner = nodes < inner
    categories = np.zeros((0, 8), X_BITSET_INNER_DTYPE)
    predictors = []
    for tree in range(forest.n_trees):
        rows = np.zeros(len(nodes), PREDICTOR_RECORD_DTYPE)
        rows["is_leaf"] = ~is_inner
        rows["left"], rows["right"] = (np.where(is_inner, 2 * nodes + step, 0) for step in (1, 2))
        rows["feature_idx"][:inner] = forest.variable[tree]
        # Events go left at or below a threshold there.
        rows["num_threshold"][:inner] = np.nextafter(forest.cut[tree], np.float32(-np.inf))
        rows["value"][inner:] = forest.leaf[tree]
        predictors.append([TreePredictor(rows, categories, categories)])
    model._predictors = predictors
    model._baseline_prediction = np.zeros((1, 1))
    return model.predict


def onnx_runtime(forest: FullForest, threads: int) -> Predict:
    """Return the responses of ONNX Runtime's TreeEnsemble."""
    import onnxruntime
    from onnx import TensorProto, helper

    inner, n_trees = forest.n_inner, forest.n_trees
    count = 2 * inner + 1
    nodes = np.arange(count)
    is_inner = nodes < inner

    def each(values: Any) -> list[Any]:
        return np.tile(values, n_trees).tolist()

    leaves = np.zeros((n_trees, inner + 1))
    node = helper.make_node(
        "TreeEnsembleRegressor",
        ["x"],
        ["y"],
        domain="ai.onnx.ml",
        n_targets=1,
        aggregate_function="SUM",
        nodes_treeids=np.repeat(np.arange(n_trees), count).tolist(),
        nodes_nodeids=each(nodes),
        nodes_featureids=np.concatenate([forest.variable, leaves.astype(int)], axis=1).ravel().tolist(),
        nodes_modes=each(np.where(is_inner, "BRANCH_LT", "LEAF")),
        nodes_values=np.concatenate([forest.cut, leaves], axis=1).ravel().tolist(),
        nodes_truenodeids=each(np.where(is_inner, 2 * nodes + 1, 0)),
        nodes_falsenodeids=each(np.where(is_inner, 2 * nodes + 2, 0)),
        target_treeids=np.repeat(np.arange(n_trees), inner + 1).tolist(),
        target_nodeids=each(nodes[inner:]),
        target_ids=[0] * (n_trees * (inner + 1)),
        target_weights=forest.leaf.astype(np.float64).ravel().tolist(),
    )
    graph = helper.make_graph(
        [node],
        "forest",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, forest.n_variables])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
    )
    imports = [helper.make_opsetid("ai.onnx.ml", 3), helper.make_opsetid("", 17)]
    made = helper.make_model(graph, opset_imports=imports, ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(
        made.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda x: session.run(None, {"x": x})[0][:, 0]


def treelite(forest: FullForest, threads: int) -> Predict:
    """Return the predictions of C code that tl2cgen makes of treelite's model, compiled by gcc."""
    import tl2cgen
    import treelite as library

    model = library.frontend.from_xgboost(_xgboost_booster(forest))
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "forest.so"
    tl2cgen.export_lib(
        model, toolchain="gcc", libpath=path, params={"parallel_comp": 8}, nthread=threads, verbose=False
    )
    predictor = tl2cgen.Predictor(path, nthread=threads)
    folder.cleanup()
    return lambda x: predictor.predict(tl2cgen.DMatrix(x), pred_margin=True).ravel()


def onedal(forest: FullForest, threads: int) -> Predict:
    """Return the predictions of oneDAL, of scikit-learn-intelex."""
    import daal4py
    from daal4py.mb import convert_model

    daal4py.daalinit(nthreads=threads)
    model = convert_model(_xgboost_booster(forest))
    return model.predict


RIVALS: dict[str, tuple[str, Callable[[FullForest, int], Predict]]] = {
    "XGBoost": ("xgboost", xgboost),
    "LightGBM": ("lightgbm", lightgbm),
    "scikit-learn": ("sklearn", scikit_learn),
    "ONNX Runtime": ("onnxruntime", onnx_runtime),
}
"""By name: the module that must be there, and what makes the model."""

OTHERS: dict[str, tuple[str, Callable[[FullForest, int], Predict]]] = {
    "treelite": ("tl2cgen", treelite),
    "oneDAL": ("daal4py", onedal),
}
"""Shown where they are installed, of which nothing is required."""


def installed(module: str) -> bool:
    """Return whether a module is there."""
    return importlib.util.find_spec(module) is not None
