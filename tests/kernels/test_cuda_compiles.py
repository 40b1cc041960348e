"""Every CUDA source goes through NVIDIA's compiler, for three generations of GPUs; no GPU is needed."""

from __future__ import annotations

import re

import pytest
from nvrtc import CompilerError, compile_cuda
from pretend_cuda import kernels_of

from tmva_py.kernels.cuda import FAMILIES
from tmva_py.kernels.cuda.launch import REALS, compiler_options, source

# CUDA 13 no longer knows the first of them.
ARCHITECTURES = {12: ("sm_70", "sm_80", "sm_90"), 13: ("sm_75", "sm_80", "sm_90", "sm_100")}
IN_DOUBLE_PRECISION = re.compile(r"\b(?:add|sub|mul|fma|div|sqrt)\S*\.f64\b")


def check(family: str, dtype: str, architecture: str, cuda: int) -> str:
    code = source(family)
    machine_code, ptx = compile_cuda(code, compiler_options(dtype), architecture, cuda=cuda)
    assert machine_code.startswith(b"\x7fELF")
    for name in kernels_of(code):
        assert name.encode() in machine_code
        assert f".entry {name}(" in ptx
    return ptx


@pytest.mark.parametrize("architecture", ARCHITECTURES[12])
@pytest.mark.parametrize("dtype", REALS)
@pytest.mark.parametrize("family", FAMILIES)
def test_cuda_12(family: str, dtype: str, architecture: str) -> None:
    ptx = check(family, dtype, architecture, 12)
    if dtype == "float32" and family not in ("loss", "optimizer", "dropout", "batch_norm", "trees"):
        # A forgotten 0.5 would be double precision, 32 times slower on most GPUs.
        assert IN_DOUBLE_PRECISION.findall(ptx) == []


@pytest.mark.oracle
@pytest.mark.parametrize("architecture", ARCHITECTURES[13])
@pytest.mark.parametrize("dtype", REALS)
@pytest.mark.parametrize("family", FAMILIES)
def test_cuda_13(family: str, dtype: str, architecture: str) -> None:
    check(family, dtype, architecture, 13)


@pytest.mark.parametrize(
    ("right", "wrong", "text"),
    [
        ("o * squashed", "o * squached", 'identifier "squached" is undefined'),
        ("ARRAY(REAL) h_next", "ARRAY(const REAL) h_next", "must be a modifiable lvalue"),
        ("const REAL cell =", "REAL spare; const REAL cell =", "declared but never referenced"),
    ],
)
def test_mistakes_are_caught(right: str, wrong: str, text: str) -> None:
    code = source("lstm")
    assert right in code
    with pytest.raises(CompilerError, match=text):
        compile_cuda(code.replace(right, wrong), compiler_options("float32"), "sm_80")
