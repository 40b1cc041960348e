"""What is kept and what is said when a training is interrupted or its numbers are no longer finite."""

from __future__ import annotations

import signal
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import background
import numpy as np
import pytest

from tmva_py.errors import DataError, ShapeError, TMVAWarning, TrainingError
from tmva_py.functions.optimizers import Optimizer
from tmva_py.network import EpochRecord, Network, NetworkBuilder, TrainingPhase

RANDOM = np.random.default_rng(12)
X = RANDOM.normal(size=(100, 5))
Y = (X[:, 0] > 0).astype(float)


def small() -> Network:
    return NetworkBuilder(5, seed=1, dtype="float64").dense(8, "TANH").dense(1).build()


def fit(network: Network, **settings: Any) -> Any:
    return network.fit(X, Y, **{"batch_size": 20, "max_epochs": 6, "progress": False, **settings})


class Failing(Optimizer):
    """Adam's little sister: steps along the gradient until `FAIL` says what to do instead."""

    names = ("FAILING",)

    def update(self, parameters: Any, gradients: Any) -> None:
        parameters -= 0.1 * gradients
        FAIL[0](self.steps_done, parameters)


FAIL: list[Callable[[int, Any], None]] = [lambda *_: None]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """A network that knows the optimiser FAILING."""
    made = small()
    find = made.registry.find
    monkeypatch.setattr(
        made.registry, "find", lambda kind, name: Failing if name == "FAILING" else find(kind, name)
    )
    return made


class Weights:
    """A callback that remembers the weights after every epoch."""

    def __init__(self) -> None:
        self.after: list[Any] = []

    def __call__(self, network: Network, record: EpochRecord) -> None:
        self.after.append(network.parameters.copy())


def poison(at: int, place: int) -> Callable[[int, Any], None]:
    def act(step: int, parameters: Any) -> None:
        if step == at:
            parameters[place] = np.nan

    return act


def interrupt(at: int) -> Callable[[int, Any], None]:
    def act(step: int, parameters: Any) -> None:
        if step == at:
            raise KeyboardInterrupt

    return act


# --- numbers that are no longer finite ----------------------------------------------------------------------


def test_nan_names_phase_epoch_step_and_layer(network: Network) -> None:
    """Step 7 of 4 per epoch breaks the dense output's bias: seen at step 8, the fourth of epoch 2."""
    FAIL[0], spy = poison(7, -1), Weights()
    with pytest.raises(TrainingError) as error:
        fit(network, optimizer="FAILING", callbacks=[spy])
    text = str(error.value)
    assert "the loss is nan: parameter b of layer 1 (DENSE|1|IDENTITY) is no longer finite" in text
    assert "(phase 1, epoch 2, step 4 of 4)" in text
    assert "the best weights so far are kept (epoch 1, validation loss 0." in text
    np.testing.assert_array_equal(network.parameters, spy.after[0])


def test_nan_in_the_first_epoch_keeps_the_initial_weights(network: Network) -> None:
    FAIL[0], before = poison(2, 0), network.parameters.copy()
    with pytest.raises(TrainingError, match=r"parameter W of layer 0 .*; the initial weights are kept$"):
        fit(network, optimizer="FAILING")
    np.testing.assert_array_equal(network.parameters, before)


def test_nan_in_the_last_step_of_an_epoch(network: Network) -> None:
    """No batch sees it any more in this epoch; it is found all the same."""
    FAIL[0], spy = poison(8, 3), Weights()
    with pytest.raises(TrainingError, match=r"^parameter W of layer 0 .* epoch 2, after the last step"):
        fit(network, optimizer="FAILING", max_epochs=2, callbacks=[spy])
    np.testing.assert_array_equal(network.parameters, spy.after[0])


def test_nan_without_validation_goes_back_to_the_last_epoch(network: Network) -> None:
    FAIL[0], spy = poison(13, 3), Weights()
    with pytest.raises(TrainingError, match=r"epoch 3, step 4 of 5\); the weights after epoch 2 are kept"):
        fit(network, optimizer="FAILING", validation=0, callbacks=[spy])
    np.testing.assert_array_equal(network.parameters, spy.after[1])


def test_nan_in_a_later_phase_keeps_the_best_of_the_first(network: Network) -> None:
    FAIL[0], spy = (lambda *_: None), Weights()

    def arm(network: Network, record: EpochRecord) -> None:
        if record.phase == 1 and record.epoch == 2:
            FAIL[0] = poison(1, 0)

    phase = TrainingPhase(
        learning_rate=0.1, batch_size=20, max_epochs=2, optimizer="FAILING", test_repetitions=1
    )
    with pytest.raises(
        TrainingError, match=r"phase 2, epoch 1, step 2 of 4\); the best weights so far .*epoch 2,"
    ):
        fit(network, phases=[phase, phase], callbacks=[spy, arm])
    np.testing.assert_array_equal(network.parameters, spy.after[1])


def test_overflowing_loss_says_which_layer() -> None:
    network = NetworkBuilder(5, seed=1, dtype="float32").dense(3, "LINEAR").dense(1).build()
    network.layers[0].parameters["W"][...] = 1e38
    with np.errstate(over="ignore", invalid="ignore"), pytest.raises(TrainingError) as error:
        fit(network, validation=0)
    assert "the output of layer 0 (DENSE|3|LINEAR) is not finite" in str(error.value)
    assert "(phase 1, epoch 1, step 1 of 5)" in str(error.value)


def test_outputs_too_large_for_the_loss() -> None:
    network = NetworkBuilder(5, seed=1, dtype="float32").dense(1).build()
    network.layers[0].parameters["W"][...] = 1e30
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(TrainingError, match="too large for the loss"),
    ):
        fit(network, validation=0, loss="SUMOFSQUARES")


# --- interrupts ---------------------------------------------------------------------------------------------


def test_interrupt_keeps_the_best_weights(network: Network) -> None:
    FAIL[0], spy = interrupt(10), Weights()
    with pytest.warns(
        TMVAWarning, match="training interrupted in epoch 3 of phase 1: the best weights"
    ) as seen:
        history = fit(network, optimizer="FAILING", callbacks=[spy])
    assert "are kept (epoch 2, validation loss" in str(seen[0].message)
    assert len(seen) == 1
    assert history.stopped_by == "interrupt"
    assert len(history.epochs) == 2
    np.testing.assert_array_equal(network.parameters, spy.after[1])


def test_interrupt_in_the_first_epoch(network: Network) -> None:
    FAIL[0], before = interrupt(2), network.parameters.copy()
    with pytest.warns(TMVAWarning, match="in epoch 1 of phase 1: the initial weights are kept$"):
        history = fit(network, optimizer="FAILING")
    assert (history.stopped_by, history.epochs) == ("interrupt", [])
    np.testing.assert_array_equal(network.parameters, before)


def test_interrupt_without_validation_keeps_what_was_learnt(network: Network) -> None:
    FAIL[0], before = interrupt(3), network.parameters.copy()
    with pytest.warns(TMVAWarning, match="in epoch 1 of phase 1: the weights of the last step are kept$"):
        fit(network, optimizer="FAILING", validation=0)
    assert (network.parameters != before).any()


def test_interrupt_from_a_callback_ends_all_phases() -> None:
    network, spy = small(), Weights()

    def stop(network: Network, record: EpochRecord) -> None:
        if record.epoch == 2:
            raise KeyboardInterrupt

    phase = TrainingPhase(learning_rate=0.01, batch_size=20, max_epochs=3, test_repetitions=1)
    with pytest.warns(TMVAWarning, match="interrupted in epoch 2 of phase 1: the best weights so far"):
        history = fit(network, phases=[phase, phase], callbacks=[spy, stop])
    assert history.stopped_by == "interrupt"
    np.testing.assert_array_equal(network.parameters, spy.after[history.best_epoch - 1])


def test_interrupt_before_the_first_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the validation loss of the initial weights is computed."""
    from tmva_py.network import training

    network, original = small(), training.Trainer._validation_loss
    calls: list[int] = []

    def first_is_interrupted(self: Any, sample: Any) -> float:
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return original(self, sample)

    monkeypatch.setattr(training.Trainer, "_validation_loss", first_is_interrupted)
    before = network.parameters.copy()
    with pytest.warns(
        TMVAWarning, match="interrupted before the first epoch of phase 1: the initial weights"
    ):
        fit(network)
    np.testing.assert_array_equal(network.parameters, before)


def test_ctrl_c(tmp_path: Path) -> None:
    """A real signal into a real training, which then saves what it has."""
    script = textwrap.dedent(
        f"""
        import sys, warnings, numpy as np
        from tmva_py.network import Network, NetworkBuilder
        random = np.random.default_rng(0)
        x = random.normal(size=(2000, 10, 8)); y = (x[:, :, 0].sum(axis=1) > 0).astype(float)
        net = NetworkBuilder((10, 8), seed=1).lstm(8).dense(1).build()
        def say(network, record):
            print(record.epoch, record.validation_loss, flush=True)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            history = net.fit(x, y, max_epochs=100000, convergence_steps=100000, callbacks=[say])
        loss = min(record.validation_loss for record in history.epochs)
        assert history.best_loss == loss, (history.best_loss, loss)
        net.save({str(tmp_path / "net.npz")!r})
        print("KEPT", history.stopped_by, seen[0].message, flush=True)
        """
    )
    process = background.start(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    assert lines[2].startswith("3 ")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "KEPT interrupt training interrupted in epoch" in out
    assert "the best weights so far are kept (epoch" in out
    assert Network.load(tmp_path / "net.npz").output_function.names[0] == "SIGMOID"


def test_a_training_that_was_interrupted_goes_on(network: Network) -> None:
    FAIL[0] = interrupt(6)
    with pytest.warns(TMVAWarning, match="interrupted"):
        fit(network, optimizer="FAILING")
    assert fit(network, max_epochs=2).stopped_by == "epochs"


# --- what is not accepted -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"x": X[:, :4]}, ShapeError, r"x: expected events of shape \(N, 5\), got \(100, 4\)"),
        ({"x": X[0]}, ShapeError, r"x: expected events of shape \(N, 5\), got \(5,\)"),
        ({"x": 3.0}, ShapeError, r"x: expected events of shape \(N, 5\), got \(\)"),
        (
            {"x": np.empty((0, 5)), "y": np.empty(0)},
            DataError,
            r"x: expected events of shape \(N, 5\), got none",
        ),
        ({"x": X.astype(str)}, DataError, "x: expected real numbers, got an array of str"),
        ({"x": X * 1j}, DataError, "x: expected real numbers, got complex numbers"),
        ({"x": [[1.0], [1.0, 2.0]]}, ShapeError, "x: expected an array of numbers: .*inhomogeneous"),
        ({"y": Y[:99]}, ShapeError, r"y: expected one target for each of 100 events, got shape \(99,\)"),
        ({"y": 1.0}, ShapeError, r"y: expected one target for each of 100 events, got shape \(\)"),
        ({"y": np.stack([Y, Y], 1)}, ShapeError, r"y: expected 1 column\(s\), one per output, got 2"),
        ({"y": np.where(Y > 0, "S", "B")}, DataError, "y: expected real numbers, got an array of str"),
        (
            {"event_weight": Y[:50]},
            ShapeError,
            "event_weight: expected one weight for each of 100 events, got 50",
        ),
        ({"event_weight": np.ones((100, 2))}, ShapeError, "event_weight: expected one weight .*, got 200"),
    ],
)
def test_wrong_shapes_and_kinds(change: dict[str, Any], error: type[Exception], text: str) -> None:
    network = small()
    before = network.parameters.copy()
    with pytest.raises(error, match=text):
        network.fit(**{"x": X, "y": Y, **change})
    np.testing.assert_array_equal(network.parameters, before)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["x", "y", "event_weight"])
def test_nan_in_the_data(name: str, value: float) -> None:
    given: Any = {"x": X.copy(), "y": Y.copy(), "event_weight": np.ones(100)}
    given[name][17] = value
    columns = 5 if name == "x" else 1
    with pytest.raises(DataError, match=f"{name}: {columns} values are NaN or infinite") as error:
        small().fit(**given)
    assert "column 0: 1 (first in event 17)" in str(error.value)


def test_many_columns_with_nan_are_counted() -> None:
    network = NetworkBuilder(9).dense(1).build()
    x = np.ones((20, 9))
    x[3:, 1:] = np.nan
    with pytest.raises(
        DataError, match=r"x: 136 values .* column 5: 17 \(first in event 3\) and 3 more columns"
    ):
        network.fit(x, np.ones(20))


def test_too_large_for_float32() -> None:
    network = NetworkBuilder(5, dtype="float32").dense(1).build()
    with pytest.raises(DataError, match="x: 1 values are NaN or infinite in float32; column 0: 1"):
        network.fit(np.where(np.arange(500).reshape(100, 5) == 0, 1e39, X), Y)


def test_class_numbers_out_of_range() -> None:
    network = NetworkBuilder(5).dense(3).build()
    for y in (np.full(100, 3), np.full(100, -1), np.full(100, 0.5)):
        with pytest.raises(
            ShapeError, match=r"for 3 outputs expected shape \(N, 3\), or whole class numbers"
        ):
            network.fit(X, y)


def test_validation_events_are_checked_too() -> None:
    with pytest.raises(DataError, match=r"x: expected events of shape \(N, 5\), got none"):
        fit(small(), validation=(X[:0], Y[:0]))
    with pytest.raises(ShapeError, match="y: expected one target for each of 10 events"):
        fit(small(), validation=(X[:10], Y[:9]))


def test_flat_events_of_the_right_length_are_taken() -> None:
    """A row of values in TMVA's order is as good as the shape itself."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(40, 4, 3)), np.arange(40) % 2
    trained = []
    for events in (x, x.reshape(40, 12)):
        network = NetworkBuilder((4, 3), seed=1).lstm(3).dense(1).build()
        network.fit(events, y, batch_size=10, max_epochs=2, validation=0, progress=False)
        trained.append(network.parameters.copy())
    np.testing.assert_array_equal(trained[0], trained[1])
