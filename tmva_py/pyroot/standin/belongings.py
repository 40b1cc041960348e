"""Objects that belong to a directory: trees and histograms."""

from __future__ import annotations

from typing import Any

from tmva_py.pyroot.standin.session import session


class InDirectory:
    """An object that its directory finds, and that is written into it."""

    _directory: Any = None

    def GetDirectory(self) -> Any:
        return self._directory

    def SetDirectory(self, directory: Any) -> None:
        if self._directory is not None:
            self._directory.remove(self)
        self._directory = directory or None
        if self._directory is not None:
            self._directory.Append(self)

    def Write(self, name: object = "", option: int = 0, size: int = 0) -> int:
        """Write it into its file, or else into the current directory."""
        directory = self._directory
        if directory is None or not directory.IsWritable():
            directory = session().directory
        written: int = directory.WriteTObject(self, str(name or ""))
        return written
