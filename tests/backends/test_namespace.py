"""What an array namespace must have: all names that are used; what cannot work is refused with a reason."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import array_api_strict
import numpy as np
import pytest
from host_kernels import HOST_FAMILIES
from namespaces import chains

from tmva_py.backends import Backend
from tmva_py.backends.namespace import NAMES
from tmva_py.errors import PluginError
from tmva_py.network import NetworkBuilder
from tmva_py.testing import PluginCheckError, check

# What computes with the namespace of one library.
OF_ONE_LIBRARY = (
    *(f"kernels/{family}.py" for family in HOST_FAMILIES),
    "kernels/separation.py",
    "kernels/trees.py",
    "kernels/numpy",
    "kernels/numba",
    "kernels/cuda",
    "backends",
    "testing",
)


def test_the_list_has_the_names_that_are_used(project: Path) -> None:
    package = project / "tmva_py"
    used = {
        name.partition("()")[0]
        for path in package.rglob("*.py")
        if not str(path.relative_to(package)).startswith(OF_ONE_LIBRARY)
        for name, _ in chains(path)
    }
    assert used | {"empty", "float32"} == set(NAMES)  # these two by the base class of backends


def test_they_are_names_of_the_standard() -> None:
    assert [name for name in NAMES if not hasattr(array_api_strict, name)] == []


def test_the_page_lists_them(project: Path) -> None:
    page = (project / "docs" / "backends.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(("| functions", "| types"))]
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(NAMES)


def namespace(**other: Any) -> Any:
    """Return NumPy's namespace with some names replaced."""
    return SimpleNamespace(
        **{**{name: getattr(np, name) for name in NAMES}, **other}, __name__="other_library"
    )


def frozen(shape: tuple[int, ...], dtype: Any = None) -> Any:
    """Return zeros that cannot be written to."""
    array = np.zeros(shape, dtype)
    array.flags.writeable = False
    return array


class Copies(np.ndarray[Any, Any]):
    """An array whose slices are copies."""

    def __getitem__(self, index: Any) -> Any:
        return np.array(super().__getitem__(index))


WRONG = {
    "a name that is missing": (
        {"permute_dims": None},
        r"backend 'other': its array namespace other_library lacks permute_dims; .*docs/backends\.md",
    ),
    "arrays that cannot be written to": (
        {"zeros": frozen},
        r"backend 'other': arrays of other_library cannot be written to \(.*read-only\), but kernels write",
    ),
    "slices that are copies": (
        {"zeros": lambda shape, dtype: np.zeros(shape, dtype).view(Copies)},
        r"backend 'other': slices and reshape must be views.*those of other_library copy",
    ),
}


def backend_with(changes: dict[str, Any]) -> type[Backend]:
    """Return a backend on NumPy's namespace with some names replaced, or taken away by None."""
    xp = namespace(**changes)
    for name, value in changes.items():
        if value is None:
            delattr(xp, name)

    class Other(Backend):
        names = ("other",)

        def __init__(self, dtype: Any = "float32") -> None:
            super().__init__(xp, dtype)

    return Other


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_work_is_refused(case: str) -> None:
    changes, text = WRONG[case]
    wrong = backend_with(changes)
    with pytest.raises(PluginError, match=text):
        wrong()
    with pytest.raises(PluginCheckError, match=text):
        check("backend", wrong)


def test_the_defaults_are_enough() -> None:
    class Plain(Backend):
        names = ("plain",)

    backend = Plain(array_api_strict, "float64")
    network = NetworkBuilder((3, 2), backend=backend, seed=1).lstm(2).dense(1).build()
    network.fit(
        np.ones((8, 3, 2)), np.arange(8) % 2, batch_size=4, max_epochs=1, validation=0, progress=False
    )
    assert network.predict(np.ones((1, 3, 2))).shape == (1, 1)
    assert (backend.own_products, backend.asynchronous, backend.why_unavailable()) == (False, False, None)
    assert backend.fits(10**12)
    backend.synchronize()
