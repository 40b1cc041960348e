"""Networks for tests: those that TMVA wrote, and those that are trained on its events."""

from __future__ import annotations

from pathlib import Path

from golden import cases_of, said_of, stored_data
from weight_files import golden_weights

from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.mlp.method import MethodMLP
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file

MLP_CASES = cases_of("MLP")
"""The golden cases with responses of networks."""

IS_EXACT = "_tanh_exact"
"""How the names of cases end that were made with the exact tanh."""


def read_golden(shared: Path, case: str) -> TrainedMethod:
    """Return TMVA's own method; the file does not tell that the release which made it had a fast tanh."""
    has_fraction = case.startswith("real_") and not case.endswith(IS_EXACT)
    return read_weight_file(golden_weights(shared, case), release="4.2" if has_fraction else "newest")


def trained_as_golden(
    shared: Path, case: str, further: str = ""
) -> tuple[TrainedMethod, TrainedMethod, MethodMLP]:
    """Return TMVA's own method, ours from the same events and options, and what was booked."""
    golden = read_golden(shared, case)
    options = f"{said_of(shared, case)['options']}:Release=4.2{further}"
    if case.endswith(IS_EXACT):
        options += ":Tanh=Exact"
    method = MethodMLP(
        golden.title, golden.info, golden.analysis_type, options, log=MessageLog("MLP", silent=True)
    )
    return golden, train_method(method, stored_data(shared / "golden" / case, golden)), method
