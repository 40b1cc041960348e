"""How many processes share the tests, and in which order they run.

``pytest -n auto`` takes as many as there are usable cores, eight at the most. ``TMVA_PY_ORDER=7`` shuffles
the modules and the tests of each by this seed: a test must not depend on what ran before it in its process.
"""

from __future__ import annotations

import os
import random
from itertools import groupby
from pathlib import Path

import pytest

ORDER = "TMVA_PY_ORDER"


def usable_cores() -> int:
    """Return how many cores this process may use: those it is bound to, and its container's share."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return max(1, min(cores, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return cores


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    return min(8, usable_cores())  # each needs a gigabyte, and collects all tests


def pytest_report_header() -> str | None:
    seed = os.environ.get(ORDER)
    return f"order of the tests: {ORDER}={seed}" if seed else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    seed = os.environ.get(ORDER)
    if not seed:
        return
    draw = random.Random(int(seed))
    modules = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    draw.shuffle(modules)
    for tests in modules:
        draw.shuffle(tests)
    items[:] = [item for tests in modules for item in tests]
