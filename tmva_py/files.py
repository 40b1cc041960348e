"""Writing files so that a reader sees the old file or the whole new one, never half of it."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NoReturn

from tmva_py.errors import TMVAError

if sys.platform != "win32":
    import fcntl

TEMPORARY_SUFFIX = ".part"
"""End of the temporary names; they also begin with a dot."""

_TEMPORARY_NAME = re.compile(rf"\..*\.[0-9a-f]{{8}}{re.escape(TEMPORARY_SUFFIX)}", re.DOTALL)


def write_atomically(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Write a file under a temporary name beside it, sync it to the disk and rename it.

    Parameters
    ----------
    path : path
        The file; a symbolic link is followed, so that the link stays.
    write : callable
        Gets the open binary file and writes the content.

    Raises
    ------
    OSError
        The content could not be written (disk full, folder not writable, a folder of that name); the
        message has the path and the reason, the class is that of the reason. An old file is untouched and
        no temporary file is left, whatever was raised, `KeyboardInterrupt` included.
    """
    with replaced_when_done(path) as temporary, open(temporary, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def replaced_when_done(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path` that takes its place when the block ends without an exception.

    For writers that want a path and not an open file; `write_atomically` is the short form. The temporary
    file exists and is empty. It is locked until the block ends; those that no process has locked were left by
    writers that were killed, and are removed from the folder.

    Parameters
    ----------
    path : path
        The file to make or replace.

    Raises
    ------
    OSError
        As for `write_atomically`.
    """
    target = Path(os.path.realpath(path))
    try:
        _check_target(target)
        permissions = _permissions(target)
        _remove_abandoned(target.parent)
        temporary, lock = _locked_file(target)
    except OSError as error:
        _explain(error, path)
    try:
        yield temporary
        _sync(temporary)
        if permissions is not None:
            os.chmod(temporary, permissions)
        os.replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as error:
        _remove(temporary)
        if isinstance(error, TMVAError):  # of the writer's own making, such as an input that is missing
            raise
        _explain(error, path)
    except BaseException:
        _remove(temporary)
        raise
    finally:
        lock.close()


def _locked_file(target: Path) -> tuple[Path, BinaryIO]:
    """Make an empty file beside the target; return it, and it open, which holds its lock."""
    while True:
        # A name has at most 255 bytes; half a letter at the cut is dropped.
        stem = os.fsencode(target.name)[:200].decode(errors="ignore")
        temporary = target.with_name(f".{stem}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")
        # "x": never write into something that another process made.
        lock = open(temporary, "xb")  # noqa: SIM115 - open as long as its lock is needed
        if sys.platform == "win32":  # what is open cannot be renamed there
            lock.close()
            return temporary, lock
        _try_lock(lock.fileno())
        # Another writer may have taken it for abandoned before it was locked.
        if os.path.exists(temporary):
            return temporary, lock
        lock.close()


def _try_lock(descriptor: int) -> bool:
    """Lock a file for as long as the descriptor is open; False if it is locked or there are no locks."""
    if sys.platform == "win32":  # the file of a killed writer stays there
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove_abandoned(folder: Path) -> None:
    """Remove temporary files that no living process has open."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if _TEMPORARY_NAME.fullmatch(name):
                _remove_if_abandoned(folder / name)


def _remove_if_abandoned(temporary: Path) -> None:
    with suppress(OSError):
        # Whatever has such a name: no link is followed, and no pipe waited for.
        flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(temporary, os.O_RDWR | flags)
        try:
            if _try_lock(descriptor):
                temporary.unlink()
        finally:
            os.close(descriptor)


def _check_target(target: Path) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {str(target.parent)!r}")
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")


def _permissions(target: Path) -> int | None:
    """Return the permissions of the file that will be replaced, if there is one."""
    with suppress(FileNotFoundError):
        return stat.S_IMODE(target.stat().st_mode)
    return None


def _sync(temporary: Path) -> None:
    descriptor = os.open(temporary, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the rename last over a power cut, where the system can; the file itself is complete already."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(temporary: Path) -> None:
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


def _explain(error: OSError, path: str | os.PathLike[str]) -> NoReturn:
    """Raise an error of the same class and number whose message has the file and the reason."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.errno == errno.ENOSPC:
        reason += "; nothing was written"
    message = f"cannot write {os.fspath(path)!r}: {reason}"
    # OSError picks its subclass by the number; one raised without a number keeps its own class.
    raise OSError(error.errno, message) if error.errno is not None else type(error)(message) from error
