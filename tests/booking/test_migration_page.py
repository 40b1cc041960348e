"""The blocks of the page on migration run, and answer what the way before them does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import tmva_py as TMVA

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(project: Path) -> list[tuple[str, str, str]]:
    """Return heading of the section, language and text of each block."""
    page = (project / "docs" / "migration.md").read_text(encoding="utf-8")
    found = []
    for section in page.split("\n## ")[1:]:
        heading = section.partition("\n")[0]
        found += [(heading, language, text) for language, text in _BLOCK.findall(section)]
    return found


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
        before = text.startswith("import ROOT") or "tree.GetEntry(" in text or "Sequential()" in text
        if language == "python" and not before:
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
