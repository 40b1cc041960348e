"""NVIDIA's run-time compiler, from the wheel that brings it; it needs no GPU."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

# The wheels nvidia-cuda-nvrtc-cu12 and nvidia-cuda-nvrtc (of CUDA 13), and what they hold.
PLACES = {
    12: ("nvidia.cuda_nvrtc", "lib/libnvrtc.so.12"),
    13: ("nvidia.cu13", "lib/libnvrtc.so.13"),
}
PACKAGES = {12: "nvidia-cuda-nvrtc-cu12", 13: "nvidia-cuda-nvrtc"}


class CompilerError(Exception):
    """The compiler refused the source; the text is its log."""


@functools.cache
def _library(cuda: int) -> ctypes.CDLL | None:
    package, name = PLACES[cuda]
    try:
        found = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        return None
    for folder in (found.submodule_search_locations or ()) if found else ():
        if (Path(folder) / name).exists():
            return ctypes.CDLL(str(Path(folder) / name))
    return None


def compile_cuda(
    code: str, options: tuple[str, ...], architecture: str, *, cuda: int = 12
) -> tuple[bytes, str]:
    """Return machine code and PTX of a CUDA source; skip the test where the compiler is absent.

    Raises
    ------
    CompilerError
        With the compiler's log, for warnings too.
    """
    library = _library(cuda)
    if library is None:
        pytest.skip(f"{PACKAGES[cuda]} is not installed; it compiles CUDA without a GPU")
    # In a thread of its own: the compiler leaves its thread in the locale "C", where files are read as ASCII.
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(_compile, library, code, options, architecture).result()


def _compile(
    library: ctypes.CDLL, code: str, options: tuple[str, ...], architecture: str
) -> tuple[bytes, str]:
    program = ctypes.c_void_p()

    def call(name: str, *arguments: Any) -> int:
        return int(getattr(library, name)(*arguments))

    assert call("nvrtcCreateProgram", ctypes.byref(program), code.encode(), b"source.cu", 0, None, None) == 0
    try:
        given = [option.encode() for option in (*options, f"--gpu-architecture={architecture}")]
        status = call("nvrtcCompileProgram", program, len(given), (ctypes.c_char_p * len(given))(*given))
        log = _read(call, program, "ProgramLog").decode().strip("\0\n ")
        if status or log:
            raise CompilerError(log or f"status {status}")
        return _read(call, program, "CUBIN"), _read(call, program, "PTX").decode()
    finally:
        call("nvrtcDestroyProgram", ctypes.byref(program))


def _read(call: Any, program: ctypes.c_void_p, what: str) -> bytes:
    size = ctypes.c_size_t()
    assert call(f"nvrtcGet{what}Size", program, ctypes.byref(size)) == 0
    buffer = ctypes.create_string_buffer(size.value)
    assert call(f"nvrtcGet{what}", program, buffer) == 0
    return buffer.raw[: size.value]
