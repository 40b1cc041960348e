"""The training loop: phases, validation, patience, best weights, event weights, dropout, callbacks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tmva_py.errors import OptionError, TMVAWarning, TrainingError, UnknownNameError
from tmva_py.functions.optimizers import Optimizer
from tmva_py.network import EpochRecord, Network, NetworkBuilder, TrainingPhase

RANDOM = np.random.default_rng(12)
X = RANDOM.normal(size=(203, 5))
Y = (X[:, 0] - X[:, 1] * X[:, 2] + RANDOM.normal(0, 0.3, 203) > 0).astype(float)


def small(seed: int = 1, dtype: str = "float64", dropout: float = 0.0) -> Network:
    builder = NetworkBuilder(5, seed=seed, dtype=dtype).dense(8, "TANH")
    return (builder.dropout(dropout) if dropout else builder).dense(1).build()


def fit(network: Network, **settings: Any) -> Any:
    return network.fit(X, Y, **{"batch_size": 20, "max_epochs": 4, "progress": False, **settings})


def mean_loss(network: Network, x: Any, y: Any) -> float:
    """Return the cross entropy by its definition."""
    o = np.asarray(network.forward(x))[:, 0].astype(np.float64)
    return float(np.mean(np.log1p(np.exp(-np.abs(o))) + np.maximum(o, 0) - y * o))


class Weights:
    """A callback that remembers the weights after every epoch."""

    def __init__(self) -> None:
        self.after: list[Any] = []
        self.records: list[EpochRecord] = []

    def __call__(self, network: Network, record: EpochRecord) -> None:
        self.after.append(network.parameters.copy())
        self.records.append(record)


# --- learning -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["SGD", "ADAM", "ADAGRAD", "RMSPROP", "ADADELTA"])
def test_every_optimizer_learns(optimizer: str, dtype: str) -> None:
    network = small(dtype=dtype)
    rates = {"SGD": 0.5, "ADAM": 0.02, "ADAGRAD": 0.1, "RMSPROP": 0.01, "ADADELTA": 5.0}
    history = fit(network, optimizer=optimizer, learning_rate=rates[optimizer], max_epochs=30, momentum=0.3)
    assert history.best_loss < 0.6 * history.initial_loss
    assert network.parameters.dtype == np.dtype(dtype)


@pytest.mark.parametrize("loss", ["MUTUALEXCLUSIVE", "CROSSENTROPY", "SUMOFSQUARES"])
def test_class_numbers_stand_for_one_hot_targets(loss: str) -> None:
    classes = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    trained = []
    for y in (classes, classes.astype(float), np.eye(3)[classes]):
        network = NetworkBuilder(5, seed=1).dense(8, "TANH").dense(3).build()
        network.fit(X, y, loss=loss, max_epochs=3, batch_size=20, progress=False)
        trained.append(network.parameters.copy())
    np.testing.assert_array_equal(trained[0], trained[1])
    np.testing.assert_array_equal(trained[0], trained[2])
    assert network.output_function.code == {"M": "M", "C": "S", "S": "I"}[loss[0]]


def test_history() -> None:
    history = fit(small(), max_epochs=6, test_repetitions=4, convergence_steps=100)
    assert [record.epoch for record in history.epochs] == [1, 2, 3, 4, 5, 6]
    # Every fourth epoch, and the last one whatever its number.
    assert [record.validation_loss is not None for record in history.epochs] == [False] * 3 + [
        True,
        False,
        True,
    ]
    assert history.validation_loss == [history.epochs[3].validation_loss, history.epochs[5].validation_loss]
    assert len(history.training_loss) == 6
    assert history.stopped_by == "epochs"
    assert history.best_epoch == 6
    assert history.best_loss == history.epochs[5].validation_loss
    assert all(record.events == 160 for record in history.epochs)  # 163 events, batches of 20
    assert all(record.seconds >= record.validation_seconds >= 0 for record in history.epochs)


# --- the validation sample ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("validation", "count"), [(0.2, 40), (0.5, 101), (50, 50), (7, 7), (1, 1)])
def test_fraction_or_number_of_events(validation: float, count: int) -> None:
    history = fit(small(), validation=validation, batch_size=1, max_epochs=1)
    assert history.epochs[0].events == 203 - count


@pytest.mark.filterwarnings("ignore:no epoch had a smaller")
def test_validation_events_are_drawn_and_not_trained_on() -> None:
    """Other targets of the events that are set aside do not change the course of the weights."""
    held_out = np.sort(small().random("validation").permutation(203)[:60])
    assert (np.diff(held_out) > 1).sum() > 20  # neither the last ones nor one block
    other = Y.copy()
    other[held_out] = 1 - other[held_out]
    courses = []
    for y in (Y, other):
        spy = Weights()
        small().fit(X, y, validation=0.3, batch_size=20, max_epochs=2, progress=False, callbacks=[spy])
        courses.append(spy)
    np.testing.assert_array_equal(courses[0].after, courses[1].after)
    assert courses[0].records[0].validation_loss != courses[1].records[0].validation_loss


def test_the_remainder_of_the_validation_sample_counts() -> None:
    """ROOT drops what does not fill a batch; here every event counts, in several pieces too."""
    x, y = np.tile(X, (7, 1))[:1400], np.tile(Y, 7)[:1400]
    y[-1] = 1 - y[-1]
    network = small()
    expected_initial = mean_loss(network, x, y)
    history = network.fit(X, Y, validation=(x, y), batch_size=20, max_epochs=2, progress=False)
    assert history.initial_loss == pytest.approx(expected_initial, rel=1e-12)
    assert history.best_loss == pytest.approx(mean_loss(network, x, y), rel=1e-12)


def test_validation_with_weights_and_a_penalty() -> None:
    """The penalty enters once (ROOT counts it twice)."""
    network, weight = small(), np.linspace(-0.5, 2, 203)
    history = network.fit(
        X, Y, validation=(X, Y, weight), regularization="L2", weight_decay=0.01, max_epochs=1, batch_size=20,
        progress=False,
    )  # fmt: skip
    o = np.asarray(network.forward(X))[:, 0]
    expected = np.mean(weight * (np.log1p(np.exp(-np.abs(o))) + np.maximum(o, 0) - Y * o))
    penalty = sum(float((layer.parameters["W"] ** 2).sum()) for layer in network.layers)
    assert history.epochs[0].validation_loss == pytest.approx(expected + 0.01 * penalty, rel=1e-12)


@pytest.mark.parametrize("validation", [-0.1, -3, 203, 1000, 0.001])
def test_validation_that_leaves_nothing(validation: float) -> None:
    with pytest.raises(
        OptionError, match="validation: expected a fraction of, or a number below, the 203 events"
    ):
        fit(small(), validation=validation)


def test_without_validation_the_last_weights_stay() -> None:
    network, spy = small(), Weights()
    history = fit(network, validation=0, callbacks=[spy])
    np.testing.assert_array_equal(network.parameters, spy.after[-1])
    assert history.validation_loss == []
    assert (history.initial_loss, history.best_loss, history.best_epoch) == (None, None, 4)
    assert all(record.validation_loss is None and not record.improved for record in history.epochs)
    assert history.epochs[0].events == 200


# --- best weights and patience ------------------------------------------------------------------------------


def test_the_best_weights_are_kept() -> None:
    network, spy = small(), Weights()
    history = fit(network, learning_rate=0.3, max_epochs=12, convergence_steps=100, callbacks=[spy])
    losses = [record.validation_loss for record in history.epochs]
    assert history.best_epoch == 1 + int(np.argmin(losses)) < 12
    assert history.best_loss == min(losses)
    np.testing.assert_array_equal(network.parameters, spy.after[history.best_epoch - 1])
    best = np.inf
    for record in history.epochs:
        assert record.improved == (record.validation_loss < min(best, history.initial_loss))
        best = min(best, record.validation_loss)


class Scripted(Optimizer):
    """Moves the only bias so that the validation loss takes given values."""

    names = ("SCRIPTED",)

    def update(self, parameters: Any, gradients: Any) -> None:
        parameters[...] = 0.0
        parameters[-1] = SCRIPT[self.steps_done - 1]


SCRIPT: list[float] = []


def scripted_fit(
    losses: Sequence[float], monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> tuple[Network, Any]:
    """Train one epoch per entry; the validation loss after it is the entry's square, 100 before."""
    network = NetworkBuilder(1, seed=1, dtype="float64").dense(1).build()
    network.parameters[...] = [0.0, 10.0]
    SCRIPT[:] = losses
    find = network.registry.find
    monkeypatch.setattr(
        network.registry, "find", lambda kind, name: Scripted if name == "SCRIPTED" else find(kind, name)
    )
    history = network.fit(
        np.zeros((4, 1)), np.zeros(4), loss="SUMOFSQUARES", optimizer="SCRIPTED", batch_size=4,
        validation=(np.zeros((2, 1)), np.zeros(2)), progress=False, **settings,
    )  # fmt: skip
    return network, history


def test_patience_is_strictly_greater(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in ROOT's logs: with ConvergenceSteps=2 the third epoch without improvement is the last."""
    losses = [9, 8, 8, 8.5, 7, 7.5, 7.0, 7.1, 6, 5, 4]
    network, history = scripted_fit(losses, monkeypatch, max_epochs=11, convergence_steps=2)
    assert [record.steps_without_improvement for record in history.epochs] == [0, 0, 1, 2, 0, 1, 2, 3]
    assert history.stopped_by == "convergence"
    assert history.best_epoch == 5
    assert history.best_loss == 49
    assert network.parameters[-1] == 7


def test_patience_counts_epochs_not_validations(monkeypatch: pytest.MonkeyPatch) -> None:
    losses = [9.0] * 12
    _, history = scripted_fit(losses, monkeypatch, max_epochs=12, convergence_steps=4, test_repetitions=3)
    assert [record.steps_without_improvement for record in history.epochs] == [0, 0, 0, 0, 0, 3, 3, 3, 6]
    assert history.stopped_by == "convergence"


def test_patience_of_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    _, history = scripted_fit([9, 8, 8, 7], monkeypatch, max_epochs=4, convergence_steps=0)
    assert len(history.epochs) == 3


def test_the_last_epoch_is_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    """ROOT would train on to epoch 8; here the limit holds and the last epoch may be the best."""
    network, history = scripted_fit([9, 8, 7, 6, 5], monkeypatch, max_epochs=5, test_repetitions=4)
    assert len(history.epochs) == 5
    assert history.validation_loss == [36, 25]
    assert history.best_epoch == 5
    assert network.parameters[-1] == 5


def test_initial_weights_are_kept_when_nothing_improves(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.warns(TMVAWarning, match=r"smaller validation loss than the initial weights \(100\)") as seen:
        network, history = scripted_fit([11, 12, 10], monkeypatch, max_epochs=3)
    assert "the initial weights are kept" in str(seen[0].message)
    np.testing.assert_array_equal(network.parameters, [0, 10])
    assert (history.best_epoch, history.best_loss, history.initial_loss) == (0, 100, 100)


# --- phases -------------------------------------------------------------------------------------------------


def test_best_weights_go_from_phase_to_phase() -> None:
    """Each phase starts from the best weights of the one before, not from its last ones."""
    network, spy = small(), Weights()
    phases = [
        TrainingPhase(learning_rate=2.0, batch_size=20, max_epochs=8, test_repetitions=1),
        TrainingPhase(learning_rate=1e-12, batch_size=20, max_epochs=2, test_repetitions=1),
    ]
    history = fit(network, phases=phases, callbacks=[spy])
    first = [record for record in history.epochs if record.phase == 1]
    assert [(record.phase, record.epoch) for record in history.epochs][7:] == [(1, 8), (2, 1), (2, 2)]
    best = 1 + int(np.argmin([record.validation_loss for record in first]))
    assert best < 8
    np.testing.assert_allclose(spy.after[8], spy.after[best - 1], rtol=0, atol=1e-10)
    assert np.abs(spy.after[8] - spy.after[7]).max() > 1e-3


def test_each_phase_has_a_fresh_optimizer() -> None:
    """The second phase steps as a new training from the same weights would: the momentum is gone."""
    network, spy = small(), Weights()
    phase = TrainingPhase(
        learning_rate=0.1, momentum=0.9, batch_size=203, max_epochs=2, optimizer="SGD", test_repetitions=1
    )
    fit(network, phases=[phase, phase], validation=0, callbacks=[spy])
    other, again = small(), Weights()
    other.parameters[...] = spy.after[1]
    fit(other, phases=[phase], validation=0, callbacks=[again])
    np.testing.assert_allclose(spy.after[2:], again.after, rtol=1e-11, atol=1e-14)
    carried = spy.after[1] - spy.after[0]
    assert np.abs(0.9 * carried).max() > 1e-3


def test_each_phase_shuffles_in_its_own_way() -> None:
    network = small()
    orders = [network.random("shuffle", number).permutation(203) for number in (1, 2)]
    assert (orders[0] != orders[1]).any()


def test_phases_have_their_own_batch_size_and_dropout() -> None:
    network = small(dropout=0.125)
    seen: list[tuple[int, float, int]] = []

    def look(network: Network, record: EpochRecord) -> None:
        seen.append((record.phase, network.layers[1].dropout, record.events))

    phases = [
        TrainingPhase(learning_rate=1e-3, batch_size=60, max_epochs=1, drop_config=(0.0, 0.5)),
        TrainingPhase(learning_rate=1e-3, batch_size=100, max_epochs=1),
        TrainingPhase(learning_rate=1e-3, batch_size=203, max_epochs=1, drop_config=(0.25,)),
    ]
    fit(network, phases=phases, validation=0, callbacks=[look])
    # The second phase says nothing: the layer's own. The third names one layer: the others drop nothing.
    assert seen == [(1, 0.5, 180), (2, 0.125, 200), (3, 0.0, 203)]
    assert network.layers[0].dropout == 0.0
    assert network.layers[1].dropout == 0.125


def test_convergence_ends_the_phase_and_not_the_training() -> None:
    phases = [
        TrainingPhase(
            learning_rate=5.0, batch_size=20, max_epochs=30, convergence_steps=0, test_repetitions=1
        ),
        TrainingPhase(learning_rate=1e-3, batch_size=20, max_epochs=2, test_repetitions=1),
    ]
    history = fit(small(), phases=phases)
    assert history.epochs[-1].phase == 2
    assert len(history.epochs) < 32


def test_no_phase() -> None:
    with pytest.raises(OptionError, match="training needs at least one phase"):
        fit(small(), phases=[])


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"learning_rate": 0.0}, "learning_rate: expected a number above 0, got 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate: expected a number above 0, got nan"),
        ({"batch_size": 0}, "batch_size: expected at least 1, got 0"),
        ({"batch_size": 2.5}, "batch_size: expected a whole number, got 2.5"),
        ({"max_epochs": 0}, "max_epochs: expected at least 1, got 0"),
        ({"test_repetitions": 0}, "test_repetitions: expected at least 1, got 0"),
        ({"convergence_steps": -1}, "convergence_steps: expected at least 0, got -1"),
        ({"momentum": -0.1}, "momentum: expected at least 0, got -0.1"),
        ({"weight_decay": -1.0}, "weight_decay: expected at least 0, got -1.0"),
        ({"drop_config": (0.1, 1.0)}, "drop_config: entry 1: expected a probability to drop, .* got 1.0"),
        ({"optimizer_options": {"beta3": 1.0}}, "ADAM: unknown setting 'beta3'; did you mean 'beta1|beta2'"),
    ],
)
def test_settings_out_of_range(settings: dict[str, Any], text: str) -> None:
    network = small()
    before = network.parameters.copy()
    with pytest.raises(OptionError, match=text):
        fit(network, **settings)
    np.testing.assert_array_equal(network.parameters, before)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"optimizer": "ADAMM"}, "unknown optimizer 'ADAMM'; did you mean 'ADAM'"),
        ({"loss": "CROSENTROPY"}, "unknown loss 'CROSENTROPY'; did you mean 'CROSSENTROPY'"),
        ({"regularization": "L3"}, "unknown regularization 'L3'"),
    ],
)
def test_unknown_names(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(UnknownNameError, match=text):
        fit(small(), **settings)


def test_fewer_events_than_a_batch() -> None:
    with pytest.raises(
        TrainingError, match="163 training events are fewer than the batch size of 164"
    ) as error:
        fit(small(), batch_size=164)
    assert "smaller BatchSize" in str(error.value)
    assert fit(small(), batch_size=163, max_epochs=1).epochs[0].events == 163


# --- event weights ------------------------------------------------------------------------------------------


def test_events_of_weight_zero_have_no_effect() -> None:
    """One full batch: the number of events still divides, so the step is the share of the others."""
    weight = np.ones(203)
    weight[100:] = 0.0
    first, second = small(), small()
    fit(
        first,
        event_weight=weight,
        validation=0,
        batch_size=203,
        max_epochs=1,
        optimizer="SGD",
        learning_rate=1.0,
    )
    second.fit(
        X[:100], Y[:100], validation=0, batch_size=100, max_epochs=1, optimizer="SGD",
        learning_rate=100 / 203, progress=False,
    )  # fmt: skip
    np.testing.assert_allclose(first.parameters, second.parameters, rtol=1e-12, atol=1e-14)


def test_a_negative_weight_undoes_an_event() -> None:
    x, y = np.concatenate([X, X[:50]]), np.concatenate([Y, Y[:50]])
    weight = np.concatenate([np.ones(203), -np.ones(50)])
    first, second = small(), small()
    settings: Any = {"validation": 0, "max_epochs": 1, "optimizer": "SGD", "progress": False}
    first.fit(x, y, event_weight=weight, batch_size=253, learning_rate=1.0, **settings)
    second.fit(X[50:], Y[50:], batch_size=153, learning_rate=153 / 253, **settings)
    np.testing.assert_allclose(first.parameters, second.parameters, rtol=1e-12, atol=1e-13)


def test_weights_follow_their_events_through_shuffling() -> None:
    """In small shuffled batches, the targets of events of weight zero still do not matter."""
    out = RANDOM.random(203) < 0.3
    other, trained = np.where(out, 1 - Y, Y), []
    for y in (Y, other):
        network = small()
        network.fit(
            X,
            y,
            event_weight=np.where(out, 0.0, 1.5),
            validation=0,
            batch_size=7,
            max_epochs=3,
            progress=False,
        )
        trained.append(network.parameters.copy())
    np.testing.assert_array_equal(trained[0], trained[1])


def test_weights_of_one_are_no_weights() -> None:
    first, second = small(), small()
    fit(first, event_weight=np.ones((203, 1)))
    fit(second)
    np.testing.assert_allclose(first.parameters, second.parameters, rtol=1e-12)


# --- dropout ------------------------------------------------------------------------------------------------


def test_dropout_drops_its_share_and_keeps_the_mean() -> None:
    network = NetworkBuilder(1000, seed=1).dropout(0.3).dense(1000).build()
    dense = network.layers[0]
    dense.parameters["W"][...] = np.eye(1000)
    out = np.asarray(network.forward(np.ones((200, 1000)), training=True))
    dropped = (out == 0).mean()
    assert abs(dropped - 0.3) < 5 * np.sqrt(0.21 / 200_000)
    np.testing.assert_allclose(out[out != 0], 1 / 0.7, rtol=1e-6)
    assert abs(out.mean() - 1) < 5 * np.sqrt(0.3 / 0.7 / 200_000)
    # Every unit and every event its own: columns and rows scatter as they should.
    assert (out == 0).mean(axis=0).std() == pytest.approx(np.sqrt(0.21 / 200), rel=0.1)
    again = np.asarray(network.forward(np.ones((200, 1000)), training=True))
    assert ((out == 0) != (again == 0)).mean() > 0.3  # a fresh mask: 0.42 differ
    np.testing.assert_array_equal(network.forward(np.ones((2, 1000))), np.ones((2, 1000)))


def test_dropout_is_off_in_validation_and_predicting() -> None:
    network = small(dropout=0.5)
    np.testing.assert_array_equal(network.predict(X), network.predict(X))
    history = fit(network, validation=(X, Y), max_epochs=1)
    assert history.epochs[0].validation_loss == pytest.approx(mean_loss(network, X, Y), rel=1e-12)


def test_drop_config_on_other_layers_is_told() -> None:
    network = NetworkBuilder((4, 3), seed=1).lstm(3).dense(2, "TANH").dense(1).build()
    x, y = RANDOM.normal(size=(40, 4, 3)), np.arange(40) % 2
    settings: Any = {"batch_size": 10, "max_epochs": 1, "validation": 0, "progress": False}
    with pytest.warns(TMVAWarning) as seen:
        network.fit(x, y, drop_config=(0.3, 0.2, 0.0, 0.1), **settings)
    texts = [str(warning.message) for warning in seen]
    assert len(texts) == 2
    assert texts[0].startswith("DropConfig: entry 0 (0.3) falls on layer 0 (LSTM|3|3|4|0|0)")
    assert texts[1].startswith("DropConfig: entry 3 (0.1) falls on no layer")
    assert "the entry has no effect" in texts[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network.fit(x, y, drop_config=(0.0, 0.2), **settings)


# --- callbacks ----------------------------------------------------------------------------------------------


def test_a_callback_ends_the_training() -> None:
    seen: list[int] = []

    def stop(network: Network, record: EpochRecord) -> bool:
        return record.epoch == 2

    def count(network: Network, record: EpochRecord) -> None:
        seen.append(record.epoch)

    phase = TrainingPhase(learning_rate=1e-3, batch_size=20, max_epochs=5)
    history = fit(small(), phases=[phase, phase], callbacks=[stop, count], validation=0)
    assert seen == [1, 2]  # every callback sees every epoch
    assert history.stopped_by == "callback"
    assert len(history.epochs) == 2


def test_only_true_ends_it() -> None:
    assert len(fit(small(), validation=0, callbacks=[lambda *_: 1, lambda *_: "yes"]).epochs) == 4
