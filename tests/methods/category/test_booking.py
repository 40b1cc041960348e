"""Booking of a Category: TMVA's tutorial, every analysis, log lines and errors."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import linear_method
import numpy as np
import pytest
import uproot

import tmva_py as TMVA
from tmva_py.data import DataSet
from tmva_py.errors import (
    BookingError,
    DataError,
    ExpressionError,
    MissingBranchError,
    OptionError,
    TMVAWarning,
    TrainingError,
    UnknownNameError,
    WeightFileError,
)
from tmva_py.message_log import MessageLog
from tmva_py.methods.category.method import MethodCategory
from tmva_py.methods.linear.fisher import MethodFisher
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing.method_checks import data_set


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Cut:
    """Like a TCut of PyROOT."""

    def __init__(self, text: str) -> None:
        self._text = text

    def GetTitle(self) -> str:
        return self._text


def columns(shift: float, seed: int, n_events: int = 500) -> dict[str, np.ndarray]:
    """Two variables; on the two sides of eta = 0 the classes lie the other way round."""
    random = np.random.default_rng(seed)
    eta = random.uniform(-1, 1, n_events).astype(np.float32)
    made = {name: random.normal(np.sign(eta) * shift, 1, n_events).astype(np.float32) for name in ("a", "b")}
    return {**made, "eta": eta, "t": (made["a"] * np.sign(eta)).astype(np.float32)}


def loader_of(classes: dict[str, float], target: str = "") -> TMVA.DataLoader:
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("a")
    loader.AddVariable("two := b*2")
    loader.AddSpectator("eta")
    if target:
        loader.AddTarget(target)
    for seed, (name, shift) in enumerate(classes.items()):
        loader.AddTree(columns(shift, seed), name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V:!CalcCorrelations")
    return loader


SPLIT = "nTrain_Signal=0:nTrain_Background=0:SplitMode=Random:NormMode=NumEvents:!V"
SPLINE = (
    "!H:!V:TransformOutput:PDFInterpol=Spline2:NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmoothBkg[1]=10:"
    "NSmooth=1:NAvEvtPerBin=50"
)
TWO = {"Signal": 1.0, "Background": -1.0}


def booked(analysis: str = "Classification", loader: Any = None, options: str = "Silent") -> Any:
    factory = TMVA.Factory("job", f"!V:{options}:AnalysisType={analysis}")
    loader = loader_of(TWO) if loader is None else loader
    return factory, factory.BookMethod(loader, TMVA.Types.kCategory, "Cat", "!H:!V")


def test_the_tutorial(shared: Path) -> None:
    """The bookings of TMVAClassificationCategory, on the file of the tutorial; then its application."""
    factory = TMVA.Factory("TMVAClassificationCategory", "!V:Silent:!DrawProgressBar")
    loader = TMVA.DataLoader("dataset")
    for number in range(1, 5):
        loader.AddVariable(f"var{number}", "F")
    loader.AddSpectator("eta")
    for tree, weight, name in (("TreeS", 1.0, "Signal"), ("TreeB", 1.0, "Background")):
        loader.AddTree(f"{shared}/data/toy_sigbkg_categ_offset.root:{tree}", name, weight)
    loader.PrepareTrainingAndTestTree("", "", SPLIT)
    factory.BookMethod(loader, TMVA.Types.kFisher, "Fisher", "!H:!V:Method=Fisher")
    factory.BookMethod(loader, TMVA.Types.kLikelihood, "Likelihood", SPLINE)
    everything = "var1:var2:var3:var4"
    for kind, options in (("Fisher", "!H:!V:Method=Fisher"), ("Likelihood", SPLINE)):
        category = factory.BookMethod(loader, TMVA.Types.kCategory, f"{kind}Cat", "")
        for number, cut in enumerate(("abs(eta)<=1.3", "abs(eta)>1.3"), start=1):
            method = getattr(TMVA.Types, f"k{kind}")
            category.AddMethod(Cut(cut), everything, method, f"Category_{kind}_{number}", options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    titles = ("Fisher", "FisherCat", "Likelihood", "LikelihoodCat")
    areas = {name: factory.GetROCIntegral(loader, name) for name in titles}
    # As in TMVA's tutorial: about 0.8 for all events together, 0.92 in two regions.
    assert areas["Fisher"] < 0.83
    assert areas["Likelihood"] < 0.83
    assert areas["FisherCat"] > 0.91
    assert areas["LikelihoodCat"] > 0.91

    buffers = {name: array("f", [0.0]) for name in ("var1", "var2", "var3", "var4", "eta")}
    reader = TMVA.Reader("!Color:Silent")
    for name, buffer in buffers.items():
        (reader.AddSpectator if name == "eta" else reader.AddVariable)(name, buffer)
    reader.BookMVA("FisherCat", "dataset/weights/TMVAClassificationCategory_FisherCat.weights.xml")
    tested = factory.GetMethod(loader, "FisherCat")
    events = tested.data_set.testing
    for event in range(20):
        for number in range(1, 5):
            buffers[f"var{number}"][0] = events.x[event, number - 1]
        buffers["eta"][0] = events.spectators[event, 0]
        assert np.float32(reader.EvaluateMVA("FisherCat")) == tested.test_response[event]


@pytest.mark.parametrize(
    ("analysis", "classes", "target", "kind", "options"),
    [
        ("Classification", TWO, "", "MLP", "NCycles=20:HiddenLayers=3"),
        ("Classification", TWO, "", "BDT", "NTrees=20"),
        ("Regression", {"Regression": 1.0}, "t", "LD", "VarTransform=N"),
        ("Multiclass", {"A": 1.0, "B": -1.0, "C": 3.0}, "", "BDT", "BoostType=Grad:NTrees=10"),
    ],
)
def test_every_analysis(analysis: str, classes: Any, target: str, kind: str, options: str) -> None:
    """Each event has the response of the method of its region, alone or in the Category."""
    factory, category = booked(analysis, loader_of(classes, target))
    category.AddMethod("eta<0", "two:a", kind, "Left", options)
    category.AddMethod("eta>=0", "eta:a", kind, "Right", options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    events = category.data_set.testing
    left, right = category.trained.model.parts
    below = events.spectators[:, 0] < 0
    together = np.hstack([events.x, events.spectators.astype(np.float32)])
    found = category.trained.evaluate(events.x, spectators=events.spectators)
    np.testing.assert_array_equal(found[below], left.method.evaluate(together[below][:, [1, 0]]))
    np.testing.assert_array_equal(found[~below], right.method.evaluate(together[~below][:, [2, 0]]))
    again = read_weight_file(category.weight_file)
    assert weight_text(again) == category.weight_file.read_text()
    np.testing.assert_array_equal(again.evaluate(events.x, spectators=events.spectators), found)


def test_a_third_partys_method() -> None:
    _, category = booked()
    category.method.add_method("eta<0", "", linear_method.LinearMethod, "Left", "")
    category.method.add_method("eta>=0", "", MethodFisher, "Right", "")
    trained = train_method(category.method, category.data_set)
    assert isinstance(trained.model.parts[0].method.model, linear_method.LinearModel)
    events = category.data_set.testing
    assert np.isfinite(trained.evaluate(events.x, spectators=events.spectators)).all()


def test_events_of_the_whole_data_set() -> None:
    """Without trees to read, a region's events are those of the data set that pass."""
    _, category = booked()
    category.method.add_method("eta<0", "", MethodFisher, "Left", "")
    data = category.data_set
    trained = train_method(category.method, data)
    below = data.training.spectators[:, 0] < 0
    info = category.method.info
    alone = train_method(
        MethodFisher("Alone", info, "Classification", log=MessageLog("Alone", silent=True)),
        DataSet(info, data.training.select(below), data.testing),
    )
    np.testing.assert_array_equal(trained.model.parts[0].method.model.coefficients, alone.model.coefficients)


def test_what_methods_show_is_in_folders_of_their_own() -> None:
    factory = TMVA.Factory("job", "out.root", "!V:Silent:AnalysisType=Classification")
    category = factory.BookMethod(loader_of(TWO), "Category", "Cat", "")
    category.AddMethod("eta<0", "", "BDT", "Left", "NTrees=7")
    category.AddMethod("eta>=0", "", "Fisher", "Right", "")
    factory.TrainAllMethods()
    with uproot.open("out.root") as file:
        assert file["dataset/Method_Category/Cat/Method_BDT/Left/MonitorNtuple"].num_entries == 7


def test_log_lines(capsys: pytest.CaptureFixture[str]) -> None:
    factory, category = booked(options="!Silent")
    category.AddMethod("eta<0", "", "Fisher", "Left", "")
    category.AddMethod("eta>=0", "a", "KNN", "Right", "nkNN=5")
    factory.TrainAllMethods()
    lines = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    expected = [
        "Adding sub-classifier: Fisher::Left",
        "Adding sub-classifier: KNN::Right",
        "Train all sub-classifiers for Classification ...",
        "Train method: Left for Classification",
        "Training finished",
        "Train method: Right for Classification",
        "Begin ranking of input variables...",
        "Ranking result (top variable is best ranked)",
        "No variable ranking supplied by classifier: Right",
        "No variable ranking supplied by classifier: Cat",
    ]
    places = [lines.index(line) for line in expected]
    assert places == sorted(places)


def test_events_of_no_region_and_of_two() -> None:
    factory, category = booked()
    category.AddMethod("eta<0", "", "Fisher", "Left", "")
    category.AddMethod("eta>0.5", "", "Fisher", "Right", "")
    with pytest.warns(TMVAWarning, match="events pass no cut .'eta<0', 'eta>0.5'.; the response is 0"):
        factory.TrainAllMethods()
    trained = category.trained
    with pytest.warns(TMVAWarning, match="1 of 3 events pass no cut"):
        found = trained.evaluate(np.ones((3, 2)), spectators=np.array([[-0.1], [0.2], [0.7]]))
    assert (found != 0).tolist() == [True, False, True]

    factory, category = booked()
    category.AddMethod("eta<0.5", "", "Fisher", "Left", "")
    category.AddMethod("eta>0", "", "Fisher", "Right", "")
    with pytest.raises(DataError, match=r"overlap, as in TMVA: event \d+ passes 'eta<0.5' and 'eta>0'"):
        factory.TrainAllMethods()


def test_spectators_are_asked_for_only_where_they_are_used() -> None:
    factory, category = booked()
    category.AddMethod("a<0", "", "Fisher", "Left", "")
    category.AddMethod("!(a<0)", "", "Fisher", "Right", "")
    factory.TrainAllMethods()
    assert np.isfinite(TMVA.evaluate(category.weight_file, [[1.0, 2.0], [-1.0, 2.0]])).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("eta<", "", "Fisher", "x"), ExpressionError, r"AddMethod of 'x': the cut 'eta<' [\s\S]*\^"),
        (
            ("etta<1", "", "Fisher", "x"),
            MissingBranchError,
            r"AddSpectator before.\n[\s\S]*etta<1\n *\^{4}",
        ),
        (("eta<1", "a:too", "Fisher", "x"), BookingError, r"'too' is the label of no .*; did you mean 'two'"),
        (("eta<1", "", "Fisher", "x", "Metod=LD"), OptionError, "did you mean 'Method'"),
        (("eta<1", "", "Fischer", "x"), UnknownNameError, "did you mean 'Fisher'"),
        (("eta<1", "", "Cuts", "x"), BookingError, "Cuts cannot be part: it has no response of its own"),
        (("eta<1", "", "Category", "x"), BookingError, "Category cannot be part"),
        (("eta<1", "", "Fisher", "first"), BookingError, "a method of this title was added before"),
    ],
)
def test_errors_of_add_method(arguments: Any, error: type[Exception], message: str) -> None:
    _, category = booked()
    category.AddMethod("eta>=1", "", "Fisher", "first")
    with pytest.raises(error, match=message):
        category.AddMethod(*arguments)


def test_errors_of_the_whole() -> None:
    factory, category = booked()
    with pytest.raises(TrainingError, match="no method was added; call AddMethod"):
        factory.TrainAllMethods()
    category.AddMethod("eta>0.985", "", "Fisher", "Few", "")
    with pytest.raises(TrainingError, match=r"\d training events pass 'eta>0.985', and 'Few' needs 10"):
        factory.TrainAllMethods()
    with pytest.raises(OptionError, match="VarTransform=N has no meaning for all regions together"):
        factory.BookMethod(category.loader, "Category", "Other", "VarTransform=N")
    single = factory.BookMethod(category.loader, "Fisher", "Single", "")
    with pytest.raises(BookingError, match="'Single' is Fisher: AddMethod is for"):
        single.AddMethod("eta>0", "", "Fisher", "x", "")
    factory, category = booked("Regression", loader_of({"Regression": 1.0}, "t"))
    with pytest.raises(BookingError, match="Fisher is not capable of handling Regression with 1 classes"):
        category.AddMethod("eta>0", "", "Fisher", "x", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('NSubMethods="2"', 'NSubMethods="3"', "NSubMethods is 3, and there are 2 elements"),
        ('Cut="eta&lt;0"', 'Cut="eta&lt;"', "<SubMethod>: a cut cannot be evaluated"),
        ('Cut="eta&lt;0"', 'Cut="mass&lt;0"', "<SubMethod>: a cut cannot be evaluated"),
        (' Cut="eta&lt;0"', "", "the attribute Cut is missing"),
        ('Variables="a:two"', 'Variables="a"', "2 variables, but Variables='a'"),
        ('Variables="a:two"', 'Variables="a:b"', "'b' is the label of no variable"),
    ],
)
def test_damaged_files(old: str, new: str, message: str) -> None:
    factory, category = booked()
    category.AddMethod("eta<0", "a:two", "Fisher", "Left", "")
    category.AddMethod("eta>=0", "", "Fisher", "Right", "")
    factory.TrainAllMethods()
    text = category.weight_file.read_text()
    assert old in text
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(text.replace(old, new))


def test_densities_of_a_regions_method() -> None:
    """They are those of a Fisher that is trained on the region's events alone."""
    data = data_set("Classification")
    category = MethodCategory("cat", data.info, "Classification", "", log=MessageLog("cat", silent=True))
    options = "CreateMVAPdfs:NbinsMVAPdf=20"
    label = data.info.variables[0].label
    for number, cut in enumerate((f"{label}<0", f"{label}>=0")):
        category.add_method(cut, "", MethodFisher, f"part{number}", options)
    trained = train_method(category, data)
    again = read_weight_file(weight_text(trained))
    assert weight_text(again) == weight_text(trained)
    assert weight_text(trained).count("<PDF ") == 4
    for part, low in zip(again.model.parts, (True, False), strict=True):
        events = data.training.select((data.training.x[:, 0] < 0) == low)
        response = part.method.evaluate(events.x).astype(np.float32)
        pdfs = part.method.response_pdfs
        assert pdfs is not None
        filled, _ = np.histogram(
            response[events.class_index == 0],
            20,
            (response.min(), response.max()),
            weights=events.weight[events.class_index == 0],
        )
        stored = pdfs.signal.original.values
        np.testing.assert_allclose(stored / stored.sum(), filled / filled.sum(), atol=0.02)
