"""What user_script.py says of types is so when it runs; the wheel says that there are types."""

from __future__ import annotations

import zipfile
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import get_overloads

import pytest
from programs import load_program

from tmva_py.booking.factory import Factory
from tmva_py.booking.factory_arguments import FACTORY_OPTIONS


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_program(Path(__file__).parent / "user_script.py")


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [("classification", ()), ("several", ("Multiclass",)), ("several", ("Regression",)), ("network", ())],
)
def test_the_script_runs(script, name, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    getattr(script, name)(*arguments)


def test_a_factory_s_keywords_are_its_options():
    for overload in get_overloads(Factory.__init__):
        named = {name for name in signature(overload).parameters if name[0].isupper()}
        assert named == {one.name for one in FACTORY_OPTIONS}


def test_mypy_reads_the_script(project: Path):
    assert '"tests/typed/user_script.py"' in (project / "pyproject.toml").read_text()


def test_the_wheel_says_that_there_are_types(project: Path, tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    (path,) = WheelBuilder(str(project)).build(directory=str(tmp_path))
    assert "tmva_py/py.typed" in zipfile.ZipFile(path).namelist()
