"""Each learning method of ROOT's own TMultiLayerPerceptron, from the same weights."""

from __future__ import annotations

import time
from array import array
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tmva_py.backends import make_backend
from tmva_py.data.random_numbers import RootRandom
from tmva_py.methods.tmlpann.network import Layers
from tmva_py.methods.tmlpann.training import LEARNING_METHODS, Sample, Trainer

ROOT = pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
pytestmark = pytest.mark.root

LAYERS = Layers((3, 4, 3, 1))
N_EVENTS, N_TRAINING, N_EPOCHS = 120, 80, 12
# ROOT's files have six digits, and the sums of an epoch differ in their last bits.
SIX_DIGITS = 6e-6


def events() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    target = np.arange(N_EVENTS) % 2
    x = random.normal(size=(N_EVENTS, 3)) + 0.7 * target[:, None]
    return x.astype(np.float32), target, random.uniform(0.5, 1.5, N_EVENTS).astype(np.float32)


def tree_of(x: np.ndarray, target: np.ndarray, weight: np.ndarray) -> tuple[Any, list[Any]]:
    """Return a tree, and the places that it writes to and reads into, which must stay."""
    tree = ROOT.TTree("events", "events")
    values = [array("f", [0]) for _ in range(3)]
    kind, factor = array("i", [0]), array("f", [0])
    for number, value in enumerate(values):
        tree.Branch(f"x{number}", value, f"x{number}/F")
    tree.Branch("type", kind, "type/I")
    tree.Branch("weight", factor, "weight/F")
    for row, t, w in zip(x.tolist(), target.tolist(), weight.tolist(), strict=True):
        for value, one in zip(values, row, strict=True):
            value[0] = one
        kind[0], factor[0] = t, w
        tree.Fill()
    return tree, [*values, kind, factor]


def numbers_of(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the normalisation of the variables, and all weights as kernels have them."""
    parts = [part.partition("\n")[2].split() for part in path.read_text().split("#")[1:]]
    norm, _, biases, synapses = (np.array(part, np.float64) for part in parts)
    return norm.reshape(3, 2), LAYERS.weights(biases, synapses)


@pytest.mark.parametrize("name", LEARNING_METHODS)
def test_the_same_weights(tmp_path: Path, name: str) -> None:
    x, target, weight = events()
    tree, places = tree_of(x, target, weight)
    network = ROOT.TMultiLayerPerceptron(
        "@x0,@x1,@x2:4:3:type", tree, f"Entry$<{N_TRAINING}", f"Entry$>={N_TRAINING}"
    )
    network.SetEventWeight("weight")
    network.SetLearningMethod(getattr(ROOT.TMultiLayerPerceptron, f"k{name}"))
    network.Randomize()
    path = tmp_path / "weights.txt"
    network.DumpWeights(str(path))
    network.LoadWeights(str(path))
    norm, first = numbers_of(path)
    norm = norm.astype(np.float32).astype(np.float64)
    n_epochs = 1 if name == "Stochastic" else N_EPOCHS
    began = int(time.time())
    network.Train(n_epochs, "+")
    ended = int(time.time())
    network.DumpWeights(str(path))
    _, expected = numbers_of(path)
    every = Sample(
        (x.astype(np.float64) - norm[:, 1]) / norm[:, 0],
        target[:, None].astype(np.float64),
        weight.astype(np.float64),
    )
    found = []
    for seed in range(began, ended + 1):  # of Stochastic, which takes the second for one
        training = every.select(np.arange(N_EVENTS) < N_TRAINING)
        trainer = Trainer(LAYERS, first, training, make_backend("cpu"), RootRandom(seed))
        for number in range(n_epochs):
            trainer.epoch(name, number)
        found.append(trainer.weights)
    assert len(places) == 5
    # It moved by far more than the digits that are compared; how far hangs on the seed, which is the time.
    assert np.abs(expected - first).max() > 0.01
    assert any(np.allclose(one, expected, rtol=SIX_DIGITS, atol=1e-6) for one in found)
