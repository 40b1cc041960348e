"""TMVA's cuts are read, answer as TMVA does and are found again from TMVA's events, to the last bit."""

from __future__ import annotations

from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from cuts_cases import CUTS_CASES, booked_as_golden
from golden import has_tmvas_functions, loader_of, said_of
from row_files import text_of
from weight_files import golden_weights

import tmva_py as TMVA
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.evaluation import WorkingPointEvaluation, WorkingPoints
from tmva_py.methods.cuts import method as cuts_method
from tmva_py.methods.cuts.model import CutsModel
from tmva_py.methods.cuts.search import CutSearch, parameter_ranges, variable_ranges
from tmva_py.methods.cuts.table import cut_lines
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text

FROM_THE_CLOCK = {"real_cuts_ga"}
TRAINED = [case for case in CUTS_CASES if case.startswith("real_")]


@pytest.mark.parametrize("case", CUTS_CASES)
def test_responses(shared: Path, case: str) -> None:
    """Events that pass and fail at each efficiency: at once, one by one, in a Reader, from eight threads."""
    method = read_weight_file(golden_weights(shared, case))
    with np.load(shared / "golden" / case / "events.npz") as events:
        x, expected, efficiencies = events["X"], events["response"], events["effS"].tolist()
    reader = TMVA.Reader("!Color:Silent")
    buffers = [array("f", [0.0]) for _ in method.info.variables]
    for one, buffer in zip(method.info.variables, buffers, strict=True):
        reader.AddVariable(one.expression, buffer)
    for one in method.info.spectators:
        reader.AddSpectator(one.expression, array("f", [0.0]))
    reader.BookMVA("Cuts", str(golden_weights(shared, case)))
    for column, efficiency in enumerate(efficiencies):
        seen = method.evaluate(x, working_point=efficiency)
        np.testing.assert_array_equal(seen, expected[:, column])
        np.testing.assert_array_equal(reader.EvaluateMVA(x, "Cuts", efficiency), seen)
        for event, answer in zip(x.tolist(), seen.tolist(), strict=True):
            for buffer, value in zip(buffers, event, strict=True):
                buffer[0] = value
            assert reader.EvaluateMVA("Cuts", efficiency) == answer
        with ThreadPoolExecutor(8) as threads:
            for answers in threads.map(lambda at: method.evaluate(x, working_point=at), [efficiency] * 8):
                np.testing.assert_array_equal(answers, seen)
    assert not method.evaluate(x).any()


@pytest.mark.parametrize("case", CUTS_CASES)
def test_files_are_written_as_tmva_writes_them(shared: Path, case: str) -> None:
    """From the weights on every byte is TMVA's, and so are the options that TMVA knows the values of."""
    text = text_of(golden_weights(shared, case))
    method = read_weight_file(golden_weights(shared, case))
    written = weight_text(method)
    expected, seen = (one.partition("  <Weights")[2] for one in (text, written))
    assert len(expected) > 10000
    assert seen == expected
    expected, seen = (
        [
            line
            for line in one.splitlines()
            if "<Option " in line and "SampleSize" not in line and '"Seed"' not in line
        ]
        for one in (text, written)
    )
    assert seen == expected
    assert weight_text(read_weight_file(written)) == written


@pytest.mark.parametrize("case", [case for case in TRAINED if case not in FROM_THE_CLOCK])
def test_trained_cuts_are_tmvas(shared: Path, case: str) -> None:
    golden, method, data = booked_as_golden(shared, case)
    trained = train_method(method, data)
    same_cuts(trained.model, golden.model)
    assert trained.option_values.given == {"V", "H", "FitMethod", "EffMethod"} | (
        {"VarProp"} if case == "real_cuts_mc" else set()
    ) | {"Release"}
    with np.load(shared / "golden" / case / "histograms.npz") as stored:
        curve = method.monitoring()["MVA_Cuts_effBvsSLocal"]
        np.testing.assert_array_equal(
            curve.values, stored["hist|Method_Cuts|Cuts|MVA_Cuts_effBvsSLocal"][1:-1]
        )


@pytest.mark.parametrize("case", ["real_cuts_mc", "real_cuts_mcevents"])
def test_training_without_numba(shared: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts_method, "make_backend", lambda *_, **__: NumpyBackend("float32"))
    golden, method, data = booked_as_golden(shared, case)
    same_cuts(train_method(method, data).model, golden.model)


def test_the_genetic_algorithm_is_tmvas(shared: Path) -> None:
    """Its last cycle begins with individuals from the clock; what comes before them is in TMVA's cuts.

    A bin keeps the first cuts with the least background, so that later ones can only be better. TMVA's cuts
    are those of the first cycle in most bins, bit by bit, and nowhere worse.
    """
    golden, method, data = booked_as_golden(shared, "real_cuts_ga")
    wanted = list(zip(method.option_values["CutRangeMin"], method.option_values["CutRangeMax"], strict=True))
    ranges = variable_ranges(data.training, data.info, wanted, "Cuts")
    search = CutSearch(data.training, 0, ranges, NumpyBackend("float32"))

    class LastCycleError(Exception):
        pass

    def first_cycle(parameters: np.ndarray) -> np.ndarray:
        if len(parameters) > 60 + 1:  # PopSize and the hint, and now the store
            raise LastCycleError
        return search(parameters)

    properties = ["NotEnforced", "FMax", "NotEnforced", "NotEnforced"]
    with pytest.raises(LastCycleError):
        method._fitter.run(first_cycle, parameter_ranges(ranges, properties, data.info))
    theirs = golden.model
    own = search.curve.background[1:-1]
    filled = own >= 0
    assert filled.sum() > 90
    assert (theirs.background[filled] <= own[filled]).all()
    same = filled & (theirs.background == own)
    assert same.sum() > 60
    low, high = search.curve.low[1:-1][same], search.curve.high[1:-1][same]
    equal = (low == theirs.low[same]).all(axis=1)
    np.testing.assert_array_equal(high[equal][:, [0, 2, 3]], theirs.high[same][equal][:, [0, 2, 3]])
    assert equal.mean() > 0.9


def same_cuts(ours: CutsModel, theirs: CutsModel) -> None:
    for name in ("background", "low", "high"):
        # Annealing takes the C library's exp and log, whose last bit may not be that of TMVA's machine: a cut
        # is its start and a step, each off by a rounding at most.
        is_same = ours.fit_method != "SA" or has_tmvas_functions()
        bound = 0.0 if is_same else 4 * np.finfo(float).eps
        np.testing.assert_allclose(
            getattr(ours, name), getattr(theirs, name), rtol=bound, atol=0, err_msg=name
        )
    assert ours.fit_method == theirs.fit_method


@pytest.mark.parametrize("case", TRAINED)
def test_printed_cuts(shared: Path, case: str) -> None:
    method = read_weight_file(golden_weights(shared, case))
    printed = (shared / "golden" / case / "printed.txt").read_text().splitlines()
    of_cuts = [line.partition(": ")[2] for line in printed if line.startswith("--- Cuts  ")]
    expected = of_cuts[
        of_cuts.index("-" * 42) : next(i for i, t in enumerate(of_cuts) if "End of training" in t)
    ]
    seen = [
        line
        for step in range(1, 10)
        for line in cut_lines(method.model, step / 10 + 1e-4, method.info, method.transformations)
    ]
    assert seen == expected


def test_ten_seeds_scatter_around_tmva(shared: Path) -> None:
    """TMVA's training with the genetic algorithm is one more draw from the distribution of ours."""
    golden, method, data = booked_as_golden(shared, "real_cuts_ga")

    def figures(model: CutsModel) -> list[float]:
        points = []
        for events in (data.testing, data.training):
            x = events.x.astype(np.float64)
            kept = [((x > a) & (x <= b)).all(axis=1) for a, b in zip(model.low, model.high, strict=True)]
            points.append(WorkingPoints.measured(kept, events.class_index == 0, events.weight))
        # Near the ends few events decide.
        return [WorkingPointEvaluation(*points).area, float(model.background[10:95].mean())]

    ours = []
    for seed in range(1, 11):
        method.search_values = method.search_values.updated({"Seed": seed})
        method.process_options(None)
        ours.append(figures(train_method(method, data).model))
    mean, scatter = np.mean(ours, axis=0), np.std(ours, axis=0, ddof=1)
    deviation = (mean - figures(golden.model)) / (scatter * np.sqrt(1 + 1 / len(ours)))
    assert (np.abs(deviation) < 2.5).all(), (mean, scatter, deviation)
    assert len({tuple(one) for one in ours}) == len(ours)


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("case", ["real_cuts_mc", "real_cuts_sa", "real_cuts_mcevents"])
def test_whole_jobs(shared: Path, case: str, tmp_path: Path) -> None:
    """From the ROOT file to the weight file: reading, splitting, weights, search, table."""
    said = said_of(shared, case)
    factory = TMVA.Factory("job", "!V:Silent:!Color:!DrawProgressBar:AnalysisType=Classification")
    loader = loader_of(shared, said, str(tmp_path / "dataset"))
    booked = factory.BookMethod(loader, TMVA.Types.kCuts, "Cuts", f"{said['options']}:Release=4.2")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    golden = read_weight_file(golden_weights(shared, case))
    same_cuts(read_weight_file(booked.weight_file).model, golden.model)
    points = booked.working_points()
    for name, value in said["figures"].items():
        kind, _, at = name.partition("_")
        if kind in ("eff", "trainEff"):
            find = points.signal_efficiency_at if kind == "eff" else points.training_signal_efficiency_at
            assert find(float(at)) == pytest.approx(value, abs=1e-12), name
