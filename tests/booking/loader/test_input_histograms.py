"""Histograms of variables, against NumPy's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.errors import UnknownNameError


@pytest.fixture
def loader(make_loader: Callable[..., DataLoader]) -> DataLoader:
    made = make_loader()
    made.log.silent = True
    return made


def events(loader: DataLoader) -> tuple[Any, Any, Any]:
    data = loader.data_set()
    parts = (data.training, data.testing)
    return tuple(
        np.concatenate([getattr(one, name) for one in parts]) for name in ("x", "weight", "class_index")
    )  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["total", "a+b"])
def test_weighted_values_of_a_class(loader: DataLoader, name: str) -> None:
    x, weight, index = events(loader)
    for number, class_name in enumerate(("Signal", "Background")):
        found = loader.GetInputVariableHist(class_name, name, 30)
        low, high = x[:, 1].min(), x[:, 1].max()
        chosen = index == number
        expected = np.histogram(x[chosen, 1], 30, (low, high), weights=weight[chosen])[0]
        np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-12)
        assert (found.GetName(), found.GetNbinsX()) == (f"total__{class_name}", 30)
        assert found.GetXaxis().GetTitle() == "The sum [GeV]"
        assert found.Integral() == pytest.approx(weight[chosen].sum(), rel=1e-12), "nothing lies outside"


def test_transformed_values(loader: DataLoader) -> None:
    for given in ("N", ["N"], ["I", "N"]):
        found = loader.GetInputVariableHist("Signal", "a", 10, given)
        training = loader.data_set().training.x[:, 0]
        x, weight, index = events(loader)
        scaled = 2 * (x[:, 0] - training.min()) / (training.max() - training.min()) - 1
        chosen = index == 0
        ends = (scaled.min(), scaled.max())
        expected, edges = np.histogram(scaled[chosen], 10, ends, weights=weight[chosen])
        # A value that is a few roundings of float32 from an edge may go to either side of it.
        near = np.abs(scaled[chosen][:, None] - edges).min(axis=1) < 8 * np.finfo(np.float32).eps
        assert np.abs(np.asarray(found) - expected).max() <= weight[chosen][near].sum() + 1e-9
        assert found.Integral() == pytest.approx(weight[chosen].sum(), rel=1e-12)


def test_a_picture_of_all_classes(loader: DataLoader, tmp_path: Path) -> None:
    canvas = loader.DrawInputVariable("total")
    assert [one.GetTitle() for one in canvas.parts()] == ["Signal", "Background"]
    assert canvas.parts()[0].GetNbinsX() == 100
    canvas.SaveAs(tmp_path / "total.png")
    assert (tmp_path / "total.png").stat().st_size > 1000


def test_what_is_not_there(loader: DataLoader) -> None:
    with pytest.raises(UnknownNameError, match="has no variable 'totl'; did you mean 'total'"):
        loader.DrawInputVariable("totl")
    with pytest.raises(UnknownNameError, match="no class 'Sgnal'; did you mean 'Signal'"):
        loader.GetInputVariableHist("Sgnal", "a")
