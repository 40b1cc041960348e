"""Seconds that ``import tmva_py`` takes in a fresh process, beside NumPy alone; prints a Markdown table."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
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


def seconds(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


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


if __name__ == "__main__":
    main()
