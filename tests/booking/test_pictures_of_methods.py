"""Pictures of what single kinds of methods leave in an output file show what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from matplotlib.collections import LineCollection
from matplotlib.patches import StepPatch
from small_jobs import class_columns

import tmva_py as TMVA
from tmva_py.booking.pictures.output_plots import OutputPlots
from tmva_py.errors import BookingError, DataError


def booked(folder: Path, classes: dict[str, float], methods: list[tuple[str, str, str]]) -> Path:
    """Return the output file of methods of three variables."""
    analysis = "Classification" if len(classes) == 2 else "Multiclass"
    factory = TMVA.Factory("job", "out.root", f"Silent:AnalysisType={analysis}")
    loader = TMVA.DataLoader("dataset")
    for number in range(3):
        loader.AddVariable(f"x{number}")
    for seed, (name, shift) in enumerate(classes.items()):
        loader.AddTree(class_columns(200, shift, n_variables=3, seed=seed), name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:SplitSeed=3:NormMode=None:!V")
    for kind, title, options in methods:
        factory.BookMethod(loader, kind, title, options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return folder / "out.root"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two_classes")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return booked(
            folder,
            {"Signal": 0.5, "Background": -0.5},
            [
                ("MLP", "MLP", "NCycles=10:TestRate=5:HiddenLayers=4,2"),
                ("Likelihood", "Like", "NSmooth=1:CreateMVAPdfs"),
                ("BDT", "BDT", "NTrees=5:MinNodeSize=5%:DoBoostMonitor"),
                ("Fisher", "Boosted", "Boost_Num=4:Boost_DetailedMonitoring"),
            ],
        )


@pytest.fixture(scope="module")
def of_classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("three_classes")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        methods = [("BDT", title, "NTrees=5:MinNodeSize=5%:BoostType=Grad") for title in ("BDT", "Second")]
        return booked(folder, {"one": 0.5, "two": -0.5, "far_off": 2.0}, methods)


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The figures by the name that they are saved under."""
    monkeypatch.chdir(tmp_path)
    seen: dict[str, Any] = {}
    save = OutputPlots.save

    def note(self: Any, name: str, figure: Any) -> None:
        seen[name] = figure
        save(self, name, figure)

    monkeypatch.setattr(OutputPlots, "save", note)
    return seen


def steps(axes: Any) -> list[Any]:
    return [one.get_data() for one in axes.patches if isinstance(one, StepPatch)]


def test_a_network(output: Path, figures: dict[str, Any]) -> None:
    assert TMVA.draw_network("dataset", output) == [Path("dataset/plots/network_MLP.png")]
    (axes,) = figures["network_MLP"].axes
    drawn = [one for one in axes.collections if isinstance(one, LineCollection)]
    with uproot.open(output) as file:
        matrices = [file[f"dataset/Method_MLP/MLP/weights_hist{one}"].values() for one in ("01", "12", "23")]
    # Neurons of each layer and one for the bias, but in the output.
    assert [one.shape for one in matrices] == [(4, 5), (5, 3), (3, 1)]
    largest = max(np.abs(one).max() for one in matrices)
    for number, (one, matrix) in enumerate(zip(drawn, matrices, strict=True)):
        np.testing.assert_allclose(one.get_array(), matrix.ravel() / largest)
        # The second line goes from the first neuron to the second one, below the first.
        if matrix.shape[1] > 1:
            (start, first), (end, second) = one.get_segments()[1]
            assert (start, end) == (number, number + 1)
            assert first == 1 - 0.5 / len(matrix)
            assert second == pytest.approx(1 - 1.5 / matrix.shape[1])
    names = [one.get_text() for one in axes.texts]
    assert names == ["x0", "x1", "x2", "Bias node"]
    assert [one.get_text() for one in axes.get_xticklabels()] == [
        *("Layer 0", "Layer 1", "Layer 2", "Output layer")
    ]


def test_how_a_network_converged(output: Path, figures: dict[str, Any]) -> None:
    found = TMVA.annconvergencetest("dataset", output)
    assert found == [Path("dataset/plots/annconvergencetest_MLP.png")]
    (axes,) = figures["annconvergencetest_MLP"].axes
    with uproot.open(output) as file:
        for drawn, name in zip(steps(axes), ("Train", "Test"), strict=True):
            stored = file[f"dataset/Method_MLP/MLP/estimatorHist{name}"]
            np.testing.assert_array_equal(drawn.values, stored.values())
            np.testing.assert_array_equal(drawn.edges, stored.axis().edges())


def check_density(axes: Any, data: Any, density: Any) -> None:
    """Hold points to a histogram, and the line to a density of the same area."""
    line = axes.containers[0].lines[0]
    np.testing.assert_array_equal(line.get_ydata(), data.values())
    (drawn,) = steps(axes)
    area = (data.values() * np.diff(data.axis().edges())).sum()
    assert (drawn.values * np.diff(drawn.edges)).sum() == pytest.approx(area)
    stored = density.values().astype(float)
    np.testing.assert_allclose(drawn.values / drawn.values.max(), stored / stored.max())


def test_densities_of_variables(output: Path, figures: dict[str, Any]) -> None:
    names = [f"Like_refs_c{number}" for number in (1, 2, 3)]
    assert TMVA.likelihoodrefs("dataset", output) == [Path(f"dataset/plots/{one}.png") for one in names]
    with uproot.open(output) as file:
        folder = file["dataset/Method_Likelihood/Like"]
        for number, name in enumerate(names):
            for axes, mark in zip(figures[name].axes, ("sig", "bgd"), strict=True):
                start = f"dataset_Like_x{number}_{mark}"
                check_density(axes, folder[f"{start}_nice"], folder[f"{start}_smoothed_hist_from_spline2"])


def test_densities_of_responses(output: Path, figures: dict[str, Any]) -> None:
    assert TMVA.probas("dataset", output) == [Path("dataset/plots/mva_pdf_Like_c1.png")]
    (axes,) = figures["mva_pdf_Like_c1"].axes
    with uproot.open(output) as file:
        folder = file["dataset/Method_Likelihood/Like"]
        for line, letter in zip(axes.containers, "SB", strict=True):
            stored = folder[f"Likelihood_tr_{letter}"]
            np.testing.assert_array_equal(line.lines[0].get_ydata(), stored.values())
    assert len(steps(axes)) == 2


def test_how_forests_grew(output: Path, figures: dict[str, Any]) -> None:
    assert TMVA.BDTControlPlots("dataset", output) == [Path("dataset/plots/BDT_ControlPlots.png")]
    panels = {axes.get_title(): axes for axes in figures["BDT_ControlPlots"].axes if axes.get_visible()}
    assert list(panels) == [
        *("Boost weights", "Boost weights by tree", "Error fractions by tree", "Nodes before/after pruning"),
        "ROC integral by trees",
    ]
    with uproot.open(output) as file:
        folder = file["dataset/Method_BDT/BDT"]
        (drawn,) = steps(panels["Boost weights by tree"])
        np.testing.assert_array_equal(drawn.values, folder["BoostWeightVsTree"].values())
        assert len(steps(panels["Nodes before/after pruning"])) == 2
        (line,) = panels["ROC integral by trees"].get_lines()
        np.testing.assert_array_equal(line.get_xydata().T, folder["BoostMonitorGraph"].values())


def test_how_a_method_was_boosted(output: Path, figures: dict[str, Any]) -> None:
    found = TMVA.BoostControlPlots("dataset", output)
    assert found == [Path("dataset/plots/Boosted_ControlPlots.png")]
    shown = [axes for axes in figures["Boosted_ControlPlots"].axes if axes.get_visible()]
    assert [len(steps(axes)) for axes in shown] == [1, 1, 1, 1, 1, 2, 2]
    with uproot.open(output) as file:
        stored = file["dataset/Method_Boost/Boosted/ROCIntegralBoosted_train"].values()
    np.testing.assert_array_equal(steps(shown[-1])[1].values, stored)


@pytest.mark.parametrize(("kind", "prefix"), [(0, "mva"), (3, "overtrain")])
def test_responses_to_several_classes(
    of_classes: Path, figures: dict[str, Any], kind: int, prefix: str
) -> None:
    found = TMVA.mvasMulticlass("dataset", of_classes, kind)
    classes = ("one", "two", "far_off")
    assert sorted(found) == sorted(
        Path(f"dataset/plots/{prefix}_{name}_{title}.png") for name in classes for title in ("BDT", "Second")
    )
    (axes,) = figures[f"{prefix}_far_off_BDT"].axes
    with uproot.open(of_classes) as file:
        for place, name in enumerate(classes):
            for sample, drawn in (
                ("Test", steps(axes)[place].values),
                *([("Train", axes.containers[place].lines[0].get_ydata())] if kind == 3 else []),
            ):
                one = file[f"dataset/Method_BDT/BDT/MVA_BDT_{sample}_{name}_prob_for_far_off"]
                values = one.values().astype(float)
                expected = values / (values * np.diff(one.axis().edges())).sum()
                np.testing.assert_allclose(drawn, expected, rtol=1e-12)


def test_curves_of_several_classes(of_classes: Path, figures: dict[str, Any]) -> None:
    classes = ("one", "two", "far_off")
    assert sorted(TMVA.efficienciesMulticlass1vsRest("dataset", of_classes)) == sorted(
        Path(f"dataset/plots/roc_rejBvsS_1vsRest_{name}.png") for name in classes
    )
    TMVA.efficienciesMulticlass1vsRest("dataset", of_classes, 0)
    assert len(TMVA.efficienciesMulticlass1vs1("dataset", of_classes)) == 6
    with uproot.open(of_classes) as file:
        for title in ("BDT", "Second"):
            folder = file[f"dataset/Method_BDT/{title}"]
            for name, stored, is_kept in (
                ("roc_rejBvsS_1vsRest_one", "rejBvsS_one", False),
                ("roc_effBvsS_1vsRest_one", "rejBvsS_one", True),
                ("roc_1vs1_two_vs_far_off", "1v1rejBvsS_two_vs_far_off", False),
            ):
                (axes,) = figures[name].axes
                lines = {line.get_label(): line for line in axes.get_lines()}
                assert lines.keys() == {"BDT", "Second"}
                x, y = folder[f"MVA_{title}_Test_{stored}"].values()
                np.testing.assert_array_equal(lines[title].get_xdata(), x)
                np.testing.assert_allclose(lines[title].get_ydata(), 1 - y if is_kept else y)


def test_the_inputs_of_several_classes_have_two_names(of_classes: Path, figures: dict[str, Any]) -> None:
    assert TMVA.variablesMultiClass("dataset", of_classes) == TMVA.variables("dataset", of_classes)
    (first, *_) = figures["variables_id_c1"].axes
    assert [one.get_text() for one in first.get_legend().get_texts()] == ["one", "two", "far_off"]
    assert len(TMVA.correlationsMultiClass("dataset", of_classes)) == 3
    assert len(TMVA.correlationscattersMultiClass("dataset", of_classes, "x1")) == 3


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("draw_network", "no weights of MLP"),
        ("annconvergencetest", "no estimators of MLP"),
        ("likelihoodrefs", "no densities of Likelihood"),
        ("probas", "no densities of responses; book with CreateMVAPdfs"),
        ("BoostControlPlots", "no boosted methods"),
    ],
)
def test_what_is_not_there(of_classes: Path, figures: dict[str, Any], name: str, what: str) -> None:
    with pytest.raises(DataError, match=what):
        getattr(TMVA, name)("dataset", of_classes)
    assert figures == {}


def test_numbers_that_draw_nothing(output: Path, of_classes: Path) -> None:
    with pytest.raises(DataError, match="no responses of methods of several classes"):
        TMVA.mvasMulticlass("dataset", output)
    with pytest.raises(BookingError, match="expected 0 or 3"):
        TMVA.mvasMulticlass("dataset", of_classes, 1)
    with pytest.raises(BookingError, match="expected 0 or 1"):
        TMVA.efficienciesMulticlass1vsRest("dataset", of_classes, 2)
