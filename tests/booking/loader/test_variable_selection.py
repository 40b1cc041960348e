"""Variables that are chosen by their variance, against NumPy's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.errors import BookingError


@pytest.fixture
def loader(make_loader: Callable[..., DataLoader]) -> DataLoader:
    made = make_loader()
    made.log.silent = True
    return made


def test_variables_that_vary_more(loader: DataLoader) -> None:
    loader.AddCut("b<3")
    training = loader.data_set().training
    mean = np.average(training.x.astype(float), axis=0, weights=training.weight)
    variance = np.average((training.x - mean) ** 2, axis=0, weights=training.weight)
    assert variance[0] < variance[1]
    between = float(variance.mean())
    found = loader.VarTransform(f"VT({between})")
    assert found.GetName() == "vt_transformed_dataset"
    assert found.GetDataSetInfo().GetListOfVariables() == ["total"]
    data = found.data_set()
    np.testing.assert_array_equal(data.training.x[:, 0], training.x[:, 1])
    np.testing.assert_array_equal(data.training.weight, training.weight)
    np.testing.assert_array_equal(data.training.spectators, training.spectators)
    assert loader.GetDataSetInfo().GetNVariables() == 2
    for place, name in enumerate(("a", "total")):
        below, above = (loader.VarTransform(f"VT({variance[place] * factor})") for factor in (0.999, 0.5))
        assert name in below.GetDataSetInfo().GetListOfVariables()
        assert name in above.GetDataSetInfo().GetListOfVariables()


@pytest.mark.parametrize("text", ["VT", " VT ", "VT()", "VT(0)"])
def test_a_threshold_of_zero(loader: DataLoader, text: str) -> None:
    assert loader.VarTransform(text).GetDataSetInfo().GetNVariables() == 2


def test_lines(loader: DataLoader, capsys: pytest.CaptureFixture[str]) -> None:
    loader.data_set()
    loader.log.silent = False
    loader.VarTransform("VT(0.5)")
    out = capsys.readouterr().out
    assert "VarTransformHandler" in out or ": Number of variables before transformation: 2" in out
    assert ": Selecting variables whose variance is above threshold value = 0.5" in out
    assert ": Number of variables after transformation: 2" in out


@pytest.mark.parametrize("text", ["AE(3)", "VT(many)", "VT 3", ""])
def test_other_texts(loader: DataLoader, text: str) -> None:
    with pytest.raises(BookingError, match=r"expected 'VT' or 'VT\(1\.5\)'"):
        loader.VarTransform(text)


def test_no_variable_is_left(loader: DataLoader) -> None:
    with pytest.raises(BookingError, match="no variable has a variance above 1000; the largest is"):
        loader.VarTransform("VT(1000)")
