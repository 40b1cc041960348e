"""Networks and backends that the engine's tests share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.backends import Backend
from tmva_py.backends.numba_backend import NumbaBackend
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.layers import VGeneralLayer
from tmva_py.network import Network
from tmva_py.testing.overrides import ReferenceBackend

BACKENDS: dict[str, type[NumpyBackend]] = {
    "numpy": NumpyBackend,
    "numba": NumbaBackend,
    "reference": ReferenceBackend,
}


def make_network(
    layers: Sequence[VGeneralLayer],
    input_shape: int | Sequence[int],
    backend: str | Backend = "numpy",
    *,
    seed: int = 1,
    scale: float = 0.6,
    dtype: str = "float64",
) -> Network:
    """Return a network whose parameters are all random, biases too."""
    chosen = BACKENDS[backend](dtype) if isinstance(backend, str) else backend
    network = Network(layers, input_shape, backend=chosen, seed=seed)
    random = np.random.default_rng(seed)
    network.parameters[...] = random.normal(0.0, scale, network.parameters.shape)
    return network


def random_states(network: Network, batch: int, random: np.random.Generator) -> dict[int, dict[str, Any]]:
    """Return states for every recurrent layer, in the form that `Network.forward` takes."""
    return {
        number: {name: random.normal(0.0, 0.7, (batch, layer.state_size)) for name in layer.state_names}
        for number, layer in enumerate(network.layers)
        if layer.state_names
    }
