"""Training steps captured as a CUDA graph: the numbers of single steps, one launch for each batch."""

from __future__ import annotations

import inspect
import logging
import sys
import textwrap
import warnings
from typing import Any

import numpy as np
import pytest
from devices import make_device
from pretend_cuda import PretendCupyBackend

from tmva_py import Network
from tmva_py.backends.cuda_graph import CudaGraph
from tmva_py.backends.cupy_backend import CupyBackend
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.errors import TMVAWarning, TrainingError
from tmva_py.functions.activations import Activation
from tmva_py.functions.optimizers.adam import Adam
from tmva_py.kernels.capture import noting_obstacles
from tmva_py.kernels.cuda import products
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.network.loss_sum import LossSum
from tmva_py.network.phase import TrainingPhase
from tmva_py.network.repeated_steps import RepeatedSteps
from tmva_py.testing import StrictDevice, StrictDeviceError

RANDOM = np.random.default_rng(11)
X = RANDOM.normal(size=(70, 4, 3))
Y = (X[:, :, 0].sum(axis=1) + 0.3 * RANDOM.normal(size=70) > 0).astype(float)
RECURRENT = "LSTM|4|3|4|0|1,GRU|3|4|4|0|1|0,RNN|3|3|4|0|1,RESHAPE|FLAT,DENSE|5|TANH,LINEAR"
DENSE = "RESHAPE|FLAT,DENSE|6|TANH,DENSE|5|RELU,BNORM,DENSE|1|LINEAR"
NETS = {
    "recurrent": RECURRENT,
    "reset gate after": "GRU|3|3|4|0|0|1,DENSE|1|LINEAR",
    "last step": "LSTM|4,RESHAPE|FLAT,DENSE|1|LINEAR",
    "dense": DENSE,
    "images": "RESHAPE|1|4|3,CONV|3|2|2|1|1|1|1|RELU,BNORM,MAXPOOL|2|2|1|1,RESHAPE|FLAT,DENSE|1|LINEAR",
}
SETTINGS: dict[str, Any] = {
    "batch_size": 12,
    "max_epochs": 3,
    "convergence_steps": 9,
    "progress": False,
    "learning_rate": 0.02,
}


def train(
    layout: str,
    backend: Any,
    *,
    captures: bool,
    events: int = 70,
    y: Any = Y,
    n_outputs: int = 1,
    **settings: Any,
) -> dict[str, Any]:
    """Return what a training ends with, bit by bit."""
    backend.captures = captures
    net = Network.from_layout(
        layout,
        input_layout="4|3",
        n_outputs=n_outputs,
        seed=5,
        dtype=backend.dtype,
        backend=backend,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no epoch had a smaller", TMVAWarning)
        history = net.fit(X[:events], y[:events], **SETTINGS | settings)
    return {
        "weights": backend.to_numpy(net.parameters).tolist(),
        "buffers": backend.to_numpy(net.buffers).tolist(),
        "losses": [(epoch.training_loss, epoch.validation_loss) for epoch in history.epochs],
        "best": history.best_epoch,
    }


def graphs(backend: Any) -> int:
    """Return how many graphs did any work."""
    return sum(graph.launches > 0 for graph in backend.xp.cuda.graphs)


def both(layout: str, dtype: str = "float64", expected: int = 1, **settings: Any) -> None:
    """Compare a training with graphs, so many of them, with one without."""
    backends = [PretendCupyBackend(dtype) for _ in range(2)]
    answers = [
        train(layout, backend, captures=captures, **settings)
        for backend, captures in zip(backends, (True, False), strict=True)
    ]
    assert answers[0] == answers[1]
    assert [graphs(backend) for backend in backends] == [expected, 0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETS)
def test_every_net(name: str, dtype: str) -> None:
    both(NETS[name], dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["ADAM", "SGD", "ADAGRAD", "RMSPROP", "ADADELTA"])
def test_every_optimiser(optimizer: str, dtype: str) -> None:
    both(DENSE, dtype, optimizer=optimizer, momentum=0.4)


@pytest.mark.parametrize(
    "settings",
    [
        {"drop_config": (0.0, 0.3)},
        {"drop_config": (0.0, 0.3, 0.2, 0.0, 0.1), "regularization": "L2", "weight_decay": 1e-3},
        {"regularization": "L1", "weight_decay": 1e-3},
        {"event_weight": RANDOM.normal(1.0, 0.5, 70)},
        {"validation": 0},
        {"validation": (X[:30], Y[:30]), "test_repetitions": 2},
        {"loss": "SUMOFSQUARES"},
        {"loss": "MUTUALEXCLUSIVE", "n_outputs": 3, "y": np.argmax(X[:, 0], axis=1)},
    ],
    ids=lambda settings: ",".join(settings),
)
def test_every_setting(settings: dict[str, Any]) -> None:
    layout = DENSE.replace("DENSE|1|", f"DENSE|{settings.get('n_outputs', 1)}|")
    both(layout, **settings)


def test_several_phases() -> None:
    """Each has its own graph, its own optimiser and its own batches."""
    phases = [
        TrainingPhase(learning_rate=0.02, batch_size=12, max_epochs=2, test_repetitions=1),
        TrainingPhase(
            learning_rate=0.1, batch_size=7, max_epochs=2, optimizer="SGD", drop_config=(0.0, 0.0, 0.2)
        ),
        TrainingPhase(learning_rate=0.01, batch_size=28, max_epochs=3, optimizer="ADAM"),
    ]
    both(DENSE, expected=3, phases=phases)


def test_one_batch_an_epoch() -> None:
    both(DENSE, batch_size=40)


def test_a_callback_that_changes_a_number() -> None:
    """A graph would keep the old one."""

    def drop_more(network: Any, record: Any) -> None:
        if record.epoch % 2 == 0:
            network.layers[1].dropout = 0.1 * record.epoch

    for drop_config in ((), (0.0, 0.3)):
        both(DENSE, expected=3, max_epochs=6, callbacks=[drop_more], drop_config=drop_config)


@pytest.mark.gpu
@pytest.mark.parametrize("name", NETS)
def test_on_a_gpu(name: str) -> None:
    answers = [
        train(NETS[name], make_device("cupy", "float64"), captures=captures, drop_config=drops)
        for captures in (True, False)
        for drops in [(0.0,) * NETS[name].count(",") + (0.2,)]  # before the last layer
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", NETS)
def test_a_batch_is_one_launch(name: str) -> None:
    counts = []
    for batches in (3, 5):
        backend = PretendCupyBackend("float32")
        with backend.counting() as seen:
            train(NETS[name], backend, captures=True, events=12 * batches, validation=0)
        counts.append(seen)
    more = counts[1].minus(counts[0])
    # Two batches more in each of three epochs.
    assert (more.launches, more.matrix_products) == (6, 0)
    assert (more.to_device, more.to_host, more.synchronizations) == (0, 0, 0)


def test_an_epoch_has_one_transfer_in() -> None:
    counts = []
    for epochs in (3, 4):
        backend = PretendCupyBackend("float32")
        with backend.counting() as seen:
            train(DENSE, backend, captures=True, max_epochs=epochs, drop_config=(0.0, 0.3))
        counts.append(seen)
    more = counts[1].minus(counts[0])
    assert (more.to_device, more.to_host, more.synchronizations) == (1, 3, 0)


class Doubling(VGeneralLayer):
    """A plugin's layer that says nothing."""

    names = ("DOUBLING",)

    def build(self, input_shape: tuple[int, ...], store: Any) -> tuple[int, ...]:
        return input_shape

    def forward(self, x: Any, *, training: bool) -> tuple[Any, None]:
        return x * 2, None

    def backward(self, d_out: Any, saved: None) -> Any:
        return d_out * 2


class Declared(Doubling):
    capturable = True


class Inheriting(Declared):
    pass


def train_with(layer: VGeneralLayer, backend: Any, **settings: Any) -> Any:
    """Train a net with a layer in its middle and return the weights."""
    layers = [TDenseLayer(5, "TANH"), layer, TDenseLayer(1)]
    net = Network(layers, (12,), seed=5, dtype="float64", backend=backend)
    net.fit(X.reshape(70, 12), Y, **SETTINGS | settings)
    return backend.to_numpy(net.parameters)


@pytest.mark.parametrize(("layer", "expected"), [(Doubling, 0), (Declared, 1), (Inheriting, 0)])
def test_a_plugins_layer_says_whether_it_may_be_captured(
    layer: type[VGeneralLayer], expected: int, caplog: pytest.LogCaptureFixture
) -> None:
    backend, other = PretendCupyBackend(), PretendCupyBackend()
    other.captures = False
    with caplog.at_level(logging.INFO, "tmva_py.network"):
        weights = [train_with(layer(), one) for one in (backend, other)]
    np.testing.assert_array_equal(*weights)
    assert graphs(backend) == expected
    assert ("does not say that it may be" in caplog.text) == (not expected)


class Squared(Activation):
    """A plugin's function, whose layer has no launch for bias and function together."""

    names, code, needs_input, capturable = ("SQUARED",), 77, True, True

    def forward(self, backend: Any, *, x: Any, out: Any) -> Any:
        return backend.xp.multiply(x, x, out=out)

    def backward(self, backend: Any, *, d_out: Any, x: Any, y: Any, out: Any) -> Any:
        return backend.xp.multiply(d_out, 2 * x, out=out)


def test_a_plugins_function_may_be_captured() -> None:
    backends = PretendCupyBackend(), PretendCupyBackend(), NumpyBackend("float64")
    backends[1].captures = False
    weights = []
    for backend in backends:
        layer = TDenseLayer(5)
        layer.function = Squared()
        weights.append(train_with(layer, backend))
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_allclose(weights[0], weights[2], rtol=1e-12, atol=1e-14)
    assert [graphs(backend) for backend in backends[:2]] == [1, 0]


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("LSTM|4|3|4|1|1,RESHAPE|FLAT,LINEAR", "carries its state from batch to batch"),
        (DENSE, "is large, cuBLAS computes it"),
    ],
)
def test_what_is_not_captured(
    layout: str, text: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "MOST_MULTIPLICATIONS", 500)
    with caplog.at_level(logging.INFO, "tmva_py.network"):
        both(layout, expected=0)
    # For the training that could have captured only.
    assert caplog.text.count("training steps are not captured: ") == 1
    assert text in caplog.text


@pytest.mark.parametrize(
    ("layout", "shape"),
    [
        ("LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR", "10|30"),
        ("GRU|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR", "10|30"),
        ("RNN|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR", "10|30"),
        ("RESHAPE|FLAT,DENSE|64|TANH,DENSE|64|TANH,LINEAR", "10|30"),
    ],
)
def test_the_tutorials_products_are_small(layout: str, shape: str) -> None:
    """With its batches of 100 events."""
    backend = PretendCupyBackend("float32")
    net = Network.from_layout(layout, input_layout=shape, seed=1, dtype="float32", backend=backend)
    with noting_obstacles() as obstacles:
        net.forward(np.ones((100, 10, 30)), training=True)
        net.backward(backend.asarray(np.ones((100, 1))))
    assert obstacles == []


def test_events_of_the_host_are_not_captured(caplog: pytest.LogCaptureFixture) -> None:
    backend = PretendCupyBackend()
    backend.fits = lambda _values: False
    with caplog.at_level(logging.INFO, "tmva_py.network"):
        train(DENSE, backend, captures=True)
    assert graphs(backend) == 0
    assert "the events are not on the device" in caplog.text


@pytest.mark.parametrize(("value", "expected"), [(None, True), ("1", True), ("0", False), ("off", False)])
def test_the_environment_turns_it_off(
    value: str | None, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMVA_PY_CUDA_GRAPHS", raising=False)
    if value is not None:
        monkeypatch.setenv("TMVA_PY_CUDA_GRAPHS", value)
    assert PretendCupyBackend().captures is expected


def fails_before(backend: Any, step: Any) -> Any:
    message = "no stream"
    raise RuntimeError(message)


def fails_inside(backend: Any, step: Any) -> Any:
    launches = iter(range(3))

    def launch(*arguments: Any, **named: Any) -> Any:
        if next(launches, None) is None:
            message = "out of memory"
            raise MemoryError(message)
        return StrictDevice.launch(backend.device, *arguments, **named)

    backend.device.launch = launch
    try:
        return CupyBackend.capture(backend, step)
    finally:
        del backend.device.launch


def fails_at_the_end(backend: Any, step: Any) -> Any:
    CupyBackend.capture(backend, step)
    message = "no graph"
    raise RuntimeError(message)


@pytest.mark.parametrize(
    ("capture", "text"),
    [
        (fails_before, "RuntimeError: no stream"),
        (fails_inside, "MemoryError: out of memory"),
        (fails_at_the_end, "RuntimeError: no graph"),
    ],
)
def test_a_capture_that_fails_changes_nothing(
    capture: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"drop_config": (0.0, 0.3)}
    expected = train(DENSE, PretendCupyBackend(), captures=False, **settings)
    monkeypatch.setattr(PretendCupyBackend, "capture", capture)
    backend = PretendCupyBackend()
    with pytest.warns(TMVAWarning, match="could not be captured .*one by one, with the same result") as seen:
        found = train(DENSE, backend, captures=True, **settings)
    assert found == expected
    assert len(seen) == 1
    assert text in str(seen[0].message)
    assert backend.device.tape is None


def test_an_interrupt_while_capturing() -> None:
    class Interrupted(Doubling):
        capturable = True

        def forward(self, x: Any, *, training: bool) -> tuple[Any, None]:
            if x.device.tape is not None:
                raise KeyboardInterrupt
            return super().forward(x, training=training)

    backend = PretendCupyBackend()
    with pytest.warns(TMVAWarning, match="training interrupted in epoch 1 of phase 1"):
        weights = train_with(Interrupted(), backend)
    assert np.isfinite(weights).all()
    assert backend.device.tape is None
    assert len(backend.xp.cuda.streams) == 1


def test_a_loss_that_is_not_finite_is_named() -> None:
    settings = {"learning_rate": 1e200, "optimizer": "SGD", "loss": "SUMOFSQUARES"}
    backend = PretendCupyBackend()
    with pytest.raises(TrainingError, match="epoch 1, found at its end") as error, np.errstate(all="ignore"):
        train("RESHAPE|FLAT,DENSE|4|TANH,LINEAR", backend, captures=True, **settings)
    assert "parameter W of layer" in str(error.value)
    assert graphs(backend) == 1


def mutate(owner: Any, name: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a mistake into a method."""
    function = inspect.getattr_static(owner, name)
    code = textwrap.dedent(inspect.getsource(function))
    assert right in code
    content = dict(vars(sys.modules[function.__module__]))
    exec(compile("from __future__ import annotations\n" + code.replace(right, wrong), name, "exec"), content)
    monkeypatch.setattr(owner, name, content[name])


FROZEN = [
    # The first batch again and again.
    (RepeatedSteps, "_run", "take(self._index)", "take(self._table[0, : self._batches.batch_size])"),
    (RepeatedSteps, "_set_up", "self._row[place : place + 1] for", "self._table[0, place : place + 1] for"),
    (RepeatedSteps, "_rows", "done + n", "done + 1"),
    (Adam, "update", "rate = self.rate_on_device", "rate = None"),
    (LossSum, "add", "self._on_device += loss", "self._on_device = self._on_device + loss"),
]


@pytest.mark.parametrize(
    ("owner", "name", "right", "wrong"), FROZEN, ids=[f"{m[0].__name__}: {m[3]}" for m in FROZEN]
)
def test_what_is_frozen_by_mistake_is_found(
    owner: Any, name: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: dict[str, Any] = {"drop_config": (0.0, 0.3)}
    expected = train(DENSE, PretendCupyBackend(), captures=False, **settings)
    mutate(owner, name, right, wrong, monkeypatch)
    assert train(DENSE, PretendCupyBackend(), captures=True, **settings) != expected


def test_memory_that_is_given_back_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph's intermediate results in memory that others may get."""
    with monkeypatch.context() as patch:
        patch.setattr(PretendCupyBackend, "capture", CupyBackend.capture)
        mutate(
            PretendCupyBackend, "capture", "cupy.cuda.using_allocator(pool.malloc), stream", "stream", patch
        )
        with pytest.raises(StrictDeviceError, match="memory that was given back"):
            train(RECURRENT, PretendCupyBackend(), captures=True)
    mutate(CudaGraph, "__init__", "self._pool = pool", "pass", monkeypatch)
    with pytest.raises(StrictDeviceError, match="memory that was given back"):
        train(RECURRENT, PretendCupyBackend(), captures=True)


REFUSED = [
    (
        LossSum,
        "add",
        "if self._late:",
        "if self._late and self._backend.to_numpy(loss) is not None:",
        "not permitted when stream is capturing: to_host",
    ),
    (
        RepeatedSteps,
        "_run",
        "self._seeds.start_step()",
        "self._seeds.start_step(); self._backend.synchronize()",
        "not permitted when stream is capturing: synchronizations",
    ),
    (
        RepeatedSteps,
        "_run",
        "self._seeds.start_step()",
        "self._seeds.start_step(); self._backend.asarray([1.0])",
        "not permitted when stream is capturing: to_device",
    ),
    (
        TDenseLayer,
        "forward",
        "z = memory.array",
        'xp.matmul(x, self.parameters["W"].T); z = memory.array',
        "NotImplementedError: calling cuBLAS API during stream capture",
    ),
    (
        PretendCupyBackend,
        "capture",
        "cupy.cuda.Stream(non_blocking=True)",
        "cupy.cuda.get_current_stream()",
        "cannot capture on the default",
    ),
]


@pytest.mark.parametrize(
    ("owner", "name", "right", "wrong", "text"), REFUSED, ids=[mistake[-1] for mistake in REFUSED]
)
def test_what_cannot_be_captured_is_found(
    owner: Any, name: str, right: str, wrong: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the training goes on without."""
    expected = train(DENSE, PretendCupyBackend(), captures=False)
    mutate(owner, name, right, wrong, monkeypatch)
    backend = PretendCupyBackend()
    with pytest.warns(TMVAWarning, match=text):
        assert train(DENSE, backend, captures=True) == expected
    assert graphs(backend) == 0


def test_the_pretend_device_takes_down_what_it_is_asked() -> None:
    """Nothing is computed meanwhile; numbers are kept, arrays are looked at again."""
    backend = PretendCupyBackend("float64")
    xp, x, factor = backend.xp, backend.asarray([1.0, 2.0]), 2.0
    out = backend.zeros((2,))

    def step() -> None:
        y = xp.tanh(x) * factor
        out[:1] += y[:1]
        out[1:] = y[1:].copy()
        xp.maximum(x, 0, out=x)

    with backend.counting() as counts:
        repeat = backend.capture(step)
    assert counts.launches == 0
    assert not backend.to_numpy(out).any()
    factor = 5.0
    x *= 3
    with backend.counting() as counts:
        for _ in range(2):
            repeat()
    assert (counts.launches, counts.matrix_products) == (2, 0)
    expected = 2 * np.tanh([3.0, 6.0])
    np.testing.assert_array_equal(backend.to_numpy(out), [2 * expected[0], expected[1]])
    assert len(xp.cuda.graphs[0].tape.operations) == 6
