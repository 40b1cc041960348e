"""Seconds that imports and first steps take in a fresh process; prints a Markdown table."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

IMPORTS = {
    "an empty program": "",
    "import numpy": "import numpy",
    "import tmva_py": "import tmva_py",
    "from tmva_py import NetworkBuilder": "from tmva_py import NetworkBuilder",
    "from tmva_py import Factory, DataLoader, Reader": "from tmva_py import Factory, DataLoader, Reader",
    "build a dense network and predict": (
        "from tmva_py import NetworkBuilder; NetworkBuilder(2).dense(1).build().predict([[1.0, 2.0]])"
    ),
}
TRAINING = """
import numpy as np
from tmva_py import Network
layout = "LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR"
net = Network.from_layout(layout, input_layout="10|30", seed=1)
net.fit(np.ones((200, 10, 30)), np.arange(200) % 2, max_epochs=1, validation=0, progress=False)
"""


def seconds(code: str, **environment: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **environment})
    return time.perf_counter() - started


def first_and_second_training() -> tuple[float, float]:
    """Return the seconds of a training that compiles its kernels, and of the next one."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = (seconds(TRAINING, NUMBA_CACHE_DIR=folder) for _ in range(2))
    return first, second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15, help="fresh processes of each, in turns")
    repeats = parser.parse_args().repeats
    times: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for code in IMPORTS.values():
        seconds(code)  # files into the system's memory, byte code written
    for _ in range(repeats):
        for name, code in IMPORTS.items():
            times[name].append(seconds(code))
    start = statistics.median(times["an empty program"])
    print("| program | whole (s) | without the interpreter's start (s) |")
    print("|---|---:|---:|")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"| {name} | {median:.3f} | {median - start:.3f} |")
    names = (
        "a first training of the tutorial's LSTM network, kernels compiled",
        "the next one, kernels read",
    )
    for name, took in zip(names, first_and_second_training(), strict=True):
        print(f"| {name} | {took:.1f} | {took - start:.1f} |")


if __name__ == "__main__":
    main()
