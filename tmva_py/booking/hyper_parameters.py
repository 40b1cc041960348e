"""``TMVA.HyperParameterOptimisation``: a method tuned in each fold of the training events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tmva_py.booking.config import gConfig
from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory_arguments import FACTORY_OPTIONS
from tmva_py.booking.folds import CvSplitKFolds
from tmva_py.booking.job import Job
from tmva_py.booking.tuning import tune
from tmva_py.booking.types import type_name_of
from tmva_py.data.event_reading import TreeType
from tmva_py.errors import BookingError
from tmva_py.html_tables import html_table
from tmva_py.message_log import MessageLog
from tmva_py.methods.tuning import figure_named, search_named
from tmva_py.options import join_keywords, parse_option_string
from tmva_py.plugins import Registry, default_registry

_NAME = "HyperParameterOptimisation"
_OPTIONS = "!V:!ROC:Silent:!ModelPersistence:!Color:!DrawProgressBar:AnalysisType=Classification"
_RULE = "=" * 59
# TMVA's is 0, which is the clock.
_SEED = 100


class _Parameter(str):
    """A parameter's name, and as PyROOT's pair in a map also ``first`` and ``second``."""

    __slots__ = ("second",)
    second: float

    def __new__(cls, name: str, value: float) -> _Parameter:
        made = super().__new__(cls, name)
        made.second = value
        return made

    @property
    def first(self) -> str:
        """The name."""
        return str(self)


class _Folds(list[dict[str, float]]):
    """Parameters of folds, by ``[0]`` or as in C++ by ``at(0)``."""

    def at(self, fold: int) -> dict[str, float]:
        """Return the parameters of a fold."""
        return self[fold]


@dataclass
class HyperParameterOptimisationResult:
    """The parameters of each fold, method after method.

    Attributes
    ----------
    fFoldParameters : list of dict
        Values by name, for each fold.
    """

    fFoldParameters: list[dict[str, float]] = field(default_factory=_Folds)
    _owners: list[tuple[str, int]] = field(default_factory=list)

    def add(self, method: str, fold: int, parameters: dict[str, float]) -> None:
        """Add the parameters of a fold, numbered from 0."""
        self.fFoldParameters.append({_Parameter(name, value): value for name, value in parameters.items()})
        self._owners.append((method, fold))

    def Print(self) -> None:
        """Print them, even if all else is silent, as in TMVA."""
        log = MessageLog(_NAME)
        for (method, fold), parameters in zip(self._owners, self.fFoldParameters, strict=True):
            log.header(_RULE)
            log.info(f"Optimisation for {method} fold {fold + 1}")
            for name, value in parameters.items():
                log.info(f"{name}     {value:g}")

    def _repr_html_(self) -> str:
        rows = [
            (method, fold + 1, ", ".join(f"{name}={value:g}" for name, value in parameters.items()))
            for (method, fold), parameters in zip(self._owners, self.fFoldParameters, strict=True)
        ]
        return html_table(_NAME, ("method", "fold", "parameters"), rows)


class HyperParameterOptimisation:
    """Tunes methods as `Factory.OptimizeAllMethods` does, once for each fold of the training events.

    In each fold a method trains on all other events, and the fold's events say how good it is. How far the
    parameters of the folds are apart says how well they are known. Nothing is written, and the test events
    are left alone.

    Parameters
    ----------
    dataloader : DataLoader
        The data set, of two classes.
    registry : Registry, optional
        Where methods are found; default `tmva_py.plugins.default_registry`.
    """

    def __init__(self, dataloader: DataLoader, *, registry: Registry | None = None) -> None:
        if not callable(getattr(dataloader, "data_set", None)):
            message = f"{_NAME}: expected a DataLoader, got {type(dataloader).__name__}"
            raise BookingError(message)
        self._loader = dataloader
        self._registry = default_registry() if registry is None else registry
        self._figure, self._search, self._n_folds = "Separation", "Minuit", 5
        self._methods: list[tuple[str, str, str]] = []
        self._results = HyperParameterOptimisationResult()

    def __repr__(self) -> str:
        return (
            f"<{_NAME}: {self._figure} by {self._search} in {self._n_folds} folds, "
            f"{len(self._methods)} methods>"
        )

    def BookMethod(self, method: Any, title: Any, options: Any = "", **keywords: Any) -> None:
        """Add a method.

        Parameters
        ----------
        method, title, options, **keywords
            As of `Factory.BookMethod`.
        """
        text = join_keywords(keywords) if keywords else str(options or "")
        self._methods.append((type_name_of(method), str(title), text))

    def SetFOMType(self, ftype: Any) -> None:
        """Set what is to be best, as in `Factory.OptimizeAllMethods`; ``Separation`` at first."""
        figure_named(str(ftype))
        self._figure = str(ftype)

    SetFOM = SetFOMType

    def SetFitter(self, fitter: Any) -> None:
        """Set how it is searched, as in `Factory.OptimizeAllMethods`; ``Minuit`` at first."""
        search_named(str(fitter))
        self._search = str(fitter)

    def SetNumFolds(self, i: int) -> None:
        """Set the number of folds, at least 2; 5 at first."""
        if i < 2:
            message = f"{_NAME}: expected two folds or more, got {i}"
            raise BookingError(message)
        self._n_folds = int(i)

    def Evaluate(self) -> None:
        """Tune every method in each fold.

        Raises
        ------
        BookingError
            No method is booked, or one cannot be tuned on this data set.
        """
        if not self._methods:
            message = f"{_NAME}: no method is booked; call BookMethod() first"
            raise BookingError(message)
        self._results = HyperParameterOptimisationResult()
        split = CvSplitKFolds(self._n_folds, "", False, _SEED)
        self._loader.MakeKFoldDataSet(split)
        try:
            for type_name, title, options in self._methods:
                for fold in range(self._n_folds):
                    self._loader.PrepareFoldDataSet(split, fold, TreeType.TRAINING)
                    booked = self._job().book(self._loader, type_name, title, options)
                    if booked is None:
                        message = f"{_NAME}: {title!r} cannot do this analysis"
                        raise BookingError(message)
                    self._results.add(type_name, fold, tune(booked, self._figure, self._search))
        finally:
            self._loader.RecombineKFoldDataSet(split, TreeType.TRAINING)
            self._loader.RecombineKFoldDataSet(split, TreeType.TESTING)

    def GetResults(self) -> HyperParameterOptimisationResult:
        """Return the parameters of the last `Evaluate`.

        Raises
        ------
        BookingError
            There are none yet.
        """
        if not self._results.fFoldParameters:
            message = f"{_NAME}: no results yet; call Evaluate() first"
            raise BookingError(message)
        return self._results

    def _job(self) -> Job:
        was_silent = gConfig().IsSilent()
        job = Job(_NAME, parse_option_string(_OPTIONS, FACTORY_OPTIONS, owner=_NAME), None, self._registry)
        gConfig().SetSilent(was_silent)
        return job
