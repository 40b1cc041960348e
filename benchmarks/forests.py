"""Forests: responses and training beside XGBoost, LightGBM, scikit-learn, ONNX Runtime and TMVA.

Prints the tables of docs/forests.md. Run as ``python benchmarks/forests.py``; see README.md beside this file.
Each number of threads is a process of its own, kept to as many processors.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import subprocess
import sys
import time

TABLES = ("responses", "training", "tmva")
LIBRARIES = (
    "numpy", "numba", "xgboost", "xgboost-cpu", "lightgbm", "scikit-learn", "onnxruntime", "treelite",
    "tl2cgen", "daal",
)  # fmt: skip


def versions() -> str:
    """Return the libraries that are here."""
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def measure(arguments: argparse.Namespace, threads: int) -> None:
    """Print the tables for one number of threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    # Libraries count the processors that they may use when they are imported.
    import forest_conditions
    import forest_responses
    import forest_trainings

    rows = []
    if "responses" in arguments.tables:
        rows += forest_responses.table(arguments, threads)
    if "training" in arguments.tables:
        rows += forest_trainings.rivals_table(arguments, threads)
    if "tmva" in arguments.tables:
        rows += forest_trainings.tmva_table(threads)
    forest_conditions.print_expectations(rows, threads)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0, help="for each row at least")
    parser.add_argument("--only", default="", help="run the forests whose name begins so, such as '850 x 3'")
    parser.add_argument("--threads", default="1,2", help="numbers of threads")
    parser.add_argument("--tables", default=",".join(TABLES), help=f"some of {', '.join(TABLES)}")
    parser.add_argument("--leave-out", default="", help="libraries that do not take part")
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.only = arguments.only.replace(" x ", " × ")
    if arguments.one:
        measure(arguments, arguments.one)
        return
    started = time.strftime("%Y-%m-%d")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    for threads in arguments.threads.split(","):
        environment = {**os.environ, "OMP_NUM_THREADS": threads}
        environment.pop("NUMBA_NUM_THREADS", None)
        command = [sys.executable, __file__, *sys.argv[1:], "--one", threads]
        subprocess.run(command, env=environment, check=True)
    from turns import processor

    print(
        f"\n{processor()}, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{versions()}; float32; {started}, load of the machine before {load:.1f}."
    )


if __name__ == "__main__":
    main()
