"""Every name of CuPy that the package uses exists in CuPy 13 and 14.

``cupy_names.json`` was written from the wheels, which import without a GPU, by
``tests/support/list_cupy_names.py``.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tmva_py.testing.strict_array import _METHODS, NOT_IN_CUPY
from tmva_py.testing.strict_namespace import ALL_NAMES, WAITING

STORED = json.loads(Path(__file__).with_name("cupy_names.json").read_text(encoding="utf-8"))
NAMES = {
    version: {place: set(text.split()) for place, text in known.items()} for version, known in STORED.items()
}
# Where the array namespace is used; kernels/numba and the backends of the host never meet CuPy.
FOLDERS = ("kernels", "functions", "layers", "network")
HOST_ONLY = ("kernels/numba",)
# What the stored places cannot hold: functions that give back an object.
OBJECTS = {
    "get_default_memory_pool().": "MemoryPool",
    "cuda.get_current_stream().": "cuda.Stream",
}

# What is asked of objects in variables, where no chain of names leads to them.
OF_OBJECTS = {
    "cuda.Stream": ("begin_capture", "end_capture"),
    "cuda.Graph": ("launch",),
    "MemoryPool": ("malloc",),
}


def chains(path: Path) -> Iterator[tuple[str, int]]:
    """Yield what a file asks of ``xp`` or ``cupy``, as ``cuda.runtime.getDeviceCount``, with the line."""

    def text(node: ast.AST) -> str | None:
        """Return the name behind the namespace; an empty one for the namespace itself."""
        if isinstance(node, ast.Name):
            return "" if node.id in ("xp", "cupy") else None
        if isinstance(node, ast.Call):
            inner = text(node.func)
            return f"{inner}()" if inner else None
        if isinstance(node, ast.Attribute):
            if node.attr in ("xp", "_xp"):
                return ""
            inner = text(node.value)
            return None if inner is None else f"{inner}.{node.attr}".lstrip(".")
        return None

    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and (found := text(node)):
            yield found, node.lineno


def missing(name: str, known: dict[str, set[str]]) -> bool:
    """Return whether a version lacks a name."""
    for prefix, place in OBJECTS.items():
        if name.startswith(prefix):
            return name.removeprefix(prefix) not in known[place]
    if "()" in name:
        return False  # a method of a result, an array: StrictArray's are compared below
    place, _, last = name.rpartition(".")
    return last not in known[place] and last != "__version__"


def used(project: Path) -> dict[str, str]:
    """Return every name that is used, with one place where it is."""
    package = project / "tmva_py"
    files = [package / "backends" / name for name in ("cupy_backend.py", "cuda_graph.py")]
    for folder in FOLDERS:
        files += [
            path
            for path in sorted((package / folder).rglob("*.py"))
            if not str(path.relative_to(package)).startswith(HOST_ONLY)
        ]
    return {name: f"{path.relative_to(project)}:{line}" for path in files for name, line in chains(path)}


@pytest.mark.parametrize("version", STORED)
def test_names_that_are_used(version: str, project: Path) -> None:
    names = used(project)
    assert {"matmul", "RawModule", "cuda.runtime.getDeviceCount", "lib.stride_tricks.as_strided"} <= set(
        names
    )
    assert {"cuda.MemoryPool", "cuda.Stream", "cuda.using_allocator"} <= set(names)
    assert {name: where for name, where in names.items() if missing(name, NAMES[version])} == {}


@pytest.mark.parametrize("version", STORED)
@pytest.mark.parametrize("place", OF_OBJECTS)
def test_names_of_objects(place: str, version: str, project: Path) -> None:
    files = [project / "tmva_py/backends" / name for name in ("cupy_backend.py", "cuda_graph.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    for name in OF_OBJECTS[place]:
        assert f".{name}" in code
        assert name in NAMES[version][place]


@pytest.mark.parametrize("version", STORED)
def test_the_strict_device_has_nothing_that_cupy_lacks(version: str) -> None:
    """What passes on the pretend device is there on CuPy too."""
    assert sorted((ALL_NAMES | WAITING) - NAMES[version][""]) == []
    assert sorted(set(_METHODS) - NAMES[version]["ndarray"]) == []


def test_both_versions_are_stored() -> None:
    assert {version.split(".")[0] for version in STORED} >= {"13", "14"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("y = xp.tanh(x)", {"tanh"}),
        (
            "y = self.backend.xp.lib.stride_tricks.as_strided(x)",
            {"lib", "lib.stride_tricks", "lib.stride_tricks.as_strided"},
        ),
        ("add = self._xp.add", {"add"}),
        ("self.xp.cuda.get_current_stream().synchronize()", {"cuda.get_current_stream().synchronize"}),
        ("y = np.tanh(x)", set()),
    ],
)
def test_how_names_are_found(code: str, expected: set[str], tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(code)
    assert expected <= {name for name, _ in chains(path)}


def test_a_name_that_only_numpy_has_is_missed() -> None:
    for known in NAMES.values():
        assert missing("busday_count", known)
        assert missing("cuda.runtime.getNothing", known)
        assert missing("get_default_memory_pool().free_bites", known)
        assert not missing("tanh", known)
        assert not missing("cuda.get_current_stream().synchronize", known)


@pytest.mark.parametrize("name", ["take", "sum"])
def test_keywords_that_only_numpy_has_are_refused(name: str) -> None:
    assert NOT_IN_CUPY[name]
