"""Public notebooks of TMVA, from the ROOT file to the printed table: every digit is the published one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import tmva_py as TMVA

TOY = ("tmva_class_example.root", "TreeS", "TreeB")
FOUR = ("var1", "var2", "var3", "var4")
OPTIONS = "!H:!V:NeuronType=tanh:VarTransform=N:NCycles=100:HiddenLayers=N+5:TestRate=5:!UseRegulator"


@dataclass(frozen=True)
class Notebook:
    """A published training, with what was printed of it.

    `efficiencies` are those of the test and (in parentheses) of the training sample at three of the
    background.
    """

    name: str
    file_and_trees: tuple[str, str, str]
    variables: tuple[str, ...]
    n_events: int
    library: str
    roc_integral: str
    efficiencies: str


NOTEBOOKS = (
    Notebook(
        "iml-wg TMVA_DataLoader, 3 variables", TOY, FOUR[:3], 1000, "random_shuffle", "0.831",
        "0.066 (0.067)       0.427 (0.433)      0.809 (0.833)",
    ),
    Notebook(
        "iml-wg TMVA_DataLoader, 6 variables", TOY, (*FOUR, "var1-var3", "var1+var2"), 1000, "random_shuffle",
        "0.934", "0.355 (0.385)       0.790 (0.808)      0.957 (0.961)",
    ),
    Notebook(
        "lmoneta TMVA_Higgs_Classification", ("Higgs_data_tmva_tutorial.root", "sig_tree", "bkg_tree"),
        ("m_jj", "m_jjj", "m_lv", "m_jlv", "m_bb", "m_wbb", "m_wwbb"), 7000, "libstdc++-10", "0.713",
        "0.040 (0.049)       0.359 (0.377)      0.629 (0.643)",
    ),
)  # fmt: skip


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda one: one.name)
def test_published_figures(
    shared: Path,
    notebook: Notebook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    factory = TMVA.Factory("job", None, "!V:!Silent:!Color:!DrawProgressBar:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset")
    for variable in notebook.variables:
        loader.AddVariable(variable, "F")
    file, signal, background = notebook.file_and_trees
    loader.AddSignalTree(f"{shared / 'data' / file}:{signal}", 1.0)
    loader.AddBackgroundTree(f"{shared / 'data' / file}:{background}", 1.0)
    loader.PrepareTrainingAndTestTree(
        "",
        f"nTrain_Signal={notebook.n_events}:nTrain_Background={notebook.n_events}:SplitMode=Random"
        f":NormMode=NumEvents:!V:SplitLibrary={notebook.library}",
    )
    factory.BookMethod(loader, TMVA.Types.kMLP, "MLP", OPTIONS)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    printed = capsys.readouterr().out
    assert f"dataset       MLP            : {notebook.roc_integral}" in printed
    assert notebook.efficiencies in printed
