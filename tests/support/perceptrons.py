"""Networks for tests: those that TMVA wrote, and those that are trained on its events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from golden import cases_of, has_tmvas_functions, said_of, stored_data
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


# What another last bit of a function became in the weights of the cases, 7e-9 at most, with room for chance.
_ELSEWHERE = 1e-7


def expect_tmvas(seen: npt.ArrayLike, expected: npt.ArrayLike) -> None:
    """Expect the same bits, or, where a function may differ in the last one, what that may become."""
    if has_tmvas_functions():
        np.testing.assert_array_equal(seen, expected)
    else:
        np.testing.assert_allclose(seen, expected, rtol=_ELSEWHERE, atol=_ELSEWHERE)


def release_of(case: str) -> str:
    """Return the release to read a case as: its file does not tell that TMVA 4.2 had a fast tanh."""
    return "4.2" if case.startswith("real_") and not case.endswith(IS_EXACT) else "newest"


def read_golden(shared: Path, case: str) -> TrainedMethod:
    """Return TMVA's own method."""
    return read_weight_file(golden_weights(shared, case), release=release_of(case))


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
