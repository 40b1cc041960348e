"""How much of a method's ROC area each variable brings, by trainings on subsets of the variables."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.histogram_view import HistogramView
from tmva_py.booking.job import Job
from tmva_py.booking.types import VIType
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import BookingError
from tmva_py.histograms import Axis, Histogram
from tmva_py.message_log import MessageLog

_EMPTY = 0.5
_BITS = 32
# TMVA's limit: with fewer variables all subsets can be trained.
_FEWEST_FOR_RANDOM = 11


class SubsetTrainings:
    """Trains a method on subsets of the variables; each subset is trained once.

    Parameters
    ----------
    loader : DataLoader
        The data set.
    make_job : callable
        Makes a job that writes nothing.
    book : callable
        Books the method on a loader, in a job.
    """

    def __init__(
        self, loader: DataLoader, make_job: Callable[[], Job], book: Callable[[Job, DataLoader], Any]
    ) -> None:
        self._loader, self._make_job, self._book = loader, make_job, book
        self._n_variables = len(loader.info.variables)
        self._areas: dict[int, float] = {0: _EMPTY}
        if self._n_variables == 0:
            message = f"EvaluateImportance: data set {loader.GetName()!r} has no variables"
            raise BookingError(message)
        if any(one.is_from_array for one in loader.info.variables):
            message = (
                "EvaluateImportance: elements of arrays cannot be taken one by one; add them as variables"
            )
            raise BookingError(message)

    def gains(self, kind: VIType, seeds: int | None = None) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the sum of areas that each variable brings to the subsets with it."""
        gains = np.zeros(self._n_variables)
        for subset in self._subsets(kind, seeds):
            for number in range(self._n_variables):
                if subset & 1 << number:
                    gains[number] += self.area(subset) - self.area(subset & ~(1 << number))
        return gains

    def area(self, subset: int) -> float:
        """Return the ROC area of the method with some variables, one for each bit; 0.5 without any."""
        if subset not in self._areas:
            # TMVA's names of data sets, which show in log lines.
            name = f"{subset:0{_BITS}b}"
            loader = self._with_variables(subset, name)
            job = self._make_job()
            booked = self._book(job, loader)
            if booked is None:
                message = "EvaluateImportance: the method cannot do this analysis"
                raise BookingError(message)
            job.train()
            job.test()
            self._areas[subset] = booked.roc_curve().area
        return self._areas[subset]

    def _subsets(self, kind: VIType, seeds: int | None) -> Iterator[int]:
        count = self._n_variables
        if kind is VIType.kShort:
            yield 2**count - 1
        elif kind is VIType.kAll:
            yield from range(1, 2**count)
        else:
            if count < _FEWEST_FOR_RANDOM:
                message = (
                    f"EvaluateImportance: VIType.kRandom needs more than {_FEWEST_FOR_RANDOM - 1} variables, "
                    f"there are {count}: VIType.kAll takes all {2**count - 1} subsets"
                )
                raise BookingError(message)
            draws = RootRandom(1).uniform(2 * count if seeds is None else seeds)
            for draw in draws.tolist():
                yield 1 + int(draw * (2**count - 1))

    def _with_variables(self, subset: int, name: str) -> DataLoader:
        specification = self._loader.specification
        info = replace(
            specification.info,
            name=name,
            variables=[
                copy.copy(one)
                for number, one in enumerate(specification.info.variables)
                if subset & 1 << number
            ],
            classes=list(specification.info.classes),
            correlation_matrices={},
        )
        loader = DataLoader(name)
        loader.specification = specification.part(info, "")
        loader.log = MessageLog("DataSetInfo", silent=True)
        return loader


def importance_shares(loader: DataLoader, gains: Any) -> dict[str, float]:
    """Return each variable's share in percent, by its name."""
    total = float(np.sum(gains))
    if not math.isfinite(total) or total == 0:
        message = "EvaluateImportance: the variables bring nothing together; there are no shares of it"
        raise BookingError(message)
    names = [one.internal_name for one in loader.info.variables]
    return dict(zip(names, (100.0 * np.asarray(gains) / total).tolist(), strict=True))


def importance_histogram(name: str, title: str, shares: Mapping[str, float]) -> HistogramView:
    """Return a histogram with a bin for each variable."""
    axis = Axis(len(shares), 0.0, float(len(shares)), "Variable Names", tuple(shares))
    contents = np.array(list(shares.values()))
    return HistogramView(name, Histogram.of_values(axis, contents, title=title, y_title="Importance (%)"))
