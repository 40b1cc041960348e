"""The folder of compiled kernels: damaged files, full disks, folders of others, several processes."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tmva_py.kernels.numba.store import LOGGER, Store, open_store

pytest.importorskip("numba")

posix = pytest.mark.skipif(sys.platform == "win32", reason="folders have no permissions of this kind")
NAME, CONTENT = "dense_forward-0123", b"machine code" * 100

# A few kernels, which are compiled in a moment.
PREDICT = """
import numpy as np
from tmva_py.network import NetworkBuilder
net = NetworkBuilder(2, seed=1, backend="numba").dense(1{activation}).build()
print(net.predict(np.ones((8, 2))).shape)
"""

Damage = Callable[[Path], object]
DAMAGES: dict[str, Damage] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut in the digest": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "a bit": lambda path: path.write_bytes(
        path.read_bytes()[:100] + bytes([path.read_bytes()[100] ^ 1]) + path.read_bytes()[101:]
    ),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "something else": lambda path: path.write_bytes(b"\x80\x04N."),
}


def run(code: str, cache: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache), **environment},
        timeout=300,
    )


def warnings_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if "<WARNING>" in line]


@pytest.fixture(autouse=True)
def _log_lines_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a backend shows them, they go no further."""
    monkeypatch.setattr(LOGGER, "propagate", True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kernels"


@pytest.fixture
def store(folder: Path) -> Store:
    made = open_store(folder)
    made.write(NAME, CONTENT)
    assert made.read(NAME) == CONTENT
    return made


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_is_told_of_once_and_replaced(
    kind: str, store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (path,) = folder.iterdir()
    for _ in range(2):
        DAMAGES[kind](path)
        assert store.read(NAME) is None
        assert not path.exists()
        store.write(NAME, CONTENT)
        assert store.read(NAME) == CONTENT
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert str(path) in caplog.text
    assert "its content is not what was written" in caplog.text


def test_a_folder_in_the_place_of_a_file(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (path,) = folder.iterdir()
    path.unlink()
    path.mkdir()
    assert store.read(NAME) is None
    store.write(NAME, CONTENT)
    assert len(caplog.records) == 2  # neither read nor written


@posix
def test_what_is_made_is_the_users_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = open_store(tmp_path / "tmva_py" / "numba" / "hash")
        store.write(NAME, CONTENT)
    finally:
        os.umask(before)
    assert store.folder is not None
    (path,) = store.folder.iterdir()
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert store.read(NAME) == CONTENT


@posix
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o1777, 0o702])
def test_a_folder_that_others_may_write_to(
    mode: int, store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.chmod(mode)
    other = open_store(folder)
    assert other.folder == folder.with_name(f"kernels-{os.geteuid()}")
    assert stat.S_IMODE(other.folder.stat().st_mode) == 0o700
    assert other.read(NAME) is None
    assert f"others may write to it (mode {mode:o})" in caplog.text
    assert f"what is kept there is run as code; {other.folder} is used instead" in caplog.text
    assert open_store(folder).folder == other.folder


@posix
def test_neither_folder_is_private(store: Store, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    own = open_store(folder).folder
    for one in (folder, folder.with_name(f"kernels-{os.geteuid()}")):
        one.mkdir(exist_ok=True)
        one.chmod(0o777)
    found = open_store(folder)
    assert own == folder
    assert found.folder is None
    assert "are open to others" in found.problem
    assert "nothing is kept" in caplog.text
    found.write(NAME, CONTENT)
    assert found.read(NAME) is None


@posix
def test_a_folder_of_another_user(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As seen by someone else: what this user wrote is not for them, unless it is the administrator's."""
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 4321)
    other = open_store(folder)
    if me == 0:
        assert other.folder == folder
        assert other.read(NAME) == CONTENT
    else:
        assert other.read(NAME) is None
        assert f"it belongs to another user (number {me})" in caplog.text


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="files are given away by root")
def test_what_another_user_wrote_is_not_run_by_root(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (path,) = folder.iterdir()
    os.chown(path, 4321, 4321)
    assert store.read(NAME) is None
    assert "it belongs to another user (number 4321)" in caplog.text
    os.chown(folder, 4321, 4321)
    assert open_store(folder).folder == folder.with_name(f"kernels-{os.geteuid()}")


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_to(
    mode: int, store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (path,) = folder.iterdir()
    path.chmod(mode)
    assert store.read(NAME) is None
    assert "others may write to it" in caplog.text
    store.write(NAME, CONTENT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = open_store(tmp_path / "file" / "below")
    assert store.folder is None
    assert "cannot be written to" in store.problem
    assert "has no folder" in open_store(None).problem


def test_a_folder_that_can_only_be_read(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an image of a container, where everything was compiled when it was made."""
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
    found = open_store(folder)
    assert found.read(NAME) == CONTENT
    assert "cannot be written to" in found.problem
    found.write("another", CONTENT)
    assert len(list(folder.iterdir())) == 1
    assert not caplog.records


def test_a_write_that_fails_is_told_of_once(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*paths: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    for name in ("one", "two"):
        store.write(name, CONTENT)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "No space left on device" in caplog.text
    assert len(list(folder.iterdir())) == 1


# --- whole processes ----------------------------------------------------------------------------------------


def test_every_file_damaged_another_way(tmp_path: Path) -> None:
    code = PREDICT.format(activation="")
    first = run(code, tmp_path)
    kept = sorted(tmp_path.rglob("*.kernel"))
    assert len(kept) > 5
    for number, path in enumerate(kept):
        list(DAMAGES.values())[number % len(DAMAGES)](path)
    second = run(code, tmp_path)
    assert second.stdout == first.stdout, second.stderr
    assert len(warnings_of(second.stderr)) == 1, second.stderr
    assert len(second.stderr.splitlines()) == 2
    third = run(code, tmp_path)
    assert (third.stdout, third.stderr) == (first.stdout, "")
    assert sorted(tmp_path.rglob("*.kernel")) == kept


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system limits no sizes of files")
def test_a_disk_without_space(tmp_path: Path) -> None:
    """Files larger than a limit cannot be written; the prediction is given all the same."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
    done = run(limit + PREDICT.format(activation=""), tmp_path)
    assert done.stdout == "(8, 1)\n", done.stderr
    (line,) = warnings_of(done.stderr)
    assert "File too large" in line
    assert "compiled again in each process" in line
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_two_processes_at_the_same_moment(tmp_path: Path) -> None:
    """Each compiles what both need, and some of its own; a third finds it all."""
    codes = [PREDICT.format(activation=""), PREDICT.format(activation=", 'TANH'")]
    start = tmp_path / "start"
    wait = f"import os, time\nwhile not os.path.exists({str(start)!r}): time.sleep(0.001)\n"
    cache = tmp_path / "cache"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", "import tmva_py.backends.numba_backend, numba\n" + wait + code],
            env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for code in codes
    ]
    start.touch()
    texts = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], texts
    assert all(text.count("compiling kernels") == 1 and not warnings_of(text) for text in texts), texts
    third = run("\n".join(codes), cache)
    assert (third.stdout, third.stderr) == ("(8, 1)\n(8, 1)\n", "")
    assert not list(cache.rglob("*.part"))


@posix
def test_a_user_without_a_home(tmp_path: Path) -> None:
    """As in a container that runs as a number: pathlib finds no home then, and raises."""
    nobody = "from pathlib import Path\ndef home(): raise RuntimeError('no home')\nPath.home = home\n"
    done = run(nobody + PREDICT.format(activation=""), tmp_path, NUMBA_CACHE_DIR="", XDG_CACHE_HOME="")
    assert done.stdout == "(8, 1)\n", done.stderr
    assert "has no folder for caches; NUMBA_CACHE_DIR may name one" in done.stderr


@posix
def test_a_shared_folder_of_the_process(tmp_path: Path) -> None:
    code = PREDICT.format(activation="")
    run(code, tmp_path)
    (kept,) = (tmp_path / "tmva_py" / "numba").iterdir()
    names = {path.name for path in kept.iterdir()}
    kept.chmod(0o777)
    second = run(code, tmp_path)
    assert len(warnings_of(second.stderr)) == 1
    own = kept.with_name(f"{kept.name}-{os.geteuid()}")
    assert {path.name for path in own.iterdir()} == names
    shutil.rmtree(kept)
    third = run(code, tmp_path)
    assert third.stdout == second.stdout
    assert not warnings_of(third.stderr)
