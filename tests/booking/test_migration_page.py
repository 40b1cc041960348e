"""The blocks of the page on migration run, and answer what the way before them does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from click.testing import CliRunner

import tmva_py as TMVA
from tmva_py.cli import main
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.pyroot import uninstall
from tmva_py.pyroot.running import run_script

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(project: Path) -> list[tuple[str, str, str]]:
    """Return heading of the section, language and text of each block."""
    page = (project / "docs" / "migration.md").read_text(encoding="utf-8")
    found = []
    for section in page.split("\n## ")[1:]:
        heading = section.partition("\n")[0]
        found += [(heading, language, text) for language, text in _BLOCK.findall(section)]
    return found


def is_before(text: str) -> bool:
    """Return whether a block in Python is what people have."""
    return text.startswith("import ROOT") or "tree.GetEntry(" in text or "Sequential()" in text


def test_blocks_after_run(
    project: Path, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tmva_class_example.root").symlink_to(shared / "data" / "tmva_class_example.root")
    golden = shared / "golden" / "bdt_adaboost_higgs"
    (tmp_path / "old.weights.xml").symlink_to(golden / "weights.xml")
    random = np.random.default_rng(1)
    y = np.arange(400) % 2
    stored = np.load(golden / "events.npz")
    names: dict[str, Any] = {
        "x": random.normal(size=(400, 3)) + y[:, None],
        "y": y,
        "events": stored["X"],
    }
    sections = blocks(project)
    ran = 0
    for heading, language, text in sections:
        if language == "python" and not is_before(text):
            exec(compile(text, f"docs/migration.md, {heading}", "exec"), names)
            ran += 1
    assert ran == 6
    # The old file answers what TMVA did, to the digits of single precision.
    np.testing.assert_allclose(names["response"], stored["response"].ravel(), atol=1e-5)
    with uproot.open("TMVA.root") as file:
        assert file["dataset/TestTree"].num_entries > 5000
        tree = file["dataset/TestTree"].arrays(library="np")
    method = "dataset/weights/TMVAClassification_BDT.weights.xml"
    columns = np.column_stack([tree["myvar1"], tree["var3"]])
    np.testing.assert_allclose(TMVA.evaluate(method, columns), tree["BDT"], atol=1e-6)
    assert names["same"] == [float(np.float32(names["one"]))]
    assert len(names["many"]) == 6000
    signal, background = (
        TMVA.evaluate("dataset/weights/macro_Fisher.weights.xml", f"tmva_class_example.root:Tree{one}")
        for one in "SB"
    )
    # Of half of the events, so that the areas differ by some 1 / sqrt(3000) at most.
    assert names["area"] == pytest.approx((signal[:, None] > background[None]).mean(), abs=0.02)
    assert names["booked"].GetMethodTypeName() == "DL"


LOOP_NEEDS = """
from array import array
import ROOT
from ROOT import TMVA
tree = ROOT.TFile.Open("tmva_class_example.root").Get("TreeS")
histogram = ROOT.TH1D("responses", "responses", 50, -1, 1)
"""


def test_blocks_before_run_as_they_are(
    project: Path,
    shared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The booking script and the application loop, without ROOT."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tmva_class_example.root").symlink_to(shared / "data" / "tmva_class_example.root")
    before = {
        heading: text
        for heading, language, text in blocks(project)
        if language == "python" and is_before(text)
    }
    assert list(before) == ["Booking scripts", "Application loops", "PyKeras"]
    (tmp_path / "book.py").write_text(before["Booking scripts"])
    loop = LOOP_NEEDS + before["Application loops"]
    (tmp_path / "apply.py").write_text(
        f"{loop}\nprint('seen', histogram.GetEntries(), repr(histogram.GetMean()))\n"
    )
    try:
        assert run_script("book.py", root=False) == 0
        assert run_script("apply.py", root=False) == 0
    finally:
        uninstall()
    seen = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("seen"))
    responses = TMVA.evaluate(
        "dataset/weights/TMVAClassification_BDT.weights.xml", "tmva_class_example.root:TreeS"
    )
    assert float(seen.split()[1]) == len(responses) == 6000
    assert float(seen.split()[2]) == pytest.approx(float(np.mean(responses)), abs=1e-9)


def test_commands_run(project: Path, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of the page's blocks for a shell, with a file and a tree of that name."""
    monkeypatch.chdir(tmp_path)
    golden = shared / "golden" / "bdt_adaboost_higgs"
    (tmp_path / "old.weights.xml").symlink_to(golden / "weights.xml")
    stored = np.load(golden / "events.npz")
    names = [one.expression for one in read_weight_file(golden / "weights.xml").info.variables]
    with uproot.recreate("data.root") as file:
        file["events"] = {name: stored["X"][:, place] for place, name in enumerate(names)}
    lines = [
        shlex.split(line)
        for _, language, text in blocks(project)
        if language == "bash"
        for line in text.splitlines()
    ]
    assert [line[:2] for line in lines] == [["tmva-py", "inspect"], ["tmva-py", "evaluate"]]
    for line in lines:
        done = CliRunner().invoke(main, line[1:])
        assert done.exit_code == 0, done.output
    with uproot.open("responses.root") as file:
        tree = next(one for one in file.values() if hasattr(one, "num_entries"))
        column = next(iter(tree.arrays(library="np").values()))
    np.testing.assert_allclose(column, stored["response"].ravel(), atol=1e-5)


def test_every_block_is_of_a_language_that_is_compiled(project: Path) -> None:
    found = blocks(project)
    for heading, language, text in found:
        assert language in ("python", "cpp", "bash"), heading
        if language == "python":
            compile(text, heading, "exec")
    assert [heading for heading, _, _ in found if heading] != []
    assert {heading for heading, _, _ in found} == {
        *("Weight files", "Booking scripts", "C++ macros", "Application loops", "PyKeras")
    }
