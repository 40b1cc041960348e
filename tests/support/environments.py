"""Fresh virtual environments with the package and plugins installed by pip."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent


class Environment:
    """A virtual environment and what runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scripts = folder / ("Scripts" if os.name == "nt" else "bin")

    @classmethod
    def create(cls, folder: Path, distributions: Sequence[Path]) -> Environment:
        """Return an environment with these checkouts, built and installed by pip.

        What they need (NumPy and the like) comes from the environment that runs the tests, after everything
        of the fresh one.
        """
        venv.create(folder, with_pip=False)
        made = cls(folder)
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        needs = Path(made.run("python", "-c", code, where=folder).strip()) / "needs.pth"
        needs.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        quiet = ("--quiet", "--disable-pip-version-check", "--no-warn-conflicts")
        # In the new environment pip itself is one of the needs.
        install = ("-m", "pip", "install", "--no-deps", "--no-build-isolation", "--ignore-installed", *quiet)
        made.run("python", *install, *distributions, where=folder)
        return made

    def run(self, *command: str | Path, where: Path) -> str:
        """Run a program of the environment and return its output."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TMVA_PY_", "PYTHON", "VIRTUAL"))
        }
        done = subprocess.run(
            [self.scripts / command[0], *command[1:]],
            cwd=where,
            env=clean,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            message = f"{command[0]}: exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
            raise AssertionError(message)
        return done.stdout

    def python(self, source: str, *, where: Path) -> str:
        """Run Python code with warnings as errors."""
        script = where / "script.py"
        script.write_text(dedent(source), encoding="utf-8")
        return self.run("python", "-W", "error", script, where=where)

    def pytest(self, tests: Path, *, where: Path) -> str:
        """Run the tests in a folder with warnings as errors."""
        options = ("-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir", where)
        return self.run("python", "-m", "pytest", *options, tests, where=where)
