"""Which file a network is written to: the suffix of the name decides."""

from __future__ import annotations

import os
from typing import Any, Protocol

from tmva_py.errors import OptionError, did_you_mean
from tmva_py.network.layer_stack import LayerStack
from tmva_py.plugins import Registry

CHECKPOINT, WEIGHT_FILES = ".npz", (".xml", ".xml.gz")
# The method whose weight files hold networks.
METHOD = "DL"


class WeightFiles(Protocol):
    """What writes and reads networks as weight files: a method that the registry knows."""

    @staticmethod
    def write_network_file(network: Any, path: str | os.PathLike[str], **names: Any) -> None:
        """Write a network with names for its variables and outputs."""

    @staticmethod
    def read_network_file(path: str | os.PathLike[str], registry: Registry) -> LayerStack:
        """Return the network of a weight file."""


def weight_files(registry: Registry) -> WeightFiles:
    """Return what writes and reads weight files; its room knows this one, not the other way round."""
    found: Any = registry.find("method", METHOD)
    files: WeightFiles = found
    return files


def is_weight_file(path: Any) -> bool:
    """Return whether a file's name is that of a weight file in XML; refuse what is no name.

    Raises
    ------
    OptionError
        `path` is no path.
    """
    return checked_path(path).casefold().endswith(WEIGHT_FILES)


def checked_path(path: Any) -> str:
    """Return a path as text."""
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(name, str) or not name or "\0" in name:
        message = f"path: expected the name of a file, as 'net.npz', got {path!r}"
        raise OptionError(message)
    return name


def check_suffix(path: Any) -> None:
    """Refuse a name whose suffix says that the file is something else than what can be written.

    Raises
    ------
    OptionError
        The message has the suffixes that are known.
    """
    name = checked_path(path)
    if not name.casefold().endswith((CHECKPOINT, *WEIGHT_FILES)):
        suffix = os.path.splitext(name)[1]
        message = (
            f"{name}: networks are written as {CHECKPOINT}, or as TMVA's weight files, .xml or .xml.gz; "
            f"the name ends in {suffix or 'none of them'!r}{did_you_mean(suffix, (CHECKPOINT, '.xml'))}"
        )
        raise OptionError(message)
