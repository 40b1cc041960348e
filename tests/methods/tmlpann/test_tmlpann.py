"""TMlpANN: TMVA's training from its seed, its file and histograms, a step written out, mistakes."""

from __future__ import annotations

import dataclasses
import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden import cases_of, check_file, printed_between, said_of, stored_data
from small_jobs import make_job
from weight_files import golden_weights

import tmva_py as TMVA
from tmva_py.backends import make_backend
from tmva_py.data import DataSet
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import OptionError, WeightFileError
from tmva_py.histograms import Axis, Histogram
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.tmlpann.method import MethodTMlpANN
from tmva_py.methods.tmlpann.network import Layers
from tmva_py.methods.tmlpann.training import LEARNING_METHODS, Sample, Trainer
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

CASES = cases_of("TMlpANN")
# The second in which TMVA trained, which was its seed: found by the numbers of the input neurons in the file,
# which nothing changes.
SEEDS = {"real_tmlpann": 1795872211}
# Half of the last of six digits, of numbers that begin with 1.
SIX_DIGITS = 5.001e-6


def booked(options: str = "") -> MethodTMlpANN:
    info = data_set("Classification").info
    return MethodTMlpANN("mine", info, "Classification", options, log=MessageLog("mine", silent=True))


def trained(options: str = "NCycles=20:LearningMethod=BFGS", data: DataSet | None = None) -> TrainedMethod:
    return train_method(booked(options), data_set("Classification") if data is None else data)


def test_the_kits_checks() -> None:
    check("method", "TMlpANN")


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    """TMVA's Reader had no folder for a file of its own and answered nothing; the histograms hold more."""
    method = read_weight_file(golden_weights(shared, case))
    folder = shared / "golden" / case
    with np.load(folder / "train.npz") as events, np.load(folder / "histograms.npz") as stored:
        response = method.evaluate(events["X_test"]).astype(np.float32)
        alone = np.concatenate([method.evaluate(x[None, :]) for x in events["X_test"]])
        np.testing.assert_array_equal(alone.astype(np.float32), response)
        with ThreadPoolExecutor(8) as threads:
            for answer in threads.map(lambda _: method.evaluate(events["X_test"]), range(8)):
                np.testing.assert_array_equal(answer, alone)
        for index, letter in enumerate("SB"):
            key = f"Method_TMlpANN|{method.title}|MVA_{method.title}_{letter}"
            n_bins, low, high = stored[f"axis|{key}"].tolist()
            chosen = events["y_test"] == index
            weight = events["w_test"][chosen]
            filled = Histogram.fill(Axis(int(n_bins), low, high), response[chosen], weight)
            shape = filled.contents / filled.contents.sum() * n_bins / (high - low)
            np.testing.assert_allclose(shape, stored[f"hist|{key}"], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_training(shared: Path, case: str) -> None:
    text = io.StringIO()
    golden = read_weight_file(golden_weights(shared, case))
    method = MethodTMlpANN(
        golden.title,
        golden.info,
        golden.analysis_type,
        f"{said_of(shared, case)['options']}:RandomSeed={SEEDS[case]}",
        log=MessageLog("mine", stream=text),
    )
    found = train_method(method, stored_data(shared / "golden" / case, golden)).model
    for name in ("weights", "input_biases", "width", "mean"):
        seen, expected = getattr(found, name), getattr(golden.model, name)
        np.testing.assert_allclose(seen, expected, rtol=SIX_DIGITS, err_msg=name)
    lines = (shared / "golden" / case / "printed.txt").read_text().splitlines()
    start, end = lines.index("Training the Neural Network"), lines.index("Training done.")
    printed = [
        *printed_between(shared, case, f"Booking method: {golden.title}", "Splitmode"),
        *(line.partition(": ")[2] for line in lines if ": Requirement for" in line),
        lines[start - 1].removeprefix("Info in <TMultiLayerPerceptron::Train>: "),
        *lines[start : end + 1],
    ]
    assert [line.partition(": ")[2] for line in text.getvalue().splitlines()] == printed


def sample_of(n_events: int = 60) -> Sample:
    random = np.random.default_rng(4)
    target = (np.arange(n_events) % 2.0)[:, None]
    return Sample(random.normal(size=(n_events, 3)) + 0.8 * target, target, random.uniform(0.5, 2, n_events))


def trainer_of(sample: Sample, seed: int = 2) -> Trainer:
    layers, random = Layers((3, 5, 4, 1)), RootRandom(seed)
    _, weights = layers.first_weights(random)
    return Trainer(layers, weights, sample, make_backend("cpu"), random)


def test_a_step_follows_the_gradient() -> None:
    sample = sample_of()
    trainer = trainer_of(sample)
    before, gradient = trainer.weights.copy(), np.empty_like(trainer.weights)
    for place in range(len(before)):
        ends = []
        for step in (1e-5, -1e-5):
            trainer.weights = before.copy()
            trainer.weights[place] += step
            ends.append(trainer.error(sample) / len(sample))
        gradient[place] = (ends[0] - ends[1]) / 2e-5
    trainer.weights = before.copy()
    trainer.epoch("Batch", 0)
    np.testing.assert_allclose(trainer.weights - before, -0.1 * gradient, atol=1e-9)


@pytest.mark.parametrize("name", LEARNING_METHODS)
def test_every_method_learns(name: str) -> None:
    """The lines never lead upwards; the others go down in the end."""
    sample = sample_of()
    trainer = trainer_of(sample)
    errors = [trainer.error(sample)]
    for number in range(70):
        assert trainer.epoch(name, number)
        errors.append(trainer.error(sample))
    assert errors[-1] < 0.8 * errors[0]
    if name not in ("Stochastic", "Batch"):
        # A parabola's bottom may be a little higher than a point that was tried.
        assert max(np.diff(errors)) < 1e-2 * errors[0]


def test_where_no_line_leads_down() -> None:
    """At a minimum: twice nothing is found, and the weights stay."""
    sample = sample_of(1)
    trainer = trainer_of(sample)
    for number in range(200):
        if not trainer.epoch("BFGS", number):
            break
    else:
        pytest.fail("the search always found something")
    before = trainer.weights.copy()
    assert not trainer.epoch("BFGS", 0)
    np.testing.assert_array_equal(trainer.weights, before)


def test_which_events_are_trained_on() -> None:
    data = data_set("Classification")
    for fraction in (0.0, 0.25, 0.5):
        text = io.StringIO()
        method = MethodTMlpANN(
            "mine",
            data.info,
            "Classification",
            f"NCycles=1:ValidationFraction={fraction}",
            log=MessageLog("mine", stream=text),
        )
        train_method(method, data)
        n, n_signal = len(data.training), int((data.training.class_index == 0).sum())
        first = sum(place < (1 - fraction) * n_signal for place in range(n))
        second = int(n_signal + (1 - fraction) * (n - n_signal)) - n_signal - 1
        found = re.search(r"Using (\d+) train and (\d+) test entries", text.getvalue())
        assert found is not None
        assert [int(one) for one in found.groups()] == [first + second, n - first - second]


def test_seeds() -> None:
    one, same, other, fresh = (trained(f"NCycles=3:RandomSeed={seed}").model.weights for seed in (1, 1, 2, 0))
    np.testing.assert_array_equal(one, same)
    assert (one != other).all()
    assert (one != fresh).any()
    assert "RandomSeed" not in weight_text(trained("NCycles=3:RandomSeed=5"))


def test_a_file_has_all_digits() -> None:
    method = trained()
    again = read_weight_file(weight_text(method))
    np.testing.assert_array_equal(again.model.weights, method.model.weights)
    x = data_set("Classification").testing.x
    np.testing.assert_array_equal(again.evaluate(x), method.evaluate(x))


def test_gaps_and_constants_in_training() -> None:
    data = data_set("Classification")
    x = data.training.x.copy()
    x[:, 1] = 3
    found = trained(data=dataclasses.replace(data, training=dataclasses.replace(data.training, x=x))).model
    assert found.width[1] == 1
    assert found.mean[1] == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("NCycles=0", "NCycles=0"),
        ("ValidationFraction=1", "less than 1"),
        ("HiddenLayers=0", "neurons"),
        ("LearningMethod=Newton", "LearningMethod"),
        ("IgnoreNegWeightsInTraining", "not available"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('BuildOptions="@', 'BuildOptions="', "BuildOptions"),
        (':type"', ':0:type"', "a neuron at least|expected"),
        ("<neurons>", "<neuron>", "neurons"),
        ("<synapses>\n      ", "<synapses>\n      1 ", "synapses"),
        ("<input>\n      ", "<input>\n      0 ", "input"),
    ],
)
def test_damaged_files(old: str, new: str, message: str) -> None:
    text = weight_text(trained("NCycles=2"))
    assert old in text
    damaged = text.replace(old, new, 1)
    if old == "<neurons>":
        damaged = damaged.replace("</neurons>", "</neuron>", 1)
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(damaged)


def test_through_a_factory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    job = make_job(tmp_path, output=str(tmp_path / "out.root"))
    kind: Any = TMVA.Types.kTMlpANN
    job.factory.BookMethod(job.loader, kind, "Net", "!H:!V:NCycles=50:HiddenLayers=N:LearningMethod=BFGS")
    job.finish()
    assert job.factory.GetROCIntegral(job.loader, "Net") > 0.8
