"""The backend with compiled kernels: choosing it, doing without it, its cache, its threads, its numbers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tmva_py.backends import make_backend
from tmva_py.backends.numba_backend import NumbaBackend
from tmva_py.kernels.numba import threads
from tmva_py.kernels.numba.compiling import store
from tmva_py.kernels.numba.processor import AVX512, SHORTER, Processor, processor
from tmva_py.network import Network, NetworkBuilder

pytest.importorskip("numba")

WITHOUT_NUMBA = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "numba":
            raise {error}
sys.meta_path.insert(0, Hidden())
"""
TRAIN = """
import numpy as np
from tmva_py.network import NetworkBuilder
net = NetworkBuilder((3, 2), seed=1, backend={backend!r}).lstm(2).dense(1).build()
net.fit(np.ones((8, 3, 2)), np.arange(8) % 2, batch_size=4, max_epochs=1, validation=0, progress=False)
print(type(net.backend).__name__, net.predict(np.ones((1, 3, 2))).shape)
"""
# A few kernels, which are compiled in a moment.
PREDICT = """
import numpy as np
from tmva_py.network import NetworkBuilder
net = NetworkBuilder(2, seed=1, backend="numba").dense(1).build()
print(type(net.backend).__name__, net.predict(np.ones((8, 2))).shape)
"""

Build = Callable[[NetworkBuilder], NetworkBuilder]
BUILDS: dict[str, Build] = {
    "dense": lambda b: b.flatten().dense(33, "TANH").dense(7, "RELU").dense(1),
    "LSTM": lambda b: b.lstm(10, return_sequence=True).flatten().dense(64, "TANH").dense(1),
    "GRU": lambda b: b.gru(11).dense(1),
    "GRU, reset after": lambda b: b.gru(11, reset_gate_after=True, return_sequence=True).gru(3).dense(1),
    "CNN": lambda b: (
        b.reshape(1, 10, 30)
        .conv(5, 3, padding=1, activation="RELU")
        .batch_norm()
        .maxpool(2)
        .conv(4, (3, 2))
        .flatten()
        .batch_norm()
        .dense(1)
    ),
    "RNN": lambda b: b.rnn(17, return_sequence=True).rnn(5).dense(1),
}


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}
    )


def sample(events: int, steps: int = 10, width: int = 30) -> tuple[Any, Any]:
    random = np.random.default_rng(4)
    x = random.normal(size=(events, steps, width))
    return x, (x[:, :, 0].sum(axis=1) + random.normal(size=events) > 0).astype(float)


def trained(build: Build, backend: str, dtype: str = "float32", epochs: int = 1, **settings: Any) -> Network:
    x, y = sample(400)
    network = build(NetworkBuilder((10, 30), backend=backend, dtype=dtype, seed=3)).build()
    network.fit(x, y, batch_size=50, max_epochs=epochs, validation=0, progress=False, **settings)
    return network


def test_it_is_the_cpu_where_it_is_installed() -> None:
    assert make_backend("cpu").names == ("numba",)
    assert make_backend("NUMBA", "float64").dtype == np.float64


def test_importing_the_backend_does_not_import_numba() -> None:
    seen = run(
        "import sys, tmva_py.backends.numba_backend, tmva_py.kernels.numba; print('numba' in sys.modules)"
    )
    assert seen.stdout.strip() == "False", seen.stderr


def test_without_numba_the_cpu_is_numpys() -> None:
    seen = run(WITHOUT_NUMBA.format(error="ModuleNotFoundError(name)") + TRAIN.format(backend="cpu"))
    assert seen.stdout.split() == ["NumpyBackend", "(1,", "1)"], seen.stderr


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("ModuleNotFoundError(name)", "numba is needed for compiled kernels and is not installed"),
        ("ImportError('Numba needs NumPy 2.1 or less')", "fails: Numba needs NumPy 2.1 or less"),
    ],
)
def test_asking_for_it_in_vain(error: str, text: str) -> None:
    seen = run(WITHOUT_NUMBA.format(error=error) + TRAIN.format(backend="numba"))
    assert "MissingExtraError: backend 'numba'" in seen.stderr
    assert text in seen.stderr
    assert "pip install 'tmva-py[fast]'" in seen.stderr
    assert "backend='numpy' computes without it" in seen.stderr


def test_one_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    monkeypatch.setattr(numba, "__version__", "0.58.1")
    reason = NumbaBackend.why_unavailable()
    assert reason is not None
    assert "numba 0.58.1 is too old, 0.62 is the first that will do" in reason
    assert make_backend("cpu").names == ("numpy",)


def test_compiled_kernels_are_kept(tmp_path: Path) -> None:
    first = run(PREDICT, NUMBA_CACHE_DIR=str(tmp_path))
    assert first.stdout.startswith("NumbaBackend"), first.stderr
    lines = first.stderr.splitlines()
    assert len(lines) == 1, lines
    assert "compiling kernels for this processor" in lines[0]
    assert f"({tmp_path}" in lines[0]
    kept = {path.name for path in tmp_path.rglob("*.kernel")}
    assert kept
    second = run(PREDICT, NUMBA_CACHE_DIR=str(tmp_path))
    assert (second.stdout, second.stderr) == (first.stdout, "")
    assert {path.name for path in tmp_path.rglob("*.kernel")} == kept


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ("+avx2,+fma,-avx512f", SHORTER),
        ("+avx,+avx512f,+avx512bw", AVX512),
        ("+neon,+v8.2a", SHORTER),
        ("", SHORTER),
    ],
)
def test_what_fits_a_processor(features: str, expected: Processor) -> None:
    assert processor(features) == expected


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    blocked = tmp_path / "a_file"
    blocked.write_text("")
    seen = run(PREDICT, NUMBA_CACHE_DIR=str(blocked))
    assert seen.stdout.startswith("NumbaBackend"), seen.stderr
    assert "cannot be written to" in seen.stderr


# Rectifiers and largest values jump: what rounding moves over the edge moves the weights by more.
@pytest.mark.parametrize("name", [name for name in BUILDS if name != "CNN"])
def test_ten_epochs_agree_with_numpy(name: str, figures: Any) -> None:
    x, _ = sample(400)
    seen = [trained(BUILDS[name], backend, epochs=10).predict(x) for backend in ("numpy", "numba")]
    difference = float(np.abs(seen[0] - seen[1]).max())
    assert figures.note("numba and NumPy after ten epochs, float32", difference) <= 1e-5


@pytest.mark.parametrize("name", BUILDS)
def test_a_step_agrees_with_numpy_in_double_precision(name: str, figures: Any) -> None:
    settings = {"optimizer": "SGD", "learning_rate": 0.1}
    seen = [
        trained(BUILDS[name], backend, "float64", **settings).parameters for backend in ("numpy", "numba")
    ]
    difference = float(np.abs(seen[0] - seen[1]).max())
    # Eight steps of one epoch.
    assert figures.note("numba and NumPy after a step, float64", difference / 8) <= 1e-12


@pytest.mark.parametrize(
    ("build", "shape", "batch"),
    [
        (lambda b: b.lstm(48).dense(1), (12, 40), 300),
        (lambda b: b.gru(64, return_sequence=True).gru(20).dense(1), (12, 20), 260),
        (lambda b: b.rnn(96).dense(1), (20, 40), 300),
        (lambda b: b.dense(400, "TANH").dense(300, "RELU").dense(1), (200,), 700),
        (
            lambda b: (
                b.conv(12, 3, padding=1, activation="RELU")
                .batch_norm()
                .conv(8, 3)
                .maxpool(2)
                .flatten()
                .dense(1)
            ),
            (3, 24, 24),
            70,
        ),
    ],
    ids=["LSTM", "GRU", "RNN", "dense", "convolution"],
)
def test_bits_do_not_depend_on_the_number_of_threads(
    build: Build, shape: tuple[int, ...], batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared: list[int] = []
    run = threads._Pool.run

    def counted(pool: Any, function: Any, count: int) -> None:
        shared.append(count)
        run(pool, function, count)

    # Not the threads' own calls: one that wakes late helps with a job of the round before.
    monkeypatch.setattr(threads._Pool, "run", counted)
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2 * batch, *shape)), random.integers(0, 2, 2 * batch)
    bits = set()
    for count in (1, 2, 4):
        shared.clear()
        with threads.thread_limit(count):
            network = build(NetworkBuilder(shape, backend="numba", seed=5)).build()
            network.fit(x, y, batch_size=batch, max_epochs=1, validation=0, progress=False)
            bits.add(network.parameters.tobytes() + network.predict(x).tobytes())
        assert bool(shared) == (count > 1), "the work is shared among threads"
    assert len(bits) == 1


def test_an_event_does_not_depend_on_its_batch() -> None:
    """Every value goes through the same operations wherever it stands."""
    x, _ = sample(150)
    for build in BUILDS.values():
        network = build(NetworkBuilder((10, 30), backend="numba", seed=3)).build()
        together = network.predict(x)
        np.testing.assert_array_equal(
            np.concatenate([network.predict(x[i : i + 1]) for i in range(150)]), together
        )


def test_an_error_in_another_thread_comes_back() -> None:
    def fail(number: int) -> None:
        if number == 3:
            message = "the third"
            raise ValueError(message)

    with threads.thread_limit(2), pytest.raises(ValueError, match="the third"):
        threads.for_each(fail, 8, 1e12)


def test_small_work_stays_in_its_thread() -> None:
    seen: set[int] = set()
    with threads.thread_limit(4):
        threads.for_each(lambda _: seen.add(threading.get_ident()), 8, 1e3)
    assert seen == {threading.get_ident()}


@pytest.mark.parametrize(
    ("variables", "expected"), [({"OMP_NUM_THREADS": "3"}, 3), ({"NUMBA_NUM_THREADS": "2"}, 2)]
)
def test_the_environment_sets_the_number(variables: dict[str, str], expected: int) -> None:
    code = "from tmva_py.kernels.numba.threads import thread_count; print(thread_count())"
    seen = run(code, **{"OMP_NUM_THREADS": "", **variables})
    assert seen.stdout.strip() == str(expected)


def test_predicting_from_several_threads() -> None:
    x, _ = sample(64)
    network = BUILDS["LSTM"](NetworkBuilder((10, 30), backend="numba", seed=3)).build()
    expected = network.predict(x)
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(50):
            if not np.array_equal(network.predict(x[number : number + 8]), expected[number : number + 8]):
                wrong.append(number)

    workers = [threading.Thread(target=work, args=(8 * number,)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


@pytest.mark.parametrize("order", ["C", "F"])
def test_inputs_in_any_order_and_read_only(order: str) -> None:
    x, _ = sample(20)
    network = BUILDS["GRU"](NetworkBuilder((10, 30), backend="numba", seed=3)).build()
    expected = network.predict(x)
    given = np.array(x, dtype=np.float32, order=order)
    given.flags.writeable = False
    np.testing.assert_array_equal(network.predict(given), expected)
    np.testing.assert_array_equal(network.predict(given[::-1]), expected[::-1])


# --- last, when most of what they need is compiled ----------------------------------------------------------


def test_every_kernel_of_a_training_is_kept(tmp_path: Path) -> None:
    """In a copy of the folder, which other processes may write to, of what is compiled already."""
    if (folder := store().folder) is not None:
        shutil.copytree(folder, tmp_path / "tmva_py" / "numba" / folder.name)
    code = TRAIN.format(backend="numba")
    first, second = (run(code, NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(2))
    assert (second.stdout, second.stderr) == (first.stdout, "")


OTHER_SHAPE = """
import hashlib, sys
import numpy as np
from tmva_py.kernels.numba import processor
shape = getattr(processor, sys.argv[1])
processor.PROCESSOR = shape
from tmva_py.kernels.numba import products, vectors
assert (vectors.VECTOR_BYTES, products.ROWS) == (shape.vector_bytes, shape.tile_rows)
from tmva_py.network import NetworkBuilder
random = np.random.default_rng(5)
x, y = random.normal(size=(75, 7, 13)), np.arange(75) % 2
net = NetworkBuilder((7, 13), backend="numba", seed=2).lstm(11, return_sequence=True).flatten()
net = net.dense(29, "TANH").dense(1).build()
net.fit(x, y, batch_size=25, max_epochs=2, validation=0, progress=False)
print(hashlib.sha256(net.parameters.tobytes() + net.predict(x).tobytes()).hexdigest())
"""


def test_processors_with_longer_and_shorter_vectors_give_the_same_bits() -> None:
    """Every value goes through the same operations in every tile; vectors that are too long are split."""
    seen = set()
    for shape in ("AVX512", "SHORTER"):
        done = subprocess.run([sys.executable, "-c", OTHER_SHAPE, shape], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        seen.add(done.stdout)
    assert len(seen) == 1
