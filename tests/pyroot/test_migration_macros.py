"""What the page on migration has in C++ before runs as it is, in a macro around it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from documents import blocks_of

import tmva_py as TMVA

pytestmark = pytest.mark.root

VARIABLES = ("myvar1 := var1+var2", "var2", "var3", "var4")
POINT = (0.5, -0.25, 0.75, 1.25)


def before(project: Path, heading: str) -> str:
    """Return the only block in C++ of a section."""
    found = blocks_of(project / "docs" / "migration.md", "cpp")
    (text,) = (one.text for one in found if one.heading == heading)
    return text


def seen(done: Any) -> float:
    assert done.returncode == 0, done.stderr
    return float(re.findall(r"^seen (\S+)$", done.stdout, re.MULTILINE)[0])


def train(loader: Any, title: str, kind: str, options: str) -> Any:
    factory = TMVA.Factory("TMVAClassification", "!V:Silent:AnalysisType=Classification")
    factory.BookMethod(loader, kind, title, options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    return factory


@pytest.fixture
def folder(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tmva_class_example.root").symlink_to(shared / "data" / "tmva_class_example.root")
    return tmp_path


def loader_of(variables: tuple[str, ...]) -> Any:
    loader = TMVA.DataLoader("dataset")
    for one in variables:
        loader.AddVariable(one, "F")
    loader.AddSignalTree("tmva_class_example.root:TreeS")
    loader.AddBackgroundTree("tmva_class_example.root:TreeB")
    return loader


def test_a_reader(folder: Path, project: Path, run_with_root: Any) -> None:
    loader = loader_of(VARIABLES)
    loader.PrepareTrainingAndTestTree("", "nTrain_Signal=500:nTrain_Background=500:SplitMode=Block:!V")
    train(loader, "BDT", "BDT", "NTrees=20:MaxDepth=3")
    weights = Path("dataset/weights/TMVAClassification_BDT.weights.xml")
    (folder / "TMVAClassification_BDT.weights.xml").symlink_to(folder / weights)
    lines = "".join(f'reader->AddVariable("{one}", &{one});\n' for one in VARIABLES[1:])
    text, count = re.subn(r"// … one line for each variable.*\n", lines, before(project, "Weight files"))
    assert count == 1
    values = "".join(f"var{number} = {one};\n" for number, one in enumerate(POINT, start=1))
    macro = f'{text}{values}std::cout << "seen " << reader->EvaluateMVA("BDT method") << std::endl;'
    # var1 is the buffer of the first expression, as in TMVA's own application.
    expected = TMVA.evaluate(str(weights), [list(POINT)])
    assert seen(run_with_root(f"void macro() {{\n{macro}\n}}\n", "macro.C")) == pytest.approx(
        float(expected[0]), rel=1e-5
    )


def test_a_booking(folder: Path, project: Path, run_with_root: Any) -> None:
    data = """auto data = TFile::Open("tmva_class_example.root");
auto signalTree = (TTree *)data->Get("TreeS"), backgroundTree = (TTree *)data->Get("TreeB");
auto factory = new TMVA::Factory("macro", "!V:Silent:AnalysisType=Classification");
"""
    text = data + before(project, "C++ macros") + 'std::cout << "seen " << area << std::endl;'
    area = seen(run_with_root(f"void macro() {{\n{text}\n}}\n", "macro.C"))
    loader = loader_of(("var1", "var4"))
    assert (folder / "dataset/weights/macro_Fisher.weights.xml").exists()
    expected = train(loader, "Fisher", "Fisher", "!H:!V").GetROCIntegral(loader, "Fisher")
    assert area == pytest.approx(expected, rel=1e-5)
