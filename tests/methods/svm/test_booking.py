"""SVM: the conditions of a solution, kernels written out, weights, mistakes, damaged files."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.data import AnalysisType, DataSet
from tmva_py.errors import OptionError, TMVAWarning, TrainingError, WeightFileError
from tmva_py.kernels.support_vectors import function_matrix
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.svm.method import MethodSVM
from tmva_py.methods.svm.training import new_machine, train_machine
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

Array = npt.NDArray[Any]
KERNELS = (
    "Kernel=RBF:Gamma=0.4",
    "Kernel=MultiGauss:GammaList=0.1,0.5,0.2",
    "Kernel=Polynomial:Order=2:Theta=0.5",
    "Kernel=Sum:KernelList=RBF+Polynomial:Order=2:Gamma=0.3",
    "Kernel=Prod:KernelList=RBF*MultiGauss:GammaList=0.1,0.5,0.2",
)


def booked(options: str = "", analysis: AnalysisType = "Classification") -> MethodSVM:
    info = data_set(analysis).info
    return MethodSVM("mine", info, analysis, options, log=MessageLog("mine", silent=True))


def some(analysis: AnalysisType = "Classification", n: int = 200) -> DataSet:
    data = data_set(analysis)
    return dataclasses.replace(data, training=data.training.select(np.arange(n)))


def trained(options: str = "", data: DataSet | None = None) -> TrainedMethod:
    return train_method(booked(options), some() if data is None else data)


def test_the_kits_checks() -> None:
    check("method", "SVM")


def kernel(options: str, x: Array, y: Array) -> Array:
    """Return the kernels written out in double precision."""
    squares = (x[:, None].astype(float) - y) ** 2
    multi = np.exp(-(squares * [0.1, 0.5, 0.2]).sum(axis=2))
    product = x.astype(float) @ y.T.astype(float)
    rbf = squares.sum(axis=2)
    found: Array = {
        KERNELS[0]: lambda: np.exp(-0.4 * rbf),
        KERNELS[1]: lambda: multi,
        KERNELS[2]: lambda: (product + 0.5) ** 2,
        KERNELS[3]: lambda: np.exp(-0.3 * rbf) + (product + 1) ** 2,
        KERNELS[4]: lambda: np.exp(-rbf) * multi,
    }[options]()
    return found


@pytest.mark.parametrize("options", KERNELS)
def test_conditions_of_a_solution(options: str) -> None:
    """Of Karush, Kuhn and Tucker: the margin of an event and its multiplier, in double precision."""
    data = some()
    tolerance, cost = 0.01, 0.2
    method = trained(f"{options}:C={cost}:Tol={tolerance}", data)
    model: Any = method.model
    events = data.training
    x = events.x
    kind = np.where(events.class_index == 0, -1.0, 1.0)
    alpha = np.zeros(len(x))
    alpha[model.number] = model.alpha[:, 0]
    n_signal = int((kind < 0).sum())
    ratio = n_signal / (len(x) - n_signal)
    smaller = kind > 0 if ratio < 1 else kind < 0
    limit = cost * np.where(smaller, ratio, 1.0) * events.weight
    assert (alpha >= 0).all()
    assert (alpha <= limit * (1 + 1e-6)).all()
    assert abs(alpha @ kind) < 1e-4 * alpha.sum()
    values = kernel(options, x, x)
    d = values @ (alpha * kind) - model.offset
    error = d - kind
    # An event is within twice the tolerance of either threshold, and these are as far from their mean.
    bound = 2 * tolerance + 1e-4 * max(1.0, float(np.abs(d).max()))
    free = (alpha > 1e-4 * limit) & (alpha < limit * (1 - 1e-4))
    assert free.any()
    assert np.abs(error[free]).max() < bound
    none = alpha == 0
    assert (kind[none] * error[none] > -bound).all()
    full = alpha >= limit * (1 - 1e-6)
    assert (kind[full] * error[full] < bound).all()
    np.testing.assert_allclose(method.evaluate(x), 1 / (1 + np.exp(d)), rtol=1e-4, atol=1e-5)
    again = read_weight_file(weight_text(method))
    assert weight_text(again) == weight_text(method)
    np.testing.assert_array_equal(again.evaluate(x), method.evaluate(x))


@pytest.mark.oracle
def test_scikit_learns_machine() -> None:
    from sklearn.svm import SVC

    data = some()
    events = data.training
    method = trained("Gamma=0.4:C=0.2:Tol=0.0005:Release=4.2:MaxIter=10000", data)
    other = SVC(C=0.2, gamma=0.4, tol=1e-4).fit(events.x, events.class_index, sample_weight=events.weight)
    seen = method.evaluate(data.testing.x)
    expected = 1 / (1 + np.exp(other.decision_function(data.testing.x)))
    # Both solve to their tolerance: margins are as far apart.
    np.testing.assert_allclose(seen, expected, atol=2e-3)


@pytest.mark.parametrize("is_regression", [False, True])
def test_without_numba(is_regression: bool) -> None:
    """The passes of the reference, to the end."""
    data = some("Regression" if is_regression else "Classification", 60)
    events = data.training
    kind = np.where(events.class_index == 0, -1, 1).astype(np.float32)
    target = events.targets[:, 0].astype(np.float32) if is_regression else kind
    found = booked("Gamma=0.4")._similarity
    values = function_matrix(
        np,
        x=events.x,
        columns=np.ascontiguousarray(events.x.T),
        similarity=found._replace(gammas=np.ones(events.x.shape[1], np.float32)),
    )
    machines = []
    for backend in (NumpyBackend("float32"), booked_backend()):
        machine = new_machine(
            values, kind, target, np.full(60, 0.3, np.float32), 0.01, is_regression=is_regression
        )
        train_machine(machine, 0.01, 50, backend, lambda: None, is_regression=is_regression)
        machines.append(machine)
    for one, other in zip(*machines, strict=True):
        np.testing.assert_array_equal(one, other)


def booked_backend() -> Any:
    from tmva_py.backends import make_backend

    return make_backend("cpu")


def test_a_regression() -> None:
    data = some("Regression")
    method = train_method(booked("VarTransform=N:C=1:Gamma=0.5:MaxIter=200", "Regression"), data)
    model: Any = method.model
    target, deltas = data.testing.targets[:, 0], model.alpha[:, 0] - model.alpha[:, 1]
    assert abs(deltas.sum()) < 1e-3
    assert np.abs(deltas).max() <= data.training.weight.max() * (1 + 1e-6)
    assert np.corrcoef(method.evaluate(data.testing.x)[:, 0], target)[0, 1] > 0.8
    assert booked("", "Regression").option_values["C"] == 0.002
    assert booked("C=1", "Regression").option_values["C"] == 1.0


@pytest.mark.oracle
def test_scikit_learns_regression() -> None:
    """Beside the same minimum: that of the absolute deviations."""
    from sklearn.svm import SVR

    data = some("Regression")
    events = data.training
    method = train_method(booked("C=1:Gamma=0.3:Tol=0.0005:MaxIter=20000", "Regression"), data)
    other = SVR(C=1, gamma=0.3, tol=1e-4, epsilon=1e-9)
    other.fit(events.x, events.targets[:, 0], sample_weight=events.weight)
    x = data.testing.x
    spread = float(events.targets.std())
    np.testing.assert_allclose(method.evaluate(x)[:, 0], other.predict(x), rtol=0, atol=0.02 * spread)


def test_weights() -> None:
    data = some()
    weight = data.training.weight.copy()
    weight[::4] = 0.0
    weight[1::4] = -1.0
    negative = dataclasses.replace(data, training=dataclasses.replace(data.training, weight=weight))
    with pytest.warns(TMVAWarning, match="50 training events have negative weights"):
        method = trained("", negative)
    assert len(method.model.x) <= 100


def test_too_few_passes() -> None:
    with pytest.warns(TMVAWarning, match="MaxIter=1 passes were not enough"):
        trained("MaxIter=1")


def test_events_that_are_far_away() -> None:
    method = trained("Gamma=0.4")
    found = method.evaluate([[1e30, 0, 0], [np.inf, 0, 0], [np.nan, 0, 0]])
    border = 1 / (1 + np.exp(-method.model.offset))
    np.testing.assert_allclose(found, [border, border, np.nan])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("Kernel=Gauss", "Kernel does not have predefined value: 'Gauss'"),
        ("Kernel=Sum", r"KernelList=None: Kernel=Sum needs a list of .* such as RBF\+Polynomial"),
        ("Kernel=Prod:KernelList=RBF+Polynomial", r"such as RBF\*Polynomial"),
        ("Kernel=MultiGauss:GammaList=1,2", "needs a number for each of 3 variables, found 2"),
        ("Kernel=MultiGauss:GammaList=1,x,2", "'x' is no number"),
        ("IgnoreNegWeightsInTraining", "option IgnoreNegWeightsInTraining is not available"),
        ("C=0", "C=0; expected a number above 0"),
        ("Tol=-1", "Tol=-1; expected a number above 0"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


def test_events_of_one_class() -> None:
    data = some()
    only = np.flatnonzero(data.training.class_index == 0)
    with pytest.raises(TrainingError, match="or none of one class"):
        trained("", dataclasses.replace(data, training=data.training.select(only)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("NSupVec=", 'NSupVec="1" other=', "NSupVec='1', but there are"),
        ("fBparm=", 'fBparm="x" other=', "fBparm='x' is no finite number"),
        ("<Maxima", "<Other", "has no <Maxima>"),
        (" 1.000000000000000e+00 ", " 3.000000000000000e+00 ", "the second -1 or 1"),
        ('modified="No">RBF', 'modified="No">Sum', "KernelList=None"),
    ],
)
def test_damaged_files(old: str, new: str, message: str) -> None:
    text = weight_text(trained())
    assert old in text
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(text.replace(old, new))
