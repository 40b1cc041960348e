"""How a run is shared among processes, and what they share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from once import lock, once
from workers import ORDER, pytest_collection_modifyitems, usable_cores


def test_there_is_a_core() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_a_seed_shuffles_modules_and_their_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    items: Any = [SimpleNamespace(path=path, name=name) for path in "abcde" for name in range(6)]
    orders = []
    for seed in ("", "1", "1", "2"):
        monkeypatch.setenv(ORDER, seed)
        shuffled = list(items)
        pytest_collection_modifyitems(shuffled)
        orders.append([(one.path, one.name) for one in shuffled])
        assert sorted(orders[-1]) == orders[0]
        # One module after the other, so that what its tests share is made once.
        assert [path for path, _ in orders[-1][::6] for _ in range(6)] == [path for path, _ in orders[-1]]
    assert orders[1] == orders[2]
    assert len({str(order) for order in orders}) == 3


def test_things_are_made_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    def make(folder: Path) -> None:
        made.append(folder)

    made: list[Path] = []
    name = f"once-{os.getpid()}"
    assert once(tmp_path_factory, name, make) == once(tmp_path_factory, name, make)
    assert len(made) == 1


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with lock(file), pytest.raises(TimeoutError, match="lock is there for 0 s"), lock(file, timeout=0):
        pass
    with lock(file, timeout=0):
        pass


def test_shares_of_bounds_are_written(tmp_path: Path, project: Path) -> None:
    """By the tests themselves, of a module that has both kinds of comparison."""
    file = tmp_path / "margins"
    test = project / "tests" / "booking" / "graphs" / "test_graphs.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
        cwd=project,
        env={**os.environ, "TMVA_PY_MARGINS": str(file)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    places = [json.loads(line) for line in file.read_text().splitlines()]
    assert {place.partition(":")[0] for place, *_ in places} == {"booking/graphs/test_graphs.py"}
    assert all(0 <= share < 1 for _, share, _ in places)
