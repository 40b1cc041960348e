"""The benchmark's models in Keras do the work of PyTorch's."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (make test-oracles installs it)")
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        not all(importlib.util.find_spec(name) for name in ("keras", "jax")),
        reason="Keras on JAX is not installed (pip install keras jax, or make benchmark)",
    ),
]


@pytest.fixture(scope="module")
def benchmark(project: Path) -> Iterator[SimpleNamespace]:
    """The scripts beside the benchmark, as modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(project / "benchmarks"))
        import harness
        import keras_models
        import keras_side

        yield SimpleNamespace(harness=harness, models=keras_models, side=keras_side)
        for name in ("harness", "keras_models", "keras_side"):
            del sys.modules[name]


@pytest.fixture(scope="module")
def keras(benchmark) -> Iterator[Any]:
    with benchmark.side.KerasSide("jax", 1) as side:
        yield side


def dense(_: SimpleNamespace) -> tuple[Any, tuple[int, ...]]:
    return torch.nn.Sequential(torch.nn.Linear(7, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1)), (7,)


def normalised(_: SimpleNamespace) -> tuple[Any, tuple[int, ...]]:
    nn = torch.nn
    return nn.Sequential(nn.Linear(7, 5), nn.ReLU(), nn.BatchNorm1d(5), nn.Linear(5, 1)), (7,)


def image(_: SimpleNamespace) -> tuple[Any, tuple[int, ...]]:
    nn = torch.nn
    convolutions = [nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(4), nn.MaxPool2d(2, stride=1)]
    strided = [nn.Conv2d(4, 3, 4, stride=2, padding=1), nn.Tanh(), nn.Flatten()]
    return nn.Sequential(*convolutions, *strided, nn.Linear(3 * 3 * 4, 6), nn.ReLU(), nn.Linear(6, 1)), (
        2,
        8,
        9,
    )


def recurrent(kind: str, *, sequence: bool) -> Any:
    def make(benchmark: SimpleNamespace) -> tuple[Any, tuple[int, ...]]:
        nn = torch.nn
        layer = getattr(nn, kind)(3, 4, batch_first=True)
        head = nn.Sequential(
            nn.Flatten(), nn.Linear(4 * (6 if sequence else 1), 5), nn.Tanh(), nn.Linear(5, 1)
        )
        return benchmark.harness.Recurrent(layer, head, sequence=sequence), (6, 3)

    return pytest.param(make, id=f"{kind}-{'sequence' if sequence else 'last'}")


MODELS = [
    dense,
    normalised,
    image,
    *(recurrent(kind, sequence=sequence) for kind in ("LSTM", "GRU", "RNN") for sequence in (False, True)),
]


def randomised(model: Any) -> Any:
    """Return the model with all it holds random, the means and variances of batches too."""
    generator = torch.Generator().manual_seed(3)
    for value in model.state_dict().values():
        if value.is_floating_point():
            value.copy_(torch.rand(value.shape, generator=generator) + (value.abs().max() == 1) - 0.5)
    return model


def events(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    x = random.normal(size=(12, *shape)).astype(np.float32)
    return x, (random.random(12) > 0.5).astype(np.float32)


@pytest.mark.parametrize("make", MODELS)
def test_same_outputs_and_an_epoch_of_training(benchmark, keras, make) -> None:
    model, shape = make(benchmark)
    keras.build(randomised(model), *events(shape), 4)  # compares the outputs
    assert 0 < keras.epoch() < 60
    assert 0 < keras.predict(2) < 60


def test_other_weights_are_noticed(benchmark, keras, monkeypatch) -> None:
    model, shape = dense(benchmark)
    layers = benchmark.models.to_keras(model)
    layers[-1][2][1] = layers[-1][2][1] + 1e-3
    monkeypatch.setattr(benchmark.side, "to_keras", lambda _: layers)
    with pytest.raises(ValueError, match="differ from PyTorch's"):
        keras.build(model, *events(shape), 4)


def test_failures_over_there_are_raised_here(keras) -> None:
    with pytest.raises(RuntimeError, match="AttributeError"):
        keras.call("no such method")


def test_waits_without_computing(benchmark, keras) -> None:
    model, shape = dense(benchmark)
    keras.build(model, *events(shape), 4)
    keras.epoch()
    before = keras.call("processor_seconds")
    time.sleep(1)
    assert keras.call("processor_seconds") - before < 0.1


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system has no affinities")
def test_keeps_to_as_many_processors_as_threads(keras) -> None:
    keras.call("processor_seconds")  # it has begun by now
    assert len(os.sched_getaffinity(keras.process.pid)) == 1


def test_unknown_layers_are_refused(benchmark) -> None:
    with pytest.raises(TypeError, match="Softplus"):
        benchmark.models.to_keras(torch.nn.Softplus())
