"""What is to hold before a release: the distributions are complete, and work where nothing else is.

``make release-check`` runs it. It makes ``dist/`` anew, checks metadata and contents, installs the wheel
into a fresh environment far from the checkout, with its dependencies from the index, and runs it there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# The least that a source distribution has beside the package.
IN_SOURCES = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "Makefile",
    "docs/index.md",
    "tests/conftest.py",
)
DEMO = ("demo", "--events", "320", "--epochs", "1", "--output", "demo")
IMPORTED = "import tmva_py, numpy; print(tmva_py.__version__, tmva_py.__file__)"


class ReleaseError(Exception):
    """Something that must not be released."""


def run(*command: str | Path, where: Path) -> str:
    """Run a program as a user has it, without this checkout's settings, and return its output."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "TMVA_PY_", "VIRTUAL"))
    }
    done = subprocess.run(
        list(map(str, command)),
        cwd=where,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    if done.returncode:
        message = (
            f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        raise ReleaseError(message)
    return done.stdout


def version_of(project: Path) -> str:
    """Return the version, which changelog and citation must have too."""
    version = str(
        tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    )
    for name, pattern in (
        ("CHANGELOG.md", rf"^## {re.escape(version)}\b"),
        ("CITATION.cff", rf"^version: {version}$"),
    ):
        if not re.search(pattern, (project / name).read_text(encoding="utf-8"), re.MULTILINE):
            message = f"{name} does not have version {version} of pyproject.toml"
            raise ReleaseError(message)
    return version


def package_files(project: Path) -> set[str]:
    """Return the files of the package."""
    found = (path for path in (project / "tmva_py").rglob("*") if path.is_file())
    return {path.relative_to(project).as_posix() for path in found if "__pycache__" not in path.parts}


def check_wheel(wheel: Path, project: Path) -> int:
    """Check that a wheel has the package and nothing else; return the number of files."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    inside = {name for name in names if ".dist-info/" not in name}
    wrong = {"missing": package_files(project) - inside, "too many": inside - package_files(project)}
    for what, some in wrong.items():
        if some:
            message = f"{wheel.name}, {what}: {', '.join(sorted(some)[:5])}"
            raise ReleaseError(message)
    if not any(name.endswith("licenses/LICENSE") for name in names):
        message = f"{wheel.name} has no licence"
        raise ReleaseError(message)
    return len(inside)


def check_sources(sources: Path, project: Path) -> int:
    """Check that a source distribution has the package, its tests and pages; return the number of files."""
    with tarfile.open(sources) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    missing = (package_files(project) | set(IN_SOURCES)) - names
    if missing:
        message = f"{sources.name}, missing: {', '.join(sorted(missing)[:5])}"
        raise ReleaseError(message)
    return len(names)


def check_installed(wheel: Path, version: str) -> list[str]:
    """Install a wheel in a fresh environment and run it; return what was checked."""
    done = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        python, command = scripts / "python", scripts / "tmva-py"
        run(python, "-m", "pip", "install", "--quiet", wheel, where=folder)
        run(python, "-m", "pip", "check", where=folder)
        done.append("the wheel is installed with its dependencies, pip check finds no conflict")
        seen, place = run(python, "-W", "error", "-c", IMPORTED, where=folder).split(maxsplit=1)
        if seen != version or not Path(place.strip()).is_relative_to(folder.resolve()):
            message = f"imported is version {seen} of {place.strip()}, expected {version} of {folder}"
            raise ReleaseError(message)
        done.append(f"version {seen} is imported from the environment")
        if run(command, "--version", where=folder).split() != ["tmva-py", version]:
            message = "tmva-py --version gives another version"
            raise ReleaseError(message)
        run(command, *DEMO, where=folder)
        weights = next((folder / "demo").rglob("*LSTM.weights.xml"))
        run(command, "inspect", weights, where=folder)
        data = folder / "demo" / "time_data_t10_d30.root"
        line = run(command, "evaluate", weights, f"{data}:sgn", "-o", "out.root", where=folder)
        done.append("tmva-py demo trains four networks and reads one back")
        done.append(f"tmva-py evaluate: {line.split(' of ')[0]} of the demo's signal")
    return done


def main() -> None:
    """Check everything and print what was checked."""
    version = version_of(PROJECT)
    print(f"version {version}: pyproject.toml, CHANGELOG.md and CITATION.cff agree")
    dist = PROJECT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", dist, PROJECT, where=PROJECT)
    (wheel,), (sources,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    print(f"built {sources.name} ({sources.stat().st_size / 1e6:.1f} MB), and from it {wheel.name} "
          f"({wheel.stat().st_size / 1e6:.1f} MB)")  # fmt: skip
    run(sys.executable, "-m", "twine", "check", "--strict", wheel, sources, where=PROJECT)
    print("twine check --strict: metadata and the page of the package index are in order")
    print(f"the wheel has the package's {check_wheel(wheel, PROJECT)} files and no others")
    print(f"the source distribution has {check_sources(sources, PROJECT)} files, tests and pages among them")
    for line in check_installed(wheel, version):
        print(line)
    print(f"all passed; upload with: {Path(sys.executable).parent / 'twine'} upload {dist}/*")


if __name__ == "__main__":
    try:
        main()
    except ReleaseError as error:
        sys.exit(f"release-check: {error}")
