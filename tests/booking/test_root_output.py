"""The output as ROOT itself sees it, and objects of PyROOT as output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from small_jobs import Job, make_job

from tmva_py.errors import BookingError

ROOT = pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
pytestmark = pytest.mark.root


def run(target: Any, analysis: str = "Classification") -> Job:
    job = make_job(Path(), analysis, output=target)
    job.run("Layout=TANH|4,LINEAR")
    return job


def columns_of(tree: Any, names: list[str]) -> dict[str, np.ndarray]:
    found = {name: [] for name in names}
    for _ in tree:
        for name in names:
            found[name].append(tree.GetLeaf(name).GetValue())
    return {name: np.array(values, np.float32) for name, values in found.items()}


def test_results_are_in_the_scripts_file_and_visible_at_once(tmp_path: Path) -> None:
    file = ROOT.TFile(str(tmp_path / "out.root"), "RECREATE")
    mine = ROOT.TH1F("mine", "", 10, 0, 1)
    mine.Write("before")
    job = make_job(Path(), output=file)
    job.book("Layout=TANH|4,LINEAR")
    job.factory.TrainAllMethods()
    assert ROOT.gDirectory.GetPath() == file.GetPath(), "the script's present folder stays"
    assert file.cd("dataset/Method_DL/DL")
    assert str(ROOT.gDirectory.Get("WeightFileName")).endswith("job_DL.weights.xml")
    file.cd()
    job.factory.TestAllMethods()
    job.factory.EvaluateAllMethods()
    booked = job.factory.GetMethod(job.loader, "DL")
    tree = file.Get("dataset/TestTree")
    found = columns_of(tree, ["classID", "x0", "weight", "DL"])
    events = job.loader.data_set().testing
    np.testing.assert_array_equal(found["DL"], booked.test_response)
    np.testing.assert_array_equal(found["x0"], events.x[:, 0])
    np.testing.assert_array_equal(found["classID"], events.class_index)
    assert tree.GetEntries('className=="Signal"') == np.count_nonzero(events.class_index == 0)
    efficiency = file.Get("dataset/Method_DL/DL/MVA_DL_effS")
    signal, _ = booked.evaluation(40, 100).response_histograms()
    stored = file.Get("dataset/Method_DL/DL/MVA_DL_S")
    assert efficiency.GetNbinsX() == 10_000
    assert [stored.GetBinContent(i + 1) for i in range(stored.GetNbinsX())] == signal.values.tolist()
    assert stored.GetMean() == pytest.approx(booked.test_response[events.class_index == 0].mean(), rel=1e-5)
    mine.Write("after")
    file.Close()
    with uproot.open(tmp_path / "out.root") as read:
        assert {"before;1", "dataset;1", "after;1"} == set(read.keys(recursive=False))
        assert read["dataset/TestTree"].num_entries == len(events)
    assert {one.name for one in tmp_path.iterdir()} == {"out.root", "dataset"}


def test_a_file_in_memory_a_folder_and_two_factories(tmp_path: Path) -> None:
    memory = ROOT.TMemFile("memory.root", "RECREATE")
    run(memory.mkdir("inner"), "Multiclass")
    run(memory, "Regression")
    tree = memory.Get("inner/dataset/TestTree")
    assert [str(leaf.GetName()) for leaf in tree.GetBranch("DL").GetListOfLeaves()] == [
        "red",
        "green",
        "blue",
    ]
    assert tree.GetEntries("DL.red + DL.green + DL.blue > 0.99") == 300
    assert memory.Get("dataset/TestTree").GetEntries() == 100
    memory.Close()
    path = tmp_path / "out.root"
    for mode in ("RECREATE", "UPDATE"):
        file = ROOT.TFile(str(path), mode)
        ROOT.TNamed(mode, "of the script").Write()
        run(file)
        file.Close()
    with uproot.open(path) as read:
        assert {"RECREATE;1", "UPDATE;1", "dataset;1"} == set(read.keys(recursive=False))


def test_root_finds_what_was_added_to_its_file_by_a_path(tmp_path: Path) -> None:
    path = tmp_path / "out.root"
    for content in (3.0, 4.0):
        file = ROOT.TFile(str(path), "UPDATE")
        folder = file.GetDirectory("dataset") or file.mkdir("dataset")
        folder.cd()
        histogram = ROOT.TH1F("TestTree", "a name that will be taken", 1, 0, 1)
        histogram.SetBinContent(1, content)
        histogram.Write()
        file.Close()
        run((path, "UPDATE"))
    file = ROOT.TFile(str(path))
    assert file.Get("dataset/TestTree").ClassName() == "TTree"
    assert file.Get("dataset/TestTree").GetEntries() == 200
    assert file.Get("dataset/CorrelationMatrixS").GetXaxis().GetBinLabel(2) == "x1"
    file.Close()


def test_file_objects_that_cannot_be_written(tmp_path: Path) -> None:
    path = str(tmp_path / "out.root")
    file = ROOT.TFile(path, "RECREATE")
    job = make_job(Path(), output=file)
    job.book("Layout=TANH|4,LINEAR")
    file.Close()
    with pytest.raises(BookingError, match="was closed before the factory was done"):
        job.factory.TrainAllMethods()
    with pytest.raises(BookingError, match="the TFile is open for reading"):
        make_job(Path(), output=ROOT.TFile(path))
    with pytest.raises(BookingError, match="the TFile is a null pointer"):
        make_job(Path(), output=ROOT.bind_object(0, ROOT.TFile))
    assert make_job(Path(), output=ROOT.nullptr).run("Layout=TANH|4,LINEAR").is_trained


def test_arrays_and_integers_are_branches_that_root_reads(tmp_path: Path) -> None:
    from tmva_py.booking.output.tree_writer import write_tree
    from tmva_py.histograms import Columns

    path = tmp_path / "out.root"
    columns: dict[str, Any] = {"img": np.arange(48, dtype=np.float32).reshape(3, 16)}
    for kind in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "b1"):
        largest = 1 if kind == "b1" else 1.5 if kind[0] == "f" else np.iinfo(kind).max
        columns[kind] = np.array([0, 1, largest], dtype=kind)
    columns["text"] = np.array([0, 1, 0])
    texts = ("a" * 300, "")
    with uproot.recreate(path) as file:
        write_tree(file, "tree", Columns(columns, {"text": texts}))
    file = ROOT.TFile(str(path))
    tree = file.Get("tree")
    assert tree.GetBranch("img").GetTitle() == "img[16]/F"
    for entry in range(3):
        tree.GetEntry(entry)
        assert list(tree.img) == columns["img"][entry].tolist()
        for kind in ("i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "b1"):
            assert getattr(tree, kind) == columns[kind][entry], kind
        for kind in ("i1", "u1"):
            assert tree.GetLeaf(kind).GetValue() == columns[kind][entry], kind
        leaf = tree.GetLeaf("text")
        assert (
            leaf.GetValueString() == texts[columns["text"][entry]]
            if hasattr(leaf, "GetValueString")
            else True
        )
    file.Close()
