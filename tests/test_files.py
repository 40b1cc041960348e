"""Writing atomically: the old file or the new one, whatever happens."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from tmva_py import files
from tmva_py.errors import DataFileNotFoundError
from tmva_py.files import replaced_when_done, write_atomically

OLD, NEW = b"old content", b"new content"


def writer(content: bytes) -> Callable[[BinaryIO], int]:
    return lambda file: file.write(content)


def only(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "net.weights.xml"
    path.write_bytes(OLD)
    return path


def test_new_and_replaced_files(tmp_path):
    path = tmp_path / "a.xml"
    write_atomically(path, writer(OLD))
    assert path.read_bytes() == OLD
    write_atomically(str(path), writer(NEW))
    assert path.read_bytes() == NEW
    assert only(tmp_path) == ["a.xml"]


def test_new_file_gets_the_usual_permissions_and_old_ones_are_kept(tmp_path):
    fresh, plain = tmp_path / "fresh", tmp_path / "plain"
    plain.write_bytes(b"")
    write_atomically(fresh, writer(NEW))
    assert stat.S_IMODE(fresh.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    fresh.chmod(0o640)
    write_atomically(fresh, writer(OLD))
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o640


def test_symbolic_link_stays(tmp_path, target):
    link = tmp_path / "link.xml"
    link.symlink_to(target)
    write_atomically(link, writer(NEW))
    assert link.is_symlink()
    assert target.read_bytes() == NEW


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), MemoryError(), SystemExit(1)])
def test_failure_of_the_writer_leaves_the_old_file(tmp_path, target, error):
    def write(file: BinaryIO) -> None:
        file.write(NEW)
        file.flush()
        raise error

    with pytest.raises(type(error)):
        write_atomically(target, write)
    assert target.read_bytes() == OLD
    assert only(tmp_path) == [target.name]


def test_a_missing_input_of_the_writer_is_not_reported_as_a_failure_to_write(tmp_path, target):
    def write(file: BinaryIO) -> None:
        message = "no file 'input.root'"
        raise DataFileNotFoundError(message)

    with pytest.raises(DataFileNotFoundError, match=r"^no file 'input.root'$"):
        write_atomically(target, write)
    assert only(tmp_path) == [target.name]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is not there")
def test_full_disk_while_writing(tmp_path, target, monkeypatch):
    real = open

    def open_full(path: str, mode: str) -> BinaryIO:
        return real(path, mode) if mode == "xb" else real("/dev/full", mode)

    monkeypatch.setattr(files, "open", open_full, raising=False)
    with pytest.raises(
        OSError, match=r"cannot write '.*net\.weights\.xml': No space left on device"
    ) as caught:
        write_atomically(target, writer(NEW * 100_000))
    assert caught.value.errno == errno.ENOSPC
    assert target.read_bytes() == OLD
    assert only(tmp_path) == [target.name]


@pytest.mark.parametrize("function", ["fsync", "replace", "chmod"])
def test_failure_of_the_system_at_the_end(tmp_path, target, monkeypatch, function):
    def fail(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, function, fail)
    with pytest.raises(OSError, match=r"cannot write .*No space left on device; nothing was written"):
        write_atomically(target, writer(NEW))
    monkeypatch.undo()
    assert target.read_bytes() == OLD
    assert only(tmp_path) == [target.name]


def test_a_real_limit_of_the_file_size(tmp_path, target):
    resource = pytest.importorskip("resource")
    del resource
    program = f"""
import resource
from tmva_py.files import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically({str(target)!r}, lambda file: file.write(b"x" * 100_000))
except OSError as error:
    raise SystemExit(f"{{type(error).__name__}} {{error}}")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert f"cannot write '{target}': File too large" in done.stderr
    assert target.read_bytes() == OLD
    assert only(tmp_path) == [target.name]


def test_a_disk_that_is_really_full(tmp_path):
    """Needs the right to mount; a file system of 64 kB is filled by the writer."""
    program = f"""
set -e
mount -t tmpfs -o size=64k tmpfs {tmp_path}
printf old > {tmp_path}/net.xml
{sys.executable} - <<'PROGRAM'
from tmva_py.files import write_atomically
try:
    write_atomically("{tmp_path}/net.xml", lambda file: file.write(b"x" * 1_000_000))
except OSError as error:
    print(error.errno, error)
PROGRAM
ls -A {tmp_path}
cat {tmp_path}/net.xml
"""
    command = ["unshare", "--mount", "--user", "--map-root-user", "sh", "-c", program]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare command")
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    assert f"{errno.ENOSPC} [Errno {errno.ENOSPC}] cannot write" in done.stdout
    assert done.stdout.endswith("net.xml\nold")


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError, match=r"cannot write '.*taken': it is a folder"):
        write_atomically(tmp_path / "taken", writer(NEW))


def test_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"cannot write '.*a\.xml': there is no folder '.*nowhere'"):
        write_atomically(tmp_path / "nowhere" / "a.xml", writer(NEW))


def test_not_a_regular_file():
    with pytest.raises(OSError, match="cannot write '/dev/null': it is not a regular file"):
        write_atomically("/dev/null", writer(NEW))


def test_folder_that_cannot_be_written(tmp_path, monkeypatch):
    def fail(*arguments: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(files, "open", fail, raising=False)
    with pytest.raises(PermissionError, match=r"cannot write '.*a\.xml': Permission denied"):
        write_atomically(tmp_path / "a.xml", writer(NEW))
    monkeypatch.undo()
    if os.geteuid() == 0:
        return  # the super-user may write everywhere
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match=r"cannot write '.*a\.xml': Permission denied"):
            write_atomically(tmp_path / "a.xml", writer(NEW))
    finally:
        tmp_path.chmod(0o700)


def test_a_path_for_writers_that_want_one(tmp_path, target):
    with replaced_when_done(target) as temporary:
        assert temporary.parent == tmp_path
        assert target.read_bytes() == OLD
        temporary.write_bytes(NEW)
        assert target.read_bytes() == OLD
    assert target.read_bytes() == NEW
    assert only(tmp_path) == [target.name]


KILLED = """
import os, signal, sys
from tmva_py.files import replaced_when_done
with replaced_when_done(sys.argv[1]) as temporary:
    temporary.write_text("half of it")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_writer_left_goes_with_the_next_writer(tmp_path, target):
    subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    (abandoned,) = tmp_path.glob(".*.part")
    assert abandoned.read_text() == "half of it"
    kept = [tmp_path / name for name in (".mine.part", "a.12345678.part", ".b.1234567g.part")]
    for other in kept:
        other.write_text("somebody else's")
    with replaced_when_done(tmp_path / "running.txt") as running:
        running.write_text("not finished")
        write_atomically(tmp_path / "other.txt", lambda file: file.write(b"new"))
        assert not abandoned.exists()
        assert running.read_text() == "not finished"
    assert (tmp_path / "running.txt").read_text() == "not finished"
    assert sorted(tmp_path.glob("*.part")) == sorted(kept)


def test_a_name_as_long_as_names_may_be(tmp_path):
    path = tmp_path / ("é" * 125 + ".txt")
    write_atomically(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new"
