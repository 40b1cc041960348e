"""Every name of CuPy that the package uses exists in CuPy 14.

``cupy_names.json`` was written from the wheels, which import without a GPU, by
``tests/support/list_cupy_names.py``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from host_kernels import HOST_FAMILIES
from namespaces import behind, chains

from tmva_py.testing.strict.array import _METHODS, NOT_IN_CUPY
from tmva_py.testing.strict.namespace import ALL_NAMES, WAITING

STORED = json.loads(Path(__file__).with_name("cupy_names.json").read_text(encoding="utf-8"))
NAMES = {
    version: {place: set(text.split()) for place, text in known.items()} for version, known in STORED.items()
}
# What never meets CuPy: the host's kernels and backends, and the kit, whose pretend device stands for it.
HOST_ONLY = (
    *(f"kernels/{family}.py" for family in HOST_FAMILIES),
    "kernels/separation.py",
    "kernels/trees.py",
    "kernels/numpy",
    "kernels/numba",
    "backends/numpy_backend.py",
    "backends/numba_backend.py",
    "testing",
)
# What the stored places cannot hold: functions that give back an object.
OBJECTS = {
    "get_default_memory_pool().": "MemoryPool",
    "cuda.get_current_stream().": "cuda.Stream",
}


def hidden(path: Path) -> Iterator[tuple[str, int]]:
    """Yield ways round `chains`, with the line: the namespace under another name, names made at run time."""

    def is_alias(target: ast.AST, value: ast.AST) -> bool:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            return any(map(is_alias, target.elts, value.elts))
        found = behind(value)
        # A part that has names of its own, as ``xp.cuda``, hides them as well.
        is_namespace = found == "" or any(found in known for known in NAMES.values())
        return is_namespace and behind(target) != ""

    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(is_alias(target, node.value) for target in node.targets):
            yield "another name for the namespace", node.lineno
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            if is_alias(node.target, node.value):
                yield "another name for the namespace", node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            if node.args and behind(node.args[0]) is not None:
                yield "getattr of the namespace", node.lineno
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cupy":
            yield "a name imported from cupy", node.lineno


def missing(name: str, known: dict[str, set[str]]) -> bool:
    """Return whether a version lacks a name.

    Raises
    ------
    LookupError
        It stands in a place of CuPy whose names are not stored.
    """
    for prefix, place in OBJECTS.items():
        if name.startswith(prefix):
            return name.removeprefix(prefix) not in known[place]
    if "()" in name:
        return False  # a method of a result, an array: StrictArray's are compared below
    place, _, last = name.rpartition(".")
    if place not in known:
        message = (
            f"xp.{name}: the names of cupy.{place} are not in cupy_names.json; add {place!r} to PLACES of "
            "tests/support/list_cupy_names.py and run it, or use what is there"
        )
        raise LookupError(message)
    return last not in known[place] and last != "__version__"


def files_of(project: Path) -> list[Path]:
    """Return every file that may run on CuPy."""
    package = project / "tmva_py"
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if not path.relative_to(package).as_posix().startswith(HOST_ONLY)
    ]


def used(project: Path) -> dict[str, str]:
    """Return every name that is used, with one place where it is."""
    return {
        name: f"{path.relative_to(project)}:{line}"
        for path in files_of(project)
        for name, line in chains(path)
    }


@pytest.mark.parametrize("version", STORED)
def test_names_that_are_used(version: str, project: Path) -> None:
    names = used(project)
    assert {"matmul", "RawModule", "cuda.runtime.getDeviceCount"} <= set(names)
    assert {name: where for name, where in names.items() if missing(name, NAMES[version])} == {}


def test_no_name_is_hidden(project: Path) -> None:
    found = [
        f"{path.relative_to(project)}:{line}: {what}"
        for path in files_of(project)
        for what, line in hidden(path)
    ]
    assert found == []


@pytest.mark.parametrize("version", STORED)
def test_the_strict_device_has_nothing_that_cupy_lacks(version: str) -> None:
    """What passes on the pretend device is there on CuPy too."""
    assert sorted((ALL_NAMES | WAITING) - NAMES[version][""]) == []
    assert sorted(set(_METHODS) - NAMES[version]["ndarray"]) == []


def test_the_oldest_version_is_stored(project: Path) -> None:
    extras = (project / "pyproject.toml").read_text(encoding="utf-8")
    assert set(re.findall(r"cupy-cuda1[23]x>=(\d+)", extras)) == {version.split(".")[0] for version in STORED}


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


@pytest.mark.parametrize(
    "code",
    [
        "np = xp",
        "y, space = 1, self.backend.xp",
        "linear: Any = xp.cuda",
        "if (space := backend.xp): pass",
        "f = getattr(xp, 'tanh')",
        "f = getattr(self._xp, name)(x)",
        "from cupy import tanh",
    ],
)
def test_ways_round_are_found(code: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(code)
    assert len(list(hidden(path))) == 1


@pytest.mark.parametrize(
    "code",
    ["xp = self.backend.xp", "xp, y = backend.xp, x", "self._xp = cupy", "tanh = xp.tanh", "getattr(x, 'y')"],
)
def test_what_is_no_way_round(code: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(code)
    assert list(hidden(path)) == []


def test_a_place_whose_names_are_not_stored() -> None:
    for known in NAMES.values():
        with pytest.raises(
            LookupError, match=r"xp\.linalg\.norm: the names of cupy\.linalg are not in cupy_names"
        ):
            missing("linalg.norm", known)


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
