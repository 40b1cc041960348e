"""Public notebooks of TMVA, from the ROOT file to the printed table: every digit is the published one."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from programs import load_program

# Signal efficiencies of the test and (in parentheses) of the training sample at three of the background.
EFFICIENCIES = {
    "iml-wg TMVA_DataLoader, 3 variables": "0.066 (0.095)       0.400 (0.451)      0.802 (0.838)",
    "iml-wg TMVA_DataLoader, 6 variables": "0.297 (0.345)       0.731 (0.793)      0.939 (0.942)",
    "iml-wg TMVA_RMVA": "0.263 (.....)       0.642 (.....)      0.900 (.....)",  # not published
    "lmoneta TMVA_Higgs_Classification": "0.078 (0.098)       0.383 (0.424)      0.668 (0.689)",
}
# Of the last notebook.
RANKING = {
    "m_bb": "1.907e-01",
    "m_wwbb": "1.723e-01",
    "m_jjj": "1.530e-01",
    "m_jlv": "1.512e-01",
    "m_wbb": "1.511e-01",
    "m_jj": "1.113e-01",
    "m_lv": "7.05",
}


@pytest.fixture(scope="module")
def example(project: Path) -> ModuleType:
    return load_program(project / "examples" / "bdt_booking.py")


@pytest.mark.parametrize("number", range(4))
def test_published_figures(
    shared: Path,
    example: ModuleType,
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    booking = example.BOOKINGS[number]
    monkeypatch.setattr(example, "BOOKINGS", (booking,))
    example.main(shared / "data")
    printed = capsys.readouterr().out
    assert f"dataset       BDT            : {booking.roc_integral:.3f}" in printed
    pattern = EFFICIENCIES[booking.notebook].replace("(", r"\(").replace(")", r"\)")
    assert re.search(pattern, printed)
    assert printed.endswith(
        f"{booking.notebook:38} {booking.roc_integral:10.3f} {booking.roc_integral:11.3f}\n"
    )
    if "Higgs" in booking.notebook:
        for rank, (name, importance) in enumerate(RANKING.items(), 1):
            assert f": {rank:4} : {name:10}: {importance}" in printed
