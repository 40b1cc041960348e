"""``CreateMVAPdfs`` from the booking to the Reader: files, branches, histograms, probability and rarity."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import uproot

from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory import Factory
from tmva_py.booking.reader import Reader
from tmva_py.errors import TMVAWarning
from tmva_py.histograms import Axis, Histogram
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.plugins import Registry

MakeLoader = Callable[..., DataLoader]
OPTIONS = "CreateMVAPdfs:NbinsMVAPdf=30:NSmoothMVAPdf=2:PDFInterpolMVAPdfSig=KDE:KDEborderMVAPdfSig=Mirror"
WEIGHTS = "dataset/weights/job_LD.weights.xml"


def run(registry: Registry, loader: DataLoader, *, options: str = OPTIONS, job: str = "") -> Factory:
    factory = Factory("job", "out.root", f"!V:AnalysisType=Classification{job}", registry=registry)
    factory.BookMethod(loader, "Fisher", "LD", options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory


@pytest.fixture
def loader(registry: Registry, make_loader: MakeLoader) -> DataLoader:
    loader = make_loader()
    run(registry, loader)
    return loader


def test_the_weight_file_has_both_densities(registry: Registry, loader: DataLoader) -> None:
    root = ElementTree.parse(WEIGHTS).getroot()
    signal, background = root.iterfind("MVAPdfs/PDF")
    assert [one.get("Name") for one in (signal, background)] == ["LD_PDFSig", "LD_PDFBkg"]
    assert [one.get("InterpolMethod") for one in (signal, background)] == ["5", "2"]
    assert (signal.get("KDE_border"), background.get("MaxNSmooth")) == ("3", "2")
    names = [(one.get("Name"), one.get("NBins")) for one in root.iterfind("MVAPdfs/PDF/Histogram")]
    # Kernels get five times as many bins.
    assert names == [("Fisher_tr_S_original", "150"), ("Fisher_tr_B_original", "30")]
    options = {one.get("name"): one.text for one in root.iterfind("Options/Option")}
    assert options["CreateMVAPdfs"] == "True"
    assert not any(name is not None and "MVAPdf" in name[5:] for name in options if name != "CreateMVAPdfs")


def test_histograms_and_branches(registry: Registry, loader: DataLoader) -> None:
    pdfs = read_weight_file(WEIGHTS, registry).response_pdfs
    assert pdfs is not None
    events = loader.data_set().testing
    with uproot.open("out.root") as file:
        folder = file["dataset/Method_Fisher/LD"]
        names = [key.split(";")[0] for key in folder.keys(recursive=False)]
        start = names.index("Fisher_tr_S")
        assert names[start : start + 14] == [
            *("Fisher_tr_S", "Fisher_tr_B"),
            *("Fisher_tr_S_original", "Fisher_tr_S_smoothed", "Fisher_tr_S_smoothed_hist_from_KDE"),
            *("Fisher_tr_B_original", "Fisher_tr_B_smoothed", "Fisher_tr_B_smoothed_hist_from_spline2"),
            *(f"MVA_LD_{name}" for name in ("S", "B", "Proba_S", "Proba_B", "Rarity_S", "Rarity_B")),
        ]
        assert [folder[name].classname for name in names[start : start + 5]] == ["TH1D"] * 2 + ["TH1F"] * 3
        assert len(folder["Fisher_tr_B_smoothed_hist_from_spline2"].values()) == 10_000
        trees = {name: file[f"dataset/{name}"].arrays(library="np") for name in ("TestTree", "TrainTree")}
        # The training sample's come from the densities before they were written: as in TMVA, kernels had a
        # width from the events then, and have one from the bins' contents now.
        for name, tolerance in (("TestTree", 1e-6), ("TrainTree", 1e-3)):
            assert list(trees[name])[-2:] == ["LD", "prob_LD"]
            expected = pdfs.probability(trees[name]["LD"])
            np.testing.assert_allclose(trees[name]["prob_LD"], expected, atol=tolerance)
        for quantity, shown in (
            ("Proba", trees["TestTree"]["prob_LD"]),
            ("Rarity", pdfs.rarity(trees["TestTree"]["LD"])),
        ):
            for letter, index in (("S", 0), ("B", 1)):
                chosen = events.class_index == index
                filled = Histogram.fill(Axis(40, 0, 1), shown[chosen], events.weight[chosen])
                stored = folder[f"MVA_LD_{quantity}_{letter}"]
                assert stored.classname == "TH1D"
                np.testing.assert_allclose(stored.values(), filled.normalised().values, rtol=1e-9)
        # Events of the background have a flat rarity; 200 of them.
        assert folder["MVA_LD_Rarity_B"].values().reshape(4, 10).mean(axis=1) == pytest.approx(1, abs=0.35)


@pytest.mark.usefixtures("loader")
def test_the_reader_gives_probability_and_rarity(registry: Registry) -> None:
    a, total = np.zeros(1, np.float32), np.zeros(1, np.float32)
    reader = Reader("Silent", registry=registry)
    reader.AddVariable("a", a)
    reader.AddVariable("total := a+b", total)
    reader.AddSpectator("b", np.zeros(1, np.float32))
    reader.BookMVA("tag", WEIGHTS)
    a[0], total[0] = 0.75, 0.5
    response = reader.EvaluateMVA("tag")
    pdfs = read_weight_file(WEIGHTS, registry).response_pdfs
    assert pdfs is not None
    signal, background = (one.value(np.array([response]))[0] for one in (pdfs.signal, pdfs.background))
    assert reader.GetProba("tag") == pytest.approx(signal / (signal + background), rel=1e-12)
    assert reader.GetProba("tag", 0.2) == pytest.approx(
        0.2 * signal / (0.2 * signal + 0.8 * background), rel=1e-12
    )
    assert reader.GetRarity("tag") == pdfs.rarity(np.array([response]))[0]
    # Given responses, one or many.
    assert reader.GetProba("tag", 0.5, response) == reader.GetProba("tag")
    assert reader.GetRarity("tag", response) == reader.GetRarity("tag")
    many = np.linspace(-1, 1, 6).reshape(2, 3)
    assert reader.GetProba("tag", mvaVal=many).shape == (2, 3)
    np.testing.assert_array_equal(reader.GetRarity("tag", many).ravel(), pdfs.rarity(many.ravel()))
    a[0] = np.nan
    assert np.isnan(reader.GetProba("tag"))
    assert np.isnan(reader.GetRarity("tag"))


def test_without_persistence_the_densities_of_the_training_serve(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader()
    run(registry, loader, job=":!ModelPersistence")
    out = capsys.readouterr().out
    assert "Dataset[dataset] : <CreateMVAPdfs> Separation from histogram (PDF): 0." in out
    assert "Dataset[dataset] : Evaluation of LD on training sample" in out
    assert "Also filling probability and rarity histograms (on request)..." in out
    with uproot.open("out.root") as file:
        assert file["dataset/Method_Fisher/LD/Fisher_tr_S_original"].classname == "TH1D"
        assert "prob_LD" in file["dataset/TestTree"].keys()  # noqa: SIM118 - a ROOT tree


def test_mostly_empty_histograms_are_remarked(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    run(registry, make_loader(), options="CreateMVAPdfs:NbinsMVAPdf=2000:CheckHistMVAPdf")
    found = re.findall(
        r"More than 50% \((.*)%\) of the bins in hist '(.*)' are empty!", capsys.readouterr().out
    )
    assert [name for _, name in found] == ["Fisher_tr_S_smoothed", "Fisher_tr_B_smoothed"]
    # 200 events of each class in 2000 bins.
    assert all(float(share) > 90 for share, _ in found)


def test_none_for_several_classes(
    registry: Registry, make_loader: MakeLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry.find("method", "Fisher"), "can_handle", lambda *_: True)
    loader = make_loader(classes=("Signal", "bg0", "bg1"))
    factory: Any = Factory("job", None, "!V:AnalysisType=Multiclass", registry=registry)
    with pytest.warns(TMVAWarning, match="CreateMVAPdfs is for classification with two classes"):
        booked = factory.BookMethod(loader, "Fisher", "LD", OPTIONS)
    assert booked.method.response_pdf_settings is None


def test_a_network_has_them_too(make_loader: MakeLoader) -> None:
    loader = make_loader()
    factory = Factory("job", None, "!V:Silent:AnalysisType=Classification")
    strategy = "LearningRate=1e-2,BatchSize=20,TestRepetitions=1,MaxEpochs=5,ConvergenceSteps=5"
    layout = "Layout=DENSE|8|TANH,DENSE|1|LINEAR:RandomSeed=1:Architecture=NUMPY"
    factory.BookMethod(
        loader, "DL", "net", f"{layout}:TrainingStrategy={strategy}:CreateMVAPdfs:NbinsMVAPdf=20"
    )
    factory.TrainAllMethods()
    reader = Reader(["a", "a+b"], "Silent")
    reader.AddSpectator("b", np.zeros(1, np.float32))
    reader.BookMVA("net", "dataset/weights/job_net.weights.xml")
    events = loader.data_set().testing
    response = reader.EvaluateMVA(events.x, "net")
    probability, rarity = reader.GetProba("net", 0.5, response), reader.GetRarity("net", response)
    is_signal = events.class_index == 0
    # Signal is one width of the first variable above the background: on the mean 0.6 and 0.4.
    assert probability[is_signal].mean() > 0.55
    assert probability[~is_signal].mean() < 0.45
    assert rarity[~is_signal].mean() == pytest.approx(0.5, abs=0.07)
