"""The output file of a path: written as a whole under another name, which then takes the file's place."""

from __future__ import annotations

import errno
import functools
import os
import shutil
from pathlib import Path

from tmva_py.booking.output.root_objects import Objects, write_object
from tmva_py.errors import BookingError
from tmva_py.files import replaced_when_done


class PathTarget:
    """A file by its name; it is complete after each writing, and never half written.

    Parameters
    ----------
    path : path
        The file; its folder must exist.
    job_name : str
        Who writes. A second job of this process that writes into the same file adds to what the first one
        wrote; a job of the same name begins anew, as when a notebook's cell runs again.
    keeps : bool
        Whether what was in the file before stays, as with ROOT's mode ``UPDATE``.

    Raises
    ------
    BookingError
        There is no such folder, or the path is one.
    """

    def __init__(self, path: str | os.PathLike[str], job_name: str, *, keeps: bool = False) -> None:
        text = os.fspath(path)
        if not text.strip() or "\x00" in text:
            message = f"output file {text!r}: expected the name of a file; None writes no file"
            raise BookingError(message)
        # The script may change its working directory before the file is written.
        self.path = Path(os.path.realpath(text))
        _check_length(self.path, text)
        if not self.path.parent.is_dir():
            folder = str(self.path.parent)
            message = f"output file {text!r}: there is no folder {folder!r}; make it first"
            raise BookingError(message)
        if self.path.is_dir():
            message = f"output file {text!r}: it is a folder; name a file in it"
            raise BookingError(message)
        self._jobs = _jobs_of_file(self.path)
        if job_name in self._jobs:
            self._jobs.clear()
        self._jobs.setdefault(job_name, False)
        self._job_name = job_name
        self._keeps = keeps
        self._written: Objects = {}

    def replaces(self, path: str) -> bool:
        """Whether writing would take an input file away."""
        return not self._keeps and os.path.realpath(path) == str(self.path)

    def write(self, objects: Objects) -> None:
        """Write the file with objects by their paths; what other jobs of this process wrote stays.

        Raises
        ------
        OSError
            The file cannot be written; an old one is untouched.
        """
        import uproot

        adds = self.path.exists() and (self._keeps or any(self._jobs.values()))
        self._written |= objects
        with replaced_when_done(self.path) as temporary:
            if adds:
                shutil.copyfile(self.path, temporary)
                self._check_is_root(temporary)
                with uproot.update(temporary) as file:
                    for name, one in objects.items():
                        write_object(file, name, one)
            else:
                with uproot.recreate(temporary) as file:
                    for name, one in self._written.items():
                        write_object(file, name, one)
        self._jobs[self._job_name] = True

    def _check_is_root(self, copy: Path) -> None:
        with open(copy, "rb") as file:
            if file.read(4) != b"root":
                message = (
                    f"output file {str(self.path)!r}: expected a ROOT file to add to, found another kind"
                )
                raise BookingError(message)


@functools.cache
def _jobs_of_file(path: Path) -> dict[str, bool]:  # noqa: ARG001 - one for each path
    """Return the jobs of this process that write into a file, and whether they have."""
    return {}


def _check_length(path: Path, text: str) -> None:
    try:
        os.lstat(path)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            message = f"output file {text!r}: the name is too long for the file system"
            raise BookingError(message) from None
