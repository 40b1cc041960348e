"""OptimizeAllMethods: the best of a known scan, beside a loop over bookings that knows nothing of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from small_jobs import Job, make_job

from tmva_py.booking.booked_method import BookedMethod
from tmva_py.errors import BookingError, OptionError, TMVAWarning, UnknownNameError
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.knn.method import MethodKNN
from tmva_py.methods.tuning import TuningRange
from tmva_py.methods.weight_file import read_weight_file

SVM = "Gamma=0.3:VarTransform=Norm:Tune=Gamma[0.01;2;3],C[0.1;2.1;3]"
GAMMAS, COSTS = (0.01, 1.005, 2.0), (0.1, 1.1, 2.1)
BDT_RANGES = {
    "NTrees": TuningRange(2, 12, 2),
    "MaxDepth": TuningRange(2, 3, 2),
    "MinNodeSize": TuningRange(1, 9, 2, is_logarithmic=True),
    "AdaBoostBeta": TuningRange(0.2, 1.0, 2),
}


def job_in(folder: Path, options: str = "!V:Silent:!DrawProgressBar", **other: Any) -> Job:
    folder.mkdir(exist_ok=True)
    job = make_job(folder, n_events=80, options=options, **other)
    job.loader.SetSignalWeightExpression("w")
    job.loader.SetBackgroundWeightExpression("w*w")
    return job


def book(job: Job, method: str, options: str, title: str = "M") -> BookedMethod:
    booked: BookedMethod = job.factory.BookMethod(job.loader, method, title, options)
    return booked


def by_class(booked: BookedMethod) -> tuple[npt.NDArray[Any], ...]:
    """Return the test responses and weights of signal and of background."""
    events, response = booked.data_set.testing, booked.trained.evaluate(booked.data_set.testing.x)
    signal = events.class_index == 0
    return response[signal], events.weight[signal], response[~signal], events.weight[~signal]


def roc_integral(booked: BookedMethod) -> float:
    """Return the weights of pairs in which the signal's response is above, or in the same of 100,000 bins."""
    s, ws, b, wb = by_class(booked)
    s, b = (np.floor((one + 1.5) / 3 * 100_000) for one in (s, b))
    pairs = ws[:, None].astype(float) * wb
    return float(pairs[s[:, None] >= b].sum() / pairs.sum())


def rejection(booked: BookedMethod) -> float:
    """Return the background below the lowest edge of 100,000 bins with less than half of the signal above."""
    s, ws, b, wb = by_class(booked)
    edges = np.linspace(-1.5, 1.5, 100_001)
    above = np.array([ws[s >= edge].sum() for edge in edges[50_000:]])
    edge = edges[50_000:][np.argmax(above < 0.5 * ws.sum())]
    return float(wb[b < edge].sum() / wb.sum())


def alone(folder: Path, method: str, options: str) -> BookedMethod:
    job = job_in(folder)
    booked = book(job, method, options)
    job.factory.TrainAllMethods()
    return booked


@pytest.mark.parametrize(
    ("figure", "merit"), [("ROCIntegral", roc_integral), ("BkgRejAtSigEff05", rejection)]
)
def test_a_scan_finds_what_a_loop_over_bookings_finds(tmp_path: Path, figure: str, merit: Any) -> None:
    merits = {
        (gamma, cost): merit(
            alone(tmp_path / f"{gamma}_{cost}", "SVM", f"Gamma={gamma}:C={cost}:VarTransform=Norm")
        )
        for cost, gamma in itertools.product(COSTS, GAMMAS)
    }
    assert len({round(one, 12) for one in merits.values()}) > 2
    job = job_in(tmp_path / "tuned")
    booked = book(job, "SVM", SVM)
    tuned = job.factory.OptimizeAllMethods(figure, "Scan")
    best = max(merits.values())
    assert list(tuned) == ["C", "Gamma"]
    assert (
        merits[min(merits, key=lambda one: abs(one[0] - tuned["Gamma"]) + abs(one[1] - tuned["C"]))] == best
    )
    job.factory.TrainAllMethods()
    assert merit(booked) == best
    values = read_weight_file(booked.weight_file).option_values
    assert (values["Gamma"], values["C"]) == pytest.approx((tuned["Gamma"], tuned["C"]), rel=1e-6)
    assert "Gamma=" in booked.GetOptions()
    assert "Gamma=0.3" not in booked.GetOptions()


@pytest.mark.parametrize("fit", ["FitGA", "Minuit"])
def test_fits_repeat_and_are_as_good_as_what_was_booked(tmp_path: Path, fit: str) -> None:
    found = []
    for run in range(2):
        job = job_in(tmp_path / str(run))
        booked = book(job, "SVM", SVM)
        found.append(job.factory.OptimizeAllMethodsForClassification(fitType=fit))
        job.factory.TrainAllMethods()
        assert roc_integral(booked) >= roc_integral(
            alone(tmp_path / f"middle{run}", "SVM", "Gamma=1.005:C=1.1:VarTransform=Norm")
        )
    assert found[0] == found[1]
    assert 0.01 <= found[0]["Gamma"] <= 2
    assert 0.1 <= found[0]["C"] <= 2.1


def test_a_genetic_fit_finds_the_best_of_a_small_grid(tmp_path: Path) -> None:
    job = job_in(tmp_path / "scan")
    book(job, "SVM", SVM)
    by_scan = job.factory.OptimizeAllMethods("SigEffAtBkgEff0.1", "Scan")
    job = job_in(tmp_path / "genetic")
    book(job, "SVM", SVM)
    by_fit = job.factory.OptimizeAllMethods("SigEffAtBkgEff01", "FitGA")
    merits = []
    for number, one in enumerate((by_scan, by_fit)):
        options = f"Gamma={one['Gamma']!r}:C={one['C']!r}:VarTransform=Norm"
        s, ws, b, wb = by_class(alone(tmp_path / str(number), "SVM", options))
        edges = np.linspace(-1.5, 1.5, 100_001)[50_000:]
        above = np.array([wb[b >= edge].sum() for edge in edges])
        edge = edges[np.argmax(above < 0.1 * wb.sum())]
        merits.append(ws[s >= edge].sum() / ws.sum())
    assert merits[0] == merits[1]


def test_a_forest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MethodBDT, "tuning_parameters", lambda _: BDT_RANGES)
    job = job_in(tmp_path / "tuned")
    booked = book(job, "BDT", "NTrees=3:MaxDepth=4:nEventsMin=20:BoostType=AdaBoost")
    tuned = job.factory.OptimizeAllMethods("ROCIntegral", "Scan")
    merits: dict[tuple[float, ...], float] = {}
    for trees, size, depth, beta in itertools.product((2, 12), (1.0, 9.0), (2, 3), (0.2, 1.0)):
        options = f"NTrees={trees}:MaxDepth={depth}:MinNodeSize={size}%:AdaBoostBeta={beta}"
        one = alone(tmp_path / f"{trees}_{size}_{depth}_{beta}", "BDT", options)
        merits[beta, depth, size, trees] = roc_integral(one)
    assert list(tuned) == ["AdaBoostBeta", "MaxDepth", "MinNodeSize", "NTrees"]
    best = max(merits.values())
    assert merits[tuple(round(value, 9) for value in tuned.values())] == best
    # The first of equally good ones in TMVA's order: the first parameter changes fastest.
    assert tuple(round(value, 9) for value in tuned.values()) == next(
        place for place, merit in merits.items() if merit == best
    )
    job.factory.TrainAllMethods()
    assert roc_integral(booked) == best
    values = read_weight_file(booked.weight_file).option_values
    assert values["NTrees"] == tuned["NTrees"]
    assert values["MaxDepth"] == tuned["MaxDepth"]
    assert float(values["MinNodeSize"].rstrip("%")) == pytest.approx(tuned["MinNodeSize"])
    assert values["nEventsMin"] == 0


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("BoostType=AdaBoost", {"NTrees", "MaxDepth", "MinNodeSize", "AdaBoostBeta"}),
        ("BoostType=Grad", {"NTrees", "MaxDepth", "MinNodeSize", "Shrinkage"}),
        ("BoostType=Bagging:UseRandomisedTrees", {"NTrees", "MaxDepth", "MinNodeSize", "UseNvars"}),
        ("BoostType=Bagging", {"NTrees", "MaxDepth", "MinNodeSize"}),
    ],
)
def test_the_ranges_of_forests(tmp_path: Path, options: str, names: set[str]) -> None:
    booked = book(job_in(tmp_path), "BDT", options)
    ranges = booked.method.tuning_parameters()
    assert set(ranges) == names
    assert ranges["NTrees"].values() == [10, 257.5, 505, 752.5, 1000]
    sizes = ranges["MinNodeSize"].values()
    assert len(sizes) == 30
    assert np.allclose(np.diff(np.log(sizes)), np.log(30) / 29)
    if "UseNvars" in names:
        assert (ranges["UseNvars"].minimum, ranges["UseNvars"].maximum) == (1, 3)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", {"C": (0.01, 1, 100), "Gamma": (0.01, 1, 100)}),
        ("Tune=Gamma", {"Gamma": (0.01, 1, 100)}),
        ("Tune=Gamma[0.5]", {"Gamma": (0.5, 1, 100)}),
        ("Tune=C[0.5;3]", {"C": (0.5, 3, 100)}),
        ("Kernel=Polynomial", {"C": (0.01, 1, 100), "Theta": (0.01, 1, 100), "Order": (1, 10, 10)}),
        ("Kernel=Polynomial:Tune=Order[1;3;3]", {"Order": (1, 3, 3)}),
        (
            "Kernel=MultiGauss:Tune=GammaList[0.1;1;4]",
            {"Gamma_x0": (0.1, 1, 4), "Gamma_x1": (0.1, 1, 4), "Gamma_x2": (0.1, 1, 4)},
        ),
        (
            "Kernel=Sum:KernelList=RBF+Polynomial:Tune=C",
            {"C": (0.01, 1, 100), "Gamma": (0.01, 1, 100), "Theta": (0, 1, 101), "Order": (1, 10, 10)},
        ),
    ],
)
def test_the_ranges_of_support_vector_machines(
    tmp_path: Path, options: str, expected: Mapping[str, tuple[float, float, int]]
) -> None:
    ranges = book(job_in(tmp_path), "SVM", options).method.tuning_parameters()
    assert {name: (one.minimum, one.maximum, one.n_points) for name, one in ranges.items()} == expected


def test_gammas_of_variables_are_a_list(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    booked = book(job, "SVM", "Kernel=MultiGauss:MaxIter=5:VarTransform=N:Tune=GammaList[0.1;1;2]")
    tuned = job.factory.OptimizeAllMethods("Separation", "Scan")
    assert list(tuned) == ["Gamma_x0", "Gamma_x1", "Gamma_x2"]
    assert booked.method.option_values["GammaList"] == ",".join(repr(one) for one in tuned.values())


@pytest.mark.parametrize(
    ("tune", "message"),
    [
        ("Gama[0.1;1;3]", r"'Gama' is no parameter of Kernel=RBF.*'Gamma'"),
        ("Theta", r"'Theta' is no parameter of Kernel=RBF"),
        ("Gamma[a;1;3]", r"expected Gamma\[minimum;maximum;number of values\]"),
        ("Gamma[0.1;1;3;4]", r"expected Gamma\[minimum"),
        ("Gamma[0.1;1;1]", "Gamma: a parameter is tuned among 2 values or more, not 1"),
        ("Gamma[2;1;3]", "Gamma: a range from 2 to 1"),
    ],
)
def test_mistakes_in_tune(tmp_path: Path, tune: str, message: str) -> None:
    job = job_in(tmp_path)
    book(job, "SVM", f"Tune={tune}")
    with pytest.raises(OptionError, match=message):
        job.factory.OptimizeAllMethods()


def test_wrong_names(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    book(job, "SVM", SVM)
    with pytest.raises(UnknownNameError, match=r"'ROCIntegal'; did you mean 'ROCIntegral'(.|\n)*SigEffAtBkg"):
        job.factory.OptimizeAllMethods("ROCIntegal")
    with pytest.raises(UnknownNameError, match=r"no fit 'Scann'; did you mean 'Scan'(.|\n)*FitGA, Minuit"):
        job.factory.OptimizeAllMethods("ROCIntegral", "Scann")


def test_methods_that_are_not_tuned_stay(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    booked = book(job, "Fisher", "!V")
    method = booked.method
    with pytest.warns(TMVAWarning, match="not yet implemented for method M: Fisher is trained as booked"):
        assert job.factory.OptimizeAllMethods() == {}
    assert booked.method is method


def test_other_analyses_are_refused(tmp_path: Path) -> None:
    job = make_job(tmp_path, "Regression", n_events=60)
    job.factory.BookMethod(job.loader, "BDT", "M", "NTrees=2")
    with pytest.raises(BookingError, match="classifications with two classes; this is a regression"):
        job.factory.OptimizeAllMethodsForRegression()


def test_a_trained_method_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = job_in(tmp_path, "!V:!Silent:!Color:!DrawProgressBar")
    book(job, "SVM", SVM)
    job.factory.TrainAllMethods()
    assert job.factory.OptimizeAllMethods() == {}
    assert "Method M is trained already and stays as it is" in capsys.readouterr().out


def test_the_lines_are_tmvas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = job_in(tmp_path, "!V:!Silent:!Color:!DrawProgressBar")
    book(job, "SVM", "MaxIter=5:VarTransform=Norm:Tune=Gamma[0.25;1;2]")
    _ = job.loader.GetDefaultDataSetInfo().GetDataSet().GetNTrainingEvents()
    capsys.readouterr()
    tuned = job.factory.OptimizeAllMethods("ROCIntegral", "Scan")
    text = re.sub(r"(FOM was found : |best is )0\.\d+", r"\g<1>#", capsys.readouterr().out)
    lines = [line[25:] if line.startswith(" " * 25) else line for line in text.splitlines()]
    warned = [line.removeprefix("<WARNING>".ljust(25)) for line in lines]
    start = warned.index(": Optimize method: M for Classification")
    assert warned[start:] == [
        ": Optimize method: M for Classification",
        ": Using the RBF kernel.",
        ":  the following SVM parameters will be tuned on the respective *grid*",
        ": ",
        ": Gamma",
        ": | 0.25 || 1 |",
        ": Automatic optimisation of tuning parameters in M uses:",
        ": Gamma in range from: 0.25 to: 1 in : 2 steps",
        ":  using the options: ROCIntegral and Scan",
        ": --------------------------",
        ": Settings being evaluated:",
        ":   Gamma = 0.25",
        ": Gamma = 0.25",
        ": FOM was found : #; current best is -1e+06",
        ": --------------------------",
        ": Settings being evaluated:",
        ":   Gamma = 1",
        ": Gamma = 1",
        ": FOM was found : #; current best is #",
        f": Gamma = {tuned['Gamma']:g}",
        ": For M the optimized Parameters are: ",
        f": Gamma = {tuned['Gamma']:g}",
        ": Optimization of tuning parameters finished for Method:M",
    ]


def test_the_output_file_shows_the_figures(tmp_path: Path) -> None:
    uproot = pytest.importorskip("uproot")
    job = job_in(tmp_path, output=str(tmp_path / "out.root"))
    book(job, "SVM", SVM)
    job.factory.OptimizeAllMethods("ROCIntegral", "Scan")
    job.factory.TrainAllMethods()
    with uproot.open(tmp_path / "out.root") as file:
        graph = file[f"{job.loader.GetName()}/Method_SVM/M/M_FOMvsIter"]
        x, y = graph.member("fX"), graph.member("fY")
    assert x.tolist() == list(range(9))
    assert ((y > 0.5) & (y < 1)).all()


def test_any_method_may_have_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MethodKNN, "tuning_parameters", lambda _: {"nkNN": TuningRange(2, 7.9, 2)})
    job = job_in(tmp_path)
    booked = book(job, "KNN", "nkNN=5:ScaleFrac=0")
    tuned = job.factory.OptimizeAllMethods("ROCIntegral", "Scan")
    merits = [roc_integral(alone(tmp_path / str(n), "KNN", f"nkNN={n}:ScaleFrac=0")) for n in (2, 7)]
    assert merits[0] != merits[1]
    assert tuned == {"nkNN": 2.0 if merits[0] > merits[1] else 7.9}
    assert booked.method.option_values["nkNN"] == int(tuned["nkNN"])


def test_one_method_alone(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    booked, other = (book(job, "SVM", SVM, title) for title in ("M", "other"))
    found = booked.OptimizeTuningParameters("ROCIntegral", "Scan")
    assert booked.method.option_values["Gamma"] == found["Gamma"]
    assert other.GetOptions() == SVM
