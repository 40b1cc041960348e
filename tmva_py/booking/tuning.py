"""``Factory.OptimizeAllMethods``: what a booked method is tuned to."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tmva_py.errors import BookingError, TMVAWarning, warn
from tmva_py.histograms import Graph
from tmva_py.message_log import MessageLog
from tmva_py.methods import Method, TrainedMethod
from tmva_py.methods.training import train_method
from tmva_py.methods.tuning import Tried, figure_named, search_named
from tmva_py.methods.tuning.figures import SampleResponses

if TYPE_CHECKING:
    import numpy.typing as npt

    from tmva_py.data import DataSet, Events
    from tmva_py.histograms import FileObject


class Tunable(Protocol):
    """What a tuning needs of a booked method."""

    method: Method
    tuning: Mapping[str, FileObject]

    @property
    def data_set(self) -> DataSet:
        """The events."""

    def GetOptions(self) -> str:
        """Return the option string."""

    def rebook(self, method: Method, option_text: str) -> None:
        """Go on with other options."""

    def response_of(self, trained: TrainedMethod, events: Events) -> npt.NDArray[np.float64]:
        """Return responses to events."""


def tune(booked: Tunable, figure_name: str, search_name: str) -> dict[str, float]:
    """Return the best parameters, and set them in the booked method.

    Nothing is tuned, with a warning, of a method without `Method.tuning_parameters`.

    Raises
    ------
    UnknownNameError
        There is no such figure of merit, or no such fit.
    BookingError
        The method has parameters, but this is no classification with two classes.
    """
    return _Tuning(booked, figure_name, search_name).run()


class _Tuning:
    """Trains copies of a method with other options, and compares their responses to the test events."""

    def __init__(self, booked: Tunable, figure_name: str, search_name: str) -> None:
        self._booked, self._method = booked, booked.method
        self._names = figure_name, search_name
        self._figure, self._search = figure_named(figure_name), search_named(search_name)
        self._log = booked.method.log

    def run(self) -> dict[str, float]:
        method, log = self._method, self._log
        parameters = method.tuning_parameters()
        if not parameters:
            text = f"Parameter optimization is not yet implemented for method {method.title}"
            log.warning(text)
            log.warning("Currently we need to set hardcoded which parameter is tuned in which ranges")
            warn(f"{text}: {method.type_name} is trained as booked")
            return {}
        if method.analysis_type != "Classification":
            message = (
                f"{method.owner}: OptimizeAllMethods tunes classifications with two classes; this is a "
                f"{method.analysis_type.lower()}"
            )
            raise BookingError(message)
        # In the order of TMVA's maps.
        ranges = dict(sorted(parameters.items()))
        log.info(f" the following {method.type_name} parameters will be tuned on the respective *grid*\n")
        for name, one in ranges.items():
            log.warning(name)
            log.warning("".join(f"| {value:g} |" for value in one.values()))
        log.info(f"Automatic optimisation of tuning parameters in {method.title} uses:")
        for name, one in ranges.items():
            log.info(f"{name} in range from: {one.minimum:g} to: {one.maximum:g} in : {one.n_points} steps")
        log.info(" using the options: {} and {}".format(*self._names))
        tried = Tried(self._merit)
        found = self._search(tried, ranges, log)
        # What a booking says has been said.
        later = log.for_source(log.source)
        later.silent = True
        self._booked.rebook(
            self._with(found, later, draws=self._method.draw_progress_bar), self._options(found)
        )
        later.silent = log.silent
        course = np.array(tried.course)
        self._booked.tuning = {
            f"{method.title}_FOMvsIter": Graph(np.arange(len(course), dtype=np.float64), course)
        }
        self._say(found)
        log.info(f"For {method.title} the optimized Parameters are: ")
        for name, value in found.items():
            log.info(f"{name} = {value:g}")
        return found

    def _merit(self, parameters: Mapping[str, float]) -> float:
        self._say(parameters)
        data_set = self._booked.data_set
        quiet = MessageLog(self._method.title, silent=True)
        with warnings.catch_warnings():
            # Other settings than those that are taken at last are nobody's concern.
            warnings.simplefilter("ignore", TMVAWarning)
            trained = train_method(self._with(parameters, quiet), data_set)
        testing = data_set.testing
        is_signal = testing.class_index == data_set.info.signal_class_index
        response = self._booked.response_of(trained, testing)
        return self._figure(SampleResponses.of(response, is_signal, testing.weight))

    def _with(self, parameters: Mapping[str, float], log: MessageLog, *, draws: bool = False) -> Method:
        """Return the method as it would be booked with these parameters."""
        method = self._method
        return type(method)(
            method.title,
            method.info,
            method.analysis_type,
            self._options(parameters),
            dataset=self._booked.data_set if method.reads_data_when_booked else None,
            log=log,
            registry=method.registry,
            draw_progress_bar=draws,
        )

    def _options(self, parameters: Mapping[str, float]) -> str:
        return _replaced(self._booked.GetOptions(), self._method.tuned_options(parameters))

    def _say(self, parameters: Mapping[str, float]) -> None:
        for name, value in parameters.items():
            self._log.warning(f"{name} = {value:g}")


def _replaced(text: str, values: Mapping[str, Any]) -> str:
    """Return an option string with other values."""
    names = {name.casefold() for name in values}
    kept = [piece for piece in text.split(":") if piece.partition("=")[0].strip().casefold() not in names]
    return ":".join([*filter(None, kept), *(f"{name}={value}" for name, value in values.items())])
