"""Keras as a side of the benchmark: a process of its own that is told what to do."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import torch
from keras_models import channels_last, to_keras
from processes import Worker
from torch import nn

WORKER = Path(__file__).with_name("keras_worker.py")
BACKENDS = ("jax", "tensorflow", "torch")
TOLERANCE = 1e-5


def installed(backend: str) -> bool:
    """Return whether Keras is here, and what it is to compute with."""
    return all(importlib.util.find_spec(name) is not None for name in ("keras", backend))


def environment(backend: str, threads: int) -> dict[str, str]:
    """Return the variables with which Keras computes by `backend`, on so many threads of the CPU."""
    count = str(threads)
    chosen = {
        "KERAS_BACKEND": backend,
        "JAX_PLATFORMS": "cpu",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "NPROC": count,  # JAX's
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": count,
        "OMP_NUM_THREADS": count,
    }
    return {**os.environ, **chosen}


class KerasSide(Worker):
    """Keras on a number of threads."""

    def __init__(self, backend: str, threads: int) -> None:
        super().__init__([str(WORKER), str(threads)], environment(backend, threads))

    def build(self, model: nn.Module, x: np.ndarray, y: np.ndarray, batch_size: int) -> None:
        """Take the events and a model of PyTorch's, which must give the same outputs in Keras."""
        with torch.inference_mode():
            expected = torch.sigmoid(model.eval()(torch.from_numpy(x[:batch_size]))).numpy()
        self.call("build", to_keras(model), channels_last(x), y.reshape(-1, 1), batch_size)
        difference = np.abs(self.call("outputs") - expected).max()
        if not difference <= TOLERANCE:  # not a number is no agreement either
            message = f"Keras's outputs differ from PyTorch's by {difference:.1e}: {model}"
            raise ValueError(message)

    def epoch(self) -> float:
        """Return the seconds of an epoch of training."""
        return float(self.call("epoch"))

    def predict(self, often: int) -> float:
        """Return the seconds of so many predictions of all events."""
        return float(self.call("predict", often))

    def versions(self) -> str:
        """Return the versions of Keras and of what it computes with."""
        return str(self.call("versions"))
