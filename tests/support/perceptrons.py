"""Networks for tests: those that TMVA wrote, and those that are trained on its events."""

from __future__ import annotations

import functools
import math
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
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


# Of the functions' values where TMVA ran: glibc's for processors with fused multiplications.
_FUNCTIONS = 13218279
# What another last bit of a function became in the weights of the cases, 7e-9 at most, with room for chance.
_ELSEWHERE = 1e-7


@functools.cache
def has_tmvas_functions() -> bool:
    """Return whether exp, tanh and log are those of the machine on which TMVA ran, to the last bit."""
    arguments = np.linspace(-9.0, 9.0, 20001).tolist()
    values = [function(v) for function in (math.exp, math.tanh) for v in arguments]
    values += [math.log(v + 10.0) for v in arguments]
    return zlib.crc32(np.array(values).tobytes()) == _FUNCTIONS


def expect_tmvas(seen: npt.ArrayLike, expected: npt.ArrayLike) -> None:
    """Expect the same bits, or, where a function may differ in the last one, what that may become."""
    if has_tmvas_functions():
        np.testing.assert_array_equal(seen, expected)
    else:
        np.testing.assert_allclose(seen, expected, rtol=_ELSEWHERE, atol=_ELSEWHERE)


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
