"""Where a factory's output goes: a path, a file that uproot has open, or a TFile."""

from __future__ import annotations

import os
from typing import Any, Protocol

from tmva_py.booking.loader_arguments import as_text
from tmva_py.booking.output.path_target import PathTarget
from tmva_py.booking.output.root_objects import Objects, write_object
from tmva_py.booking.output.root_target import RootTarget, is_root_directory
from tmva_py.errors import BookingError

FORMS = (
    "a path, (path, 'UPDATE'), None, a TFile or folder of PyROOT, a file that uproot has open for writing, "
    "or an object with GetName() and Close()"
)


class Target(Protocol):
    """Something that objects are written into."""

    def write(self, objects: Objects) -> None:
        """Write objects by their paths; they can be read when this returns."""

    def replaces(self, path: str) -> bool:
        """Whether writing would take a file away from which events are read."""


class UprootTarget:
    """A file, or a folder of it, that the script has opened with ``uproot.recreate`` or ``uproot.update``."""

    def __init__(self, directory: Any) -> None:
        self._directory = directory
        self._check_open()

    def _check_open(self) -> None:
        if self._directory.closed:
            message = (
                f"output file {self._directory.file_path!r} is closed: leave its `with` block after "
                "EvaluateAllMethods"
            )
            raise BookingError(message)

    def replaces(self, path: str) -> bool:  # noqa: ARG002
        """Return False: nothing in the file is taken away."""
        return False

    def write(self, objects: Objects) -> None:
        """Write objects by their paths; a name that is there is replaced."""
        self._check_open()
        for name, one in objects.items():
            write_object(self._directory, name, one)


def target_of(given: Any, job_name: str) -> Target | None:
    """Return the target for what a script hands over; None for None and ROOT's ``nullptr``.

    Raises
    ------
    BookingError
        It is none of the accepted forms.
    """
    if given is None or type(given).__name__ == "nullptr_t":
        return None
    text = as_text(given)
    if text is not None or isinstance(given, os.PathLike):
        return PathTarget(given if text is None else text, job_name)
    if isinstance(given, tuple | list) and len(given) == 2:
        path, mode = given
        return PathTarget(path, job_name, keeps=_keeps(str(mode)))
    if is_root_directory(given):
        return RootTarget(given)
    kind = type(given)
    if (own := getattr(kind, "__output_target__", None)) is not None:
        target: Target = own(given)
        return target
    if kind.__module__.partition(".")[0] == "uproot":
        if kind.__name__ == "WritableDirectory":
            return UprootTarget(given)
        message = (
            f"output file: uproot has it open for reading ({kind.__name__}); open it with uproot.recreate"
        )
        raise BookingError(message)
    if callable(getattr(given, "GetName", None)) and callable(getattr(given, "Close", None)):
        mode = str(given.GetOption()) if callable(getattr(given, "GetOption", None)) else ""
        return PathTarget(str(given.GetName()), job_name, keeps=mode.upper() == "UPDATE")
    message = f"output file: expected {FORMS}, got {type(given).__name__}"
    raise BookingError(message)


def _keeps(mode: str) -> bool:
    if mode.upper() not in ("UPDATE", "RECREATE"):
        message = f"output file: expected the mode 'UPDATE' or 'RECREATE', got {mode!r}"
        raise BookingError(message)
    return mode.upper() == "UPDATE"


def check_is_not_input(target: Target, tree: Any) -> None:
    """Refuse to replace a file that is read.

    Raises
    ------
    BookingError
        The tree is in this file.
    """
    if tree.file_path and target.replaces(tree.file_path):
        path, where = os.path.realpath(tree.file_path), tree.describe()
        message = (
            f"output file {path!r} is the file of the input tree {where} and would replace it; give the "
            "factory another name, or (path, 'UPDATE') to add to it"
        )
        raise BookingError(message)
