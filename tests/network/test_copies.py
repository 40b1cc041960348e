"""Copies of networks: pickled, copied, and sent to other processes."""

from __future__ import annotations

import copy
import multiprocessing
import pickle

import numpy as np
import pytest

from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.network import Network, NetworkBuilder

X = np.random.default_rng(1).normal(size=(20, 2, 4, 4))


def network(dtype: str = "float32", backend: str = "cpu") -> Network:
    made = (
        NetworkBuilder((2, 4, 4), seed=3, dtype=dtype, backend=backend)
        .conv(3, 2)
        .batch_norm()
        .flatten()
        .dense(4, "TANH")
        .dropout(0.25)
        .dense(1)
        .build()
    )
    made.fit(X, np.arange(20) % 2, batch_size=5, max_epochs=2, validation=0, progress=False)
    return made.use_cpu_chunks(2)


@pytest.mark.parametrize("backend", ["numpy", "cpu"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_is_equal_and_shares_nothing(way, dtype, backend):
    first = network(dtype, backend)
    again = way(first)
    assert again.predict(X).tobytes() == first.predict(X).tobytes()
    assert again.buffers.tobytes() == first.buffers.tobytes()
    assert (again.seed, again.backend.dtype, type(again.backend)) == (3, np.dtype(dtype), type(first.backend))
    assert again.output_function.names == first.output_function.names
    assert again.layers[4].dropout == 0.25
    assert isinstance(again.layers[1], TBatchNormLayer)
    assert again.layers[1].cpu_chunk_events == 2
    before = first.parameters.copy()
    again.use_cpu_chunks(0).fit(
        X, np.arange(20) % 2, batch_size=5, max_epochs=1, validation=0, progress=False
    )
    np.testing.assert_array_equal(first.parameters, before)
    assert not np.array_equal(again.parameters, before)


def test_a_copy_trains_as_the_first_does():
    first = NetworkBuilder(3, seed=7).dense(4).dense(1).build()
    again = pickle.loads(pickle.dumps(first))
    x = np.random.default_rng(1).normal(size=(30, 3))
    for one in (first, again):
        one.fit(x, x[:, 0] > 0, batch_size=10, max_epochs=2, validation=0, progress=False)
    assert again.parameters.tobytes() == first.parameters.tobytes()


def predict(one: Network) -> bytes:
    return one.predict(X).tobytes()


def test_another_process():
    first = network(backend="numpy")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(predict, [first]) == [first.predict(X).tobytes()]
