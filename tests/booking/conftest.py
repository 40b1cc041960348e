"""A registry with one small method, and data loaders with Gaussian events."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import linear_method
import numpy as np
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.plugins import KINDS, Registry


@pytest.fixture
def registry() -> Registry:
    """A registry whose only method is ``Fisher``."""
    kinds = {**KINDS, "method": dataclasses.replace(KINDS["method"], builtins={})}
    return Registry([linear_method.plugin()], load_entry_points=False, kinds=kinds)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weight files go below the working directory."""
    monkeypatch.chdir(tmp_path)


def columns(n: int, shift: float, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "a": rng.normal(shift, 1, n).astype(np.float32),
        "b": rng.normal(-shift, 2, n).astype(np.float32),
        "w": rng.uniform(0.5, 1.5, n).astype(np.float32),
    }


@pytest.fixture
def make_loader() -> Callable[..., DataLoader]:
    """A function that returns a loader with two or more classes of Gaussian events."""

    def make(
        name: str = "dataset", n: int = 400, classes: tuple[str, ...] = ("Signal", "Background")
    ) -> DataLoader:
        loader = DataLoader(name)
        loader.AddVariable("a", "F")
        loader.AddVariable("total := a+b", "The sum", "GeV", "F")
        loader.AddSpectator("b")
        for index, one in enumerate(classes):
            loader.AddTree(columns(n, 1.0 - index, 10 + index), one, 1.0)
            loader.SetWeightExpression("w", one)
        loader.PrepareTrainingAndTestTree("", "SplitMode=Random:SplitSeed=100:NormMode=NumEvents:!V")
        return loader

    return make
