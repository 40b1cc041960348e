"""The error for what the stand-in lacks: it names the call and how to get the rest of ROOT."""

from __future__ import annotations

from collections.abc import Iterable

from tmva_py.errors import TMVAError, did_you_mean


class NeedsRootError(TMVAError, AttributeError):
    """A script uses a part of ROOT that is not here."""


def needs_root(call: str, known: Iterable[str] = ()) -> NeedsRootError:
    """Return the error for a call, such as ``"TTree.BuildIndex"``."""
    advice = did_you_mean(call.rpartition(".")[2], known)
    message = f"{call} needs ROOT itself: pip install root (a ROOT without TMVA will do){advice}"
    return NeedsRootError(message)
