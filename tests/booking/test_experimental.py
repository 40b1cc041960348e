"""``TMVA.Experimental``: RReader against the Reader, and what is found elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_jobs import class_columns, make_job, regression_columns

import tmva_py as TMVA
from tmva_py.errors import BookingError, ShapeError

X = np.random.default_rng(8).normal(size=(20, 3))


def weight_file(folder: Path, analysis: str, method: str, options: str = "") -> Path:
    trees: Any = {f"C{i}": class_columns(80, 0.5 * i, seed=i) for i in range(3)}
    if analysis == "Classification":
        trees = {"Signal": trees["C0"], "Background": trees["C2"]}
    if analysis == "Regression":
        trees = regression_columns(200)
    job = make_job(folder, analysis, trees=trees)
    booked = job.factory.BookMethod(job.loader, method, "M", options)
    job.factory.TrainAllMethods()
    file: Path = booked.weight_file
    return file


def reader_of(file: Path) -> TMVA.Reader:
    reader = TMVA.Reader("Silent")
    for name in ("x0", "x1", "x2"):
        reader.AddVariable(name, [0.0])
    reader.BookMVA("M", file)
    return reader


@pytest.mark.parametrize(
    ("analysis", "method", "options"),
    [
        ("Classification", "Fisher", ""),
        ("Regression", "LD", ""),
        ("Multiclass", "BDT", "NTrees=5:BoostType=Grad:MinNodeSize=5%"),
    ],
)
def test_the_reader_s_answers(tmp_path: Path, analysis: str, method: str, options: str) -> None:
    file = weight_file(tmp_path, analysis, method, options)
    model, reader = TMVA.Experimental.RReader(str(file)), reader_of(file)
    evaluate: Any = {
        "Classification": reader.EvaluateMVA,
        "Regression": reader.EvaluateRegression,
        "Multiclass": reader.EvaluateMulticlass,
    }[analysis]
    assert model.GetVariableNames() == model.GetVariables() == ["x0", "x1", "x2"]
    assert model.GetSpectatorNames() == []
    assert repr(model) == f"<RReader of {method}::M>"
    found = model.Compute(X)
    expected = evaluate(X, "M").astype(np.float32)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)
    for row, values in zip(X, expected, strict=True):
        assert model.Compute(row) == model.Compute(list(row)) == np.atleast_1d(values).tolist()
    frame = pd.DataFrame(X, columns=["x0", "x1", "x2"])
    np.testing.assert_array_equal(model.Compute(frame), expected)


def test_shapes(tmp_path: Path) -> None:
    model = TMVA.Experimental.RReader(weight_file(tmp_path, "Classification", "Fisher"))
    for x in ([1.0, 2.0], X[:, :2], X[None]):
        with pytest.raises(ShapeError, match=r"expected 3 values of one event or an array of shape \(N, 3\)"):
            model.Compute(x)


def test_titles_are_the_names(make_loader: Any, registry: Any, tmp_path: Path) -> None:
    loader = make_loader()
    factory = TMVA.Factory("job", "Silent:AnalysisType=Classification", registry=registry)
    file = factory.BookMethod(loader, "Fisher", "F").weight_file
    factory.TrainAllMethods()
    model = TMVA.Experimental.RReader.__new__(TMVA.Experimental.RReader)
    from tmva_py.methods.weight_file import read_weight_file

    model.method = read_weight_file(file, registry)
    assert model.GetVariableNames() == ["a", "The sum"]
    assert model.GetSpectatorNames() == ["b"]
    assert len(model.Compute([0.5, 0.2])) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("RBDT", "was taken out of ROOT with 6.42; TMVA.Reader and TMVA.Experimental.RReader read"),
        ("Compute", "for RDataFrame, which ROOT's wheel has: pip install root"),
        ("SaveXGBoost", "XGBoost's save_model keeps it"),
        ("RTensor", "an RTensor is a NumPy array here"),
    ],
)
def test_what_is_elsewhere(name: str, message: str) -> None:
    with pytest.raises(BookingError, match=f"Experimental.{name}: .*{message}"):
        getattr(TMVA.Experimental, name)


def test_unknown_names() -> None:
    with pytest.raises(AttributeError, match=r"no 'RReadr'; did you mean 'RReader'\?"):
        TMVA.Experimental.RReadr  # noqa: B018
