"""``TMVA.Tools``, ``gTools()`` and ``PyMethodBase``: what scripts call for the side effect in ROOT."""

from __future__ import annotations

import functools


class Tools:
    """TMVA's tools; scripts call ``TMVA.Tools.Instance()`` to load libraries, which is nothing to do here."""

    @staticmethod
    def Instance() -> Tools:
        """Return the tools."""
        return gTools()

    @staticmethod
    def SplitString(text: object, separator: str) -> list[str]:
        """Return the parts of a text between separators.

        An empty text has no parts and an empty part at the end is dropped, as in ROOT.

        Examples
        --------
        >>> Tools.SplitString("BDT,MLP,", ",")
        ['BDT', 'MLP']
        """
        parts = str(text).split(separator)
        return parts[:-1] if parts[-1] == "" else parts


@functools.cache
def gTools() -> Tools:
    """Return the tools, the same object every time; it has no state."""
    return Tools()


class PyMethodBase:
    """Stands for the base of ROOT's methods in Python; Python is running already."""

    @staticmethod
    def PyInitialize() -> None:
        """Do nothing: there is no interpreter to start."""

    @staticmethod
    def PyIsInitialized() -> bool:
        """Return True."""
        return True

    @staticmethod
    def PyFinalize() -> None:
        """Do nothing."""
