"""``TMVA.Experimental``: ``RReader``, and what scripts name there and find elsewhere."""

from __future__ import annotations

import os
from typing import Any, NoReturn

import numpy as np

from tmva_py.errors import BookingError, ShapeError, did_you_mean
from tmva_py.methods.application import Application, evaluate
from tmva_py.methods.event_input import is_table, numbers
from tmva_py.methods.weight_file import read_weight_file

_ELSEWHERE = {
    "Compute": (
        "Compute is for RDataFrame, which ROOT's wheel has: pip install root, and tmva-py run or "
        "import tmva_py.pyroot; RReader.Compute takes frames, dicts and arrays without it"
    ),
    "RBDT": (
        "RBDT was taken out of ROOT with 6.42; TMVA.Reader and TMVA.Experimental.RReader read the weight "
        "files of TMVA's BDT, and a forest of XGBoost stays with XGBoost: its own predict answers"
    ),
    "SaveXGBoost": "SaveXGBoost writes files for RBDT, which is not here; XGBoost's save_model keeps it",
    "SOFIE": "SOFIE generates C++; Network.load and TMVA.Reader answer with the same weights in Python",
    "RTensor": "an RTensor is a NumPy array here",
    "AsTensor": "AsTensor is not needed: RReader.Compute takes frames, dicts and arrays",
    "RStandardScaler": "RStandardScaler is not here; VarTransform=N or G in BookMethod scales variables",
}


class RReader:
    """``TMVA::Experimental::RReader``: a weight file that answers without buffers.

    Parameters
    ----------
    path : path
        The weight file.
    trust : bool, default False
        As of `Reader.BookMVA`.

    Raises
    ------
    WeightFileError, UnknownNameError
        The file cannot be read, or its method is not available.
    """

    def __init__(self, path: str | os.PathLike[str], *, trust: bool = False) -> None:
        self.path = os.fspath(path) if isinstance(path, (str, os.PathLike)) else str(path)
        self.trust = trust
        self.method = read_weight_file(self.path, trust=trust)

    def __repr__(self) -> str:
        return f"<RReader of {self.method.name}>"

    def GetVariableNames(self) -> list[str]:
        """Return the titles of the variables, as ROOT does; their expressions where they have no other."""
        return [one.title for one in self.method.info.variables]

    GetVariables = GetVariableNames

    def GetSpectatorNames(self) -> list[str]:
        """Return the titles of the spectators."""
        return [one.title for one in self.method.spectators]

    def Compute(self, x: Any) -> Any:
        """Return the responses to one event or to many, in single precision as in ROOT.

        Parameters
        ----------
        x : sequence of float, shape (n_variables,)
            One event.
        x : ndarray (N, n_variables), frame, dict or tree
            Many events; see `tmva_py.evaluate`.

        Returns
        -------
        list of float, or ndarray of float32
            For one event one number for a classifier, and one for each class or target otherwise. For many
            events shape (N,), and (N, n) for several classes or targets. (ROOT gives the first target only.)

        Raises
        ------
        ShapeError
            The number of values is not that of the variables.
        """
        if is_table(x):
            return evaluate(self.method, x).astype(np.float32)
        values = numbers(x)
        n_variables = len(self.method.info.variables)
        if values.ndim not in (1, 2) or values.shape[-1] != n_variables:
            message = (
                f"Compute: expected {n_variables} values of one event or an array of shape "
                f"(N, {n_variables}), got {values.shape}"
            )
            raise ShapeError(message)
        applied = Application(self.method)
        spectators = np.zeros(
            (1 if values.ndim == 1 else len(values), len(self.method.spectators)), np.float32
        )
        # As ROOT's reader, which leaves spectators at 0.
        beside = spectators if self.method.model.uses_spectators else None
        found = applied.responses(values.reshape(-1, n_variables), spectators=beside).values
        applied.warn()
        responses = found.astype(np.float32)
        if values.ndim == 2:
            return responses
        return [float(one) for one in np.atleast_1d(responses[0])]


class _Experimental:
    """The names of ``TMVA.Experimental``."""

    RReader = RReader
    Compute: Any  # where ROOT is installed

    def __getattr__(self, name: str) -> NoReturn:
        if name in _ELSEWHERE:
            message = f"TMVA.Experimental.{name}: {_ELSEWHERE[name]}"
            raise BookingError(message)
        message = f"TMVA.Experimental has no {name!r}{did_you_mean(name, ['RReader', *_ELSEWHERE])}"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return "<TMVA.Experimental: RReader>"

    @property
    def __name__(self) -> str:
        return "Experimental"


Experimental = _Experimental()
