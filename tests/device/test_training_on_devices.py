"""Training on a device: the weights of NumPy, no transfer inside an epoch, mistakes named at its end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from devices import DEVICES, PRETENDED, make_device

from tmva_py import Network
from tmva_py.errors import TMVAWarning, TrainingError
from tmva_py.testing.strict import StrictBackend

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(96, 4, 3))
Y = (X[:, :, 0].sum(axis=1) + 0.3 * RANDOM.normal(size=96) > 0).astype(float)
RECURRENT = "LSTM|4|3|4|0|1,GRU|3|4|4|0|1|0,RNN|3|3|4|0|1,RESHAPE|FLAT,DENSE|5|TANH,LINEAR"
IMAGES = "RESHAPE|1|4|3,CONV|3|2|2|1|1|1|1|RELU,BNORM,MAXPOOL|2|2|1|1,RESHAPE|FLAT,DENSE|4|RELU,LINEAR"
SETTINGS: dict[str, Any] = {"batch_size": 16, "max_epochs": 3, "progress": False, "learning_rate": 0.02}


def make(device: str, layout: str = RECURRENT, *, n_outputs: int = 1, dtype: str = "float64") -> Network:
    backend = "numpy" if device == "numpy" else make_device(device, dtype)
    return Network.from_layout(
        layout, input_layout="4|3", n_outputs=n_outputs, seed=5, dtype=dtype, backend=backend
    )


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    "settings",
    [
        *({"optimizer": name} for name in ("ADAM", "SGD", "ADAGRAD", "RMSPROP")),
        {"optimizer": "ADADELTA", "learning_rate": 1.0, "validation": 0},
        {"optimizer": "SGD", "momentum": 0.9},
        {"optimizer": "RMSPROP", "momentum": 0.5},
        *({"loss": name} for name in ("SUMOFSQUARES", "CROSSENTROPY")),
        {"event_weight": RANDOM.normal(1.0, 0.5, 96)},
        {"regularization": "L1", "weight_decay": 1e-3},
        {"regularization": "L2", "weight_decay": 1e-3},
        {"validation": 0},
        {"validation": (X[:30], Y[:30], np.ones(30)), "test_repetitions": 2},
    ],
)
@pytest.mark.parametrize("layout", [RECURRENT, IMAGES])
def test_same_weights(device: str, layout: str, settings: dict[str, Any], figures: Any) -> None:
    nets = [make(device, layout), make("numpy", layout)]
    histories = [net.fit(X, Y, **SETTINGS | settings) for net in nets]
    found, expected = (net.backend.to_numpy(net.parameters) for net in nets)
    error = float(np.abs(found - expected).max())
    assert figures.note(f"{device}: training", error) < 1e-9
    for one, other in zip(histories[0].epochs, histories[1].epochs, strict=True):
        losses, others = ([epoch.training_loss, epoch.validation_loss or 0.0] for epoch in (one, other))
        assert losses == pytest.approx(others, rel=1e-9)
        assert one.improved == other.improved
    assert histories[0].best_epoch == histories[1].best_epoch


@pytest.mark.parametrize("device", DEVICES)
def test_several_classes(device: str) -> None:
    layout = "RESHAPE|FLAT,DENSE|6|SOFTSIGN,DENSE|3|LINEAR"
    classes = np.argmax(X[:, 0], axis=1)
    nets = [make(name, layout, n_outputs=3) for name in (device, "numpy")]
    for net in nets:
        net.fit(X, classes, loss="MUTUALEXCLUSIVE", **SETTINGS)
    np.testing.assert_allclose(nets[0].predict(X), nets[1].predict(X), rtol=0, atol=1e-9)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_learns(device: str, dtype: str) -> None:
    net = make(device, "LSTM|6,DENSE|8|TANH,LINEAR", dtype=dtype)
    history = net.fit(X, Y, **SETTINGS | {"max_epochs": 25, "drop_config": (0.0, 0.2)})
    assert history.epochs[-1].training_loss < 0.6 * history.epochs[0].training_loss
    assert ((net.predict(X)[:, 0] > 0.5) == Y).mean() > 0.85


@pytest.mark.parametrize("device", DEVICES)
def test_remembered_states_and_dropout_train(device: str) -> None:
    layout = "LSTM|4|3|4|1|1,GRU|3|4|4|1|0|1,DENSE|5|TANH,LINEAR"
    first, second = (make(device, layout) for _ in range(2))
    for net in (first, second):
        net.fit(X, Y, **SETTINGS, drop_config=(0.0, 0.0, 0.3, 0.2))
    # A seed stands for its masks, on a device too.
    np.testing.assert_array_equal(*(net.backend.to_numpy(net.parameters) for net in (first, second)))


def transfers(device: str, epochs: int, **settings: Any) -> Any:
    """Return what the device was asked for in a training of so many epochs."""
    net = make(device, settings.pop("layout", RECURRENT))
    backend: Any = net.backend
    with backend.counting() as counts:
        net.fit(X, Y, **SETTINGS | settings | {"max_epochs": epochs})
    return counts


@pytest.mark.parametrize("device", PRETENDED)
@pytest.mark.parametrize("layout", [RECURRENT, IMAGES])
@pytest.mark.parametrize("batch_size", [16, 8, 4])
def test_no_transfer_inside_an_epoch(device: str, layout: str, batch_size: int) -> None:
    """However many batches: one way in, the events' new order, and three out: two losses and a check."""
    settings = {"batch_size": batch_size, "layout": layout, "validation": 32, "convergence_steps": 9}
    more, fewer = (transfers(device, epochs, **settings) for epochs in (3, 2))
    assert more.to_device - fewer.to_device == 1
    assert more.to_host - fewer.to_host == 3
    assert more.synchronizations == 0


def test_no_transfer_with_dropout() -> None:
    settings = {"drop_config": (0.0, 0.0, 0.0, 0.0, 0.3), "validation": 32, "convergence_steps": 9}
    more, fewer = (transfers("pretend_cupy", epochs, **settings) for epochs in (3, 2))
    assert (more.to_device - fewer.to_device, more.to_host - fewer.to_host) == (1, 3)


@pytest.mark.parametrize("device", DEVICES)
def test_a_loss_that_is_not_finite_is_named_at_the_end_of_its_epoch(device: str) -> None:
    net = make(device, "RESHAPE|FLAT,DENSE|4|TANH,LINEAR")
    before = net.backend.to_numpy(net.parameters)
    with pytest.raises(TrainingError) as error, np.errstate(all="ignore"):
        net.fit(X, Y, **SETTINGS | {"learning_rate": 1e200, "optimizer": "SGD", "loss": "SUMOFSQUARES"})
    text = str(error.value)
    assert "(phase 1, epoch 1, found at its end)" in text
    assert "parameter W of layer" in text
    assert "the initial weights are kept" in text
    np.testing.assert_array_equal(net.backend.to_numpy(net.parameters), before)


@pytest.mark.parametrize("device", DEVICES)
def test_an_interrupt_keeps_the_best_weights(device: str) -> None:
    net = make(device, "RESHAPE|FLAT,DENSE|4|TANH,LINEAR")

    def interrupt(network: Network, record: Any) -> None:
        if record.epoch == 2:
            raise KeyboardInterrupt

    for validation in (0.2, 0):
        with pytest.warns(TMVAWarning, match="training interrupted in epoch 2 of phase 1"):
            history = net.fit(X, Y, **SETTINGS | {"validation": validation}, callbacks=[interrupt])
        assert history.stopped_by == "interrupt"
        assert np.isfinite(net.predict(X)).all()


@pytest.mark.parametrize("validation", [0.25, 0])
def test_events_that_do_not_fit_come_batch_by_batch(validation: float) -> None:
    class Small(StrictBackend):
        def fits(self, values: int) -> bool:
            return values <= 100

    weights = []
    for backend in (Small(), StrictBackend()):
        net = Network.from_layout(RECURRENT, input_layout="4|3", seed=5, backend=backend)
        weight = np.linspace(0.5, 1.5, 96)
        with backend.counting() as counts:
            net.fit(X, Y, event_weight=weight, **SETTINGS | {"validation": validation})
        weights.append(net.backend.to_numpy(net.parameters))
        batches = 3 * (96 - 24 if validation else 96) // 16
        assert (counts.to_device >= 3 * batches) == isinstance(backend, Small)
    np.testing.assert_array_equal(*weights)


@pytest.mark.parametrize("device", DEVICES)
def test_files(device: str, tmp_path: Any) -> None:
    net = make(device, IMAGES)
    net.fit(X, Y, **SETTINGS)
    net.save(tmp_path / "net.npz")
    for backend in ("numpy", make_device(device)):
        again = Network.load(tmp_path / "net.npz", backend=backend)
        np.testing.assert_allclose(again.predict(X), net.predict(X), rtol=0, atol=1e-14)
