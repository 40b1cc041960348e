"""Fisher, LD and HMatrix: other solutions of the same problems, mistakes, damaged files."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from golden import trained_as_golden
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.data import DataSet, Events
from tmva_py.errors import DataError, OptionError, TMVAWarning, TrainingError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods import Method, TrainedMethod
from tmva_py.methods.linear.fisher import MethodFisher
from tmva_py.methods.linear.hmatrix import MethodHMatrix
from tmva_py.methods.linear.ld import MethodLD
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

METHODS: tuple[type[Method], ...] = (MethodFisher, MethodLD, MethodHMatrix)


def booked(cls: type[Method], options: str = "", analysis: str = "Classification") -> Method:
    info = data_set(analysis).info
    return cls("mine", info, analysis, options, log=MessageLog("mine", silent=True))


def trained(cls: type[Method], options: str = "", data: DataSet | None = None) -> TrainedMethod:
    return train_method(booked(cls, options), data_set("Classification") if data is None else data)


def with_x(events: Events, x: np.ndarray) -> Events:
    return dataclasses.replace(events, x=x.astype(np.float32))


@pytest.mark.parametrize("name", ["Fisher", "LD", "HMatrix"])
def test_the_kits_checks(name: str) -> None:
    check("method", name)


def test_mahalanobis_is_fisher_on_another_scale() -> None:
    x = data_set("Classification").testing.x
    one, other = (trained(MethodFisher, f"Method={name}").evaluate(x) for name in ("Fisher", "Mahalanobis"))
    ratio = one / other
    assert ratio.min() > 1
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)


def test_least_squares_of_classes_point_where_fishers_do() -> None:
    """With classes of the same weight."""
    data = data_set("Classification")
    events, weight = data.training, data.training.weight.copy()
    for index in (0, 1):
        chosen = events.class_index == index
        weight[chosen] /= weight[chosen].sum()
    data = dataclasses.replace(data, training=dataclasses.replace(events, weight=weight))
    fisher, least = (trained(cls, data=data).model.coefficients.ravel() for cls in (MethodFisher, MethodLD))
    np.testing.assert_allclose(fisher[1:] / least[1:], fisher[1] / least[1], rtol=1e-5)


def test_least_squares_of_a_target() -> None:
    data = data_set("Regression")
    events = data.training
    found = train_method(booked(MethodLD, analysis="Regression"), data)
    root = np.sqrt(events.weight)[:, None]
    matrix = np.column_stack([np.ones(len(events)), events.x.astype(np.float64)])
    expected = np.linalg.lstsq(matrix * root, events.targets.astype(np.float64) * root)[0].T
    # Products of variables are float32 in the sums.
    np.testing.assert_allclose(found.model.coefficients, expected, atol=1e-6)


@pytest.mark.oracle
def test_scikit_learns_discriminant() -> None:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    data = data_set("Classification")
    events = data.training
    data = dataclasses.replace(data, training=dataclasses.replace(events, weight=np.ones(len(events))))
    model = trained(MethodFisher, data=data).model
    # Both divide the sums of the classes by their numbers of events, and add them up by their priors.
    other = LinearDiscriminantAnalysis(solver="lsqr", priors=[0.5, 0.5]).fit(
        events.x.astype(float), events.class_index
    )
    ratio = model.coefficients[1:] / other.coef_[0]
    assert ratio.max() < 0
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)
    np.testing.assert_allclose(model.coefficients[0] / other.intercept_[0], ratio[0], rtol=1e-9)


def test_distances_of_gaussian_classes() -> None:
    data = data_set("Classification")
    events, x = data.training, data.testing.x.astype(np.float64)
    chi2 = []
    for index in (0, 1):
        chosen = events.class_index == index
        of_class, weight = events.x[chosen].astype(np.float64), events.weight[chosen]
        covariance = np.cov(of_class.T, aweights=weight, bias=True)
        away = x - np.average(of_class, axis=0, weights=weight)
        chi2.append(np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away))
    expected = (chi2[1] - chi2[0]) / (chi2[1] + chi2[0])
    np.testing.assert_allclose(trained(MethodHMatrix).evaluate(data.testing.x), expected, rtol=1e-9)


@pytest.mark.parametrize("cls", METHODS)
def test_dependent_variables(cls: type[Method]) -> None:
    data = data_set("Classification")
    x = data.training.x.copy()
    x[:, 2] = 0.0
    with pytest.raises(
        TrainingError, match=r"singular, its determinant is 0: .* sums of others\? Leave them out"
    ):
        trained(cls, data=dataclasses.replace(data, training=with_x(data.training, x)))
    # A determinant between the two limits.
    small = with_x(data.training, data.training.x * np.float32(1e-6))
    with pytest.warns(TMVAWarning, match="is almost singular, its determinant is"):
        trained(cls, data=dataclasses.replace(data, training=small))
    x[:, 2] = data.training.x[:, 2]
    x[0, 0] = np.inf
    with pytest.raises(TrainingError, match="values that are not finite"):
        trained(cls, data=dataclasses.replace(data, training=with_x(data.training, x)))


def test_options() -> None:
    for cls in METHODS:
        with pytest.raises(OptionError, match="NoSuch"):
            booked(cls, "NoSuch=1")
    with pytest.raises(OptionError, match="Method does not have predefined value: 'Other'"):
        booked(MethodFisher, "Method=Other")
    assert not MethodLD.can_handle("Regression", 1, 2)
    assert MethodLD.can_handle("Regression", 1, 1)
    assert not MethodFisher.can_handle("Regression", 1, 1)
    assert MethodFisher("a", data_set("Classification").info, "Classification").ranking() is None


@pytest.mark.parametrize(
    ("cls", "old", "new", "message"),
    [
        (MethodFisher, 'Coefficient Index="1"', 'Coefficient Index="2"', "there twice"),
        (MethodFisher, 'Coefficient Index="3"', 'Coefficient Index="9"', "a coefficient beyond 3"),
        (MethodFisher, ' NCoeff="4"', "", "NCoeff"),
        (MethodFisher, '<Coefficient Index="3"', '<Other Index="3"', "expected 4 coefficients, .* found 3"),
        (MethodLD, 'NOut="1"', 'NOut="2"', "NOut='2', expected 1"),
        (MethodLD, 'Value="', 'Value="x', "must be a finite number"),
        (MethodHMatrix, "VecMeanB", "Other", "expected a <VecMeanB>, found none"),
        (
            MethodHMatrix,
            '<InvHMatS Rows="3" Columns="3"',
            '<InvHMatS Rows="1" Columns="9"',
            r"expected \(3, 3\)",
        ),
    ],
)
def test_damaged_files(cls: type[Method], old: str, new: str, message: str) -> None:
    text = weight_text(trained(cls))
    assert old in text
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(text.replace(old, new))


def test_a_matrix_that_is_none() -> None:
    method = trained(MethodHMatrix)
    inverse = method.model.signal.inverse
    signal = dataclasses.replace(method.model.signal, inverse=-inverse)
    wrong = dataclasses.replace(method, model=dataclasses.replace(method.model, signal=signal))
    with pytest.raises(DataError, match="none may be negative"):
        wrong.evaluate(data_set("Classification").testing.x)


@pytest.mark.filterwarnings("ignore:.*is no option:tmva_py.errors.TMVAWarning")
def test_reader_with_densities(shared: Path) -> None:
    """Probability, rarity and error as TMVA's Reader gives them, from TMVA's file and from our training."""
    case = "real_fisher"
    golden, ours, _ = trained_as_golden(shared, case)
    with np.load(shared / "golden" / case / "events.npz") as stored:
        x, proba, rarity = (stored[name] for name in ("X", "proba", "rarity"))
    for method in (golden, ours):
        pdfs = method.response_pdfs
        if pdfs is None:
            continue
        response = method.evaluate(x)
        np.testing.assert_allclose(pdfs.probability(response), proba, atol=1e-9)
        np.testing.assert_allclose(pdfs.rarity(response), rarity, atol=1e-9)
    reader = TMVA.Reader("Silent")
    for variable, value in zip(golden.info.variables, x[0].astype(np.float32), strict=True):
        reader.AddVariable(variable.expression, np.array([value]))
    reader.BookMVA("Fisher", str(shared / "golden" / case / "weights.xml"))
    reader.EvaluateMVA("Fisher")
    assert reader.GetProba("Fisher") == pytest.approx(proba[0], abs=1e-9)
    assert reader.GetRarity("Fisher") == pytest.approx(rarity[0], abs=1e-9)
    assert reader.GetMVAError() == -1


def test_a_booking_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    split = "nTrain_Signal=400:nTrain_Background=400:SplitMode=Random:!V"
    job = make_job(Path(), n_variables=2, n_events=800, output="out.root", split=split)
    factory, loader = job.factory, job.loader
    options = "H:!V:CreateMVAPdfs:PDFInterpolMVAPdf=Spline2:NbinsMVAPdf=50:NsmoothMVAPdf=10"
    for kind in ("Fisher", "LD", "HMatrix"):
        factory.BookMethod(loader, getattr(TMVA.Types, f"k{kind}"), kind, options)
    job.finish()
    for kind, least in (("Fisher", 0.8), ("LD", 0.8), ("HMatrix", 0.75)):
        assert factory.GetROCIntegral(loader, kind) > least  # 0.84 is the best
