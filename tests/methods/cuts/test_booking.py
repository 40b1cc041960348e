"""Bookings of cuts: every way to search, one-sided cuts, ranges, whole numbers, mistakes, files and lines."""

from __future__ import annotations

import re
from array import array
from pathlib import Path

import numpy as np
import pytest

import tmva_py as TMVA
from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import BookingError, OptionError, TMVAWarning, TrainingError
from tmva_py.evaluation import WorkingPoints
from tmva_py.message_log import MessageLog
from tmva_py.methods import Inputs
from tmva_py.methods.cuts.method import MethodCuts
from tmva_py.methods.cuts.model import CutsModel
from tmva_py.methods.cuts.search import CutSearch, parameter_ranges, variable_ranges
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.options import parse_option_string

SEARCHES = (
    "FitMethod=GA:PopSize=60:Steps=10:Cycles=2",
    "FitMethod=SA:MaxCalls=3000",
    "FitMethod=MC:SampleSize=3000",
    "FitMethod=MCEvents:SampleSize=3000",
    "FitMethod=EventScan",
    "FitMethod=MINUIT:MaxCalls=300",
)


def data(
    n: int = 300, types: str = "FF", seed: int = 1, signal_first: bool = True, negative: bool = False
) -> DataSet:
    """Signal above background in the first variable and below in the second."""
    info = DataSetInfo(
        "dataset",
        [VariableInfo.parse(f"v{number}", type=kind) for number, kind in enumerate(types)],
        classes=["Signal", "Background"] if signal_first else ["Background", "Signal"],
    )

    def events(seed: int) -> Events:
        random = np.random.default_rng(seed)
        signal = random.integers(0, 2, n).astype(bool)
        x = random.normal(size=(n, len(types)))
        x[signal] += [1.5, -1.5]
        for number, kind in enumerate(types):
            if kind == "I":
                x[:, number] = np.round(2 * x[:, number])
        weight = random.uniform(0.5, 1.5, n)
        if negative:
            weight[::9] = -0.5
        index = np.where(signal, info.signal_class_index, 1 - info.signal_class_index)
        none = np.zeros((n, 0), np.float32)
        return Events(x.astype(np.float32), none, none, weight, weight, index.astype(np.int32))

    return DataSet(info, events(seed), events(seed + 1))


def booked(options: str, of: DataSet | None = None, log: MessageLog | None = None) -> MethodCuts:
    info = (data() if of is None else of).info
    return MethodCuts("Cuts", info, "Classification", options, log=log or MessageLog("Cuts", silent=True))


def points(model: CutsModel, events: Events, signal_class: int) -> WorkingPoints:
    x = events.x.astype(np.float64)
    kept = [((x > low) & (x <= high)).all(axis=1) for low, high in zip(model.low, model.high, strict=True)]
    return WorkingPoints.measured(kept, events.class_index == signal_class, events.weight.astype(np.float32))


@pytest.mark.parametrize("types", ["FF", "FI"])
@pytest.mark.parametrize("search", SEARCHES)
def test_every_search(search: str, types: str) -> None:
    """Each bin's cuts have the efficiencies that it stands for, and keep less background than signal."""
    sample = data(types=types)
    method = booked(search, sample)
    trained = train_method(method, sample)
    model = trained.model
    assert isinstance(model, CutsModel)
    filled = np.flatnonzero(model.background >= 0)
    # Minuit follows slopes, and counts of events have none: it hardly leaves its start.
    assert len(filled) > (1 if "MINUIT" in search else 60)
    found = points(model, sample.training, 0)
    np.testing.assert_array_equal(found.background[filled], model.background[filled])
    np.testing.assert_array_equal(np.floor(found.signal[filled] * 100 + 1e-9), filled)
    if "MINUIT" not in search:
        middle = (found.signal > 0.3) & (found.signal < 0.8)
        assert (found.signal - found.background)[middle].mean() > 0.25
    text = weight_text(trained)
    again = read_weight_file(text)
    assert weight_text(again) == text
    for name in ("low", "high", "background"):
        np.testing.assert_array_equal(getattr(again.model, name), getattr(model, name))
    assert again.model.fit_method == search.partition("=")[2].partition(":")[0]
    same = train_method(method, sample).model
    np.testing.assert_array_equal(same.low, model.low)


@pytest.mark.parametrize("properties", ["VarProp=FSmart", "VarProp[0]=FMax:VarProp[1]=FMin"])
@pytest.mark.parametrize("signal_first", [True, False])
def test_one_sided_cuts(properties: str, signal_first: bool) -> None:
    """The ends that do not cut are far away; also where the signal is not the first class, unlike in ROOT."""
    sample = data(signal_first=signal_first)
    model = train_method(booked(f"FitMethod=MC:SampleSize=4000:{properties}", sample), sample).model
    assert (model.high[:, 0] == 1e30).all()
    assert (model.low[:, 1] == -1e30).all()
    assert (np.abs(model.low[:, 0]) < 10).all()
    found = points(model, sample.testing, sample.info.signal_class_index)
    # Φ(1.5/√2) each; with cuts on both, half of the signal is kept beside 5 % of the background.
    assert found.background[np.argmin(np.abs(found.signal - 0.5))] < 0.12


def test_smart_cuts_need_a_fit() -> None:
    """As in ROOT: pairs of events cut from both sides."""
    sample = data()
    model = train_method(booked("FitMethod=MCEvents:SampleSize=500:VarProp=FSmart", sample), sample).model
    assert np.abs(model.high).max() < 10
    model = train_method(booked("FitMethod=MCEvents:SampleSize=500:VarProp=FMax", sample), sample).model
    assert (model.high == 1e30).all()


def test_ranges() -> None:
    sample = data()
    x = sample.training.x[:, 0].astype(np.float64)
    margin = 0.01 * (x.max() - x.min())

    def ends(low: float, high: float) -> tuple[float, float]:
        one = variable_ranges(sample.training, sample.info, [(low, high), (-1, -1)], "Cuts")[0]
        return one.minimum, one.maximum

    assert ends(-1, -1) == pytest.approx((x.min() - margin, x.max() + margin))
    assert ends(0, 1) == (0, 1)
    assert ends(-50, 1) == (pytest.approx(x.min() - margin), 1)
    assert ends(0, 50) == (0, pytest.approx(x.max() + margin))
    # Of two ends outside ROOT moves the lower one alone.
    assert ends(-50, 50) == (pytest.approx(x.min() - margin), 50)
    with pytest.raises(
        TrainingError, match=r"'v0' has values from .*, none in CutRangeMin\[0\]=-50 to CutRange"
    ):
        ends(-50, -40)


def test_whole_numbers_are_cut_between() -> None:
    sample = data(types="IF")
    ranges = variable_ranges(sample.training, sample.info, [(-1, -1)] * 2, "Cuts")
    first, width, *others = parameter_ranges(ranges, ["NotEnforced", "NotEnforced"], sample.info)
    assert first.n_points == width.n_points == int(ranges[0].maximum - ranges[0].minimum) + 1
    assert not any(one.n_points for one in others)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("FitMethod=MC:PopSize=9", "'PopSize=9', please check!"),
        ("FitMethod=GA:SampleSize=9", "'SampleSize=9', please check!"),
        ("FitMethod=Newton", "FitMethod does not have predefined value: 'Newton'"),
        ("VarProp=FBest", "VarProp does not have predefined value"),
        ("VarProp[2]=FMax", r"index 2 too large for option VarProp, allowed range is \[0,1\]"),
        ("CutRangeMin[1]=3:CutRangeMax[1]=2", r"CutRangeMin\[1\]=3 is above CutRangeMax\[1\]=2"),
        ("CutRangeMin[1]=3", r"CutRangeMin\[1\]=3 is above CutRangeMax\[1\]=-1"),
        ("FitMethod=SA:MinTemp=-1", "Cuts 'Cuts': option MinTemp=-1: expected more than 0"),
        ("IgnoreNegWeightsInTraining", "IgnoreNegWeightsInTraining is not available"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


def test_a_constant_variable() -> None:
    sample = data()
    sample.training.x[:, 1] = 2.5
    with pytest.raises(TrainingError, match=r"variable 'v1' is 2.5 in all training events; no cut on it"):
        train_method(booked("FitMethod=MC:SampleSize=10", sample), sample)


def test_efficiencies_by_densities() -> None:
    with pytest.warns(TMVAWarning, match="EffMethod=EffPDF counts events in ROOT, as EffSel does"):
        method = booked("FitMethod=MC:EffMethod=EffPDF")
    assert method.option_values["EffMethod"] == "EffPDF"


def test_negative_weights() -> None:
    """A sum below zero counts as none, as in ROOT."""
    sample = data(negative=True)
    model = train_method(booked("FitMethod=MC:SampleSize=2000", sample), sample).model
    assert (model.background[model.background != np.float32(-0.1)] >= 0).all()


def test_ctrl_c_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = data()
    calls = []

    def interrupted(self: CutSearch, parameters: np.ndarray) -> np.ndarray:
        calls.append(0)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(self, parameters)

    original = CutSearch.__call__
    monkeypatch.setattr(CutSearch, "__call__", interrupted)
    model = train_method(booked("FitMethod=GA:PopSize=60", sample), sample).model
    assert (model.background >= 0).sum() > 20
    calls[:] = [0, 0]
    with pytest.raises(KeyboardInterrupt):
        train_method(booked("FitMethod=GA:PopSize=60", sample), sample)


def test_lines(capsys: pytest.CaptureFixture[str]) -> None:
    sample = data(40)
    method = booked("FitMethod=MC:SampleSize=50:VarProp[1]=FMin", sample, MessageLog("Cuts"))
    train_method(method, sample)
    printed = capsys.readouterr().out
    for line in (
        'Use optimization method: "Monte Carlo"',
        'Use efficiency computation method: "Event Selection"',
        "Use \"FMin\" cuts for variable: 'v1'",
        "<MCFitter> Sampling, please be patient ...",
        "Cut values for requested signal efficiency: 0.5",
        "Transformation applied to input variables : None",
    ):
        assert f": {line}\n" in printed
    assert re.search(r"patient ...\n +: Elapsed time: \S+ sec +\n", printed)
    assert printed.count("Cut values for requested") == 9
    assert re.search(r": Cut\[ 1\]: +-1e\+30 < v1 <= +\S+\n", printed)
    assert re.search(r"<WARNING> +: no cuts were found for \d+ of 100 bins of signal efficiency", printed)
    assert f": {'-' * 38}\n" in printed
    booked("FitMethod=MINUIT", sample, MessageLog("Cuts"))
    assert "poor performance of MINUIT in MethodCuts; preferred fit method: GA" in capsys.readouterr().out


def test_transformed_variables_are_named_so(capsys: pytest.CaptureFixture[str]) -> None:
    sample = data(60)
    train_method(booked("FitMethod=MC:SampleSize=50:VarTransform=D", sample, MessageLog("Cuts")), sample)
    assert re.search(r'input variables : "Decorrelation"\n', printed := capsys.readouterr().out)
    assert "< v0 [transformed] <=" in printed
    train_method(booked("FitMethod=MC:SampleSize=50:VarTransform=D,P", sample, MessageLog("Cuts")), sample)
    assert "More than one (=2)  transformations applied" in capsys.readouterr().out


def test_a_job_and_a_reader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As in the tutorials: train, evaluate, find the cuts in the file and apply them."""
    random = np.random.default_rng(1)
    trees = {
        shift: {name: random.normal(shift, 1, 800).astype(np.float32) for name in ("a", "b")}
        for shift in (1, 0)
    }
    factory = TMVA.Factory(
        "job", str(tmp_path / "out.root"), "!V:!Color:!DrawProgressBar:AnalysisType=Classification"
    )
    loader = TMVA.DataLoader(str(tmp_path / "dataset"))
    loader.AddVariable("a", "F")
    loader.AddVariable("b", "F")
    loader.AddSignalTree(trees[1])
    loader.AddBackgroundTree(trees[0])
    loader.PrepareTrainingAndTestTree("", "nTrain_Signal=400:nTrain_Background=400:NormMode=NumEvents:!V")
    options = "!H:!V:FitMethod=GA:EffMethod=EffSel:Steps=10:Cycles=2:PopSize=80:SC_steps=10:SC_rate=5"
    booked = factory.BookMethod(loader, TMVA.Types.kCuts, "CutsGA", f"{options}:VarProp[0]=FMax")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    printed = capsys.readouterr().out
    assert "<GeneticFitter> Optimisation, please be patient" in printed
    assert "Testing efficiency compared to training efficiency" in printed
    # Φ(1) is the area of the best response; cuts are a little below it.
    assert 0.74 < factory.GetROCIntegral(loader, "CutsGA") < 0.86

    reader = TMVA.Reader("!Color:Silent")
    buffers = {name: array("f", [0.0]) for name in ("a", "b")}
    for name, buffer in buffers.items():
        reader.AddVariable(name, buffer)
    reader.BookMVA("CutsGA method", str(booked.weight_file))
    cuts = reader.FindCutsMVA("CutsGA method")
    assert reader.FindMVA("CutsGA method") is cuts
    low: list[float] = [7.0]
    high = np.zeros(2)
    assert cuts.GetCuts(0.705, low, high) == pytest.approx(0.7)
    assert (cuts.GetCuts(0.705)[1:]) == (low, high.tolist())
    assert high[0] == 1e30
    other = array("d", [0.0, 0.0])
    cuts.GetCuts(0.705, other, low)
    np.testing.assert_array_equal(other, cuts.model.low[70])
    with pytest.raises(BookingError, match="cutMax must be a list, a std::vector or an array of 2 numbers"):
        cuts.GetCuts(0.7, low, 3)
    with pytest.raises(BookingError, match=r"cutMin must be .* got ndarray"):
        cuts.GetCuts(0.7, np.zeros(1), high)
    cuts.PrintCuts(0.705)
    assert "Cut values for requested signal efficiency: 0.7\n" in capsys.readouterr().out
    x = np.column_stack([trees[1]["a"], trees[1]["b"]])
    at_once = reader.EvaluateMVA(x, "CutsGA method", 0.5)
    for event in range(50):
        buffers["a"][0], buffers["b"][0] = x[event].tolist()
        assert reader.EvaluateMVA("CutsGA method", 0.5) == at_once[event]
        assert reader.EvaluateMVA("CutsGA method") == 0.0
        assert reader.EvaluateMVA(cuts, 0.5) == at_once[event]
    # The next bin's cuts answer, as in ROOT.
    np.testing.assert_array_equal(
        at_once, ((x > cuts.model.low[51]) & (x <= cuts.model.high[51])).all(axis=1)
    )


def test_cuts_compare_as_doubles() -> None:
    """Next to a cut, at it, beyond all numbers of single precision."""
    single = np.float32(0.1)
    near = np.nextafter(single, np.float32([-1, 1]))
    values = np.array([-np.inf, -3e38, near[0], single, near[1], 3e38, np.inf, np.nan], np.float32)
    beside = np.nextafter(float(single), 1)
    ends = np.array([-np.inf, -1e300, -1e30, *near, single, 0.1, beside, 1e39, np.inf])
    low, high = (one.reshape(-1, 1) for one in np.meshgrid(ends, ends))
    model = CutsModel(low, high, np.zeros(len(low)), "MC", old_axis=False)
    inputs = Inputs(values[:, None], TransformationChain((), DataSetInfo(variables=[VariableInfo("x")])))
    for point, chosen in enumerate(model.selections(inputs)):
        x = values.astype(np.float64)
        np.testing.assert_array_equal(chosen, (x > low[point]) & (x <= high[point]))


def test_a_scan_by_plain_loops() -> None:
    """Every two signal events, in order; a bin keeps the first cuts with the least background."""
    sample = data(60)
    model = train_method(booked("FitMethod=EventScan", sample), sample).model
    events = sample.training
    x, weight = events.x.astype(np.float64), events.weight.astype(np.float32)
    signal = events.class_index == 0

    def share(inside: np.ndarray, of: np.ndarray) -> np.float32:
        kept, whole = (np.float32(weight[one].sum(dtype=np.float64)) for one in (inside & of, of))
        return np.float32(kept / whole)

    best: dict[int, tuple[np.float32, np.ndarray, np.ndarray]] = {}
    for i, first in enumerate(x[signal]):
        for second in x[signal][i + 1 :]:
            low = np.minimum(first, second)
            high = low + (np.maximum(first, second) - low)
            inside = ((x > low) & (x <= high)).all(axis=1)
            number, background = int(np.floor(share(inside, signal) * 100.0)), share(inside, ~signal)
            if number < 100 and (number not in best or background < best[number][0]):
                best[number] = background, low, high
    assert len(best) > 20
    assert set(best) == set(np.flatnonzero(model.background >= 0).tolist())
    for number, (background, low, high) in best.items():
        assert model.background[number] == background
        np.testing.assert_array_equal(model.low[number], low)
        np.testing.assert_array_equal(model.high[number], high)


def test_summary() -> None:
    sample = data()
    model = train_method(booked("FitMethod=MC:SampleSize=3000", sample), sample).model
    found = model.summary()
    assert (found["fit_method"], found["n_bins"]) == ("MC", 100)
    assert found["bins_without_cuts"] == (model.background < 0).sum()


def test_help_and_options_of_the_search() -> None:
    method = booked("FitMethod=SA:MaxCalls=77")
    assert method.search_values["MaxCalls"] == 77
    assert "FSmart" in method.help_message()
    assert "MaxCalls" not in weight_text(train_method(booked("FitMethod=SA:MaxCalls=77"), data()))
    assert parse_option_string("", MethodCuts.options[:2], owner="")["FitMethod"] == "GA"
