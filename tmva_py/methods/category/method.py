"""MethodCategory: methods for regions of the variables and spectators, booked as ``Types.kCategory``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSet, DataSetInfo, Events
from tmva_py.data.statistics import set_ranges
from tmva_py.errors import (
    BookingError,
    DataError,
    ExpressionError,
    OptionError,
    TrainingError,
    UnknownNameError,
)
from tmva_py.evaluation.tables import ranking_lines
from tmva_py.histograms import FileObject, MakesFileObject
from tmva_py.methods.category.inputs import places_of
from tmva_py.methods.category.model import CategoryModel, Part, inputs_of
from tmva_py.methods.category.regions import Regions
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.training import fit_response_pdfs, train_method
from tmva_py.plugins import hookimpl

MINIMUM_TRAINING_EVENTS = 10

EventsOfRegion = Callable[[DataSetInfo, str], DataSet]
"""From the variables of a region's method, and its cut, to its data set."""


@dataclass(eq=False)
class BookedPart:
    """A method as it is booked for a region; `read` makes its data set, which is then kept."""

    cut: str
    variables: str
    places: tuple[int, ...]
    method: Method
    read: EventsOfRegion | None
    data: DataSet | None = None

    def data_set(self, whole: DataSet) -> DataSet:
        """Return the events of the region: read, or those of the whole data set that pass."""
        if self.data is None:
            info = self.method.info
            self.data = self._selected(whole, info) if self.read is None else self.read(info, self.cut)
        return self.data

    def _selected(self, whole: DataSet, info: DataSetInfo) -> DataSet:
        regions = Regions([self.cut], inputs_of(whole.info))
        shown = [not one.is_hidden for one in whole.info.spectators]
        samples = []
        for events in (whole.training, whole.testing):
            values = _columns(events, shown)
            chosen = events.select(regions.passed(values)[0])
            columns = _columns(chosen, shown)[:, self.places].astype(np.float32)
            samples.append(replace(chosen, x=columns, spectators=chosen.spectators[:, :0]))
        if len(samples[0]) > 1:
            set_ranges(info, samples[0])
        return DataSet(info, *samples)


class MethodCategory(Method):
    """Several methods in one: each event is given to the method of the region that it lies in.

    Regions are cuts on variables or spectators, such as ``abs(eta)<=1.3``, and must not overlap. Each has a
    method of its own, of any type, with its own variables, options and transformations, which is trained on
    the region's events alone:

        category = factory.BookMethod(loader, TMVA.Types.kCategory, "FisherCat", "")
        category.AddMethod("abs(eta)<=1.3", "var1:var2", TMVA.Types.kFisher, "Fisher_central", "")
        category.AddMethod("abs(eta)>1.3", "var1:var2:var3", TMVA.Types.kFisher, "Fisher_forward", "")

    It helps where the events of regions differ: detectors, multiplicities, triggers. What the cuts name must
    be variables or spectators, so that a Reader can find an event's region. Responses of different methods
    have different scales; methods of one type, or with a response that is a probability, suit each other.
    """

    names: ClassVar[tuple[str, ...]] = ("Category",)
    type_name: ClassVar[str] = "Category"
    model = CategoryModel
    needs = "methods for its regions, by AddMethod"
    analyses: ClassVar[tuple[AnalysisType, ...]] = ("Classification", "Regression", "Multiclass")

    @property
    def can_be_forked(self) -> bool:
        """Whether all parts can."""
        return all(part.method.can_be_forked for part in self.parts)

    def process_options(self, dataset: DataSet | None) -> None:
        """Refuse transformations, which belong to the methods of the regions."""
        del dataset
        self.parts: list[BookedPart] = []
        if self.transformations.steps:
            message = (
                f"{self.owner}: VarTransform={self.option_values['VarTransform']} has no meaning for all "
                "regions together; give it in the options of AddMethod"
            )
            raise OptionError(message)

    def add_method(
        self,
        cut: str,
        variables: str,
        method: type[Method],
        title: str,
        option_text: str = "",
        *,
        read: EventsOfRegion | None = None,
    ) -> Method:
        """Book a method for a region.

        Parameters
        ----------
        cut : str
            What the events of the region pass.
        variables : str
            Labels of variables and spectators, joined by colons; empty for all variables.
        method : type
            Its class.
        title : str
            The user's name of it.
        option_text : str, optional
            Its option string.
        read : callable, optional
            Makes its data set; by default its events are those of the whole data set that pass the cut.

        Raises
        ------
        BookingError
            The method cannot be part of this Category, or a name is not known; the message says which.
        OptionError
            An option is wrong.
        """
        self._check(cut, method, title)
        info, spectators = self.info, inputs_of(self.info)[len(self.info.variables) :]
        try:
            places = places_of(variables, info.variables, spectators)
        except UnknownNameError as error:
            message = f"{self.owner}: the variables of {title!r}: {error}"
            raise BookingError(message) from error
        every = inputs_of(info)
        own = DataSetInfo(
            f"{title}_dsi",
            [replace(every[place]) for place in places],
            [replace(one) for one in info.targets],
            [],
            list(info.classes),
        )
        self.log.info(f"Adding sub-classifier: {method.type_name}::{title}")
        data = None if read is None or not method.reads_data_when_booked else read(own, cut)
        made = method(
            title,
            own if data is None else data.info,
            self.analysis_type,
            option_text,
            dataset=data,
            log=self.log.for_source(title),
            registry=self.registry,
            draw_progress_bar=self.draw_progress_bar,
        )
        self.parts.append(BookedPart(cut, variables, tuple(places), made, read, data))
        return made

    def _check(self, cut: str, method: type[Method], title: str) -> None:
        where = f"{self.owner}: AddMethod of {title!r}"
        if any(part.method.title == title for part in self.parts):
            message = f"{where}: a method of this title was added before; give each a title of its own"
            raise BookingError(message)
        if issubclass(method, MethodCategory) or not method.model.has_response:
            message = f"{where}: {method.type_name} cannot be part: it has no response of its own"
            raise BookingError(message)
        info = self.info
        if not method.can_handle(self.analysis_type, len(info.classes), len(info.targets)):
            message = (
                f"{where}: Method {method.type_name} is not capable of handling {self.analysis_type} with "
                f"{len(info.classes)} classes and {len(info.targets)} targets"
            )
            raise BookingError(message)
        try:
            Regions([cut], inputs_of(info))
        except (ExpressionError, DataError) as error:
            message = (
                f"{where}: the cut {cut!r} cannot be evaluated on variables and spectators, as a Reader "
                f"does; add what it needs with AddSpectator before.\n{error}"
            )
            raise type(error)(message) from error

    def train(self, dataset: TrainingData) -> CategoryModel:
        """Return the methods, each trained on the events of its region."""
        kind = "Regression" if self.analysis_type == "Regression" else "Classification"
        if not self.parts:
            message = f"{self.owner}: no method was added; call AddMethod(cut, variables, type, title)"
            raise TrainingError(message)
        self.log.info(f"Train all sub-classifiers for {kind} ...")
        parts = [self._trained(part, dataset.untransformed, kind) for part in self.parts]
        if self.analysis_type != "Regression":
            self._log_rankings([part.method for part in self.parts])
        return CategoryModel.of(tuple(parts), dataset.info, self.analysis_type)

    def _trained(self, part: BookedPart, whole: DataSet, kind: str) -> Part:
        data, method = part.data_set(whole), part.method
        if len(data.training) < MINIMUM_TRAINING_EVENTS:
            message = (
                f"{self.owner}: {len(data.training)} training events pass {part.cut!r}, and {method.title!r} "
                f"needs {MINIMUM_TRAINING_EVENTS} or more"
            )
            raise TrainingError(message)
        self.log.info(f"Train method: {method.title} for {kind}")
        method.weight_file = self.weight_file
        if method.option_values["H"]:
            method.log_help()
        trained = train_method(method, data)
        if method.response_pdf_settings is not None:
            events = data.training
            response = trained.evaluate(events.x).astype(np.float32)
            trained = fit_response_pdfs(method, trained, events, response, method.log)
        self.log.info("Training finished")
        return Part(part.cut, part.variables, part.places, trained)

    def monitoring(self) -> Mapping[str, FileObject | MakesFileObject]:
        """Return what the methods show, each in a folder of its own."""
        return {
            f"Method_{method.type_name}/{method.title}/{name}": one
            for method in (part.method for part in self.parts)
            for name, one in method.monitoring().items()
        }

    def _log_rankings(self, methods: Sequence[Method]) -> None:
        self.log.info("Begin ranking of input variables...")
        for method in methods:
            ranking = method.ranking()
            if ranking is None:
                self.log.info(f"No variable ranking supplied by classifier: {method.title}")
            else:
                method.log.header("Ranking result (top variable is best ranked)")
                method.log.info("\n".join(ranking_lines(ranking, method.ranking_discriminator)))


def _columns(events: Events, shown: list[bool]) -> npt.NDArray[np.float64]:
    return np.hstack([events.x.astype(np.float64), events.spectators[:, shown]])


@hookimpl
def tmva_py_methods() -> list[type[Method]]:
    """Return the method of this module."""
    return [MethodCategory]
