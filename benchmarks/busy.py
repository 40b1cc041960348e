"""A training step while another process keeps a core busy, against its quiet time.

Quiet and busy spells take turns in one run; the median of each counts. Prints the second table of
docs/performance.md.
Run as ``python benchmarks/busy.py``; see README.md beside this file.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from cases import all_cases
from harness import ADAM_FORMS, Case, Ours, Theirs, machine, threads

# Names as those of the cases begin: small work that stays in one thread, and work that several share.
NAMES = (
    "dense 7-4x64-1, 128",
    "dense 64-4x64-1, 1024",
    "LSTM of ROOT's tutorial",
    "LSTM 256, 20, 16, 64",
    "GRU 1024, 30, 16, 64",
    "LSTM 512, 50, 32, 128",
    "CNN of ROOT's tutorial",
)
SPIN = "while True: pass"


@contextlib.contextmanager
def busy_core(core: int) -> Iterator[None]:
    """Keep one core busy with another process."""
    other = subprocess.Popen([sys.executable, "-c", SPIN])
    try:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(other.pid, {core})
        time.sleep(0.3)
        yield
    finally:
        other.kill()
        other.wait()


def measured(side: Ours | Theirs, case: Case, seconds: float) -> list[float]:
    """Return seconds of a step, an epoch at a time."""
    steps, found = case.events // case.batch_size, []
    end = time.perf_counter() + seconds
    while not found or time.perf_counter() < end:
        found.append(side.run(1) / steps)
    return found


def row(case: Case, seconds: float, count: int, core: int) -> str:
    with threads(count):
        sides = {
            "numpy": Ours(case, "numpy"),
            "numba": Ours(case, "numba"),
            "torch": Theirs(case, ADAM_FORMS["fused"]),
        }
        found = []
        for side in sides.values():
            side.run(1)
            quiet: list[float] = []
            busy: list[float] = []
            for _ in range(3):
                quiet += measured(side, case, seconds / 6)
                with busy_core(core):
                    busy += measured(side, case, seconds / 6)
            before, during = statistics.median(quiet), statistics.median(busy)
            found += [f"{before * 1e6:,.0f}", f"{during * 1e6:,.0f}", f"{during / before:.2f}"]
    return f"| {case.name} | {count} | {' | '.join(found)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=6.0, help="for each network and side")
    parser.add_argument("--only", default="", help="run the cases whose name begins so")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    core = max(os.sched_getaffinity(0))
    columns = " | ".join(f"{side} (µs) | busy | ×" for side in ("numpy", "numba", "PyTorch"))
    print(f"| network, batch | threads | {columns} |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for case in all_cases():
        if case.name.startswith(NAMES) and case.name.startswith(arguments.only):
            print(row(case, arguments.seconds, arguments.threads, core), flush=True)
    print(f"\n{machine()}; float32; the other process on core {core}.")


if __name__ == "__main__":
    main()
