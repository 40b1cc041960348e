"""Every kernel override against its reference; the list is drawn from the kernel modules themselves."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from kernel_arguments import ARGUMENTS, Arguments, Draw, all_kernels, plain

import tmva_py.kernels.numba.overrides
import tmva_py.kernels.numpy  # noqa: F401 - registers its overrides, as the line before does
from tmva_py import kernels
from tmva_py.errors import PluginError
from tmva_py.kernels import Memory

# Those for CuPy take arrays of a device: test_cuda_kernels.py.
OVERRIDES = [
    (name, kernel_set)
    for name, found in all_kernels().items()
    for kernel_set in found.overrides
    if kernel_set != "cupy"
]


# Forests and cuts are TMVA's to the last bit with every version; but NumPy's exponential may differ in it.
SAME_BITS = {
    name
    for name in all_kernels()
    if name.startswith(
        (
            "trees.",
            "growing.",
            "boosting.",
            "inverse.",
            "gauss.",
            "linear.",
            "medians.",
            "cuts.",
            "densities.",
            "neighbours.",
            "boxes.",
            "working_set.",
            "rule_path.",
            "rules.",
            "search_trees.",
        )
    )
    and name != "boosting.update_residuals"
}


def leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Return every array in a result, with a name."""
    if isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from leaves(f"{name}[{number}]", part)
    elif isinstance(value, np.ndarray | np.generic):
        yield name, value


def tolerance(dtype: str, arguments: Arguments) -> float:
    """Return how far results may be apart, relative to the largest value of their array.

    Sums of n terms of either sign in two orders differ by some 0.3·√n·ε of the largest of such sums (each
    addition rounds the sum so far by up to ε/2, the signs of terms and roundings are independent): √n·ε is
    three times that. The longest sum takes what an argument has but for its shortest axis, and functions of
    few terms round some dozens of times.
    """
    arrays = [value for _, value in leaves("", tuple(arguments.values())) if np.ndim(value)]
    longest = max((value.size // max(1, min(value.shape)) for value in arrays), default=1)
    return float(np.sqrt(max(longest, 50**2)) * np.finfo(dtype).eps)


def run(function: Any, arguments: Arguments) -> dict[str, Any]:
    """Call with copies; return results and arguments afterwards."""
    given = {name: value if name == "memory" else copy.deepcopy(value) for name, value in arguments.items()}
    result = dict(leaves("result", function(np, **given)))
    for name, value in given.items():
        if name != "memory":
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
        expected, allowed = run(found.reference, plain(arguments)), tolerance(dtype, arguments)
        for _ in range(2):
            seen = run(found.overrides[kernel_set], arguments)
            assert seen.keys() == expected.keys()
            for part, value in expected.items():
                assert seen[part].shape == value.shape, part
                assert seen[part].dtype == value.dtype, part
                if name in SAME_BITS or value.dtype == bool:
                    np.testing.assert_array_equal(seen[part], value, err_msg=part)
                    continue
                if not value.size:
                    continue
                scale = max(float(np.abs(value).max()), 1e-3)
                error = float(np.abs(seen[part] - value).max()) / scale
                assert figures.note(f"overrides: {dtype}, share of the bound", error / allowed) <= 1, part


@pytest.mark.parametrize("name", [name for name in ARGUMENTS if name.endswith(("forward", "backward"))])
def test_reference_keeps_the_precision(name: str) -> None:
    """No kernel turns float32 into float64 on the way."""
    for arguments in ARGUMENTS[name](Draw("float32")):
        for part, value in run(all_kernels()[name].reference, plain(arguments)).items():
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


def test_work_space_goes_to_overrides_alone() -> None:
    @kernels.kernel(memory=True)
    def plus(xp: Any, *, x: float) -> float:
        return x + 1

    @plus.override("fast")
    def _(xp: Any, *, x: float, memory: Any) -> float:
        return x + float(memory)

    fast, other = (type("Backend", (), {"kernel_sets": sets})() for sets in (("fast",), ()))
    assert plus.on(fast)(None, x=0.0, memory=5) == 5
    assert plus.on(other)(None, x=0.0, memory=5) == 1


def owned_by(module: str, value: float) -> Any:
    def plus(xp: Any, *, x: float) -> float:
        return x + value

    plus.__module__ = module
    return plus


def test_two_owners_of_an_override() -> None:
    @kernels.kernel
    def plus(xp: Any, *, x: float) -> float:
        return x + 1

    first = plus.override("fast")(owned_by("one_plugin", 2))
    with pytest.raises(PluginError, match=r"'plus': one_plugin and another_plugin both override .*'fast'"):
        plus.override("fast")(owned_by("another_plugin", 3))
    assert plus.overrides["fast"] is first
    # A module that is loaded again is no second owner.
    again = plus.override("fast")(owned_by("one_plugin", 2))
    assert plus.overrides["fast"] is again
    with plus.without("fast"):
        assert not plus.overrides
    assert plus.overrides["fast"] is again
