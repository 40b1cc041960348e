"""Damaged weight files of PyKeras and PyTorch beside their model files; run by `make test-oracles`."""

from __future__ import annotations

import functools
import os
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fuzzing import Judge, mutated_bytes, mutated_elements, mutated_text

from tmva_py.message_log import MessageLog
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import find_method, read_weight_file, write_weight_file
from tmva_py.plugins import default_registry
from tmva_py.testing.method_checks import data_set

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

SEED = 20240
INPUTS = (0.0, 0.5)
USER_CODE = """
import torch

def predict(model, test_X, batch_size=32):
    with torch.no_grad():
        return model(torch.as_tensor(test_X)).numpy()

def train(model, *further, **named):
    return model

load_model_custom_objects = {
    "optimizer": torch.optim.Adam, "criterion": torch.nn.BCELoss(), "train_func": train,
    "predict_func": predict,
}
"""


def keras_file(folder: Path) -> Path:
    """Train a network of Keras for no time; return its weight file."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras = pytest.importorskip("keras", reason="Keras on JAX is not installed")
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    network.compile(loss="categorical_crossentropy", optimizer="sgd")
    network.save(folder / "first.keras")
    options = f"FilenameModel={folder / 'first.keras'}:FilenameTrainedModel={folder / 't.keras'}:NumEpochs=1"
    return trained_file("PyKeras", f"{options}:Verbose=0", folder)


def torch_file(folder: Path) -> Path:
    """Train a network of PyTorch for no time; return its weight file."""
    torch = pytest.importorskip("torch")
    layers = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Softmax(dim=1))
    torch.jit.save(torch.jit.script(layers), str(folder / "first.pt"))
    (folder / "user.py").write_text(USER_CODE, encoding="utf-8")
    options = f"FilenameModel={folder / 'first.pt'}:UserCode={folder / 'user.py'}"
    return trained_file("PyTorch", f"{options}:FilenameTrainedModel={folder / 't.pt'}:NumEpochs=1", folder)


def trained_file(name: str, options: str, folder: Path) -> Path:
    data, cls = data_set("Classification"), find_method(name, default_registry())
    method = cls("fuzzed", data.info, "Classification", options, log=MessageLog("", silent=True))
    write_weight_file(train_method(method, data), folder / "whole.xml")
    return folder / "whole.xml"


def answer(path: Path) -> Any:
    method = read_weight_file(path, trust=True)
    return method.evaluate([[value] * len(method.info.variables) for value in INPUTS])


FILES: dict[str, Callable[[Path], Path]] = {"PyKeras": keras_file, "PyTorch": torch_file}


def fuzz(name: str, count: int, folder: Path) -> None:
    random = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    whole, path = FILES[name](folder), folder / "fuzzed.xml"
    assert np.isfinite(answer(whole)).all()
    text, judge = whole.read_text(encoding="utf-8"), Judge()
    for number in range(count):
        kind = int(random.integers(8))
        if kind < 4:
            path.write_bytes(mutated_elements(random, text).encode())
        elif kind < 7:
            path.write_bytes(mutated_text(random, text).encode())
        else:
            path.write_bytes(mutated_bytes(random, text.encode()))
        judge.try_case(f"{name} {number}", functools.partial(answer, path))
    print(name, dict(judge.counts))  # noqa: T201
    judge.verdict(count)


@pytest.mark.parametrize("name", FILES)
def test_some(name: str, tmp_path: Path) -> None:
    fuzz(name, 60, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "count"), [("PyKeras", 3_000), ("PyTorch", 10_000)])
def test_thousands(name: str, count: int, tmp_path: Path) -> None:
    """Of Keras fewer: JAX compiles each network anew, which takes 0.2 s."""
    fuzz(name, count, tmp_path)
