"""A process that is forked while another thread predicts goes on in the child."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest
from forks import ends_well

from tmva_py.backends import one_blas_thread
from tmva_py.network import NetworkBuilder

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


def test_a_lock_that_another_thread_holds():
    """The worst moment: the thread that has the lock is gone in the child."""
    limit, taken, done = one_blas_thread(), threading.Event(), threading.Event()

    def hold():
        with limit._lock:
            taken.set()
            done.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(60)

    def use():
        with limit:
            assert limit._open == 1
        assert limit._open == 0

    try:
        assert ends_well(use)
    finally:
        done.set()
        thread.join()


def test_forks_while_threads_predict():
    network = NetworkBuilder(16, backend="numpy", seed=1).dense(64, "TANH").dense(1).build()
    x = np.random.default_rng(1).normal(size=(200, 16)).astype(np.float32)
    expected, stop = network.predict(x), threading.Event()

    def work():
        while not stop.is_set():
            network.predict(x[:1])

    def compare():
        for _ in range(20):
            assert network.predict(x).tobytes() == expected.tobytes()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        assert [ends_well(compare) for _ in range(14)] == [True] * 14
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_the_number_of_threads_comes_back_in_the_child():
    limit = one_blas_thread()
    entered, done = threading.Event(), threading.Event()

    def inside():
        with limit:
            entered.set()
            done.wait(60)

    thread = threading.Thread(target=inside)
    thread.start()
    entered.wait(60)
    before = list(limit._before)

    def use():
        with limit:
            pass
        assert limit._before == before

    def fork_inside():
        with limit:
            assert ends_well(use)

    try:
        assert ends_well(use)
        fork_inside()
    finally:
        done.set()
        thread.join()
