"""Methods without a response: TMVA's own cuts and figures, and a booking from start to end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cut_method
import numpy as np
import pytest
import uproot

import tmva_py as TMVA
from tmva_py.errors import DataError, OptionError, TMVAWarning
from tmva_py.evaluation import WorkingPointEvaluation, WorkingPoints
from tmva_py.methods import TrainedMethod
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.plugins import Registry

REGISTRY = Registry([cut_method.plugin()], load_entry_points=False)
CASES = ("real_cuts_mc", "real_cuts_ga", "real_cuts_mcevents", "real_cuts_sa")


def golden(shared: Path, case: str) -> tuple[TrainedMethod, Path]:
    folder = shared / "golden" / case
    return read_weight_file(folder / "weights.xml"), folder


def points(method: TrainedMethod, events: Any, sample: str) -> WorkingPoints:
    is_signal = events[f"y_{sample}"] == 0
    return WorkingPoints.measured(method.selections(events[f"X_{sample}"]), is_signal, events[f"w_{sample}"])


@pytest.mark.parametrize("case", CASES)
def test_the_figures_of_roots_cuts(case: str, shared: Path) -> None:
    """Histograms to the last bit of float32; the printed figures are steps of 1/1000 and agree."""
    method, folder = golden(shared, case)
    with np.load(folder / "train.npz") as events:
        found = WorkingPointEvaluation(points(method, events, "test"), points(method, events, "train"))
    ours = {
        "effS": found.signal_efficiency,
        "effB": found.background_efficiency,
        "effBvsS": found.curve,
        "rejBvsS": found.rejection,
        "trainingEffBvsS": found.training_background_efficiency,
        "trainingRejBvsS": found.training_rejection,
    }
    with np.load(folder / "histograms.npz") as stored:
        for name, histogram in ours.items():
            expected = stored[f"hist|Method_Cuts|Cuts|MVA_Cuts_{name}"][1:-1]
            np.testing.assert_array_equal(histogram.values.astype(np.float32), expected, err_msg=name)
    (record,) = json.loads((folder / "methods.json").read_text()).values()
    figures = record["figures"]
    for at in ("0.01", "0.10", "0.30"):
        assert found.signal_efficiency_at(float(at)) == pytest.approx(figures[f"eff_{at}"], abs=1e-12)
        training = found.training_signal_efficiency_at(float(at))
        assert training == pytest.approx(figures[f"trainEff_{at}"], abs=1e-12)
    row = next(line for line in record["evaluation_table"].splitlines() if line.startswith("Cuts "))
    assert f"{found.area:.3f}" == row.partition("|")[0].split()[-1]


def test_responses_at_a_working_point(shared: Path) -> None:
    method, folder = golden(shared, "real_cuts_mc")
    with np.load(folder / "events.npz") as events:
        x, expected, efficiencies = events["X"], events["response"], events["effS"].tolist()
    reader = TMVA.Reader([one.expression for one in method.info.variables], "Silent")
    reader.BookMVA("Cuts", folder / "weights.xml")
    assert reader.FindCutsMVA("Cuts") is reader.FindMVA("Cuts")
    for number, efficiency in enumerate(efficiencies):
        found = TMVA.evaluate(method, x, working_point=efficiency)
        np.testing.assert_array_equal(found, expected[:, number])
        np.testing.assert_array_equal(reader.EvaluateMVA(x, "Cuts", efficiency), found)
        assert reader.EvaluateMVA(x[0], "Cuts", efficiency) == found[0]
    assert reader.EvaluateMVA(x[0], "Cuts") == 0.0
    with pytest.warns(TMVAWarning, match=r"selects events at a signal efficiency .* give working_point=0.7"):
        assert not TMVA.evaluate(method, x).any()


def test_a_booking(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def gaussian(shift: float, seed: int) -> dict[str, np.ndarray]:
        random = np.random.default_rng(seed)
        return {name: random.normal(shift, 1, 1000) for name in ("a", "b")}

    options = "!V:!Color:!DrawProgressBar:Correlations:AnalysisType=Classification"
    factory = TMVA.Factory("job", "out.root", options, registry=REGISTRY)
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("a")
    loader.AddVariable("b")
    loader.AddSignalTree(gaussian(1.0, 1))
    loader.AddBackgroundTree(gaussian(0.0, 2))
    loader.PrepareTrainingAndTestTree("", "nTrain_Signal=500:nTrain_Background=500:SplitMode=Random:!V")
    with pytest.raises(OptionError, match="option IgnoreNegWeightsInTraining is not available"):
        factory.BookMethod(loader, "QuantileCuts", "Cut", "IgnoreNegWeightsInTraining")
    booked = factory.BookMethod(loader, "QuantileCuts", "Cut", "!H:!V")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    printed = capsys.readouterr().out
    assert "Note: no correlations and overlap with cut method are provided" not in printed
    # Φ(1/√2) = 0.760; the standard error with 500 events of each class is 0.015.
    area = factory.GetROCIntegral(loader, "Cut")
    assert area == pytest.approx(0.760, abs=0.05)
    assert f"dataset       Cut            : {area:#1.3f}" in printed
    graph = factory.GetROCCurve(loader, "Cut")
    assert graph.GetN() == 102
    assert np.diff(graph.GetX()).min() >= 0
    assert booked.test_response is not None
    assert not booked.test_response.any()
    with uproot.open("out.root") as file:
        folder = file["dataset/Method_QuantileCuts/Cut"]
        names = [name for name in folder.keys(cycle=False) if name.startswith("MVA_")]
        assert names == [
            f"MVA_Cut_{name}"
            for name in ("effS", "effB", "effBvsS", "rejBvsS", "trainingEffBvsS", "trainingRejBvsS")
        ]
        measured = folder["MVA_Cut_effS"].values()
    data = booked.data_set.testing
    signal = data.x[data.class_index == 0, 0]
    cuts = read_weight_file(booked.weight_file, REGISTRY).model.low[:, 0]
    expected = [(signal > cut).mean() for cut in cuts]
    np.testing.assert_allclose(measured, expected, atol=1e-6)


def test_efficiencies_need_both_classes() -> None:
    everything = np.ones(4, bool)
    with pytest.raises(DataError, match=r"got sums 4 \(signal\) and 0 \(background\)"):
        WorkingPoints.measured([everything], everything, np.ones(4))
