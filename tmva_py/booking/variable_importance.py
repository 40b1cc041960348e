"""``TMVA.VariableImportance``: how much of methods' ROC areas each variable brings, booked as methods are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tmva_py.booking.config import gConfig
from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory_arguments import FACTORY_OPTIONS
from tmva_py.booking.histogram_view import HistogramView
from tmva_py.booking.importance import SubsetTrainings, importance_histogram, importance_shares
from tmva_py.booking.job import Job
from tmva_py.booking.option_map import OptionMap
from tmva_py.booking.types import VIType, type_name_of
from tmva_py.errors import BookingError
from tmva_py.html_tables import html_table
from tmva_py.message_log import MessageLog
from tmva_py.options import join_keywords, parse_option_string
from tmva_py.plugins import Registry, default_registry

_NAME = "VariableImportance"
_OPTIONS = "!V:!ROC:!ModelPersistence:Silent:Color:!DrawProgressBar:AnalysisType=Classification"


class VariableImportanceResult:
    """The shares of the variables, of the method that was booked last.

    Parameters
    ----------
    kind : VIType
        The subsets that were trained.
    shares : mapping of str to float
        Percent by variable.
    """

    def __init__(
        self, kind: VIType = VIType.kShort, shares: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self._kind, self._shares = kind, dict(shares)

    def GetType(self) -> VIType:
        """Return the subsets that were trained."""
        return self._kind

    def GetImportanceValues(self) -> OptionMap:
        """Return the shares as texts, such as ``"12.5 %"``."""
        return OptionMap({name: f"{share:g} % " for name, share in self._shares.items()})

    def GetImportanceHist(self) -> HistogramView:
        """Return a histogram with a bin for each variable, the largest share first.

        Raises
        ------
        BookingError
            Nothing is evaluated yet.
        """
        if not self._shares:
            message = f"{_NAME}: no results yet; call Evaluate() first"
            raise BookingError(message)
        falling = dict(sorted(self._shares.items(), key=lambda one: -one[1]))
        return importance_histogram("vihist", "", falling)

    def Print(self) -> None:
        """Print the shares, even if all else is silent, as in TMVA."""
        log = MessageLog(_NAME)
        log.header(f"Variable Importance Results ({self._kind.name[1:]})")
        for name, share in sorted(self._shares.items()):
            log.info(f"{name}: {share:g} % ")

    def Draw(self, name: object = _NAME) -> HistogramView:  # noqa: ARG002 - ROOT's name of the canvas
        """Return the picture; it has ``SaveAs``."""
        histogram = self.GetImportanceHist()
        histogram.Draw()
        return histogram

    def _repr_html_(self) -> str:
        rows = [(name, f"{share:.3g}") for name, share in self._shares.items()]
        return html_table(_NAME, ("variable", "importance (%)"), rows)


class VariableImportance:
    """Trains methods on subsets of the variables, as `Factory.EvaluateImportance` does.

    Nothing is written.

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
        self._kind = VIType.kShort
        self._methods: list[tuple[str, str, str]] = []
        self._results = VariableImportanceResult()

    def __repr__(self) -> str:
        return f"<{_NAME}: {self._kind.name}, {len(self._methods)} methods>"

    def BookMethod(self, method: Any, title: Any, options: Any = "", **keywords: Any) -> None:
        """Add a method.

        Parameters
        ----------
        method, title, options, **keywords
            As of `Factory.BookMethod`.
        """
        text = join_keywords(keywords) if keywords else str(options or "")
        self._methods.append((type_name_of(method), str(title), text))

    def SetType(self, type: Any) -> None:
        """Set the subsets that are trained: ``kShort`` at first, ``kAll`` or ``kRandom``."""
        self._kind = VIType(int(type))

    def GetType(self) -> VIType:
        """Return the subsets that are trained."""
        return self._kind

    def Evaluate(self) -> None:
        """Train and test every method on the subsets.

        Raises
        ------
        BookingError
            No method is booked, or the subsets cannot be taken.
        """
        if not self._methods:
            message = f"{_NAME}: no method is booked; call BookMethod() first"
            raise BookingError(message)
        for booking in self._methods:
            trainings = SubsetTrainings(self._loader, self._job, _booked(booking))
            seeds = len(self._loader.info.variables) ** 2
            shares = importance_shares(self._loader, trainings.gains(self._kind, seeds))
            self._results = VariableImportanceResult(self._kind, shares)
        MessageLog(_NAME).header("Evaluation done.")

    def GetResults(self) -> VariableImportanceResult:
        """Return the shares of the last `Evaluate`."""
        return self._results

    def _job(self) -> Job:
        was_silent = gConfig().IsSilent()
        job = Job(_NAME, parse_option_string(_OPTIONS, FACTORY_OPTIONS, owner=_NAME), None, self._registry)
        gConfig().SetSilent(was_silent)
        return job


def _booked(booking: tuple[str, str, str]) -> Any:
    type_name, title, options = booking
    return lambda job, loader: job.book(loader, type_name, title, options)
