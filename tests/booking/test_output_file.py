"""The output file: what ROOT's would hold, never half written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory import Factory
from tmva_py.booking.output import root_objects
from tmva_py.booking.output_file import OutputFile
from tmva_py.errors import BookingError, TMVAWarning
from tmva_py.histograms import Axis, Columns, Graph, Histogram
from tmva_py.plugins import Registry

MakeLoader = Callable[..., DataLoader]

HISTOGRAMS = (
    *("S", "B", "S_high", "B_high", "effS", "effB", "effBvsS", "rejBvsS", "invBeffvsSeff"),
    *("Train_S", "Train_B", "trainingEffS", "trainingEffB", "trainingEffBvsS", "trainingRejBvsS"),
)
VARIABLES = ("a__Signal", "a__Background", "total__Signal", "total__Background", "CorrelationPlots")


class FileOfAScript:
    """What PyROOT's TFile shows: a name and Close()."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = path.open("wb")

    def GetName(self) -> str:
        return str(self._path)

    def Close(self) -> None:
        self._handle.close()


def run(registry: Registry, loader: DataLoader, target: Any, titles: tuple[str, ...] = ("LD",)) -> Factory:
    factory = Factory("job", target, "!V:AnalysisType=Classification:!ModelPersistence", registry=registry)
    for title in titles:
        factory.BookMethod(loader, "Fisher", title)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory


def test_trees_have_tmvas_branches_and_order(registry: Registry, make_loader: MakeLoader) -> None:
    loader = make_loader()
    factory = run(registry, loader, "out.root", ("b_second", "LD", "a first"))
    data_set = loader.data_set()
    with uproot.open("out.root") as file:
        for name, events, which in (
            ("TestTree", data_set.testing, "test_response"),
            ("TrainTree", data_set.training, "training_response"),
        ):
            tree = file[f"dataset/{name}"]
            assert tree.classname == "TTree"
            # Sorted as in a std::map: upper case before lower case.
            expected = ["classID", "className", "a", "total", "b", "weight", "LD", "a first", "b_second"]
            assert tree.keys() == expected
            assert [tree[one].typename for one in expected] == ["int32_t", "char*", *["float"] * 7]
            values = tree.arrays(library="np")
            np.testing.assert_array_equal(values["classID"], events.class_index)
            assert values["className"].tolist() == [data_set.info.classes[i] for i in events.class_index]
            np.testing.assert_array_equal(np.stack([values["a"], values["total"]], axis=1), events.x)
            np.testing.assert_array_equal(values["b"], events.spectators[:, 0])
            np.testing.assert_array_equal(values["weight"], events.weight.astype(np.float32))
            booked = factory.GetMethod(loader, "LD")
            assert booked is not None
            np.testing.assert_array_equal(values["LD"], getattr(booked, which))


def test_histograms_of_a_method(registry: Registry, make_loader: MakeLoader) -> None:
    loader = make_loader()
    factory = run(registry, loader, Path("out.root"))
    booked = factory.GetMethod(loader, "LD")
    assert booked is not None
    evaluation = booked.evaluation(40, 100)
    with uproot.open("out.root") as file:
        folder = file["dataset/Method_Fisher/LD"]
        assert [key.split(";")[0] for key in folder.keys(recursive=False)] == [
            "TrainingPath",
            "WeightFileName",
            "TrainingHistory_LD_trainingError",
            *(f"MVA_LD_{name}" for name in HISTOGRAMS),
            *VARIABLES,
        ]
        assert str(folder["WeightFileName"]) == "dataset/weights/job_LD.weights.xml"
        history = folder["TrainingHistory_LD_trainingError"]
        assert history.values().tolist() == [1.0, 0.5, 0.25]
        assert (history.axis().low, history.axis().high) == (0.5, 3.5)
        curve = folder["MVA_LD_effBvsS"]
        assert (curve.classname, curve.title) == ("TH1D", "MVA_LD")
        assert (curve.axis().low, curve.axis().high) == (0.0, 1.0)
        assert curve.member("fXaxis").member("fTitle") == "Signal eff"
        assert curve.member("fYaxis").member("fTitle") == "Backgr eff"
        np.testing.assert_array_equal(curve.values(), evaluation.curve.background_efficiency.values)
        signal, background = evaluation.response_histograms()
        for letter, expected in (("S", signal), ("B", background)):
            stored = folder[f"MVA_LD_{letter}"]
            np.testing.assert_array_equal(stored.values(), expected.values)
            np.testing.assert_allclose(stored.variances(), expected.variances[1:-1], rtol=1e-15)
            np.testing.assert_allclose(stored.axis().edges(), expected.axis.edges, rtol=1e-14)
        assert len(folder["MVA_LD_effS"].values()) == 10_000
        assert folder["MVA_LD_effS"].title == "MVA_LD (signal)"
        np.testing.assert_array_equal(
            folder["MVA_LD_trainingRejBvsS"].values(), evaluation.training_curve.rejection.values
        )


def test_what_a_method_monitors_goes_to_its_folder(
    registry: Registry, make_loader: MakeLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def monitoring(_: Any) -> dict[str, Any]:
        return {
            "dataset_BoostWeight": Histogram.fill(Axis(2, 0, 1), np.array([0.2, 0.3]), title="boost weights"),
            "MonitorNtuple": Columns({"iTree": np.arange(3, dtype=np.int32), "boostWeight": np.ones(3)}),
            "made": lambda: Graph(np.zeros(2), np.ones(2)),
        }

    monkeypatch.setattr(registry.find("method", "Fisher"), "monitoring", monitoring)
    run(registry, make_loader(), "out.root")
    with uproot.open("out.root") as file:
        folder = file["dataset/Method_Fisher/LD"]
        names = [key.split(";")[0] for key in folder.keys(recursive=False)]
        assert names[:5] == ["TrainingPath", "WeightFileName", "dataset_BoostWeight", "MonitorNtuple", "made"]
        assert [folder[name].classname for name in names[2:5]] == ["TH1F", "TTree", "TGraph"]
        assert folder["dataset_BoostWeight"].values().tolist() == [2, 0]
        assert folder["MonitorNtuple"]["iTree"].array().tolist() == [0, 1, 2]


def test_correlation_matrices_are_whole_percents_with_labels(
    registry: Registry, make_loader: MakeLoader
) -> None:
    loader = make_loader()
    run(registry, loader, "out.root")
    matrix = loader.data_set().info.correlation_matrices["Signal"]
    with uproot.open("out.root") as file:
        stored = file["dataset/CorrelationMatrixS"]
        assert (stored.classname, stored.title) == ("TH2F", "Correlation Matrix (signal)")
        np.testing.assert_array_equal(stored.values(), np.trunc(100 * matrix))
        assert list(stored.axis("x").labels()) == ["a", "The sum"]
        assert list(stored.axis("y").labels()) == ["a", "The sum"]
        assert (stored.member("fMinimum"), stored.member("fMaximum")) == (-100.0, 100.0)
        assert file["dataset/CorrelationMatrixB"].title == "Correlation Matrix (background)"


def test_input_variables_are_shown_and_filed(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader()
    factory = Factory(
        "job", "out.root", "!V:!ModelPersistence:Transformations=I;N;Other;N", registry=registry
    )
    for title in ("LD", "again"):
        factory.BookMethod(loader, "Fisher", title)
    with pytest.warns(TMVAWarning, match="not shown after these chains:\n  Transformations=Other: .*Other"):
        factory.TrainAllMethods()
    out = capsys.readouterr().out
    tables = re.findall(
        r"^TFHandler_Factory        : Variable  +Mean  +RMS   \[  +Min   +Max \]$", out, re.MULTILINE
    )
    assert len(tables) == 3  # one for each chain that there is, and not again for the second method
    assert out.count("Ranking result (top variable is best ranked)") == 1 + 2
    assert re.search(
        r": Rank : Variable  : Separation\n[^\n]*\n +:    1 : (a|The sum) +: \d\.\d{3}e-\d\d\n", out
    )
    events = loader.data_set().training
    with uproot.open("out.root") as file:
        folders = [key.split(";")[0] for key in file["dataset"].keys(recursive=False)]
        assert [one for one in folders if one.startswith("InputVariables")] == [
            "InputVariables_Id",
            "InputVariables_Norm",
            "InputVariables_Norm_0",
        ]
        stored = file["dataset/InputVariables_Id/total__Background_Id"]
        assert (stored.classname, stored.title) == ("TH1F", "The sum")
        assert stored.member("fXaxis").member("fTitle") == "The sum  [GeV]"
        chosen = events.class_index == 1
        expected, _ = np.histogram(events.x[chosen, 1], stored.axis().edges(), weights=events.weight[chosen])
        np.testing.assert_allclose(stored.values(), expected, rtol=1e-6)


def test_a_file_object_of_the_script_is_taken_by_its_name(
    registry: Registry, make_loader: MakeLoader, tmp_path: Path
) -> None:
    target = FileOfAScript(tmp_path / "script.root")
    run(registry, make_loader(), target)
    target.Close()  # writes nothing over ours, whatever it had open
    with uproot.open(tmp_path / "script.root") as file:
        assert file["dataset/TestTree"].num_entries == 400


def test_training_alone_leaves_a_whole_file(registry: Registry, make_loader: MakeLoader) -> None:
    factory = Factory("job", "out.root", "!ModelPersistence", registry=registry)
    factory.BookMethod(make_loader(), "Fisher", "LD")
    factory.TrainAllMethods()
    with uproot.open("out.root") as file:
        assert "dataset/Method_Fisher/LD/TrainingHistory_LD_trainingError" in file


def test_a_name_that_comes_twice_is_written_once_with_a_warning(
    registry: Registry, make_loader: MakeLoader
) -> None:
    loader = make_loader()
    loader.AddSpectator("a")
    with pytest.warns(TMVAWarning, match=r"dataset/T.*Tree: more than one branch would be called 'a'"):
        run(registry, loader, "out.root")


def test_a_failure_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.root"
    path.write_bytes(b"the old file")
    output = OutputFile.from_argument(path)
    assert output is not None
    output.add("dataset/Method_X/x", {"WeightFileName": "w.xml"})

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(root_objects, "_to_uproot", fail)
    with pytest.raises(OSError, match="No space left"):
        output.write()
    assert path.read_bytes() == b"the old file"
    assert list(tmp_path.iterdir()) == [path]


def names(file: Any) -> set[str]:
    return {name.split(";")[0] for name in file.keys(recursive=False)}


def test_what_was_in_the_file_stays_if_requested(registry: Registry, make_loader: MakeLoader) -> None:
    with uproot.recreate("out.root") as file:
        file["mine"] = "text"
        file["dataset/mine"] = np.histogram([1.0, 2.0])
    for _ in range(2):
        run(registry, make_loader(), ("out.root", "UPDATE"))
        with uproot.open("out.root") as file:
            assert names(file) == {"mine", "dataset"}
            assert {"mine", "TestTree", "TrainTree"} < names(file["dataset"])
            assert str(file["mine"]) == "text"
            assert all(name.endswith(";1") for name in file), "replaced, not written beside it"
    run(registry, make_loader(), "out.root")
    with uproot.open("out.root") as file:
        assert names(file) == {"dataset"}


class FileOpenForUpdate(FileOfAScript):
    def GetOption(self) -> str:
        return "UPDATE"


def test_a_file_object_of_the_script_tells_its_mode(
    registry: Registry, make_loader: MakeLoader, tmp_path: Path
) -> None:
    target = FileOpenForUpdate(tmp_path / "out.root")
    with uproot.recreate("out.root") as file:
        file["mine"] = "text"
    run(registry, make_loader(), target)
    target.Close()
    with uproot.open("out.root") as file:
        assert names(file) == {"mine", "dataset"}


def test_two_jobs_that_take_turns_on_one_file(registry: Registry, make_loader: MakeLoader) -> None:
    factories = [
        Factory(name, "out.root", "!ModelPersistence:AnalysisType=Classification", registry=registry)
        for name in ("first", "second")
    ]
    for factory, name in zip(factories, ("one", "two"), strict=True):
        factory.BookMethod(make_loader(name), "Fisher", "LD")
    for step in ("TrainAllMethods", "TestAllMethods", "EvaluateAllMethods"):
        for factory in factories:
            getattr(factory, step)()
    with uproot.open("out.root") as file:
        assert names(file) == {"one", "two"}
        for name in ("one", "two"):
            assert file[f"{name}/TestTree"].num_entries == 400
            assert f"{name}/Method_Fisher/LD/TrainingPath" in file
    # The same job once more, as in a notebook's cell that runs again.
    again = Factory("first", "out.root", "!ModelPersistence", registry=registry)
    again.BookMethod(make_loader("three"), "Fisher", "LD")
    again.TrainAllMethods()
    with uproot.open("out.root") as file:
        assert names(file) == {"three"}


def test_a_file_that_the_script_has_open_with_uproot(registry: Registry, make_loader: MakeLoader) -> None:
    with uproot.recreate("out.root") as file:
        file["before"] = "text"
        run(registry, make_loader(), file)
        assert file["dataset/Method_Fisher/LD/MVA_LD_S"].values().sum() > 0
        run(registry, make_loader("inner"), file.mkdir("folder"))
        file["after"] = "text"
    with uproot.open("out.root") as read:
        assert names(read) == {"before", "dataset", "folder", "after"}
        assert read["dataset/TestTree"].num_entries == 400
        assert read["folder/inner/TrainTree"].num_entries == 400
    with pytest.raises(BookingError, match="is closed: leave its `with` block after EvaluateAllMethods"):
        Factory("job", file, "")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", r"output file '': expected the name of a file; None writes no file"),
        ("a\0b.root", "expected the name of a file"),
        ("x" * 300 + ".root", "the name is too long"),
        ("missing/out.root", "there is no folder .*missing"),
        (".", "it is a folder"),
        (5, r"expected a path, \(path, 'UPDATE'\), None, .* got int"),
        (("out.root", "READ"), "expected the mode 'UPDATE' or 'RECREATE', got 'READ'"),
    ],
)
def test_what_cannot_be_an_output_file(given: Any, message: str) -> None:
    with pytest.raises(BookingError, match=message):
        Factory("job", given, "!V")


def test_a_file_of_another_kind_is_not_added_to(registry: Registry, make_loader: MakeLoader) -> None:
    Path("out.root").write_text("no ROOT file")
    with pytest.raises(BookingError, match="expected a ROOT file to add to"):
        run(registry, make_loader(), ("out.root", "UPDATE"))
    assert Path("out.root").read_text() == "no ROOT file"


def test_arrays_and_event_numbers_in_the_trees(registry: Registry) -> None:
    """As TMVA and ROOT read them: one branch for an array; event numbers that float32 cannot hold."""
    rng = np.random.default_rng(1)
    loader = DataLoader("dataset")
    loader.AddVariable("a")
    loader.AddVariablesArray("img", 16)
    loader.AddSpectator("event", "I")
    loader.AddSpectator("z")
    numbers = {}
    for index, name in enumerate(("Signal", "Background")):
        numbers[name] = 2**33 + np.arange(100, dtype=np.uint64) + 1000 * index
        columns = {
            "a": rng.normal(1.0 - index, 1, 100),
            "img": rng.normal(size=(100, 16)).astype(np.float32),
            "event": numbers[name],
            "z": rng.normal(size=100),
        }
        loader.AddTree(columns, name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Alternate:NormMode=None:!V")
    run(registry, loader, "out.root")
    data_set = loader.data_set()
    with uproot.open("out.root") as file:
        for name, events in (("TestTree", data_set.testing), ("TrainTree", data_set.training)):
            tree = file[f"dataset/{name}"]
            assert tree.keys() == ["classID", "className", "a", "img", "event", "z", "weight", "LD"]
            assert tree["img"].title == "img[16]/F"
            np.testing.assert_array_equal(tree["img"].array(library="np"), events.x[:, 1:])
            assert [tree[one].typename for one in ("event", "z")] == ["uint64_t", "float"]
        found = np.concatenate([file[f"dataset/{one}"]["event"].array() for one in ("TestTree", "TrainTree")])
    np.testing.assert_array_equal(np.sort(found), np.concatenate(list(numbers.values())))
