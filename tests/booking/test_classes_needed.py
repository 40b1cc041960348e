"""Data sets that no method could learn from are refused when a method is booked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tmva_py as TMVA
from tmva_py.errors import BookingError

OPTIONS = "!V:Silent:!Color:!DrawProgressBar:AnalysisType="


def loader_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *classes: str) -> TMVA.DataLoader:
    monkeypatch.chdir(tmp_path)
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("x", "F")
    for name in classes:
        loader.AddTree({"x": np.arange(100.0)}, name)
    return loader


def test_one_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = loader_with(tmp_path, monkeypatch, "Signal")
    factory = TMVA.Factory("job", OPTIONS + "Classification")
    with pytest.raises(BookingError, match=r"needs two classes or more, .* has only 'Signal'; add trees"):
        factory.BookMethod(loader, TMVA.Types.kDL, "DL", "Layout=LINEAR")
    assert not list(tmp_path.rglob("*.xml"))


def test_regression_without_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = loader_with(tmp_path, monkeypatch, "Regression")
    factory = TMVA.Factory("job", OPTIONS + "Regression")
    with pytest.raises(BookingError, match=r"regression needs a target, .* call AddTarget"):
        factory.BookMethod(loader, TMVA.Types.kDL, "DL", "Layout=LINEAR")
