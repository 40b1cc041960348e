"""The same work on other backends: kernel overrides and the strict device against the references."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.kernels import Kernel
from tmva_py.plugins import Registry
from tmva_py.testing.report import MismatchError
from tmva_py.testing.strict import StrictBackend

# A kernel of the way forward and the one of the way back may only fit each other.
MOST_BLAMED = 2

# Largest differences, relative to the largest value of an array: overrides add in another order.
OVERRIDE_TOLERANCE = 1e-9
STRICT_TOLERANCE = 1e-12

Named = Sequence[tuple[str, npt.NDArray[Any]]]
Run = Callable[[Backend], Named]


class ReferenceBackend(NumpyBackend):
    """NumPy without any kernel override: every kernel's reference runs."""

    names: ClassVar[tuple[str, ...]] = ("reference",)
    kernel_sets: ClassVar[tuple[str, ...]] = ()


def compare_backends(run: Run, registry: Registry) -> str:
    """Run something on every backend of this machine; a kernel whose override differs is named."""
    reference = run(ReferenceBackend("float64"))
    names = []
    for name, make in backends_to_compare(registry):
        backend = make("float64")

        def compare(backend: Backend = backend, where: str = f"with backend {name!r}") -> None:
            check_agreement(run(backend), reference, where, OVERRIDE_TOLERANCE)

        blame_override(compare, backend)
        names.append(name)
    return f"{', '.join(names)} as the references"


def compare_strict(run: Run) -> str:
    """Run something on the strict device."""
    backend = StrictBackend("float64")
    with backend.counting() as counts:
        found = run(backend)
    check_agreement(found, run(ReferenceBackend("float64")), "on the strict device", STRICT_TOLERANCE)
    return f"{counts.launches} launches"


def backends_to_compare(registry: Registry) -> list[tuple[str, Callable[[str], Backend]]]:
    """Return the registered backends that can be made on this machine, by name."""
    found = []
    for cls in registry.classes("backend"):
        make = cast(Callable[[str], Backend], cls)
        try:
            backend = make("float64")
            backend.to_numpy(backend.asarray([1.0]))
        except Exception:  # noqa: BLE001 - no device, a missing library: its own check says so
            continue
        found.append((backend.names[0], make))
    return found


def check_agreement(found: Named, expected: Named, where: str, tolerance: float) -> float:
    """Compare named arrays and return the largest difference, relative to each array's largest value.

    Raises `MismatchError` with name, index and both numbers where it is more than `tolerance`.
    """
    largest = 0.0
    for (name, value), (_, right) in zip(found, expected, strict=True):
        if value.shape != right.shape:
            message = f"{name}: shape {value.shape} {where}, {right.shape} in NumPy's reference"
            raise MismatchError(message)
        scale = max(float(np.abs(right).max(initial=0.0)), 1e-3)
        error = np.abs(value - right) / scale
        error = np.where(np.isfinite(value), error, np.inf)
        if error.max(initial=0.0) > tolerance:
            index = tuple(int(axis) for axis in np.unravel_index(int(np.argmax(error)), error.shape))
            message = (
                f"{name}{list(index)}: {value[index]:.9g} {where}, {right[index]:.9g} in NumPy's reference"
            )
            if not np.isfinite(value[index]):
                message += "\n  likely cause: memory is read before it is written (xp.empty, backend.empty)"
            raise MismatchError(message)
        largest = max(largest, float(error.max(initial=0.0)))
    return largest


def blame_override(run: Callable[[], None], backend: Backend) -> None:
    """Run a comparison; when it fails, say which kernel's override is to blame."""
    try:
        run()
    except MismatchError as error:
        blamed = [name for name, kernel in all_kernels() if _passes_without(run, kernel, backend)]
        # When all is right without whichever kernel, the result changes from run to run.
        if 1 <= len(blamed) <= MOST_BLAMED:
            message = (
                f"{error}\n  likely cause: the override of kernel {' or '.join(blamed)}; "
                "without it all is right"
            )
            raise MismatchError(message) from None
        raise


def all_kernels() -> list[tuple[str, Kernel[..., Any]]]:
    """Return every kernel of the modules that are loaded, by its name."""
    found: dict[int, tuple[str, Kernel[..., Any]]] = {}
    for module in list(sys.modules.values()):
        for value in list(vars(module).values()) if hasattr(module, "__dict__") else ():
            # Not isinstance: it would ask objects that warn of every access for their class.
            if issubclass(type(value), Kernel):
                found[id(value)] = (getattr(value, "__name__", "kernel"), value)
    return list(found.values())


def _passes_without(run: Callable[[], None], kernel: Kernel[..., Any], backend: Backend) -> bool:
    used = next((name for name in backend.kernel_sets if name in kernel.overrides), None)
    if used is None:
        return False
    with kernel.without(used):
        try:
            run()
        except Exception:  # noqa: BLE001 - not this one
            return False
    return True
