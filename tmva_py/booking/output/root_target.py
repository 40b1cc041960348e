"""A file or folder of PyROOT as output: objects go in through ROOT's own interface and are seen at once."""

from __future__ import annotations

import ctypes
import io
import sys
from typing import Any

from tmva_py.booking.output.root_objects import Objects, write_object
from tmva_py.errors import BookingError


def is_root_directory(target: Any) -> bool:
    """Return whether an object is a TFile, TMemFile or another TDirectory of PyROOT."""
    if "ROOT" not in sys.modules or not hasattr(type(target), "__cpp_name__"):
        return False
    return isinstance(target, sys.modules["ROOT"].TDirectory)


class RootTarget:
    """A TDirectory of PyROOT; the script opens and closes it.

    Parameters
    ----------
    directory : ROOT.TDirectory
        A TFile, TMemFile or a folder in one, open for writing.

    Raises
    ------
    BookingError
        It is a null pointer, closed, or open for reading.
    """

    def __init__(self, directory: Any) -> None:
        if not directory:
            message = "output file: the TFile is a null pointer; ROOT could not open the file"
            raise BookingError(message)
        name = str(directory.GetName())
        if not directory.IsWritable():
            is_closed = not (directory.GetFile() and directory.GetFile().IsOpen())
            state = "is closed" if is_closed else "is open for reading"
            message = (
                f"output file {name!r}: the {directory.ClassName()} {state}; open it with RECREATE or UPDATE"
            )
            raise BookingError(message)
        self._directory = directory
        self._name = name

    def replaces(self, path: str) -> bool:  # noqa: ARG002
        """Return False: nothing in the file is taken away."""
        return False

    def write(self, objects: Objects) -> None:
        """Write objects by their paths; a name that is there gets a new cycle, as in ROOT.

        They are written into memory as a ROOT file, which ROOT reads and copies.

        Raises
        ------
        BookingError
            The file was closed in the meantime.
        """
        import uproot

        if not self._directory or not self._directory.IsWritable():
            message = (
                f"output file {self._name!r} was closed before the factory was done: close it after "
                "EvaluateAllMethods"
            )
            raise BookingError(message)
        root = sys.modules["ROOT"]
        memory = io.BytesIO()
        with uproot.recreate(memory) as file:
            for name, one in objects.items():
                write_object(file, name, one)
            # Not later: uproot closes what it writes into.
            content = memory.getvalue()
        # ROOT reads from these bytes, which must outlive the file.
        buffer = ctypes.create_string_buffer(content, len(content))
        # Whatever the script's present folder is, it stays.
        context = root.TDirectory.TContext()
        source = root.TMemFile("tmva_py", buffer, len(content), "READ")
        try:
            _copy(source, self._directory, root)
        finally:
            source.Close()
            del context, buffer
        # A job that is killed later leaves a file that ROOT can read.
        self._directory.GetFile().SaveSelf(True)
        self._directory.GetFile().Flush()


def _copy(source: Any, target: Any, root: Any) -> None:
    """Copy all objects of a folder, folders with their content."""
    for key in source.GetListOfKeys():
        name = str(key.GetName())
        kind = str(key.GetClassName())
        if kind.startswith("TDirectory"):
            inner = target.GetDirectory(name) or target.mkdir(name)
            _copy(source.GetDirectory(name), inner, root)
        elif kind == "TTree":
            _copy_tree(source.Get(name), target, root)
        else:
            one = key.ReadObj()
            target.WriteTObject(one, name)
    target.SaveSelf(True)


def _copy_tree(tree: Any, target: Any, root: Any) -> None:
    target.cd()
    copy = tree.CloneTree(-1, "fast")
    copy.SetDirectory(target)
    target.WriteTObject(copy, copy.GetName())
    # What scripts get from the folder is read from the file, and is theirs.
    copy.SetDirectory(root.nullptr)
