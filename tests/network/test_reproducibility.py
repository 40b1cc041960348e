"""Same seed, same bits: in one process, in several, and for any number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tmva_py.network import Network, NetworkBuilder

PROGRAM = """
import hashlib, sys
import numpy as np
from tmva_py.network import NetworkBuilder
random = np.random.default_rng(3)
x = random.normal(size=(700, 6, 40)).astype("float32")
y = random.integers(0, 2, 700)
digest = hashlib.sha256()
for build in (
    lambda b: b.lstm(48, return_sequence=True).flatten().dropout(0.2).dense(128, "TANH").dense(1),
    lambda b: b.gru(24).dense(1),
    lambda b: b.flatten().dense(256, "RELU").dense(256, "TANH").dense(1),
    lambda b: b.rnn(20, return_sequence=True).flatten().dense(60, "TANH").dense(1),
):
    net = build(NetworkBuilder((6, 40), seed=11, backend=sys.argv[1])).build()
    history = net.fit(x, y, batch_size=128, max_epochs=2, progress=False)
    digest.update(net.parameters.tobytes())
    digest.update(repr(history.training_loss + history.validation_loss).encode())
    digest.update(net.predict(x).tobytes())
    for event in range(5):
        digest.update(net.predict(x[event : event + 1]).tobytes())
print(digest.hexdigest())
"""


def build(seed: int | None = 5) -> Network:
    builder = NetworkBuilder((4, 3), seed=seed).lstm(5, return_sequence=True).flatten().dropout(0.3)
    return builder.dense(6, "TANH").dense(1).build()


def trained(seed: int | None = 5, **settings: Any) -> tuple[Network, Any]:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(90, 4, 3)), random.integers(0, 2, 90)
    network = build(seed)
    return network, network.fit(x, y, **{"batch_size": 16, "max_epochs": 3, "progress": False, **settings})


@pytest.mark.parametrize("optimizer", ["SGD", "ADAM", "ADAGRAD", "RMSPROP", "ADADELTA"])
def test_two_runs(optimizer: str) -> None:
    first, history = trained(optimizer=optimizer)
    second, other = trained(optimizer=optimizer)
    assert first.parameters.tobytes() == second.parameters.tobytes()
    assert history.training_loss == other.training_loss
    assert history.validation_loss == other.validation_loss


def test_another_seed_gives_another_network() -> None:
    first, second = trained(5)[0], trained(6)[0]
    assert (first.parameters != second.parameters).any()
    assert (build(5).parameters != build(6).parameters).any()


@pytest.mark.parametrize("seed", [None, 0])
def test_a_fresh_seed_is_kept(seed: int | None) -> None:
    first, second = build(seed), build(seed)
    assert first.seed != second.seed
    assert first.seed > 0
    np.testing.assert_array_equal(build(first.seed).parameters, first.parameters)


def test_numpys_own_generator_is_left_alone() -> None:
    state = repr(np.random.get_state())  # noqa: NPY002 - it is what must not change
    trained()
    assert repr(np.random.get_state()) == state  # noqa: NPY002


def test_the_streams_of_one_seed_differ() -> None:
    network = build()
    draws = [
        network.random(*purpose).random()
        for purpose in (("init",), ("shuffle", 1), ("shuffle", 2), ("dropout", 1), ("validation",))
    ]
    assert len(set(draws)) == 5
    assert network.random("shuffle", 1).random() == draws[1]


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_any_number_of_threads_gives_the_same_bits(backend: str) -> None:
    """In fresh processes, with matrices large enough that BLAS would share the work."""
    digests = set()
    for threads in ("1", "2", "4"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, threads)}
        seen = subprocess.run(
            [sys.executable, "-c", PROGRAM, backend],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        digests.add(seen.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def blas_threads() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_training_gives_the_blas_threads_back() -> None:
    before: list[int] = blas_threads()
    within: list[list[int]] = []
    trained(callbacks=[lambda *_: within.append(blas_threads())])
    assert within
    assert all(1 in counts for counts in within)
    assert blas_threads() == before


def test_overlapping_trainings_give_the_blas_threads_back() -> None:
    """One that ends must not give the other one more threads, and the last one gives back what was there."""
    before, seen = blas_threads(), []
    second_runs, first_is_done = threading.Event(), threading.Event()

    def hold(network: Network, record: Any) -> None:
        second_runs.set()
        assert first_is_done.wait(30)
        seen.append(blas_threads())

    other = threading.Thread(target=lambda: trained(callbacks=[hold], max_epochs=1, validation=0))

    def start(network: Network, record: Any) -> None:
        if record.epoch == 1:
            other.start()
            assert second_runs.wait(30)

    trained(callbacks=[start], validation=0)
    first_is_done.set()
    other.join()
    assert [1 in counts for counts in seen] == [True]
    assert blas_threads() == before
