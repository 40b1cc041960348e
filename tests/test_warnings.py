"""A warning points at the user's line, however deep in the package its reason is."""

from __future__ import annotations

import ast
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import tmva_py as TMVA
from tmva_py.errors import TMVAWarning, warn
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.trees import open_tree

RANDOM = np.random.default_rng(1)
X = RANDOM.normal(size=(200, 2)).astype(np.float32)
Y = X[:, 0] > 0


def weight_file(path: Path, attribute: str = "") -> str:
    TMVA.NetworkBuilder(1, seed=1).dense(1).build().save(path)
    return path.read_text().replace('Method="DL::DL"', f'Method="DL::DL" {attribute}')


def network() -> TMVA.Network:
    return TMVA.NetworkBuilder(2, seed=1, dtype="float64").dense(1).build()


def loader() -> TMVA.DataLoader:
    found = TMVA.DataLoader("set")
    found.AddVariable("x")
    found.AddTree({"x": X[:, 0]}, "Signal")
    found.AddTree({"x": X[:, 1]}, "Background")
    return found


def factory() -> TMVA.Factory:
    return TMVA.Factory("job", "Silent:AnalysisType=Classification:!ModelPersistence")


def with_three_classes() -> TMVA.DataLoader:
    found = loader()
    found.AddTree({"x": X[:, 1]}, "Other")
    return found


LAYOUT = "Layout=LINEAR:TrainingStrategy=MaxEpochs=1,BatchSize=5"


# One line each, the line that the warning is to name.
CASES: dict[str, Callable[[], object]] = {
    "an option that Reader does not know": lambda: TMVA.Reader("Quiet"),
    "a class that no method may have": lambda: factory().BookMethod(with_three_classes(), "DL", "a", LAYOUT),
    "an option of a booking": lambda: factory().BookMethod(loader(), "DL", "b", LAYOUT + ":VarTransform=N,"),
    "a layout": lambda: factory().BookMethod(loader(), "DL", "c", LAYOUT + ":InputLayout=1|1|1|5"),
    "a variable twice": lambda: loader().AddVariable("x"),
    "targets that are all the same": lambda: network().fit(X, Y * 0, max_epochs=1, progress=False),
    "a training that gains nothing": lambda: network().fit(X, Y, learning_rate=1e5, max_epochs=1),
    "a weight file written": lambda: network().save("net.weights.xml"),
    "a weight file read": lambda: read_weight_file(weight_file(Path("a.xml"), "Unheard='1'")),
    "events that have gaps": lambda: TMVA.evaluate(weight_file(Path("a.xml")), [[np.nan]]),
    "a formula": lambda: TMVA.Formula("x;y").on(open_tree({"x": X[:, 0]})),
}


@pytest.mark.parametrize("case", CASES)
def test_a_warning_names_the_line_that_called(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    action = CASES[case]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TMVAWarning)
        try:
            action()
        except TMVA.errors.TMVAError as error:
            raise AssertionError(case) from error
    assert caught, case
    for one in caught:
        assert (one.filename, one.lineno) == (__file__, action.__code__.co_firstlineno), str(one.message)


def test_a_script_shows_its_own_line(tmp_path):
    script = tmp_path / "script.py"
    script.write_text('import tmva_py as TMVA\n\nreader = TMVA.Reader(\n    "Quiet"\n)\n')
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stderr.startswith(f"{script}:3: TMVAWarning: ")
    assert done.stderr.rstrip().endswith("reader = TMVA.Reader(")


def test_a_line_is_told_once_and_each_line_for_itself():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            TMVA.Reader("Quiet")
        TMVA.Reader("Quiet")
    assert len(caught) == 2


def test_without_a_frame_of_the_user_the_outermost_counts():
    code = compile("warn('alone')", "<ours>", "exec")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(code, {"warn": warn, "__name__": "tmva_py.somewhere"})
    assert [one.filename for one in caught] == [__file__]


def test_nothing_else_in_the_package_warns(project: Path):
    """A warning that counts frames itself points somewhere else when a call in between is added."""
    for path in (project / "tmva_py").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_warning = isinstance(node, ast.Attribute) and node.attr in ("warn", "warn_explicit")
            if is_warning and isinstance(node.value, ast.Name) and node.value.id == "warnings":
                assert path.name == "errors.py", f"{path}:{node.lineno}"
