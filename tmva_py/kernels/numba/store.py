"""The folder of compiled kernels: one file each, which is checked before it is used.

A file for each function and combination of types, and no index: processes that compile at the same moment
write different files, or twice the same one, and lose nothing. What is stored is code: it is read only where
nobody but the user (or the system's administrator) can have written it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LOGGER = logging.getLogger("tmva_py.kernels.numba")

SUFFIX = ".kernel"
_DIGEST = hashlib.sha256


class DamagedError(Exception):
    """A file is not what was written."""


@dataclass
class Store:
    """A folder of compiled kernels.

    Attributes
    ----------
    folder : Path or None
        Where files are; None where no folder will do.
    problem : str
        Why nothing new is kept, empty where something is.
    found, written : int
        Files that were read and written.
    failed : str
        What went wrong when one was written.
    """

    folder: Path | None
    problem: str = ""
    found: int = 0
    written: int = 0
    failed: str = ""
    _told: set[str] = field(default_factory=set)

    def read(self, name: str) -> bytes | None:
        """Return the content called `name`; None where there is none that can be used."""
        if self.folder is None:
            return None
        path = self.folder / f"{name}{SUFFIX}"
        try:
            with open(path, "rb") as file:
                if reason := _why_not_ours(os.fstat(file.fileno())):
                    raise DamagedError(reason)
                stored = file.read()
            digest, content = stored[: _DIGEST().digest_size], stored[_DIGEST().digest_size :]
            if digest != _DIGEST(content).digest():
                message = "its content is not what was written"
                raise DamagedError(message)
        except FileNotFoundError:
            return None
        except (DamagedError, OSError) as error:
            self.replace(name, error)
            return None
        self.found += 1
        return content

    def write(self, name: str, content: bytes) -> None:
        """Keep a content; where that fails, it is told once and the work goes on."""
        if self.folder is None or self.problem:
            return
        path = self.folder / f"{name}{SUFFIX}"
        # Nothing is synced to the disk: after a power cut the checksum tells.
        temporary = path.with_name(f".{name}.{os.getpid()}.part")
        try:
            try:
                with suppress(FileNotFoundError):
                    temporary.unlink()
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                with open(os.open(temporary, flags, mode=0o600), "wb") as file:
                    file.write(_DIGEST(content).digest() + content)
                os.replace(temporary, path)
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            self.written += 1
        except OSError as error:
            self.failed = f"cannot write {str(path)!r}: {error.strerror}"
            result = (
                "such kernels are compiled again in each process; NUMBA_CACHE_DIR may name another folder"
            )
            self._tell("write", f"{self.failed}: {result}")

    def replace(self, name: str, error: Exception) -> None:
        """Remove a file that cannot be used, so that it is written anew."""
        if self.folder is None:
            return
        path = self.folder / f"{name}{SUFFIX}"
        reason = (error.strerror if isinstance(error, OSError) else None) or error or type(error).__name__
        self._tell("read", f"{path} cannot be used ({reason}); such kernels are compiled again")
        with suppress(OSError):
            path.unlink()

    def _tell(self, what: str, text: str) -> None:
        if what not in self._told:
            self._told.add(what)
            LOGGER.warning(text)


def open_store(folder: Path | None) -> Store:
    """Return the store in `folder`; where others may write to it, in one of the user's own beside it."""
    if folder is None:
        return Store(None, "this user has no folder for caches; NUMBA_CACHE_DIR may name one")
    try:
        return _opened(folder)
    except PermissionError as error:
        own = folder.with_name(f"{folder.name}-{_user()}")
        try:
            found, instead = _opened(own), f"{own} is used instead"
        except PermissionError:
            found, instead = Store(None, f"{folder} and {own} are open to others"), "nothing is kept"
        LOGGER.warning(f"{folder} is not used: {error}, and what is kept there is run as code; {instead}")
        return found


def _opened(folder: Path) -> Store:
    """Make the folder if it is not there; an error if others may write to it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.stat()
        readable = os.access(folder, os.R_OK | os.X_OK)
    except OSError:
        return Store(None, f"{folder} cannot be written to")
    if reason := _why_not_ours(found):
        raise PermissionError(reason)
    writable = os.access(folder, os.W_OK)
    return Store(folder if readable else None, "" if writable else f"{folder} cannot be written to")


def _why_not_ours(found: os.stat_result) -> str:
    """Return who else may have written what has these attributes."""
    if sys.platform == "win32":  # folders of a user are private there
        return ""
    if found.st_uid not in (0, os.geteuid()):
        return f"it belongs to another user (number {found.st_uid})"
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others may write to it (mode {stat.S_IMODE(found.st_mode):o})"
    return ""


def _user() -> str:
    return "user" if sys.platform == "win32" else str(os.geteuid())
