"""Pictures of an output file show what is in it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from matplotlib.patches import StepPatch
from small_jobs import class_columns, make_job, regression_columns

import tmva_py as TMVA
from tmva_py.booking import pictures
from tmva_py.booking.pictures import figures as drawn
from tmva_py.booking.pictures.output_plots import OutputPlots
from tmva_py.errors import BookingError, DataError


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    factory = TMVA.Factory("job", "out.root", "Silent:AnalysisType=Classification:Transformations=I;N")
    loader = TMVA.DataLoader("dataset")
    for number in range(7):
        loader.AddVariable(f"x{number}")
    for name, shift, seed in (("Signal", 0.5, 1), ("Background", -0.5, 2)):
        loader.AddTree(class_columns(400, shift, n_variables=7, seed=seed), name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:SplitSeed=3:NormMode=None:!V")
    factory.BookMethod(loader, "Fisher", "Fisher", "CreateMVAPdfs")
    factory.BookMethod(loader, "BDT", "BDT", "NTrees=10:MinNodeSize=5%")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return tmp_path / "out.root"


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The figures by the name that they are saved under."""
    seen: dict[str, Any] = {}
    save = OutputPlots.save

    def note(self: Any, name: str, figure: Any) -> None:
        seen[name] = figure
        save(self, name, figure)

    monkeypatch.setattr(OutputPlots, "save", note)
    return seen


def steps(axes: Any) -> list[Any]:
    return [one.get_data() for one in axes.patches if isinstance(one, StepPatch)]


@pytest.mark.parametrize(
    ("kind", "prefix", "titles", "middle"),
    [
        (0, "mva", ["BDT", "Fisher"], ""),
        (1, "proba", ["Fisher"], "Proba_"),
        (2, "rarity", ["Fisher"], "Rarity_"),
        (3, "overtrain", ["BDT", "Fisher"], ""),
    ],
)
def test_responses(
    output: Path, figures: dict[str, Any], kind: int, prefix: str, titles: list[str], middle: str
) -> None:
    found = TMVA.mvas("dataset", output, kind)
    assert sorted(found) == [Path(f"dataset/plots/{prefix}_{title}.png") for title in titles]
    assert all(one.stat().st_size > 1000 for one in found)
    with uproot.open(output) as file:
        for title, folder in (("BDT", "Method_BDT"), ("Fisher", "Method_Fisher")):
            if title not in titles:
                continue
            (axes,) = figures[f"{prefix}_{title}"].axes
            drawn = steps(axes)
            for place, letter in ((0, "S"), (2, "B")):
                stored = file[f"dataset/{folder}/{title}/MVA_{title}_{middle}{letter}"]
                np.testing.assert_array_equal(drawn[place].values, stored.values())
                np.testing.assert_array_equal(drawn[place].edges, stored.axis().edges())
            if kind == 3:
                stored = file[f"dataset/{folder}/{title}/MVA_{title}_Train_S"]
                line = axes.containers[0].lines[0]
                np.testing.assert_array_equal(line.get_ydata(), stored.values())


@pytest.mark.parametrize(("kind", "name"), [(1, "effBvsS"), (2, "rejBvsS"), (3, "invBeffvsSeff")])
def test_curves(output: Path, figures: dict[str, Any], kind: int, name: str) -> None:
    assert TMVA.efficiencies("dataset", str(output), kind) == [Path(f"dataset/plots/{name}.png")]
    (axes,) = figures[name].axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert lines.keys() == {"BDT", "Fisher"}
    with uproot.open(output) as file:
        for title, line in lines.items():
            stored = file[f"dataset/Method_{title}/{title}/MVA_{title}_{name}"]
            np.testing.assert_array_equal(line.get_ydata(), stored.values())
            np.testing.assert_allclose(line.get_xdata(), (np.arange(100) + 0.5) / 100)


@pytest.mark.parametrize(("folder", "short"), [("InputVariables_Id", "id"), ("InputVariables_Norm", "norm")])
def test_variables(output: Path, figures: dict[str, Any], folder: str, short: str) -> None:
    found = TMVA.variables("dataset", output, folder)
    assert found == [Path(f"dataset/plots/variables_{short}_c{number}.png") for number in (1, 2)]
    shown = [axes for name in sorted(figures) for axes in figures[name].axes if axes.get_visible()]
    assert [axes.get_xlabel() for axes in shown] == [f"x{number}" for number in range(7)]
    with uproot.open(output) as file:
        for number, axes in enumerate(shown):
            assert [one.get_text() for one in axes.get_legend().get_texts()] == ["Signal", "Background"]
            for drawn, name in zip(steps(axes), ("Signal", "Background"), strict=True):
                stored = file[f"dataset/{folder}/x{number}__{name}{folder.removeprefix('InputVariables')}"]
                expected = stored.values() / (stored.values() * np.diff(stored.axis().edges())).sum()
                np.testing.assert_allclose(drawn.values, expected, rtol=1e-12)


def test_matrices(output: Path, figures: dict[str, Any]) -> None:
    names = ["CorrelationMatrixB", "CorrelationMatrixS"]
    assert sorted(TMVA.correlations("dataset", output)) == [
        Path(f"dataset/plots/{name}.png") for name in names
    ]
    with uproot.open(output) as file:
        for name in names:
            (axes,) = figures[name].axes
            stored = file[f"dataset/{name}"]
            np.testing.assert_array_equal(axes.get_images()[0].get_array(), stored.values().T)
            assert [one.get_text() for one in axes.get_xticklabels()] == [f"x{number}" for number in range(7)]


def test_formats(output: Path) -> None:
    TMVA.gConfig().GetVariablePlotting().fPlotFormat = 2
    try:
        assert TMVA.efficiencies("dataset", output) == [Path("dataset/plots/rejBvsS.pdf")]
    finally:
        TMVA.gConfig().GetVariablePlotting().fPlotFormat = 0


def test_what_is_not_there(output: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read the output file 'none\.root'"):
        TMVA.mvas("dataset", "none.root")
    with pytest.raises(DataError, match="has no folder 'datasett'; did you mean 'dataset'"):
        TMVA.mvas("datasett", output)
    with pytest.raises(DataError, match="has no folder 'dataset/InputVariables_PCA'"):
        TMVA.variables("dataset", output, "InputVariables_PCA")
    with pytest.raises(BookingError, match="expected 0 to 3"):
        TMVA.mvas("dataset", output, 4)
    with pytest.raises(BookingError, match="expected 1, 2 or 3"):
        TMVA.efficiencies("dataset", output, 0)
    with uproot.recreate(tmp_path / "empty.root") as file:
        file.mkdir("dataset")
    with pytest.raises(DataError, match="holds no responses of two-class methods for data set 'dataset'"):
        TMVA.mvas("dataset", tmp_path / "empty.root")


def test_the_probability_of_kolmogorov_and_smirnov() -> None:
    random = np.random.default_rng(1)
    edges = np.linspace(-4, 4, 801)

    def histogram(values: Any, weight: float = 1.0) -> tuple[Any, Any, Any]:
        counts = np.histogram(values, edges)[0]
        return counts * weight, edges, np.sqrt(counts) * weight

    from scipy import stats

    first = random.normal(size=400)
    for shift in (0.0, 0.1, 0.3):
        second = random.normal(shift, size=600)
        expected = stats.ks_2samp(first, second, method="asymp").pvalue
        for weight in (1.0, 0.01):
            found = drawn.kolmogorov_probability(histogram(first), histogram(second, weight))
            # SciPy corrects the number of events, and bins hide some of the distance.
            assert found == pytest.approx(expected, rel=0.25, abs=0.02)
    assert drawn.kolmogorov_probability(histogram(first), histogram(first)) == 1
    assert drawn.kolmogorov_probability(histogram([]), histogram(first)) == 0


def test_what_a_cut_keeps(output: Path, figures: dict[str, Any]) -> None:
    found = TMVA.mvaeffs("dataset", output, formula="S/sqrt(S+2*B)", nSignal=100, nBackground=400)
    assert sorted(found) == [Path(f"dataset/plots/mvaeffs_{title}.png") for title in ("BDT", "Fisher")]
    with uproot.open(output) as file:
        stored = file["dataset/Method_Fisher/Fisher"]
        signal, background = (stored[f"MVA_Fisher_eff{letter}"].values() for letter in "SB")
    axes, beside = figures["mvaeffs_Fisher"].axes
    lines = {line.get_label(): line.get_ydata() for line in axes.get_lines()}
    np.testing.assert_array_equal(lines["Signal efficiency"], signal)
    np.testing.assert_array_equal(lines["Background efficiency"], background)
    s, b = 100 * signal, 400 * background
    kept = s + b > 0
    np.testing.assert_allclose(lines["Signal purity"][kept], s[kept] / (s + b)[kept], rtol=1e-12)
    drawn_significance = beside.get_lines()[0].get_ydata()
    np.testing.assert_allclose(drawn_significance[kept], s[kept] / np.sqrt(s + 2 * b)[kept], rtol=1e-12)
    assert (drawn_significance[~kept] == 0).all()
    assert f"is {drawn_significance.max():.4g} at a cut of" in axes.get_title()


def mesh(axes: Any) -> Any:
    (found,) = axes.collections
    return np.ma.filled(found.get_array(), 0).reshape(found.get_coordinates().shape[0] - 1, -1)


def test_pairs_of_variables(output: Path, figures: dict[str, Any]) -> None:
    found = TMVA.correlationscatters("dataset", output, "x3")
    names = [f"correlationscatter_x3_{name}_c1" for name in ("Background", "Signal")]
    assert sorted(found) == [Path(f"dataset/plots/{name}.png") for name in names]
    with uproot.open(output) as file:
        folder = file["dataset/InputVariables_Id/CorrelationPlots"]
        stored = [
            folder[key]
            for key in folder.keys(cycle=False)
            if "scat_" in key and "x3" in key and "Signal" in key
        ]
        shown = [axes for axes in figures[names[1]].axes if axes.get_visible()]
        assert len(shown) == len(stored) == 6
        for axes, histogram in zip(shown, stored, strict=True):
            np.testing.assert_array_equal(mesh(axes), histogram.values().T)
    with pytest.raises(DataError, match="holds no pairs with the variable 'x'"):
        TMVA.correlationscatters("dataset", output, "x")


def test_regressions_and_trainings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figures: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    job = make_job(Path(), "Regression", trees=regression_columns(200), output="out.root")
    job.run("Layout=TANH|4,LINEAR")
    found = TMVA.deviations("dataset", "out.root")
    assert found == [
        Path(f"dataset/plots/deviation_DL_target_{sample}_c1.png") for sample in ("test", "train")
    ]
    assert len(TMVA.deviations("dataset", "out.root", 0, False)) == 2
    assert TMVA.training_history("dataset", "out.root") == [Path("dataset/plots/TrainingHistory.png")]
    with uproot.open("out.root") as file:
        folder = file["dataset/Method_DL/DL"]
        (axes,) = [one for one in figures["deviation_DL_target_test_c1"].axes if one.get_visible()]
        np.testing.assert_array_equal(mesh(axes), folder["MVA_DLtest_reg_tgt0_rtgt0"].values().T)
        shown = [one for one in figures["deviation_DL_variable_train_c1"].axes if one.get_visible()]
        assert len(shown) == 3
        (axes,) = figures["TrainingHistory"].axes
        lines = {line.get_label(): line.get_ydata() for line in axes.get_lines()}
        for name in ("DL_trainingError", "DL_valError"):
            np.testing.assert_array_equal(lines[name], folder[f"TrainingHistory_{name}"].values())


@pytest.mark.parametrize("name", pictures.__all__)
def test_the_documentation_of_a_macro_has_each_parameter(name: str) -> None:
    macro = getattr(TMVA, name)
    before, _, after = (macro.__doc__ or "").partition("\nParameters\n----------\n")
    listed, _, outcome = after.partition("\n\nReturns\n-------\n")
    assert before.count("\n") == 1
    heads = [line.partition(" : ")[0] for line in listed.splitlines() if not line.startswith(" ")]
    named = [name for head in heads for name in head.split(", ")]
    assert sorted(named) == sorted(inspect.signature(macro).parameters)
    assert all(error in outcome for error in ("DataError", "MissingExtraError"))
