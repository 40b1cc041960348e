"""What `make release-check` looks at, on distributions that are built here without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from release_check import ReleaseError, check_sources, check_wheel, version_of


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, project: Path) -> tuple[Path, Path]:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (wheel,), (sources,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sources


def test_the_distributions_are_complete(built: tuple[Path, Path], project: Path) -> None:
    wheel, sources = built
    version = version_of(project)
    assert (wheel.name, sources.name) == (f"tmva_py-{version}-py3-none-any.whl", f"tmva_py-{version}.tar.gz")
    assert check_wheel(wheel, project) > 300
    assert check_sources(sources, project) > 600


def test_a_wheel_with_something_missing_or_too_much(
    built: tuple[Path, Path], project: Path, tmp_path: Path
) -> None:
    wheel = tmp_path / built[0].name
    with zipfile.ZipFile(built[0]) as old, zipfile.ZipFile(wheel, "w") as new:
        for name in old.namelist():
            if name != "tmva_py/py.typed":
                new.writestr(name, old.read(name))
    with pytest.raises(ReleaseError, match=r"missing: tmva_py/py\.typed"):
        check_wheel(wheel, project)
    shutil.copy(built[0], wheel)
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("tests/conftest.py", "")
    with pytest.raises(ReleaseError, match=r"too many: tests/conftest\.py"):
        check_wheel(wheel, project)


def test_a_version_that_the_changelog_lacks(tmp_path: Path, project: Path) -> None:
    for name in ("CHANGELOG.md", "CITATION.cff"):
        shutil.copy(project / name, tmp_path)
    text = (project / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(
        re.sub(r'^version = ".*"', 'version = "7.8"', text, flags=re.MULTILINE)
    )
    with pytest.raises(ReleaseError, match=r"CHANGELOG\.md does not have version 7\.8"):
        version_of(tmp_path)


def test_it_is_the_one_command_for_a_release(project: Path) -> None:
    assert "make release-check" in (project / "CONTRIBUTING.md").read_text()
    assert re.search(r"^release-check:.*## ", (project / "Makefile").read_text(), re.MULTILINE)
