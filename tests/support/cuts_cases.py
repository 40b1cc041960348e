"""Cuts for tests: those of TMVA, and those that are trained on its events."""

from __future__ import annotations

import json
from pathlib import Path

from forests import SHARED, stored_data
from weight_files import golden_index, golden_weights

from tmva_py.data import DataSet
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.cuts.method import MethodCuts
from tmva_py.methods.weight_file import read_weight_file

CUTS_CASES: list[str] = (
    [entry["case"] for entry in golden_index(SHARED) if str(entry["method"]).startswith("Cuts::")]
    if SHARED.is_dir()
    else []
)
"""The golden cases of Cuts."""


def booked_as_golden(shared: Path, case: str, further: str = "") -> tuple[TrainedMethod, MethodCuts, DataSet]:
    """Return TMVA's own method, its booking here, and its events."""
    golden = read_weight_file(golden_weights(shared, case))
    folder = shared / "golden" / case
    options = next(iter(json.loads((folder / "methods.json").read_text()).values()))["options"]
    method = MethodCuts(
        golden.title,
        golden.info,
        golden.analysis_type,
        # "EffSel" alone is read as in TMVA, with a warning that it is a value.
        options.replace(":EffSel:", ":EffMethod=EffSel:") + ":Release=4.2" + further,
        log=MessageLog("Cuts", silent=True),
    )
    return golden, method, stored_data(folder, golden)
