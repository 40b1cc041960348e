"""CFMlpANN: TMVA's training and file, the generator and a step written out, mistakes, damaged files."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden import (
    cases_of,
    check_file,
    check_responses,
    entry_of,
    has_tmvas_functions,
    printed_between,
    trained_as_golden,
)
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.data import DataSet
from tmva_py.errors import OptionError, TMVAWarning, TrainingError, WeightFileError
from tmva_py.kernels.momentum_perceptron import layer_matrices, momentum_error, momentum_steps
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.cfmlpann.method import MethodCFMlpANN
from tmva_py.methods.cfmlpann.random_numbers import CongruentialRandom
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

CASES = cases_of("CFMlpANN")
# 18000 steps with the rate 1e-4 at most move a weight by sums of terms up to 1; an exp that differs in the
# last bit changes each by 1e-16.
OTHER_EXP = 1e-12


def booked(options: str = "") -> MethodCFMlpANN:
    info = data_set("Classification").info
    return MethodCFMlpANN("mine", info, "Classification", options, log=MessageLog("mine", silent=True))


def trained(options: str = "NCycles=20", data: DataSet | None = None) -> TrainedMethod:
    return train_method(booked(options), data_set("Classification") if data is None else data)


def test_the_kits_checks() -> None:
    check("method", "CFMlpANN")


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_training(shared: Path, case: str) -> None:
    text = io.StringIO()
    golden, found, _ = trained_as_golden(shared, case, MessageLog("mine", stream=text))
    bound = 0.0 if has_tmvas_functions() else OTHER_EXP
    np.testing.assert_allclose(found.model.weights, golden.model.weights, rtol=0, atol=bound)
    np.testing.assert_array_equal(found.model.low, golden.model.low)
    np.testing.assert_array_equal(found.model.high, golden.model.high)
    allowed = entry_of(shared, case)["tolerance"]
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            seen, expected = found.evaluate(stored[f"X_{sample}"]), stored[f"resp_{sample}_{golden.title}"]
            np.testing.assert_allclose(seen, expected, rtol=allowed["rtol"], atol=allowed["atol"])
    printed = [
        *printed_between(shared, case, f"Booking method: {golden.title}", "Splitmode"),
        *printed_between(shared, case, "Begin training", "End of training"),
    ]
    lines = [line.partition(": ")[2] for line in text.getvalue().splitlines()]
    assert [line for line in lines if "event weights" not in line] == printed


def test_random_numbers() -> None:
    """The generator with three numbers of 12 bits, as it was written for machines with short words."""
    first, second, third = state = (3823, 4006, 2903)
    expected = []
    for _ in range(1000):
        low = state[2] * third
        middle = state[1] * third + state[2] * second + low // 4096
        high = state[0] * third + state[1] * second + state[2] * first + middle // 4096
        state = (high % 4096, middle % 4096, low % 4096)
        expected.append(2.44140625e-4 * state[0] + 5.96046448e-8 * state[1] + 1.45519152e-11 * state[2])
    random = CongruentialRandom()
    found = np.concatenate([random.uniform(count) for count in (1, 0, 7, 992)])
    np.testing.assert_array_equal(found, expected)


def test_a_step_follows_the_gradient() -> None:
    """Of half the squared error, by differences; the second step has half of the first in it."""
    random = np.random.default_rng(3)
    sizes = np.array([3, 4, 2, 2])
    weights = 0.5 * random.normal(size=4 * 4 + 5 * 2 + 3 * 2)
    x, target = random.uniform(-1, 1, (1, 3)), np.array([[1.0, -1.0]])
    gradient = np.empty_like(weights)
    for place in range(len(weights)):
        ends = []
        for step in (1e-5, -1e-5):
            moved = weights.copy()
            moved[place] += step
            ends.append(momentum_error(np, x=x, target=target, sizes=sizes, weights=moved) / 2)
        gradient[place] = (ends[0] - ends[1]) / 2e-5
    changes, before = np.zeros_like(weights), weights.copy()
    arguments: dict[str, Any] = {"x": x, "target": target, "momentum": 0.5, "sizes": sizes}
    one = {"order": np.zeros(1, np.int64), "rates": np.array([0.1])}
    momentum_steps(np, **arguments, **one, weights=weights, changes=changes)
    np.testing.assert_allclose(weights - before, -0.1 * gradient, atol=1e-10)
    first = changes.copy()
    momentum_steps(np, **arguments, order=one["order"], rates=np.zeros(1), weights=weights, changes=changes)
    np.testing.assert_allclose(changes, 0.5 * first, rtol=1e-12)
    assert sum(matrix.size for matrix in layer_matrices(sizes, weights)) == len(weights)


def test_it_learns() -> None:
    data = data_set("Classification")
    found = trained("NCycles=1500:HiddenLayers=N", data)
    events = data.testing
    response = found.evaluate(events.x)
    is_signal = events.class_index == 0
    above = (response[is_signal][:, None] > response[~is_signal]).mean()
    assert above > 0.8
    assert 0 <= response.min() < response.max() <= 1


def test_a_second_training_is_the_same() -> None:
    method, data = booked("NCycles=20"), data_set("Classification")
    first, second = (train_method(method, data).model.weights for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_an_interrupted_training_gives_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def interrupt(*arguments: Any, **keywords: Any) -> float:
        calls.append(arguments)
        raise KeyboardInterrupt

    before = trained("NCycles=1").model.weights
    monkeypatch.setattr(momentum_error, "on", lambda _: interrupt)
    np.testing.assert_array_equal(trained("NCycles=1").model.weights, before)
    assert calls


def test_weights_of_events_have_no_effect() -> None:
    data = data_set("Classification")
    events = dataclasses.replace(data.training, weight=np.linspace(0.5, 2, len(data.training)))
    text = io.StringIO()
    method = MethodCFMlpANN(
        "mine", data.info, "Classification", "NCycles=20", log=MessageLog("mine", stream=text)
    )
    other = train_method(method, dataclasses.replace(data, training=events))
    assert "event weights have no effect" in text.getvalue()
    np.testing.assert_array_equal(other.model.weights, trained().model.weights)


@pytest.mark.parametrize("layers", ["7", "N-9999", "3,4,5,6", "1"])
def test_layers(layers: str) -> None:
    if layers == "N-9999":
        with pytest.raises(OptionError, match="neurons"):
            booked(f"HiddenLayers={layers}")
        return
    n_variables = len(data_set("Classification").info.variables)
    found = trained(f"NCycles=2:HiddenLayers={layers}").model.sizes
    assert found == (n_variables, *(max(2, int(one)) for one in layers.split(",")), 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("HiddenLayers=3,3,3,3,3", "5 hidden layers"),
        ("HiddenLayers=201", "201 neurons"),
        ("NCycles=0", "NCycles=0"),
        ("IgnoreNegWeightsInTraining", "not available"),
        ("NTrees=5", "NTrees"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


def test_a_sign_without_a_number_has_no_effect() -> None:
    """TMVA reads ``N+`` as N without a word."""
    n_variables = len(data_set("Classification").info.variables)
    with pytest.warns(TMVAWarning, match=rf"'\+' in 'N\+' has no effect, .* It has {n_variables} neurons"):
        found = trained("NCycles=2:HiddenLayers=N+").model.sizes
    assert found == (n_variables, n_variables, 2)


def test_a_variable_without_a_range() -> None:
    data = data_set("Classification")
    x = data.training.x.copy()
    x[:, 1] = 7
    with pytest.raises(TrainingError, match="from 7 to 7"):
        trained(data=dataclasses.replace(data, training=dataclasses.replace(data.training, x=x)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<VarMinMax>", "<VarMinMa>", "VarMinMax"),
        ('NLayers="4"', 'NLayers="5"', "NNeurons"),
        ('<Layer1 NNeurons="', '<Layer1 NNeurons="1', "expected"),
        ("<Neuron1>", "<Neuron8>", "Neuron1"),
        ("<LayerTemp>\n      1", "<LayerTemp>\n      -1", "above 0|expected"),
        ("<VarMinMax>\n      ", "<VarMinMax>\n      9", "range|expected"),
    ],
)
def test_damaged_files(old: str, new: str, message: str) -> None:
    text = weight_text(trained("NCycles=2"))
    assert old in text
    closing = (f"</{old[1:]}", f"</{new[1:]}") if old.endswith(">") else ("", "")
    damaged = text.replace(old, new, 1)
    damaged = damaged.replace(*closing, 1) if closing[0] else damaged
    if old == "<LayerTemp>\n      1":
        damaged = text.replace("1.0000000000000000e+00 1.0000000000000000e+00", "1.0e+00 -1.0e+00", 1)
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(damaged)


def test_through_a_factory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    job = make_job(tmp_path, output=str(tmp_path / "out.root"))
    kind: Any = TMVA.Types.kCFMlpANN
    job.factory.BookMethod(job.loader, kind, "Old", "!H:!V:NCycles=1500:HiddenLayers=N")
    job.finish()
    assert job.factory.GetROCIntegral(job.loader, "Old") > 0.8
