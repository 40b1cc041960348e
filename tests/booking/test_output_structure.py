"""What an output file holds for each analysis type: names, classes and order, from lists of TMVA's.

The lists are those of files that ROOT 6.24 and 6.33 wrote. A file of this kind was also opened in ROOT 6.40:
classes, entries, moments, contents and errors were those of histograms that ROOT filled from the same
events, and `TTree::Draw("LD.Signal")` gave the responses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
import uproot

from tmva_py.booking.config import gConfig
from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory import Factory
from tmva_py.plugins import Registry

CLASSES = {
    "Classification": ("Signal", "Background"),
    "Multiclass": ("Signal", "bg0", "bg1"),
    "Regression": ("Regression",),
}
TARGETS = {"Classification": (), "Multiclass": (), "Regression": ("t",)}


def columns(seed: int, n: int = 300) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(seed, 1, n).astype(np.float32), rng.normal(0, 2, n).astype(np.float32)
    noise = rng.normal(0, 0.1, n).astype(np.float32)
    return {
        **{"a": a, "b": b, "n": rng.integers(0, 5, n).astype(np.int32)},
        **{"w": rng.uniform(0.5, 1.5, n).astype(np.float32), "t": 2 * a + b + noise, "u": a * a},
    }


def make_loader(analysis: str, targets: Sequence[str] | None = None) -> DataLoader:
    loader = DataLoader("dataset")
    loader.AddVariable("a", "F")
    loader.AddVariable("sum := a+b", "The sum", "GeV", "F")
    loader.AddVariable("n", "I")
    loader.AddSpectator("b")
    for target in TARGETS[analysis] if targets is None else targets:
        loader.AddTarget(target)
    for index, name in enumerate(CLASSES[analysis]):
        if analysis == "Regression":
            loader.AddRegressionTree(columns(index), 1.0)
        else:
            loader.AddTree(columns(index), name, 1.0)
        loader.SetWeightExpression("w", name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:NormMode=NumEvents:!V")
    return loader


def run(registry: Registry, loader: DataLoader, analysis: str, options: str = "") -> Factory:
    factory = Factory(
        "job", "out.root", f"!V:AnalysisType={analysis}:!ModelPersistence{options}", registry=registry
    )
    factory.BookMethod(loader, "Fisher", "LD", "VarTransform=N")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory


def plots(classes: Sequence[str], targets: Sequence[str], ending: str) -> Iterator[tuple[str, str]]:
    """Histograms of variables and targets, then the scatter plots of pairs of variables."""
    for name, one in product(("a", "sum", "n"), classes):
        yield f"{name}__{one}{ending}", "TH1F"
    for name, one in product(targets, classes):
        yield f"{name}__{one}_target{ending}", "TH1F"
    yield "CorrelationPlots", "TDirectory"
    for pair, one in product(("sum_vs_a", "n_vs_a", "n_vs_sum"), classes):
        yield f"CorrelationPlots/scat_{pair}_{one}{ending}", "TH2F"
        yield f"CorrelationPlots/prof_{pair}_{one}{ending}", "TProfile"


def classification() -> Iterator[tuple[str, str]]:
    for name in ("S", "B", "S_high", "B_high", "effS", "effB", "effBvsS", "rejBvsS", "invBeffvsSeff"):
        yield f"MVA_LD_{name}", "TH1D"
    for name in ("Train_S", "Train_B", "trainingEffS", "trainingEffB", "trainingEffBvsS", "trainingRejBvsS"):
        yield f"MVA_LD_{name}", "TH1D"


def multiclass(sample: str) -> Iterator[tuple[str, str]]:
    classes = CLASSES["Multiclass"]
    for true_class, output in product(classes, classes):
        yield f"MVA_LD_{sample}_{output}_prob_for_{true_class}", "TH1F"
    for one in classes:
        yield f"MVA_LD_{sample}_rejBvsS_{one}", "TGraph"
    for signal, background in permutations(classes, 2):
        yield f"MVA_LD_{sample}_1v1rejBvsS_{signal}_vs_{background}", "TGraph"


def regression(sample: str) -> Iterator[tuple[str, str]]:
    for short in ("var0", "var1", "var2", "tgt0"):
        yield f"MVA_LD{sample}_reg_{short}_rtgt0", "TH2F"
    yield f"MVA_LD{sample}_Quadr_Deviation_target_0_", "TH1F"
    yield f"MVA_LD{sample}_Quadr_Dev_best90perc_target_0_", "TH1F"


def expected(analysis: str) -> dict[str, str]:
    classes, targets = CLASSES[analysis], TARGETS[analysis]
    method = dict(plots(classes, targets, ""))
    histograms: tuple[dict[str, str], dict[str, str]] = {
        "Classification": (dict(classification()), {}),
        "Multiclass": (dict(multiclass("Test")), dict(multiclass("Train"))),
        "Regression": (dict(regression("test")), dict(regression("train"))),
    }[analysis]
    matrices = {
        "Classification": ("CorrelationMatrixS", "CorrelationMatrixB"),
        "Multiclass": tuple(f"CorrelationMatrix{one}" for one in classes),
        "Regression": ("CorrelationMatrix",),
    }[analysis]
    in_method = {
        **{"TrainingPath": "TObjString", "WeightFileName": "TObjString"},
        "TrainingHistory_LD_trainingError": "TH1D",
        **histograms[0],
        **method,
        **histograms[1],
    }
    content = dict.fromkeys(matrices, "TH2F")
    for chain in ("Id", "Norm"):
        folder = f"InputVariables_{chain}"
        content[folder] = "TDirectory"
        content |= {f"{folder}/{name}": cls for name, cls in plots(classes, targets, f"_{chain}")}
    content |= {"Method_Fisher": "TDirectory", "Method_Fisher/LD": "TDirectory"}
    content |= {f"Method_Fisher/LD/{name}": cls for name, cls in in_method.items()}
    return {**content, "TestTree": "TTree", "TrainTree": "TTree"}


@pytest.mark.parametrize("analysis", CLASSES)
def test_names_classes_and_order(registry: Registry, analysis: str) -> None:
    run(registry, make_loader(analysis), analysis, ":Transformations=I;N")
    with uproot.open("out.root") as file:
        found = {name.split(";")[0]: cls for name, cls in file["dataset"].classnames().items()}
        wanted = expected(analysis)
        assert found == wanted
        # The order inside each folder; the folders of a folder come last in a listing by uproot.
        for folder in (name for name, cls in wanted.items() if cls == "TDirectory"):
            inside = [name for name in found if name.rpartition("/")[0] == folder]
            assert inside == [name for name in wanted if name.rpartition("/")[0] == folder], folder


@pytest.mark.parametrize(
    ("analysis", "targets", "leaves"),
    [
        ("Multiclass", None, ("Signal", "bg0", "bg1")),
        ("Regression", ("t",), ("t",)),
        ("Regression", ("t", "u"), ("t", "u")),
    ],
)
def test_several_outputs_are_the_leaves_of_one_branch(
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    analysis: str,
    targets: tuple[str, ...] | None,
    leaves: tuple[str, ...],
) -> None:
    monkeypatch.setattr(registry.find("method", "Fisher"), "can_handle", lambda *_: True)
    loader = make_loader(analysis, targets)
    factory = run(registry, loader, analysis)
    booked = factory.GetMethod(loader, "LD")
    assert booked is not None
    with uproot.open("out.root") as file:
        for name, response in (
            ("TestTree", booked.test_response),
            ("TrainTree", booked.training_response),
        ):
            assert response is not None
            tree = file[f"dataset/{name}"]
            branch = tree["LD"]
            variables = ["a", "sum", "n", *(targets or ()), "b"]
            assert tree.keys() == ["classID", "className", *variables, "weight", "LD"]
            assert [leaf.member("fName") for leaf in branch.member("fLeaves")] == list(leaves)
            assert [leaf.member("fOffset") for leaf in branch.member("fLeaves")] == [
                4 * i for i in range(len(leaves))
            ]
            assert branch.title == ":".join(f"{leaf}/F" for leaf in leaves)
            values = branch.array(library="np")
            if len(leaves) == 1:
                np.testing.assert_array_equal(values, response[:, 0])
            for index, leaf in enumerate(leaves if len(leaves) > 1 else ()):
                np.testing.assert_array_equal(values[leaf], response[:, index])
            # The other branches are as readable as before.
            assert len(tree["className"].array()) == len(tree["weight"].array()) == len(response)


def test_every_chain_gets_a_folder_of_its_own(registry: Registry) -> None:
    """The usual option of TMVA's examples."""
    run(registry, make_loader("Classification"), "Classification", ":Transformations=I;D;P;G,D;U;P")
    with uproot.open("out.root") as file:
        folders = [name.split(";")[0] for name in file["dataset"].keys(recursive=False)]
        names = ("Id", "Deco", "PCA", "Gauss_Deco", "Uniform", "PCA_0")
        assert [one for one in folders if one.startswith("Input")] == [
            f"InputVariables_{one}" for one in names
        ]
        # A second chain of one name has its own folder, but ROOT's names of histograms.
        again = file["dataset/InputVariables_PCA_0/a__Signal_PCA"]
        np.testing.assert_array_equal(
            again.values(), file["dataset/InputVariables_PCA/a__Signal_PCA"].values()
        )
        flat = file["dataset/InputVariables_Uniform/a__Signal_Uniform"]
        assert 0 <= flat.axis().low < flat.axis().high <= 1.03
        chained = file["dataset/InputVariables_Gauss_Deco/CorrelationPlots/prof_sum_vs_a_Signal_Gauss_Deco"]
        assert chained.member("fXaxis").member("fTitle") == "a (Gauss_Deco)"


def test_many_variables_have_no_scatter_plots(
    registry: Registry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gConfig().GetVariablePlotting(), "fMaxNumOfAllowedVariablesForScatterPlots", 2)
    run(registry, make_loader("Classification"), "Classification")
    out = capsys.readouterr().out
    assert "<PlotVariables> Will not produce scatter plots" in out
    assert "|  The number of 3 input variables and 0 target values would require 3 two-dimensional" in out
    with uproot.open("out.root") as file:
        names = [name.split(";")[0] for name in file.keys()]  # noqa: SIM118 - a ROOT file
    assert "dataset/InputVariables_Id/a__Signal_Id" in names
    assert not any("CorrelationPlots" in name for name in names)


def test_very_many_variables_are_not_shown_for_each_method(
    registry: Registry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gConfig().GetVariablePlotting(), "fMaxNumOfAllowedVariables", 3)
    run(registry, make_loader("Classification"), "Classification")
    assert "The number of variables is 3 , it is larger than 3" in capsys.readouterr().out
    with uproot.open("out.root") as file:
        assert "dataset/Method_Fisher/LD/a__Signal" not in file
        assert "dataset/InputVariables_Id/a__Signal_Id" in file
