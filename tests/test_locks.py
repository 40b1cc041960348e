"""Locks over a fork: whatever another thread holds, the child goes on."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from forks import ends_well
from weight_files import SMALL

import tmva_py as TMVA
from tmva_py import locks
from tmva_py.errors import TMVAWarning
from tmva_py.layers import LayerXML, VGeneralLayer
from tmva_py.locks import ForkSafeLock
from tmva_py.plugins import Registry, hookimpl

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LONGEST_WAIT", 0.2)


@contextmanager
def in_another_thread(act: Callable[[threading.Event, threading.Event], object]) -> Iterator[None]:
    """Run something in a thread up to where it sets the first event; it ends after the block."""
    there, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=act, args=(there, done))
    thread.start()
    assert there.wait(60)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_lock_that_another_thread_holds() -> None:
    lost: list[bool] = []
    lock = ForkSafeLock(lambda: lost.append(True))

    def hold(there: threading.Event, done: threading.Event) -> None:
        with lock:
            there.set()
            done.wait(60)

    def use() -> None:
        assert lost == [True]
        with lock:
            pass

    with in_another_thread(hold):
        assert ends_well(use)
        assert lost == []
        assert not lock.acquire(timeout=0)
    assert lock.acquire(timeout=0)
    lock.release()


def test_a_lock_that_the_forking_thread_holds_stays_its_own() -> None:
    lock = ForkSafeLock(lambda: pytest.fail("it is not lost"))

    def use() -> None:
        lock.release()
        with lock:
            pass

    with lock:
        assert ends_well(use)
    with lock:
        pass


def test_a_fork_waits_for_a_short_time() -> None:
    lock, order = ForkSafeLock(), list[str]()

    def hold(there: threading.Event, done: threading.Event) -> None:
        with lock:
            there.set()
            done.wait(0.05)
            order.append("let go")

    def use() -> None:
        assert order == ["let go"]

    with in_another_thread(hold):
        assert ends_well(use)


def test_a_reader_that_books_in_another_thread(tmp_path: Any) -> None:
    path = tmp_path / "small.weights.xml"
    path.write_text(SMALL)
    reader = TMVA.Reader("Silent")
    for name in ("a", "second := b+1", "c"):
        reader.AddVariable(name, np.zeros(1, np.float32))

    def hold(there: threading.Event, done: threading.Event) -> None:
        with reader._lock:
            there.set()
            done.wait(60)

    def use() -> None:
        reader.BookMVA("small", str(path))
        assert np.isfinite(reader.EvaluateMVA("small"))

    with in_another_thread(hold):
        assert ends_well(use)


class Pass(VGeneralLayer):
    names, xml = ("PASS",), LayerXML("PassLayer")

    def build(self, input_shape: Any, store: Any) -> Any:
        return input_shape

    def forward(self, x: Any, context: Any) -> Any:
        return x, None

    def backward(self, d_out: Any, saved: Any, context: Any) -> Any:
        return d_out


def test_plugins_that_another_thread_imports() -> None:
    """The child does without the plugin that was being imported, and says why."""
    there, done = threading.Event(), threading.Event()

    def tmva_py_layers() -> list[type]:
        there.set()
        done.wait(60)
        return [Pass]

    def given() -> list[type]:
        return [Pass]

    given.__name__ = "tmva_py_layers"
    slow = SimpleNamespace(__name__="slow", tmva_py_layers=hookimpl(tmva_py_layers))
    good = SimpleNamespace(__name__="good", tmva_py_layers=hookimpl(given))
    registry = Registry([slow, good], load_entry_points=False, environment={})

    def use() -> None:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            assert registry.find("layer", "LSTM").__name__ == "TBasicLSTMLayer"
            assert registry.find("layer", "PASS") is Pass
        assert [one.category for one in seen] == [TMVAWarning]
        assert "another thread was importing it when this process was forked" in str(seen[0].message)

    thread = threading.Thread(target=lambda: registry.find("layer", "PASS"))
    thread.start()
    assert there.wait(60)
    try:
        assert ends_well(use)
    finally:
        done.set()
        thread.join()
    assert registry.find("layer", "PASS") is Pass


def test_the_default_registry_and_backend_while_they_are_made() -> None:
    """In a new process, where imports are under way when it forks.

    Compiled libraries are there before: the lock of the dynamic linker does not survive a fork.
    """
    import subprocess
    import sys

    code = """
import os, sys, threading, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
import numba
from forks import ends_well
from tmva_py.backends import make_backend
def use():
    make_backend("cpu").zeros((2,))
thread = threading.Thread(target=use)
thread.start()
print(all([ends_well(use, 60.0) for _ in range(4)]))
thread.join()
"""
    support = os.path.join(os.path.dirname(__file__), "support")
    done = subprocess.run(
        [sys.executable, "-c", code, support], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == "True", done.stderr


def test_kernels_that_another_thread_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba")
    from numba.core.compiler_lock import global_compiler_lock

    from tmva_py.kernels.numba import internals

    monkeypatch.setattr(internals, "LONGEST_WAIT", 0.2)

    def hold(there: threading.Event, done: threading.Event) -> None:
        with global_compiler_lock:
            there.set()
            done.wait(60)

    def use() -> None:
        assert numba.njit(lambda x: x + 1)(1) == 2

    with in_another_thread(hold):
        assert ends_well(use)
    use()
