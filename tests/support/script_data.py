"""The files that the scripts of tests/pyroot/scripts read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import uproot

EVENTS = 700


def columns_of(kind: str) -> dict[str, Any]:
    """Return the columns of one tree: numbers, an array of two, and a list that may be empty."""
    number = {"signal": 1, "background": 2, "other": 3}[kind]
    random = np.random.default_rng(number)
    shift = {"signal": 1.0, "background": -0.5, "other": 0.3}[kind]
    var1 = random.normal(shift, 1.2, EVENTS)
    var2 = random.normal(0.5 * shift, 1.0, EVENTS) + 0.3 * var1
    lengths = random.integers(0, 4, EVENTS)
    columns = {
        "var1": var1,
        "var2": var2,
        "eta": random.uniform(-2.5, 2.5, EVENTS),
        "truth": var1 - 2 * var2 + random.normal(0, 0.2, EVENTS),
        "weight": random.uniform(0.5, 1.5, EVENTS),
        "fixed": np.stack([var1 + 1, random.normal(shift, 2.0, EVENTS)], axis=1),
    }
    made: dict[str, Any] = {name: values.astype(np.float32) for name, values in columns.items()}
    made["number"] = np.arange(EVENTS, dtype=np.int32)
    made["list"] = ak.unflatten(random.normal(shift, 1, lengths.sum()).astype(np.float32), lengths)
    return made


def write_files(folder: Path) -> None:
    """Write data.root, and its signal and background in halves, part0.root and part1.root."""
    trees = {kind: columns_of(kind) for kind in ("signal", "background", "other")}
    both = {
        name: np.concatenate([trees["signal"][name], trees["background"][name]])
        for name in ("var1", "var2", "weight", "number")
    }
    both["kind"] = np.repeat([1, 0], EVENTS).astype(np.int32)
    _write(folder / "data.root", {**trees, "both": both})
    for number in range(2):
        part = slice(number * EVENTS // 2, (number + 1) * EVENTS // 2)
        halves = {
            kind: {name: values[part] for name, values in trees[kind].items()}
            for kind in ("signal", "background")
        }
        _write(folder / f"part{number}.root", halves)


def _write(path: Path, trees: dict[str, dict[str, Any]]) -> None:
    with uproot.recreate(path) as file:
        for name, columns in trees.items():
            types = {
                key: values.type.content if isinstance(values, ak.Array) else (values.dtype, values.shape[1:])
                for key, values in columns.items()
            }
            tree = file.mktree(name, types)
            tree.extend(columns)
