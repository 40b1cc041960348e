"""PDERS: boxes and kernels written out event by event, mistakes, damaged and deep files."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tmva_py.data import DataSet
from tmva_py.errors import OptionError, TrainingError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.pders.method import MethodPDERS
from tmva_py.methods.pders.options import KERNELS
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

Array = npt.NDArray[Any]


def booked(options: str = "", analysis: str = "Classification") -> MethodPDERS:
    info = data_set(analysis).info
    return MethodPDERS("mine", info, analysis, options, log=MessageLog("mine", silent=True))


def trained(
    options: str = "", analysis: str = "Classification", data: DataSet | None = None
) -> TrainedMethod:
    return train_method(booked(options, analysis), data_set(analysis) if data is None else data)


def test_the_kits_checks() -> None:
    check("method", "PDERS")


def within(x: Array, center: Array, half: Array) -> Array:
    return ((center - half < x) & (x <= center + half)).all(axis=1)


def adaptive_half(x: Array, weight: Array, center: Array, half: Array, least: float, most: float) -> Array:
    """Return half the size of TMVA's adaptive box, step by step."""
    single = np.float32

    def count(scale: float) -> np.float32:
        return single(weight[within(x, center, half * scale)].sum())

    first = count(1.0)
    while first < least:
        half = half * 1.15
        first = count(1.0)
    scale = best = single(0.99)
    best_count = now = first
    middle = single(0.5 * (least + most))
    for _ in range(149):
        if least <= now <= most:
            break
        now = count(float(scale))
        if now > 1 and now != first:
            off = scale - single(1)
            scale += off / (now - first) * (middle - now) if off else single(-0.01)
        else:
            scale += single(0.5)
        if abs(now - middle) < abs(best_count - middle) and (now >= least or best_count < now):
            best_count, best = now, scale
    return half * float(best)


def kernel(name: str, distance: float, n_variables: int) -> float:
    def sinc(x: float) -> float:
        return 1.0 if abs(x) < 1e-9 else math.sin(math.pi * x) / (math.pi * x)

    crossings = {"Sinc3": 2, "Sinc5": 3, "Sinc7": 4, "Sinc9": 5, "Sinc11": 6}
    if name in crossings:
        value = sinc(crossings[name] * distance)
    elif name.startswith("Lanczos"):
        value = sinc(distance) * sinc(int(name[7:]) * distance)
    else:
        return {"Teepee": 1 - distance, "Gauss": math.exp(-0.5 * (distance / 0.2) ** 2)}.get(name, 1.0)
    return value**n_variables if n_variables % 2 else abs(value) * value ** (n_variables - 1)


@pytest.mark.parametrize("name", [name for name in KERNELS if name != "Trim"])
@pytest.mark.parametrize("mode", ["Adaptive", "RMS"])
def test_kernels_written_out(name: str, mode: str) -> None:
    data = data_set("Classification")
    method = trained(
        f"KernelEstimator={name}:VolumeRangeMode={mode}:NEventsMin=40:NEventsMax=50:GaussSigma=0.2"
    )
    model: Any = method.model
    x = data.training.x.astype(np.float64)
    weight = data.training.weight.astype(np.float32).astype(np.float64)
    signal = data.training.class_index == 0
    queries = data.testing.x[:12]
    found = method.evaluate(queries)
    for query, response in zip(queries.astype(np.float64), found, strict=True):
        half = model._size.astype(float) / 2
        if mode == "Adaptive":
            half = adaptive_half(x, weight, query, half, 40, 50)
        inside = within(x, query, half)
        distance = np.sqrt((((x - query) / half) ** 2).mean(axis=1))
        if name != "Box":
            inside &= distance <= 1
        values = np.array([kernel(name, one, 3) for one in distance]) * weight * inside
        s, b = (max(values[chosen].sum() / weight[chosen].sum(), 0.0) for chosen in (signal, ~signal))
        assert response == pytest.approx(s / (s + b) if s + b else 0.5, abs=2e-6)


def test_the_nearest_of_a_box() -> None:
    data = data_set("Classification")
    method = trained("VolumeRangeMode=kNN:NEventsMin=30:NEventsMax=90")
    model: Any = method.model
    x, weight = data.training.x.astype(np.float64), data.training.weight
    signal = data.training.class_index == 0
    queries = data.testing.x[:20]
    for query, response in zip(queries.astype(np.float64), method.evaluate(queries), strict=True):
        # All variables by the size of the box, whose events are more than enough.
        distance = (((x - query) / model._size.astype(float)) ** 2).sum(axis=1)
        nearest = np.zeros(len(x), bool)
        nearest[np.argsort(distance)[:30]] = True
        s, b = (weight[nearest & chosen].sum() / weight[chosen].sum() for chosen in (signal, ~signal))
        # A box has corners: an event in one may be farther than one beside it.
        assert response == pytest.approx(s / (s + b), abs=0.15)
    found = method.evaluate(data.testing.x)
    apart = data.testing.class_index == 0
    assert found[apart].mean() > found[~apart].mean() + 0.2
    with pytest.raises(
        TrainingError, match="must be from 1 to the number of events, 600, the smaller one first"
    ):
        trained("VolumeRangeMode=kNN:NEventsMin=90:NEventsMax=30")


@pytest.mark.parametrize("mode", ["Unscaled", "MinMax"])
def test_boxes_of_one_size(mode: str) -> None:
    data = data_set("Classification")
    method = trained(f"VolumeRangeMode={mode}:DeltaFrac={1.5 if mode == 'Unscaled' else 0.3}")
    x = data.training.x.astype(np.float64)
    size = np.full(3, 1.5) if mode == "Unscaled" else 0.3 * (x.max(axis=0) - x.min(axis=0))
    weight, signal = data.training.weight, data.training.class_index == 0
    far = np.full((1, 3), 1e6, np.float32)
    queries = np.concatenate([data.testing.x[:50], far])
    for query, response in zip(queries.astype(np.float64), method.evaluate(queries), strict=True):
        inside = within(x, query, size / 2)
        s, b = (weight[inside & chosen].sum() / weight[chosen].sum() for chosen in (signal, ~signal))
        assert response == pytest.approx(s / (s + b) if s + b else 0.5, abs=2e-6)


def test_what_a_file_remembers() -> None:
    """ROOT forgets mode and kernel; a file that shall answer as booked says so where ROOT does not look."""
    data = data_set("Classification")
    options = "KernelEstimator=Gauss:GaussSigma=0.3:NEventsMin=60:NEventsMax=80"
    forgets, keeps = (trained(options + more) for more in ("", ":AnswerAsBooked"))
    x = data.testing.x
    np.testing.assert_array_equal(forgets.evaluate(x), keeps.evaluate(x))
    assert "AnswerAsBooked" not in weight_text(forgets)
    assert '<Weights AnswerAsBooked="True">' in weight_text(keeps)
    np.testing.assert_array_equal(read_weight_file(weight_text(keeps)).evaluate(x), keeps.evaluate(x))
    box = trained("NEventsMin=60:NEventsMax=80")
    np.testing.assert_array_equal(read_weight_file(weight_text(forgets)).evaluate(x), box.evaluate(x))


def test_mistakes() -> None:
    with pytest.raises(OptionError, match="KernelEstimator does not have predefined value: 'Round'"):
        booked("KernelEstimator=Round")
    with pytest.raises(OptionError, match="IgnoreNegWeightsInTraining is not available for this method"):
        booked("IgnoreNegWeightsInTraining")
    with pytest.raises(TrainingError, match="NEventsMin=900 is more than the weights of all events"):
        trained("NEventsMin=900:NEventsMax=1000")
    with pytest.raises(TrainingError, match="MaxVIterations must be above 0"):
        trained("MaxVIterations=0")
    with pytest.raises(TrainingError, match=r"boxes have no size in variable number 0 \(from 0\)"):
        trained("DeltaFrac=0")
    assert not MethodPDERS.can_handle("Regression", 1, 2)


def test_far_out_and_infinite_events() -> None:
    found = trained().evaluate([[1e30, 0.0, 0.0], [np.inf, 0.0, 0.0], [-1e30, 1e30, 0.0]])
    assert np.isfinite(found).all()
    assert found[1] == 0.5


def test_trees_of_sorted_events_are_deep() -> None:
    """Each event is the right child of the one before, and so many elements are inside one another."""
    data = data_set("Classification")
    x = np.sort(data.training.x, axis=0)
    deep = dataclasses.replace(data, training=dataclasses.replace(data.training, x=x))
    method, balanced = trained(data=deep), trained("NormTree", data=deep)
    model: Any = method.model
    assert model.shape.depth.max() == len(x) - 1
    assert balanced.model.shape.depth.max() < 12  # type: ignore[attr-defined]
    again = read_weight_file(weight_text(method))
    np.testing.assert_array_equal(again.evaluate(data.testing.x), method.evaluate(data.testing.x))
    assert weight_text(again) == weight_text(method)
    np.testing.assert_allclose(
        balanced.evaluate(data.testing.x), method.evaluate(data.testing.x), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('selector="1"', 'selector="2"', "expected finite numbers"),
        ('pos="l"', 'pos="s"', "pos='s' in the root alone"),
        ('pos="r"', 'pos="l"', "have the same pos"),
        ('type="BinarySearchTree"', 'type="DecisionTree"', None),
        ("BinaryTree", "Other", "expected one <BinaryTree> with nodes|not inside|<Node>"),
        (
            'name="NEventsMin" modified="No">1.0',
            'name="NEventsMin" modified="No">9.0',
            "NEventsMin=900 is more",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:.*not known and left out:tmva_py.errors.TMVAWarning")
def test_damaged_files(old: str, new: str, message: str | None) -> None:
    text = weight_text(trained())
    assert old in text
    if message is None:
        read_weight_file(text.replace(old, new))
        return
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(text.replace(old, new))
