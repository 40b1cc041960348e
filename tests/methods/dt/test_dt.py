"""DT: trees of TMVA's boosted case and of our forests, options that TMVA forgets, files, mistakes."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden import stored_data
from small_jobs import make_job
from weight_files import golden_weights

import tmva_py as TMVA
from tmva_py.data import DataSet
from tmva_py.errors import OptionError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.bdt.forest import Forest
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.dt.method import MethodDT
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text, write_weight_file
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

COLUMNS = ("variable", "cut", "cut_type", "purity", "node_type", "left", "right")
CASE = "real_boost_dt"


def booked(options: str = "", log: MessageLog | None = None) -> MethodDT:
    silent = MessageLog("mine", silent=True)
    return MethodDT("mine", data_set("Classification").info, "Classification", options, log=log or silent)


def trained(options: str = "", data: DataSet | None = None) -> TrainedMethod:
    return train_method(booked(options), data_set("Classification") if data is None else data)


def tree_of(options: str = "", data: DataSet | None = None) -> Forest:
    forest: Forest = trained(options, data).model.forest
    return forest


def assert_same(one: Forest, other: Forest) -> None:
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_the_kits_checks() -> None:
    check("method", "DT")


def test_a_tree_alone_is_the_first_of_a_boosted_method(shared: Path) -> None:
    golden = read_weight_file(golden_weights(shared, CASE))
    method = MethodDT(
        "mine", golden.info, "Classification", "MaxDepth=3:nCuts=20", log=MessageLog("mine", silent=True)
    )
    data = stored_data(shared / "golden" / CASE, golden)
    tree = train_method(method, data).model
    assert_same(tree.forest, golden.model.members[0].model.forest)


WAYS = (
    "MaxDepth=3",
    "MaxDepth=12:MinNodeSize=1%:NodePurityLimit=0.4",
    "MaxDepth=12:MinNodeSize=1%:SeparationType=CrossEntropy",
    "MaxDepth=12:MinNodeSize=1%:SeparationType=SDivSqrtSPlusB:nCuts=-1",
    "MaxDepth=12:MinNodeSize=1%:PruneMethod=ExpectedError:PruneStrength=2",
    "MaxDepth=12:MinNodeSize=1%:PruneMethod=CostComplexity:PruneStrength=40",
    "MaxDepth=12:MinNodeSize=1%:PruneMethod=CostComplexity:PruneStrength=-1",
    "MaxDepth=12:nEventsMin=7",
)


@pytest.mark.filterwarnings("ignore:.*deprecated:tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("options", WAYS)
def test_it_is_a_forest_of_one_tree(options: str) -> None:
    data = data_set("Classification")
    forest = MethodBDT(
        "mine",
        data.info,
        "Classification",
        f"NTrees=1:!UseYesNoLeaf:SkipNormalization:{options}",
        log=MessageLog("mine", silent=True),
    )
    expected = train_method(forest, data).model
    found = trained(f"!UseYesNoLeaf:{options}", data).model
    assert_same(found.forest, expected.forest)
    x = data.testing.x
    answers = train_method(booked(f"!UseYesNoLeaf:{options}"), data).evaluate(x)
    np.testing.assert_array_equal(answers, expected.forest.purity[leaves(expected.forest, x)])
    classes = trained(options, data).evaluate(x)
    np.testing.assert_array_equal(classes, expected.forest.node_type[leaves(expected.forest, x)])


def leaves(forest: Forest, x: np.ndarray) -> list[int]:
    found = []
    for event in x:
        node = 0
        while forest.node_type[node] == 0:
            passes = event[forest.variable[node]] >= forest.cut[node]
            right = bool(passes) == bool(forest.cut_type[node])
            node = int((forest.right if right else forest.left)[node])
        found.append(node)
    return found


def test_what_tmva_forgets() -> None:
    plain = tree_of("MaxDepth=9")
    for options in ("PruneMethod=ExpectedError", "NodePurityLimit=0.9", "MinNodeSize=2.5%"):
        assert_same(tree_of(f"MaxDepth=9:{options}:Release=4.2"), plain)
        other = tree_of(f"MaxDepth=9:{options}")
        assert other.n_nodes != plain.n_nodes or (other.node_type != plain.node_type).any()
    text = io.StringIO()
    booked("MinNodeSize=2.5%:Release=4.2", MessageLog("mine", stream=text))
    assert "now reads 2.5" in text.getvalue()
    # Whole numbers are divided: no leaf is too small.
    assert tree_of("MaxDepth=9:nEventsMin=20:Release=4.2").n_nodes > 2 * plain.n_nodes


def test_leaves_of_one_kind_stay_side_by_side(shared: Path) -> None:
    tree = read_weight_file(golden_weights(shared, CASE)).model.members[0].model.forest
    kinds = [
        tree.node_type[a] * tree.node_type[b]
        for a, b in zip(tree.left, tree.right, strict=True)
        if a >= 0 and b >= 0
    ]
    assert max(kinds) > 0


@pytest.mark.parametrize("options", ["UseRandomisedTrees:UseNvars=1", "UseRandomisedTrees:nCuts=-1"])
def test_randomised(options: str) -> None:
    text = io.StringIO()
    method = booked(f"{options}:PruneMethod=ExpectedError", MessageLog("mine", stream=text))
    assert method.option_values["PruneMethod"] == "NoPruning"
    found = train_method(method, data_set("Classification")).evaluate(data_set("Classification").testing.x)
    assert set(np.unique(found)) <= {-1.0, 1.0}
    assert "fresh seed" in text.getvalue()


def test_files(tmp_path: Path) -> None:
    method = trained("MaxDepth=100:MinNodeSize=0.1%:nCuts=200:!UseYesNoLeaf")
    path = tmp_path / "mine.weights.xml"
    write_weight_file(method, path)
    text = path.read_text()
    assert "<Weights" not in text
    assert text.count('<BinaryTree type="DecisionTree">') == 1
    again = read_weight_file(path)
    assert weight_text(again) == text
    x = data_set("Classification").testing.x
    np.testing.assert_array_equal(again.evaluate(x), method.evaluate(x))
    assert again.model.summary()["n_nodes"] == method.model.forest.n_nodes
    assert len(again.model.tree_lines(["a", "b", "c", "d", "e"])) >= again.model.forest.n_nodes


def test_a_deep_tree(tmp_path: Path) -> None:
    """Each cut takes one event away: more levels than elements may have."""
    data = data_set("Classification")
    n = len(data.training)
    x = np.zeros_like(data.training.x)
    x[:, 0] = 1.07 ** np.arange(n)
    events = dataclasses.replace(
        data.training, x=x, class_index=np.arange(n, dtype=np.int32) % 2, weight=np.ones(n)
    )
    method = trained("MaxDepth=500:MinNodeSize=0.1%:nCuts=20", dataclasses.replace(data, training=events))
    assert method.model.summary()["depth"] > 64
    assert weight_text(read_weight_file(weight_text(method))) == weight_text(method)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("<BinaryTree", "<BinaryTee"), "BinaryTree"),
        (('pos="s"', 'pos="l"'), "pos="),
        (('IVar="', 'IVar="9'), "IVar"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*BinaryTee:tmva_py.errors.TMVAWarning")
def test_damaged_files(change: tuple[str, str], message: str) -> None:
    text = weight_text(trained())
    old, new = change
    damaged = (
        text.replace(old, new).replace(f"</{old[1:]}", f"</{new[1:]}")
        if old[0] == "<"
        else (text.replace(old, new, 1))
    )
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(damaged)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("MaxDepth=-1", "MaxDepth=-1"),
        ("MinNodeSize=60%", "less than 50%"),
        ("PruneMethod=ExpectedError:PruneStrength=-1", "CostComplexity"),
        ("PruneMethod=CostComplexity:PruneStrength=101", "up to 100"),
        ("UseRandomisedTrees:UseNvars=99", "1 to"),
        ("NTrees=5", "NTrees"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


def test_through_a_factory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    job = make_job(tmp_path, output=str(tmp_path / "out.root"))
    kind: Any = TMVA.Types.kDT
    job.factory.BookMethod(job.loader, kind, "Tree", "!H:!V:MaxDepth=4")
    job.factory.BookMethod(job.loader, kind, "Trees", "!H:!V:MaxDepth=2:Boost_Num=10:Boost_Transform=linear")
    job.finish()
    alone, boosted = (job.factory.GetROCIntegral(job.loader, title) for title in ("Tree", "Trees"))
    assert 0.7 < alone < boosted
