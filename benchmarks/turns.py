"""What all speed benchmarks share: sides that take turns, and what they ran on."""

from __future__ import annotations

import gc
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np


def take_turns(
    sides: Mapping[str, Callable[[], object]], seconds: float, least: int, rest: float = 0.0
) -> dict[str, float]:
    """Return the median seconds of one call of every side, all sides in turns.

    Parameters
    ----------
    sides : mapping of str to callable
        What is measured; every one is called once beforehand.
    seconds : float
        How long to go on.
    least : int
        Turns at least.
    rest : float, default 0
        Seconds to wait before each call: threads of OpenMP keep a core busy for 0.2 s after their work.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    for call in sides.values():
        call()
    gc.collect()
    gc.disable()
    try:
        end, turns = time.perf_counter() + seconds, 0
        while turns < least or (time.perf_counter() < end and turns < 1000):
            for name, call in sides.items():
                time.sleep(rest)
                started = time.perf_counter()
                call()
                times[name].append(time.perf_counter() - started)
            turns += 1
    finally:
        gc.enable()
    return {name: statistics.median(values) for name, values in times.items()}


def processor() -> str:
    """Return the processor's name."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def geometric_mean(values: list[float]) -> float:
    """Return the geometric mean."""
    return float(np.exp(np.mean(np.log(values))))
