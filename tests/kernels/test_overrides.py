"""Every kernel override against its reference; the list is drawn from the kernel modules themselves."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from kernel_arguments import ARGUMENTS, Arguments, Draw, all_kernels

from tmva_py import kernels
from tmva_py.kernels import Memory
from tmva_py.kernels.activation import tanh_forward

for kernel_set in ("numba",):
    # Sets in modules of their own come in when a kernel is first asked for them.
    tanh_forward.on(type("Backend", (), {"kernel_sets": (kernel_set,)})())
# Relative to the largest value of each array: sums of some hundred terms in another order.
TOLERANCES = {"float64": 50 * np.finfo(np.float64).eps, "float32": 50 * np.finfo(np.float32).eps}
# Those for CuPy take arrays of a device: test_cuda_kernels.py.
OVERRIDES = [
    (name, kernel_set)
    for name, found in all_kernels().items()
    for kernel_set in found.overrides
    if kernel_set != "cupy"
]


def leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Return every array in a result, with a name."""
    if isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from leaves(f"{name}[{number}]", part)
    elif isinstance(value, np.ndarray | np.generic):
        yield name, value


# Not copied: "padded" is a view of a buffer that goes on behind it.
SHARED = ("memory", "padded")


def run(function: Any, arguments: Arguments) -> dict[str, Any]:
    """Call with copies; return results and arguments afterwards."""
    given = {name: value if name in SHARED else copy.deepcopy(value) for name, value in arguments.items()}
    result = dict(leaves("result", function(np, **given)))
    for name, value in given.items():
        if name not in ("memory", "spare"):
            result |= dict(leaves(name, value))
    return {name: np.array(value) for name, value in result.items()}


def test_the_table_is_not_empty() -> None:
    assert {("lstm.lstm_backward", "numpy"), ("lstm.lstm_backward", "numba")} <= set(OVERRIDES)
    assert len(all_kernels()) > 20


@pytest.mark.parametrize(("name", "kernel_set"), OVERRIDES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_override_equals_reference(name: str, kernel_set: str, dtype: str, figures: Any) -> None:
    assert name in ARGUMENTS, f"write arguments for the kernel {name} into tests/support/kernel_arguments.py"
    found = all_kernels()[name]
    shared: dict[str, Memory] = {}
    for arguments in ARGUMENTS[name](Draw(dtype)):
        if "memory" in arguments:  # one memory for all shapes and calls, as in a training
            arguments["memory"] = shared.setdefault("memory", arguments["memory"])
        expected = run(found.reference, arguments)
        for _ in range(2):
            seen = run(found.overrides[kernel_set], arguments)
            assert seen.keys() == expected.keys()
            for part, value in expected.items():
                assert seen[part].shape == value.shape, part
                assert seen[part].dtype == value.dtype, part
                if not value.size:
                    continue
                scale = max(float(np.abs(value).max()), 1e-3)
                error = float(np.abs(seen[part] - value).max()) / scale
                assert figures.note(f"overrides: {dtype}", error) <= TOLERANCES[dtype], part


@pytest.mark.parametrize("name", [name for name in ARGUMENTS if name.endswith(("forward", "backward"))])
def test_reference_keeps_the_precision(name: str) -> None:
    """No kernel turns float32 into float64 on the way."""
    for arguments in ARGUMENTS[name](Draw("float32")):
        for part, value in run(all_kernels()[name].reference, arguments).items():
            if value.dtype.kind == "f":
                assert value.dtype == np.float32, part


def test_a_backend_takes_the_first_set_that_has_an_override() -> None:
    class Both:
        kernel_sets = ("fast", "numpy")

    class Other:
        kernel_sets = ("unknown",)

    @kernels.kernel
    def plus(xp: Any, *, x: float) -> float:
        return x + 1

    @plus.override("numpy")
    def _(xp: Any, *, x: float) -> float:
        return x + 10

    assert plus.on(Both())(None, x=0.0) == 10
    assert plus.on(Other())(None, x=0.0) == 1

    @plus.override("fast")
    def _(xp: Any, *, x: float) -> float:
        return x + 100

    assert plus.on(Both())(None, x=0.0) == 100
    assert plus(None, x=0.0) == 1
    assert set(plus.overrides) == {"numpy", "fast"}
