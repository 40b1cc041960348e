"""Forests for tests: those that TMVA wrote, and those that are trained on its events."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from weight_files import golden_index, golden_weights

from tmva_py.data import DataSet, Events
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.bdt.forest import Forest
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file

SHARED = Path(__file__).parents[3] / "shared"

BDT_CASES: list[str] = (
    [
        entry["case"]
        for entry in golden_index(SHARED)
        if str(entry["method"]).startswith("BDT::") and not entry["case"].startswith("real_output")
    ]
    if SHARED.is_dir()
    else []
)
"""The golden cases with responses of forests."""


def stored_data(folder: Path, golden: TrainedMethod) -> DataSet:
    """Return the events of a case in TMVA's order, with its weights."""
    with np.load(folder / "train.npz") as stored:
        samples = []
        for sample in ("train", "test"):
            n_events = len(stored[f"w_{sample}"])
            targets = stored[f"T_{sample}"] if f"T_{sample}" in stored else np.zeros((n_events, 0))
            samples.append(
                Events(
                    stored[f"X_{sample}"].astype(np.float32),
                    np.asarray(targets, np.float32).reshape(n_events, -1),
                    np.zeros((n_events, len(golden.info.spectators)), np.float32),
                    stored[f"w_{sample}"].astype(np.float64),
                    stored[f"w_{sample}_raw"].astype(np.float64),
                    stored[f"y_{sample}"].astype(np.int32),
                )
            )
    return DataSet(golden.info, *samples)


def trained_as_golden(shared: Path, case: str) -> tuple[TrainedMethod, TrainedMethod, MethodBDT]:
    """Return TMVA's own method, ours from the same events and options, and what was booked."""
    golden = read_weight_file(golden_weights(shared, case))
    folder = shared / "golden" / case
    options = next(iter(json.loads((folder / "methods.json").read_text()).values()))["options"]
    method = MethodBDT(
        golden.title,
        golden.info,
        golden.analysis_type,
        f"{options}:Release=4.2",
        log=MessageLog("BDT", silent=True),
    )
    return golden, train_method(method, stored_data(folder, golden)), method


def agreeing_trees(ours: Forest, theirs: Forest) -> tuple[int, str]:
    """Return how many trees are the same from the first on, and what is not in the one after these."""
    for tree in range(min(len(ours), len(theirs))):
        own, other = (slice(*forest.starts[tree : tree + 2].tolist()) for forest in (ours, theirs))
        if own.stop - own.start != other.stop - other.start:
            return tree, "number of nodes"
        leaves = theirs.node_type[other] != 0
        for name in ("node_type", "variable", "cut", "cut_type", "left", "right"):
            one, two = getattr(ours, name)[own], getattr(theirs, name)[other]
            if name in ("left", "right"):
                one, two = one[~leaves] - own.start, two[~leaves] - other.start
            if (one != two).any():
                return tree, name
        for name in ("purity", "response"):
            one, two = getattr(ours, name)[own][leaves], getattr(theirs, name)[other][leaves]
            if not np.allclose(one, two, rtol=1e-6, atol=0):
                return tree, name
        if not np.isclose(ours.boost_weights[tree], theirs.boost_weights[tree], rtol=1e-6, atol=0):
            return tree, "boost weight"
    return min(len(ours), len(theirs)), "" if len(ours) == len(theirs) else "number of trees"
