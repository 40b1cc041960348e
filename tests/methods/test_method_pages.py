"""Each method has a page: what it does, options, what differs from ROOT, time, and examples that run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documents import blocks_of

import tmva_py as TMVA
from tmva_py.plugins import Registry

PAGES = {
    "BDT": "forests",
    "Boost": "boost",
    "CFMlpANN": "cfmlpann",
    "Category": "category",
    "Cuts": "cuts",
    "DT": "dt",
    "FDA": "fda",
    "Fisher": "fisher",
    "HMatrix": "fisher",
    "KNN": "knn",
    "LD": "fisher",
    "Likelihood": "likelihood",
    "MLP": "mlp",
    "PDEFoam": "pdefoam",
    "PDERS": "pders",
    "PyAdaBoost": "python-methods",
    "PyGTB": "python-methods",
    "PyKeras": "python-methods",
    "PyRandomForest": "python-methods",
    "PyTorch": "python-methods",
    "RuleFit": "rulefit",
    "SVM": "svm",
    "TMlpANN": "tmlpann",
}
# Networks have pages of other kinds; folds, and each variable as a method, are not booked by hand.
ELSEWHERE = {"CrossValidation", "DL", "DNN", "Variable"}
# They need Keras and PyTorch, see tests/methods/python; the rest of their page runs here.
OF_OTHERS = ("keras.", "torch.")
BOOKED = re.compile(r'BookMethod\(\s*loader, TMVA\.Types\.k\w+, "(\w+)"')


def events(shift: float, seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {
        name: random.normal(shift, 1, 600).astype(np.float32)
        for name in ("var1", "var2", "var3", "var4", "eta")
    }


def test_every_method_has_a_page() -> None:
    assert {*PAGES, *ELSEWHERE} == set(Registry(load_entry_points=False).names("method"))


@pytest.mark.parametrize("page", sorted(set(PAGES.values())))
def test_what_a_page_has(project: Path, page: str) -> None:
    text = (project / "docs" / f"{page}.md").read_text()
    for name, where in PAGES.items():
        if where == page:
            assert f"Types.k{name}" in text or f"`k{name}`" in text, name
    # A Category has no options of its own.
    assert "](options.md#" in text or page == "category"
    assert re.search(r"^## (Beside TMVA|Different from ROOT)$|differences.md#forests", text, re.MULTILINE)
    assert "](performance.md" in text or "\n## Speed\n" in text
    assert f"({page}.md)" in (project / "docs" / "index.md").read_text()


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("page", sorted(set(PAGES.values()) - {"forests"}))
def test_examples_run(project: Path, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a factory and a loader as on the page on booking; what is booked is trained and tells classes."""
    monkeypatch.chdir(tmp_path)
    if page == "python-methods":
        pytest.importorskip("sklearn")
    factory = TMVA.Factory("job", None, "!V:Silent:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset")
    reader = TMVA.Reader("!Color:Silent")
    signal, background = events(0.5, 1), events(-0.5, 2)
    for name in ("var1", "var2", "var3", "var4"):
        loader.AddVariable(name)
        reader.AddVariable(name, np.zeros(1, np.float32))
    loader.AddSpectator("eta")
    reader.AddSpectator("eta", np.zeros(1, np.float32))
    loader.AddSignalTree(signal)
    loader.AddBackgroundTree(background)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    x = np.stack([signal[f"var{number}"] for number in range(1, 5)], axis=1)
    names: dict[str, Any] = {
        "TMVA": TMVA,
        "factory": factory,
        "loader": loader,
        "reader": reader,
        "events": x,
    }
    blocks = [
        one
        for one in blocks_of(project / "docs" / f"{page}.md", "python")
        if not any(package in one.text for package in OF_OTHERS)
    ]
    assert blocks
    for number, block in enumerate(blocks):
        exec(compile(block.text, f"{page}.md, block {number + 1}", "exec"), names)
        if number == 0 and names["factory"] is factory:
            factory.TrainAllMethods()
            factory.TestAllMethods()
            titles = BOOKED.findall(block.text)
            assert len(titles) == block.text.count("factory.BookMethod(")
            for title in titles:
                assert factory.GetROCIntegral(loader, title) > 0.55, title
