"""PyRandomForest, PyGTB, PyAdaBoost: scikit-learn's own answers, without it; pickles need trust."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import sklearn.ensemble
import uproot
from click.testing import CliRunner
from sklearn.tree import DecisionTreeClassifier
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.cli.evaluate import command as evaluate
from tmva_py.cli.run import command as run
from tmva_py.data import DataSet
from tmva_py.errors import MissingExtraError, OptionError, TMVAWarning, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods import Method
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.plugins import default_registry
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

CASES: dict[str, tuple[str, Any]] = {
    "PyRandomForest": (
        "NEstimators=30:MaxDepth=7:MinSamplesLeaf=3:RandomState=4",
        lambda: sklearn.ensemble.RandomForestClassifier(
            30, max_depth=7, min_samples_leaf=3, max_features="sqrt", random_state=4
        ),
    ),
    "PyGTB": (
        "NEstimators=25:LearningRate=0.2:Subsample=0.7:RandomState=4",
        lambda: sklearn.ensemble.GradientBoostingClassifier(
            n_estimators=25, learning_rate=0.2, subsample=0.7, random_state=4
        ),
    ),
    "PyAdaBoost": (
        "NEstimators=25:Algorithm=SAMME:BaseEstimator=DecisionTreeClassifier(max_depth=2):RandomState=4",
        lambda: sklearn.ensemble.AdaBoostClassifier(
            DecisionTreeClassifier(max_depth=2), n_estimators=25, random_state=4
        ),
    ),
}
# Sums and exponentials of scikit-learn may be rounded otherwise in the last places.
TOLERANCE = 1e-14


def booked(name: str, options: str, analysis: Any = "Classification") -> Method:
    cls = default_registry().find("method", name)
    return cls("mine", data_set(analysis).info, analysis, options, log=MessageLog("mine", silent=True))


def theirs(make: Any, data: DataSet) -> Any:
    events = data.training
    return make().fit(events.x, events.class_index, sample_weight=events.weight)


@pytest.mark.parametrize("name", CASES)
def test_the_kits_checks(name: str) -> None:
    check("method", name)


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass"])
@pytest.mark.parametrize("name", CASES)
def test_the_response_is_predict_proba(name: str, analysis: Any) -> None:
    options, make = CASES[name]
    data = data_set(analysis)
    trained = train_method(booked(name, options, analysis), data)
    again = read_weight_file(weight_text(trained))
    expected = theirs(make, data).predict_proba(data.testing.x)
    if analysis == "Classification":
        expected = expected[:, 0]
    for method in (trained, again):
        np.testing.assert_allclose(method.evaluate(data.testing.x), expected, rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(again.evaluate(data.testing.x), trained.evaluate(data.testing.x))


@pytest.mark.parametrize("options", ["Loss=exponential", "Init=zero", "MaxLeafNodes=5:MaxFeatures=log2"])
def test_other_options_of_gtb(options: str) -> None:
    data = data_set("Classification")
    keywords: dict[str, Any] = {
        "Loss=exponential": {"loss": "exponential"},
        "Init=zero": {"init": "zero"},
        "MaxLeafNodes=5:MaxFeatures=log2": {"max_leaf_nodes": 5, "max_features": "log2"},
    }[options]
    found = train_method(booked("PyGTB", f"NEstimators=9:RandomState=1:{options}"), data)
    own = theirs(
        lambda: sklearn.ensemble.GradientBoostingClassifier(n_estimators=9, random_state=1, **keywords), data
    )
    expected = own.predict_proba(data.testing.x)[:, 0]
    np.testing.assert_allclose(found.evaluate(data.testing.x), expected, rtol=0, atol=TOLERANCE)


def test_values_at_a_cut_go_left_as_in_scikit_learn() -> None:
    data = data_set("Classification")
    trained = train_method(booked("PyRandomForest", "NEstimators=3:RandomState=1"), data)
    trees = trained.model.trees  # type: ignore[attr-defined]
    inner = np.flatnonzero(trees.left >= 0)[:200]
    x = np.zeros((3 * len(inner), 3), np.float32)
    near = trees.threshold[inner].astype(np.float32)
    around = (np.nextafter(near, np.float32(-9)), near, np.nextafter(near, np.float32(9)))
    for place, value in enumerate(around):
        x[place::3, :] = value[:, None]
    own = theirs(
        lambda: sklearn.ensemble.RandomForestClassifier(3, max_features="sqrt", random_state=1), data
    )
    np.testing.assert_array_equal(trained.evaluate(x), own.predict_proba(x)[:, 0])


def test_options_in_words() -> None:
    with pytest.raises(OptionError, match=r"RandomState=__import__.* expected None, a number"):
        booked("PyRandomForest", "RandomState=__import__('os').getpid()")
    with pytest.raises(OptionError, match="expected None or DecisionTreeClassifier"):
        booked("PyAdaBoost", "Algorithm=SAMME:BaseEstimator=SVC()")
    with pytest.raises(OptionError, match="has no depth"):
        booked("PyAdaBoost", "Algorithm=SAMME:BaseEstimator=DecisionTreeClassifier(depth=3)")
    with pytest.warns(TMVAWarning, match="no longer has Algorithm=SAMME.R"):
        method = booked("PyAdaBoost", "")
    assert method.option_values["Algorithm"] == "SAMME"
    with pytest.warns(TMVAWarning, match="NEstimators <=0 does not work; it is set to 10"):
        assert booked("PyRandomForest", "NEstimators=-3").option_values["NEstimators"] == 10


def test_a_missing_scikit_learn_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tmva-py\[sklearn\]'"):
        booked("PyGTB", "")


def test_weight_files_are_read_without_scikit_learn(tmp_path: Path) -> None:
    data = data_set("Classification")
    trained = train_method(booked("PyGTB", "NEstimators=5:RandomState=1"), data)
    file = tmp_path / "a.weights.xml"
    file.write_text(weight_text(trained), encoding="utf-8")
    np.save(tmp_path / "x.npy", data.testing.x)
    code = (
        "import sys; sys.modules['sklearn'] = None; import numpy as np, tmva_py as T; "
        f"print(repr(T.evaluate({str(file)!r}, np.load({str(tmp_path / 'x.npy')!r})).sum()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(trained.evaluate(data.testing.x).sum())


class _Evil:
    def __reduce__(self) -> Any:
        return (Path.touch, (Path("ran"),))


def _as_tmva(trained: Any, name: str) -> str:
    """Return a weight file as TMVA writes it: without ``<Weights>``."""
    root = ElementTree.fromstring(weight_text(trained))
    root.remove(root.find("Weights"))  # type: ignore[arg-type]
    for option in root.iter("Option"):
        if option.get("name") == "FilenameClassifier":
            option.text = name
    return ElementTree.tostring(root, encoding="unicode")


def _check_other_doors(file: Path, x: Any, expected: Any) -> None:
    reader = TMVA.Reader(["a", "b", "c"], "Silent")
    with pytest.raises(WeightFileError, match="is a pickle"):
        reader.BookMVA("method", file)
    reader.BookMVA("method", file, trust=True)
    np.testing.assert_array_equal(reader.EvaluateMVA(x, "method"), expected)
    with uproot.recreate(file.parent / "events.root") as made:
        made["tree"] = dict(zip("abc", x.T, strict=True))
    arguments = [str(file), f"{file.parent / 'events.root'}:tree", "-o", str(file.parent / "out.root")]
    refused = CliRunner().invoke(evaluate, arguments)
    assert isinstance(refused.exception, WeightFileError)
    done = CliRunner().invoke(evaluate, [*arguments, "--trust-model"])
    assert done.exit_code == 0
    with uproot.open(file.parent / "out.root") as made:
        np.testing.assert_allclose(made["tree"]["mine"].array(library="np"), expected, rtol=1e-6)
    script = file.parent / "application.py"
    script.write_text(
        "import tmva_py as TMVA\n"
        "reader = TMVA.Reader(['a', 'b', 'c'], 'Silent')\n"
        f"reader.BookMVA('method', {str(file)!r})\n"
        f"print(reader.EvaluateMVA({[float(value) for value in x[0]]}, 'method'))\n"
    )
    refused = CliRunner().invoke(run, ["--no-root", str(script)])
    assert refused.exit_code == 1
    assert "is a pickle" in refused.stderr
    done = CliRunner().invoke(run, ["--no-root", "--trust-model", str(script)])
    assert float(done.stdout.split()[-1]) == pytest.approx(float(expected[0]), rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_tmvas_pickles_need_trust(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options, make = CASES[name]
    data = data_set("Classification")
    trained = train_method(booked(name, options), data)
    file = tmp_path / "t.weights.xml"
    file.write_text(_as_tmva(trained, "dataset/weights/model.PyData"), encoding="utf-8")
    with pytest.raises(WeightFileError, match=r"its model file is not there; looked for dataset/weights"):
        read_weight_file(file, trust=True)
    pickled = tmp_path / "model.PyData"  # beside the weight file, as after moving both
    pickled.write_bytes(pickle.dumps(theirs(make, data)))
    with pytest.raises(WeightFileError, match=r"model.PyData is a pickle .*trust=True.*--trust-model"):
        read_weight_file(file)
    x = data.testing.x
    np.testing.assert_array_equal(TMVA.evaluate(file, x, trust=True), trained.evaluate(x))
    _check_other_doors(file, x, trained.evaluate(x))
    pickled.write_bytes(pickle.dumps(_Evil()))
    with pytest.raises(WeightFileError, match="is a pickle"):
        TMVA.evaluate(file, x)
    assert not Path("ran").exists()
    pickled.write_bytes(pickle.dumps({}))
    with pytest.raises(WeightFileError, match="holds a dict, expected"):
        read_weight_file(file, trust=True)


@pytest.mark.parametrize(
    ("tag", "old", "new", "message"),
    [
        ("Nodes", "-1", "7", "no later node"),
        ("Starts", "0", "1", "does not divide"),
        ("Values", None, None, "has no <Values>"),
        ("Thresholds", "e", "x", "Thresholds"),
    ],
)
def test_damaged_files(tag: str, old: str | None, new: str | None, message: str) -> None:
    trained = train_method(booked("PyGTB", "NEstimators=3:RandomState=1"), data_set("Classification"))
    root = ElementTree.fromstring(weight_text(trained))
    weights = root.find("Weights")
    assert weights is not None
    child = weights.find(tag)
    assert child is not None
    if old is None:
        weights.remove(child)
    else:
        child.text = (child.text or "").replace(old, str(new), 1)
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(ElementTree.tostring(root, encoding="unicode"))


def test_a_job_writes_the_pickle_for_root_and_ranks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(3)
    trees = {
        name: {"x0": generator.normal(m, 1, 400), "x1": generator.normal(0, 1, 400)}
        for name, m in (("Signal", 1), ("Background", 0))
    }
    job = make_job(Path(), trees=trees, n_variables=2, output="out.root", split="SplitMode=Block:!V")
    factory, loader = job.factory, job.loader
    method = factory.BookMethod(loader, TMVA.Types.kPyRandomForest, "RF", "!V:NEstimators=20:RandomState=1")
    job.finish()
    pickled = tmp_path / "dataset" / "weights" / "PyRFModel_RF.PyData"
    assert type(pickle.loads(pickled.read_bytes())).__name__ == "RandomForestClassifier"
    ranking = method.method.ranking()
    assert ranking is not None
    assert dict(ranking)["x0"] > dict(ranking)["x1"]
    assert factory.GetROCIntegral(loader, "RF") > 0.65
