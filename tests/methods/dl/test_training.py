"""Trainings that were booked: every setting reaches the training, and what is left of it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import uproot
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.errors import BookingError, OptionError, ShapeError, TMVAWarning, TrainingError
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file

LAYOUT = "!H:!V:Layout=DENSE|6|TANH,LINEAR"


def weights(folder: Path, strategy: str, options: str = LAYOUT) -> np.ndarray:
    """Return the weights after one training with this strategy; every part has 20 events a batch."""
    job = make_job(folder)
    job.book(f"{options}:TrainingStrategy=BatchSize=20,TestRepetitions=1,{strategy}")
    job.factory.TrainAllMethods()
    path = folder / "dataset" / "weights" / "job_DL.weights.xml"
    return read_weight_file(path).model.network.parameters.copy()


KEYS = {
    "ADAM": {"ADAM_beta1": "0.9", "ADAM_beta2": "0.999", "ADAM_eps": "1e-7"},
    "ADAGRAD": {"ADAGRAD_eps": "1e-8"},
    "RMSPROP": {"RMSPROP_rho": "0.9", "RMSPROP_eps": "1e-7", "Momentum": "0.3"},
    "ADADELTA": {"ADADELTA_rho": "0.95", "ADADELTA_eps": "1e-8"},
    "SGD": {"Momentum": "0.3"},
}
OTHER = {"beta1": "0.5", "beta2": "0.9", "eps": "1e-2", "rho": "0.5", "Momentum": "0.7"}


@pytest.mark.parametrize("optimizer", KEYS)
def test_every_setting_reaches_its_optimizer(optimizer: str, tmp_path: Path) -> None:
    """The default given is the default; any other value leads elsewhere."""
    # Adadelta begins with steps of some √ε.
    rate = "1" if optimizer == "ADADELTA" else "1e-2"
    start = f"Optimizer={optimizer},LearningRate={rate},MaxEpochs=3"
    expected = weights(tmp_path, start)
    for key, default in KEYS[optimizer].items():
        np.testing.assert_array_equal(weights(tmp_path, f"{start},{key}={default}"), expected, err_msg=key)
        other = weights(tmp_path, f"{start},{key}={OTHER[key.rpartition('_')[2]]}")
        assert np.abs(other - expected).max() > 1e-6, key
    moved = weights(tmp_path, f"Optimizer={optimizer},LearningRate={float(rate) / 2},MaxEpochs=3")
    assert np.abs(moved - expected).max() > 1e-6


def test_phases_with_different_batch_sizes(tmp_path: Path) -> None:
    """ROOT keeps the batch layout of the first phase and refuses the second."""
    for batch_layout in ("", "BatchLayout=1|20|3:"):
        job = make_job(tmp_path)
        booked = job.book(
            f"!H:!V:{batch_layout}Layout=DENSE|6|TANH,LINEAR:TrainingStrategy="
            "MaxEpochs=2,BatchSize=20,TestRepetitions=1,LearningRate=1e-3|"
            "MaxEpochs=3,BatchSize=40,TestRepetitions=1,LearningRate=1e-3"
        )
        method = booked.method
        job.factory.TrainAllMethods()
        records = method._history.epochs
        assert [(one.phase, one.events) for one in records] == [(1, 160)] * 2 + [(2, 160)] * 3
        assert len(method.training_history()["valError"]) == 5
        text = (tmp_path / "dataset" / "weights" / "job_DL.weights.xml").read_text()
        assert 'BatchSize="1" BatchDepth="1" BatchHeight="20" BatchWidth="3"' in text


def test_the_first_phase_gives_the_penalty_of_the_weight_file(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    job.book(
        f"{LAYOUT}:TrainingStrategy=MaxEpochs=1,BatchSize=20,Regularization=L1,WeightDecay=1e-4|"
        "MaxEpochs=1,BatchSize=20,Regularization=L2,WeightDecay=1e-2"
    )
    job.factory.TrainAllMethods()
    text = (tmp_path / "dataset" / "weights" / "job_DL.weights.xml").read_text()
    assert 'Regularization="1" OutputFunction="S" WeightDecay="9.9999997473787516e-05"' in text


def test_drop_probabilities_belong_to_layers_counted_over_all(tmp_path: Path) -> None:
    """Entry 2 falls on the second dense layer, the RESHAPE before it counted."""
    layout = "!H:!V:Layout=DENSE|6|TANH,RESHAPE|FLAT,DENSE|6|TANH,LINEAR"
    plain = weights(tmp_path, "MaxEpochs=2,LearningRate=1e-2", layout)
    dropped = weights(tmp_path, "MaxEpochs=2,LearningRate=1e-2,DropConfig=0.0+0.0+0.5", layout)
    assert np.abs(plain - dropped).max() > 1e-4
    with pytest.warns(
        TMVAWarning, match=r"DropConfig: entry 1, 0.5, has no effect: layer 1 is 'RESHAPE\|FLAT'"
    ):
        same = weights(tmp_path, "MaxEpochs=2,LearningRate=1e-2,DropConfig=0.0+0.5", layout)
    np.testing.assert_array_equal(same, plain)


@pytest.mark.parametrize(
    ("size", "training", "validation"),
    [("20%", 160, 40), ("0.25", 150, 50), ("80", 120, 80), ("33.4%", 134, 66)],
)
def test_forms_of_the_validation_size(
    size: str, training: int, validation: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = make_job(tmp_path, options="!V:!DrawProgressBar")
    job.book(f"{LAYOUT}:ValidationSize={size}")
    job.factory.TrainAllMethods()
    assert f": Using {training} events for training and {validation} for testing" in capsys.readouterr().out


def test_the_last_events_validate(tmp_path: Path) -> None:
    """Changing them changes the validation error and no step of the first epoch."""
    job = make_job(tmp_path)
    booked = job.book(
        f"{LAYOUT}:TrainingStrategy=MaxEpochs=1,BatchSize=20,TestRepetitions=1,LearningRate=1e-3"
    )
    data_set = job.loader.data_set(job.factory._job.log)
    train_method(booked.method, data_set)
    first = booked.method.training_history()
    data_set.training.x[160:] *= 3
    train_method(booked.method, data_set)
    second = booked.method.training_history()
    np.testing.assert_array_equal(first["trainingError"], second["trainingError"])
    assert first["valError"] != second["valError"]


@pytest.mark.parametrize(
    ("settings", "validated", "trained"),
    [
        ("MaxEpochs=20,TestRepetitions=7", 3, 20),  # 7, 14, 20; ROOT would go on to 21
        ("MaxEpochs=6,TestRepetitions=2", 3, 6),
        ("MaxEpochs=5,TestRepetitions=9", 1, 5),
        ("MaxEpochs=50,TestRepetitions=1,ConvergenceSteps=3,LearningRate=1e-30", 4, 4),
        ("MaxEpochs=50,TestRepetitions=3,ConvergenceSteps=3,LearningRate=1e-30", 2, 6),
    ],
)
@pytest.mark.filterwarnings("ignore:no epoch had a smaller validation loss")
def test_when_a_training_ends(settings: str, validated: int, trained: int, tmp_path: Path) -> None:
    """The count of idle epochs must exceed ConvergenceSteps, and MaxEpochs holds."""
    job = make_job(tmp_path, output=tmp_path / "out.root")
    rate = "" if "LearningRate" in settings else ",LearningRate=1e-3"
    booked = job.book(f"{LAYOUT}:TrainingStrategy=BatchSize=20,{settings}{rate}")
    method = booked.method
    job.factory.TrainAllMethods()
    assert len(method._history.epochs) == trained
    history = method.training_history()
    assert list(history) == ["trainingError", "valError"]
    assert [len(values) for values in history.values()] == [validated] * 2
    with uproot.open(tmp_path / "out.root") as file:
        for name, values in history.items():
            keys = [key for key in file.keys(cycle=False) if key.endswith(f"TrainingHistory_DL_{name}")]
            assert len(keys) == 1, file.keys()
            contents, edges = file[keys[0]].to_numpy()
            np.testing.assert_array_equal(contents, values)
            np.testing.assert_array_equal(edges, np.arange(validated + 1) + 0.5)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            "BatchLayout=5|4|3",
            OptionError,
            "BatchLayout: depth 5 is not the batch size 20; leave BatchLayout",
        ),
        ("BatchLayout=1|30|3", OptionError, "BatchLayout: height 30 with depth 1 is not the batch size 20"),
        ("BatchLayout=1|20|4", ShapeError, "BatchLayout"),
        ("InputLayout=1|1|4", ShapeError, "InputLayout"),
        (
            "TrainingStrategy=BatchSize=170",
            TrainingError,
            "160 events do not fill one batch of 170; use BatchSize=160 or less",
        ),
        (
            "TrainingStrategy=BatchSize=50",
            TrainingError,
            "40 events do not fill one batch of 50",
        ),
        (
            "TrainingStrategy=BatchSize=20|BatchSize=50",
            TrainingError,
            "40 events do not fill one batch of 50",
        ),
        ("ValidationSize=100%", TrainingError, "ValidationSize=100% means 200 of 200 training events"),
        ("ValidationSize=200", TrainingError, "ValidationSize=200 means 200 of 200 training events"),
        ("ValidationSize=few", OptionError, "ValidationSize: expected a percentage"),
    ],
)
def test_what_root_only_prints_is_an_error(
    options: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    """The five checks of ROOT's layouts and batches, and the size of the validation sample."""
    job = make_job(tmp_path)
    with pytest.raises(error, match=message) as caught:
        job.run(f"{LAYOUT}:{options}")
    assert not list(tmp_path.rglob("*.xml*"))
    assert re.search("[0-9]|expected", str(caught.value))


def test_the_old_method_is_not_booked(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    with pytest.raises(
        BookingError,
        match=r"DNN 'Old': this old method is read from weight files and not trained; book DL \(Types.kDL\)",
    ):
        job.factory.BookMethod(job.loader, TMVA.Types.kDNN, "Old", "!H:!V:Layout=TANH|8,LINEAR")
