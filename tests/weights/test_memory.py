"""A large weight file is read in little more memory than its numbers take."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from row_files import READING as BENCHMARK
from weight_files import SMALL, changed, method_with

from tmva_py.errors import TMVAWarning, WeightFileError
from tmva_py.layers.dense import TDenseLayer
from tmva_py.methods.weight_file import read_weight_file, weight_text, write_weight_file
from tmva_py.network import Network
from tmva_py.weights.handlers import LONGEST_TEXT

# Reads a file in a fresh process. getrusage would also know of the memory of the process that started it.
READING = """
import json, sys
import numpy as np
import tmva_py as TMVA
from tmva_py.methods.weight_file import read_weight_file

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))

# Everything is imported, and the BLAS has its buffers.
read_weight_file(sys.argv[2]).evaluate(np.zeros((1, 3)))
before = peak()
method = read_weight_file(sys.argv[1])
after = peak()
total = float(np.sum(method.model.network.parameters, dtype=float))
print(json.dumps({"taken": after - before, "sum": total}))
"""


@pytest.fixture(scope="module")
def large() -> Network:
    """A dense network whose file has 50 MB; one of its matrices has most of it."""
    return Network([TDenseLayer(1500, "TANH"), TDenseLayer(600, "TANH"), TDenseLayer(1)], (1500,), seed=1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system has no /proc")
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_large_file_takes_less_than_three_times_its_arrays(
    large: Network, suffix: str, tmp_path: Path, figures
) -> None:
    path = tmp_path / f"large.weights.xml{suffix}"
    write_weight_file(method_with(large, "Classification"), path)
    arrays = large.parameters.nbytes
    if not suffix:
        assert path.stat().st_size > 50e6
    small = tmp_path / "small.xml"
    small.write_text(SMALL, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-c", READING, str(path), str(small)], capture_output=True, text=True, check=True
    )
    found = json.loads(result.stdout)
    assert found["sum"] == float(np.sum(large.parameters, dtype=float))
    ratio = figures.note(f"memory of reading, times the arrays ({suffix or 'xml'})", found["taken"] / arrays)
    assert ratio < 3, f"{found['taken'] / 1e6:.1f} MB for {arrays / 1e6:.1f} MB of arrays"


@pytest.mark.parametrize(
    ("method", "lines", "n_rows"),
    [("BDT", BENCHMARK.forest_lines(5000), 75_000), ("KNN", BENCHMARK.event_lines(20_000), 20_000)],
)
def test_rows_take_little_more_than_their_arrays(
    method: str, lines: Iterator[str], n_rows: int, tmp_path: Path, figures
) -> None:
    path = tmp_path / "large.weights.xml"
    path.write_text("".join(lines), encoding="utf-8")
    found = BENCHMARK.read_rows(path)
    assert len(found["Node" if method == "BDT" else "Event"]) == n_rows
    arrays = BENCHMARK.n_bytes(found)
    del found
    peak = BENCHMARK.peak_of(lambda: BENCHMARK.read_rows(path))
    ratio = figures.note(f"memory of reading rows, times the arrays ({method})", peak / arrays)
    assert ratio < 2


def test_numbers_of_long_texts_are_the_same_bits() -> None:
    """Above and below the length at which a text becomes numbers while it is read."""
    for width in (2, 80, 90, 300):
        network = Network([TDenseLayer(width, "TANH"), TDenseLayer(1)], (3,), seed=width, output="SIGMOID")
        values = np.random.default_rng(width).integers(0, 2**32, network.n_parameters, np.uint32).view("f4")
        network.parameters[...] = np.where(np.isfinite(values), values, np.float32(-0.0))
        text = weight_text(method_with(network, "Classification"))
        again = read_weight_file(text)
        assert again.model.network.parameters.tobytes() == network.parameters.tobytes()
        assert weight_text(again).partition("<Weights")[2] == text.partition("<Weights")[2]


def long_matrix(numbers: str) -> str:
    """Return a weight file with a matrix of 600 x 3 numbers, and what it is made of."""
    assert len(numbers) > LONGEST_TEXT
    start, end = SMALL.index("    <DenseLayer"), SMALL.index("  </Weights>\n</MethodSetup>")
    biases = "0 " * 600
    layers = (
        f'<DenseLayer Width="600" ActivationFunction="0"><Weights Rows="600" Columns="3">{numbers}</Weights>'
        f'<Biases Rows="600" Columns="1">{biases}</Biases></DenseLayer>'
    )
    return changed('NetDepth="2"', 'NetDepth="1"')[:start] + layers + SMALL[end:]


WORDS = ["1.25e-01"] * 1800


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (WORDS[1:], "expected 1800 numbers, found 1799|has room for 2399 at most"),
        ([*WORDS, "1"], "expected 1800 numbers, found 1801"),
        (
            [*WORDS[:1500], "1.2.3", *WORDS[1501:]],
            "number 1501 of 1800 is '1.2.3', expected a number",
        ),
        ([*WORDS[:1500], "{x}", *WORDS[1501:]], "number 1501 of 1800 is '{x}', expected a number such as"),
        ([*WORDS[:7], "1_0", *WORDS[8:]], "number 8 of 1800 is '1_0', expected a number"),
        ([*WORDS[:1799], "1e50"], "number 1800 of 1800 is '1e50', too large for float32"),
        ([*WORDS[:3], "9" * 100_000, *WORDS[4:]], "number 4 of 1800 is '9{40}…', too large for float32"),
        ([*WORDS[:3], "x" * 1_000_000, *WORDS[4:]], "number 4 of 1800 is 'x{40}…', expected a number"),
    ],
)
def test_damage_in_a_long_text(words: list[str], message: str) -> None:
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(long_matrix(" ".join(words)))


def test_a_word_without_end_takes_no_time_and_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.weights.xml"
    path.write_text(long_matrix("1" * 30_000_000), encoding="ascii")
    tracemalloc.start()
    with pytest.raises(WeightFileError, match="room for 601 at most"):
        read_weight_file(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6


def test_infinities_and_nan_of_a_broken_training_are_read() -> None:
    words = [*WORDS[:-3], "inf", "-inf", "nan"]
    with pytest.warns(
        TMVAWarning, match="numbers that are not finite, or variances below 0, in W of layer 0"
    ):
        method = read_weight_file(long_matrix(" ".join(words)))
    weights = method.model.network.layers[0].parameters["W"]
    np.testing.assert_array_equal(weights.reshape(-1)[-3:], [np.inf, -np.inf, np.nan])
