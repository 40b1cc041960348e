"""Installed distributions made up for a test: modules and metadata in a folder on the path."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import tmva_py

# The package under test, whichever copy is installed.
PACKAGE = Path(tmva_py.__file__).parents[1]

LAYER_MODULE = """
from tmva_py.layers import LayerXML, VGeneralLayer
from tmva_py.plugins import hookimpl


class {cls}(VGeneralLayer):
    names, xml = ({name!r},), LayerXML({tag!r})

    def build(self, input_shape, store):
        return input_shape

    def forward(self, x, context):
        return x, None

    def backward(self, d_out, saved, context):
        return d_out


@hookimpl
def tmva_py_layers():
    return [{cls}]
"""


def layer_module(cls: str, name: str, tag: str = "") -> str:
    """Return a plugin module with one layer that passes its input on."""
    return LAYER_MODULE.format(cls=cls, name=name, tag=tag or f"{cls}Tag")


class SitePackages:
    """A folder of installed distributions, and processes that see it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, distribution: str, version: str, plugin: str, module: str, source: str) -> None:
        """Install `distribution` with entry point `plugin` for `module`."""
        (self.folder / f"{module}.py").write_text(dedent(source), encoding="utf-8")
        information = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        information.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        (information / "METADATA").write_text(metadata, encoding="utf-8")
        entry = f"[tmva_py]\n{plugin} = {module}\n"
        (information / "entry_points.txt").write_text(entry, encoding="utf-8")

    def run(
        self, source: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python code in a new process that has these distributions, and return what it wrote."""
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("TMVA_PY_", "PYTHON"))
        }
        return subprocess.run(
            [sys.executable, "-c", dedent(source)],
            env={
                **clean,
                "PYTHONPATH": os.pathsep.join((str(self.folder), str(PACKAGE))),
                **(environment or {}),
            },
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def output(self, source: str, environment: Mapping[str, str] | None = None) -> str:
        """Run Python code that must succeed without a word on standard error, and return its output."""
        done = self.run(source, environment)
        # The first process on a machine says that it compiles.
        said = [
            line for line in done.stderr.splitlines() if "compiling kernels for this processor" not in line
        ]
        if done.returncode or said:
            message = f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
            raise AssertionError(message)
        return done.stdout
