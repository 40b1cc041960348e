"""Cuts for tests: those of TMVA, and their bookings here."""

from __future__ import annotations

from pathlib import Path

from golden import cases_of, said_of, stored_data
from weight_files import golden_weights

from tmva_py.data import DataSet
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.cuts.method import MethodCuts
from tmva_py.methods.weight_file import read_weight_file

CUTS_CASES: list[str] = cases_of("Cuts")
"""The golden cases of Cuts."""


def booked_as_golden(shared: Path, case: str) -> tuple[TrainedMethod, MethodCuts, DataSet]:
    """Return TMVA's own method, its booking here, and its events."""
    golden = read_weight_file(golden_weights(shared, case))
    # "EffSel" alone is read as in TMVA, with a warning that it is a value.
    options = said_of(shared, case)["options"].replace(":EffSel:", ":EffMethod=EffSel:")
    method = MethodCuts(
        golden.title,
        golden.info,
        golden.analysis_type,
        f"{options}:Release=4.2",
        log=MessageLog("Cuts", silent=True),
    )
    return golden, method, stored_data(shared / "golden" / case, golden)
