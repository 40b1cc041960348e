"""Numbers in many places of memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from kernel_arguments import Draw, bound_buffers

import tmva_py.kernels.numba.overrides  # noqa: F401 - registers its overrides
from tmva_py.kernels.buffers import read_singles


@pytest.mark.parametrize("which", ["reference", "numba"])
def test_what_can_be_used_is_told(which: str) -> None:
    read: Any = read_singles.reference if which == "reference" else read_singles.overrides[which]
    answers = []
    for arguments in bound_buffers(Draw("float32")):
        answers.append(read(np, **arguments))
        assert not answers[-1] or np.isfinite(arguments["out"]).all()
    assert answers == [True, False, False, False] * 3
