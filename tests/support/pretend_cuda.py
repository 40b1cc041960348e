"""CUDA sources compiled as C++ and run on the host: the real kernels on the pretend device.

`PretendCupyBackend` is the strict device with the overrides of CuPy's kernel set. Its ``xp.RawModule``
compiles the CUDA source with g++ behind a few lines that stand for CUDA (`SHIM`): blocks and threads are
loops, threads that wait for one another are fibres, and arrays check their bounds. The order of threads turns
round with every launch, and between two waits, so that a missing wait shows.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

import tmva_py.kernels.cuda.overrides  # noqa: F401 - registers what runs here
from tmva_py.testing.strict import StrictArray, StrictBackend, StrictDevice, StrictDeviceError
from tmva_py.testing.strict.namespace import StrictNamespace

SHIM = r"""
#include <cmath>
#include <functional>
#include <vector>
#include <setjmp.h>
#include <ucontext.h>
using std::exp; using std::fabs; using std::log; using std::log1p; using std::sqrt; using std::tanh;
struct Place { unsigned x, y, z; };
static Place threadIdx, blockIdx, blockDim, gridDim;
#define __global__
#define __device__
#define __shared__ static
#define ARRAY(T) Bounded<T>

static long long outside, diverged;
template <class T> struct Bounded {
    T *first; long long count;
    T &operator[](long long n) const {
        static double nowhere[2];
        if (n >= 0 && n < count) return first[n];
        ++outside;
        return *(T *)nowhere;
    }
    explicit operator bool() const { return first != nullptr; }
};

// Fibres: the threads of one block, each on a stack of its own, made once and used by every block. From the
// second time on they are switched by long jumps, which ask nothing of the operating system.
struct Jump { jmp_buf place; };
static std::vector<Jump> jumps;
static std::vector<char> started, ended;
static std::vector<std::vector<char>> stacks;
static Jump scheduler;
static unsigned current;
static const std::function<void()> *body;
static void leave() { if (!_setjmp(jumps[current].place)) _longjmp(scheduler.place, 1); }
static void fibre() { for (;;) { (*body)(); ended[current] = 1; leave(); } }
inline void __syncthreads() { leave(); }
__attribute__((noinline)) static void resume(unsigned n) {
    if (_setjmp(scheduler.place)) return;
    if (started[n]) _longjmp(jumps[n].place, 1);
    started[n] = 1;
    ucontext_t first;
    getcontext(&first);
    stacks[n].resize(32768);
    first.uc_stack.ss_sp = stacks[n].data(); first.uc_stack.ss_size = stacks[n].size();
    first.uc_link = nullptr;
    makecontext(&first, fibre, 0);
    setcontext(&first);
}
static unsigned turns;

static void place_thread(unsigned n) {
    threadIdx.x = n % blockDim.x; threadIdx.y = n / blockDim.x % blockDim.y;
    threadIdx.z = n / (blockDim.x * blockDim.y);
}
static void run_block(unsigned threads, bool waits) {
    if (!waits) {
        for (unsigned k = 0; k < threads; ++k) { place_thread(turns % 2 ? threads - 1 - k : k); (*body)(); }
        return;
    }
    if (threads > started.size()) {
        jumps.resize(threads); stacks.resize(threads); started.resize(threads, 0);
    }
    ended.assign(threads, 0);
    for (unsigned left = threads; left;) {
        unsigned stopped = 0;
        ++turns;
        for (unsigned k = 0; k < threads; ++k) {
            current = turns % 2 ? threads - 1 - k : k;
            if (ended[current]) continue;
            place_thread(current);
            resume(current);
            if (ended[current]) { --left; ++stopped; }
        }
        // Some wait for others that have gone: on a device that is undefined.
        if (left && stopped) ++diverged;
    }
}
static int run_grid(const unsigned *sizes, bool waits, const std::function<void()> &function) {
    outside = diverged = 0; body = &function; ++turns;
    gridDim = {sizes[0], sizes[1], sizes[2]}; blockDim = {sizes[3], sizes[4], sizes[5]};
    for (blockIdx.z = 0; blockIdx.z < gridDim.z; ++blockIdx.z)
        for (blockIdx.y = 0; blockIdx.y < gridDim.y; ++blockIdx.y)
            for (blockIdx.x = 0; blockIdx.x < gridDim.x; ++blockIdx.x)
                run_block(blockDim.x * blockDim.y * blockDim.z, waits);
    return outside ? 1 : diverged ? 2 : 0;
}
"""
KERNEL = re.compile(r"^KERNEL (\w+)\(([^{]*)\)\s*\{", re.MULTILINE)
PARAMETER = re.compile(r"(ARRAY\((?:const )?(\w+)\)|whole|double) (\w+)$")


class Parameter(NamedTuple):
    """One argument of a kernel: ``ARRAY(const REAL) x``."""

    type: str
    element: str | None
    name: str


def kernels_of(code: str) -> dict[str, list[Parameter]]:
    """Return the kernels of a source and their parameters."""
    found = {}
    for name, text in KERNEL.findall(code):
        parameters = []
        for part in " ".join(text.split()).split(", "):
            match = PARAMETER.fullmatch(part.strip())
            assert match, f"{name}: {part!r} is none of ARRAY(T), whole, double"
            parameters.append(Parameter(*match.groups()))
        found[name] = parameters
    return found


def needs_compiler() -> None:
    """Skip the test where there is no C++ compiler."""
    if shutil.which("g++") is None:
        pytest.skip("g++ is not installed; it runs the CUDA kernels on the host")


COMPILE = ("g++", "-std=c++17", "-O1", "-w", "-fPIC")


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder with `SHIM`, compiled once for all sources: that is half of the work for each."""
    folder = tempfile.TemporaryDirectory(prefix="tmva_py_cuda_")
    header = Path(folder.name) / "shim.hpp"
    header.write_text(SHIM, encoding="utf-8")
    subprocess.run([*COMPILE, "-x", "c++-header", str(header)], check=True)
    return folder


@functools.cache
def _library(code: str, options: tuple[str, ...]) -> ctypes.CDLL:
    """Compile a source, with one entry point per kernel that takes pointers to its arguments."""
    entries = []
    waits = "true" if "__syncthreads" in code else "false"
    for name, parameters in kernels_of(code).items():
        values = ", ".join(f"*({one.type} *)arguments[{n}]" for n, one in enumerate(parameters))
        entries.append(
            f'extern "C" int run_{name}(const unsigned *sizes, void **arguments) '
            f"{{ return run_grid(sizes, {waits}, [&] {{ {name}({values}); }}); }}"
        )
    place = Path(_folder().name) / hashlib.sha256(f"{code}{options}".encode()).hexdigest()[:20]
    place.with_suffix(".cpp").write_text("\n".join(('#include "shim.hpp"', code, *entries)), encoding="utf-8")
    defined = [option for option in options if option.startswith("-D")]
    command = [
        *COMPILE,
        "-shared",
        *defined,
        "-o",
        str(place.with_suffix(".so")),
        str(place.with_suffix(".cpp")),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:4000]
    return ctypes.CDLL(str(place.with_suffix(".so")))


class _Bounded(ctypes.Structure):
    _fields_: ClassVar = [("first", ctypes.c_void_p), ("count", ctypes.c_longlong)]


class HostKernel:
    """A kernel that runs on the host; called as CuPy's `RawKernel`, and stricter."""

    def __init__(
        self, device: StrictDevice, name: str, function: Any, parameters: list[Parameter], real: str
    ) -> None:
        self._device, self._name, self._function = device, name, function
        self._parameters = parameters
        self._dtypes = {
            "REAL": np.dtype({"float": "float32", "double": "float64"}[real]),
            "double": np.dtype("float64"),
            "float": np.dtype("float32"),
            "int": np.dtype("int32"),
            "whole": np.dtype("int64"),
        }

    def __call__(self, grid: tuple[int, ...], block: tuple[int, ...], args: tuple[Any, ...]) -> None:
        """Run the kernel as one launch."""
        assert len(args) == len(self._parameters), f"{self._name}: {len(args)} arguments"
        sizes = [*(*grid, 1, 1)[:3], *(*block, 1, 1)[:3]]
        assert all(type(size) is int and size >= 1 for size in sizes), sizes
        assert sizes[3] * sizes[4] * sizes[5] <= 1024, sizes
        assert max(sizes[1], sizes[2]) <= 65535, sizes
        values = [self._value(one, value) for one, value in zip(self._parameters, args, strict=True)]
        pointers = (ctypes.c_void_p * len(values))(*(ctypes.addressof(value) for value in values))
        status = self._function((ctypes.c_uint * 6)(*sizes), pointers)
        assert status == 0, f"{self._name}: {('', 'outside of an array', 'threads wait for others')[status]}"
        self._device.note("launches")

    def _value(self, parameter: Parameter, value: Any) -> Any:
        place = f"{self._name}: argument {parameter.name!r}"
        if parameter.element is None:
            # A NumPy scalar or a bool would arrive with another size.
            expected = {"whole": int, "double": float}[parameter.type]
            if type(value) is not expected:
                message = f"{place}: expected {expected.__name__}, got {type(value).__name__}"
                raise StrictDeviceError(message)
            return ctypes.c_longlong(value) if expected is int else ctypes.c_double(value)
        # A null pointer; for None CuPy 13 hands over no argument at all.
        if type(value) is int and value == 0:
            return _Bounded(None, 0)
        if not isinstance(value, StrictArray):
            message = f"{place}: expected an array of the device, got {type(value).__name__}"
            raise StrictDeviceError(message)
        host = self._device.unwrap(value, place)
        if host.dtype != self._dtypes[parameter.element]:
            message = f"{place}: expected {self._dtypes[parameter.element]}, got {host.dtype}"
            raise StrictDeviceError(message)
        span = 0
        if host.size:
            steps = zip(host.shape, host.strides, strict=True)
            span = 1 + sum((length - 1) * stride for length, stride in steps) // host.itemsize
        return _Bounded(host.ctypes.data, span)


class HostModule:
    """Stands for `cupy.RawModule`."""

    def __init__(self, device: StrictDevice, code: str, options: tuple[str, ...]) -> None:
        self._device, self._code, self._options = device, code, options

    def get_function(self, name: str) -> HostKernel:
        """Return a kernel, compiled when the first one is asked for."""
        real = next(option for option in self._options if option.startswith("-DREAL=")).partition("=")[2]
        library = _library(self._code, self._options)
        parameters = kernels_of(self._code)[name]
        return HostKernel(self._device, name, getattr(library, f"run_{name}"), parameters, real)


class PretendCupy(StrictNamespace):
    """The strict namespace and what is CuPy's own."""

    def RawModule(self, *, code: str, options: tuple[str, ...]) -> HostModule:
        """Return a module of kernels from CUDA source."""
        return HostModule(self._device, code, options)

    def _function(self, name: str, event: Any) -> Any:
        function = super()._function(name, event)
        if event != "matrix_products":
            return function

        def product(first: Any, second: Any, *, out: Any = None) -> Any:
            # cuBLAS takes rows or columns that follow each other; CuPy copies anything else first.
            for array in (first, second):
                if not (array.flags.c_contiguous or array.flags.f_contiguous):
                    self._device.note("launches")
            if out is not None and not out.flags.c_contiguous:
                message = f"xp.{name}: the output must be C-contiguous"
                raise StrictDeviceError(message)
            return function(first, second, out=out) if out is not None else function(first, second)

        return product


class PretendCupyBackend(StrictBackend):
    """The pretend device with the GPU's own kernels."""

    names: ClassVar[tuple[str, ...]] = ("pretend_cupy",)
    kernel_sets: ClassVar[tuple[str, ...]] = ("cupy",)

    def __init__(self, dtype: npt.DTypeLike = "float64") -> None:
        needs_compiler()
        super().__init__(dtype)
        self.xp = PretendCupy(self.device)
