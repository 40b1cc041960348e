"""A booked method: what ``BookMethod`` returns, and its way through training, re-reading and testing."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.bookable import bookable_method
from tmva_py.booking.loader_arguments import text_of
from tmva_py.booking.method_calls import MethodCalls
from tmva_py.booking.tuning import tune
from tmva_py.booking.types import type_name_of
from tmva_py.errors import BookingError
from tmva_py.evaluation import (
    ClassificationEvaluation,
    RegressionEvaluation,
    RocCurve,
    RocPoints,
    Sample,
    WorkingPointEvaluation,
    WorkingPoints,
    confusion_matrix,
    one_versus_rest,
)
from tmva_py.evaluation.tables import BACKGROUND_EFFICIENCIES, MulticlassRow, RegressionRow, ranking_lines
from tmva_py.message_log import MessageLog
from tmva_py.methods import Method, TrainedMethod
from tmva_py.methods.category.method import MethodCategory
from tmva_py.methods.showing import line_of, table_of
from tmva_py.methods.training import fit_response_pdfs, train_method
from tmva_py.methods.weight_file import read_weight_file, write_weight_file
from tmva_py.options import join_keywords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tmva_py.data import DataSet, DataSetInfo, Events
    from tmva_py.data.specification import DataSpecification
    from tmva_py.histograms import FileObject
    from tmva_py.plugins import Registry

Response = npt.NDArray[np.float32]

TASK_OF_ANALYSIS = {
    "Classification": "Classification",
    "Multiclass": "Multiclass classification",
    "Regression": "Regression",
}


class BookedMethod(MethodCalls):
    """A method of a factory.

    TMVA deletes its method objects after training and reads them again from their weight files; references
    that scripts hold dangle then. This object stays valid: its `trained` is replaced instead.

    Parameters
    ----------
    method : Method
        As booked.
    loader : DataLoader
        Where its data set comes from.
    log : MessageLog
        The factory's; lines of the method come from its title.
    job_name : str
        The factory's.
    option_text : str
        The booking's option string.
    weight_directory : path
        Where the weight file goes.

    Attributes
    ----------
    method : Method
        As booked; of the last training it has ranking and monitoring.
    is_recreated : bool
        Whether `trained` was read from the weight file; then it is not trained again.
    training_response, test_response : ndarray of float32 or None
        What TrainTree and TestTree hold: responses of the trained method to the training events, and of the
        re-read one to the test events.
    training_probability, test_probability : ndarray of float32 or None
        The signal's probability for these responses, with ``CreateMVAPdfs``.
    train_alone : callable
        Trains this method as its job does each; called by `TrainMethod`.
    tuning : mapping
        What the output file shows of ``OptimizeAllMethods``, by name.
    """

    def __init__(
        self,
        method: Method,
        loader: Any,
        log: MessageLog,
        *,
        job_name: str,
        option_text: str,
        weight_directory: Path,
    ) -> None:
        self.method = method
        self.loader = loader
        self.title = method.title
        # The underscore stays when the job has no name, as in TMVA.
        self.weight_file = weight_directory / f"{job_name}_{method.title}.weights.xml"
        self.is_recreated = False
        self.training_response: Response | None = None
        self.test_response: Response | None = None
        self.training_probability: Response | None = None
        self.test_probability: Response | None = None
        self.tuning: Mapping[str, FileObject] = {}
        self.train_alone: Callable[[], None] = partial(self.train, persist=True)
        self._job_name = job_name
        self._option_text = option_text
        self._log = log.for_source(method.title)
        self._trained: TrainedMethod | None = None
        self._evaluation: ClassificationEvaluation | None = None
        self._working_points: WorkingPointEvaluation | None = None

    def __repr__(self) -> str:
        method = self.method
        what = f"BookedMethod {method.type_name}::{self.title} on {method.info.name!r}, {self._stage}"
        return f"<{line_of(what, method.info, method.analysis_type, method.option_values)}>"

    def _repr_html_(self) -> str:
        method = self.method
        facts: list[tuple[str, object]] = [
            ("data set", method.info.name),
            ("analysis", method.analysis_type),
            ("classes", ", ".join(method.info.classes)),
            ("stage", self._stage),
        ]
        if self.is_recreated:
            facts.append(("weight file", self.weight_file))
        caption = f"BookedMethod {method.type_name}::{self.title}"
        return table_of(caption, method.info, method.option_values, facts)

    @property
    def _stage(self) -> str:
        if self._trained is None:
            return "not trained"
        return "trained" if self.test_response is None else "trained and tested"

    # --- TMVA's spelling --------------------------------------------------------------------------------

    def OptimizeTuningParameters(
        self, fomType: Any = "ROCIntegral", fitType: Any = "FitGA"
    ) -> dict[str, float]:
        """Tune this method alone; see `Factory.OptimizeAllMethods`."""
        return tune(self, str(fomType), str(fitType))

    def AddMethod(
        self, cut: Any, variables: Any, method: Any, title: Any, options: Any = None, **keywords: Any
    ) -> Method:
        """Add a method to a Category, for the events that pass a cut.

        Parameters
        ----------
        cut : str or TCut
            The region; regions of a Category must not overlap.
        variables : str
            Labels of variables and spectators, joined by colons; empty for all variables.
        method : enumerator or str
            ``Types.kFisher`` or ``"Fisher"``.
        title : str
            The user's name of the method.
        options : str, optional
            The option string; or `keywords` in its place.

        Returns
        -------
        Method
            The method as it is booked.

        Raises
        ------
        BookingError
            This is no Category, or the method cannot be part of it.
        ExpressionError, DataError
            The cut cannot be parsed, or names neither variables nor spectators.
        OptionError
            An option is wrong.
        """
        booked = self.method
        if not isinstance(booked, MethodCategory):
            message = f"{self.title!r} is {booked.type_name}: AddMethod is for Types.kCategory"
            raise BookingError(message)
        name, text = str(title), join_keywords(keywords) if keywords else str(options or "")
        cls = bookable_method(type_name_of(method), name, booked.registry)
        return booked.add_method(text_of(cut), str(variables), cls, name, text, read=self._events_of)

    def _events_of(self, info: DataSetInfo, cut: str) -> DataSet:
        _ = self.data_set  # turns events that were added one by one into trees
        specification: DataSpecification = self.loader.specification
        return specification.part(info, cut).build(self._log)

    # --- the way through a job --------------------------------------------------------------------------

    @property
    def data_set(self) -> DataSet:
        """The loader's data set, built when first requested."""
        data_set: DataSet = self.loader.data_set(self._log)
        return data_set

    @property
    def directory(self) -> str:
        """``<data set>/Method_<type>/<title>``, where an output file holds what belongs to a method."""
        return f"{self.loader.GetName()}/Method_{self.method.type_name}/{self.title}"

    @property
    def is_trained(self) -> bool:
        """Whether the method can answer."""
        return self._trained is not None

    @property
    def trained(self) -> TrainedMethod:
        """The method after its training; after ``TrainAllMethods`` the one read from the weight file.

        Raises
        ------
        BookingError
            It is not trained yet.
        """
        if self._trained is None:
            message = f"{self.title!r} has not been trained yet: call TrainAllMethods() first"
            raise BookingError(message)
        return self._trained

    def train(self, *, persist: bool) -> None:
        """Train, respond to the training events, and write the weight file if `persist`."""
        data_set = self.data_set
        self._evaluation = self._working_points = self.test_response = None
        if self.method.option_values["H"]:
            self.PrintHelpMessage()
        self.method.weight_file = self.weight_file if persist else None
        self._trained = trained = train_method(self.method, data_set)
        self._log.info(
            f"Elapsed time for training with {trained.n_training_events} events: "
            f"{_elapsed(trained.training_time)}         "
        )
        self._respond_to_training(fit_pdfs=True)
        if persist:
            self._log.info(f"Creating xml weight file: {self.weight_file}")
            write_weight_file(self.trained, self.weight_file, self._log)

    def recreate(self, registry: Registry) -> None:
        """Replace the method by one read from its weight file."""
        self._log.info(f"Reading weight file: {self.weight_file}")
        # A model file beside it was written by the training just now.
        self._trained = read_weight_file(self.weight_file, registry=registry, trust=True)
        self.is_recreated = True

    def take(self, trained: TrainedMethod) -> None:
        """Go on with a method from a weight file, as if it had been trained here."""
        self._trained, self.is_recreated = trained, True

    def test(self) -> None:
        """Respond to the test events."""
        self._evaluation = self._working_points = None
        if self.training_response is None:  # it comes from a weight file
            self._respond_to_training()
        response = self._respond(self.data_set.testing, "testing")
        self.test_response = response.astype(np.float32)
        self.test_probability = self._probability(response, "testing")

    def rebook(self, method: Method, option_text: str) -> None:
        """Go on with other options, before the training."""
        self.method, self._option_text = method, option_text

    def response_of(self, trained: TrainedMethod, events: Events) -> npt.NDArray[np.float64]:
        """Return what a trained method responds to events of the data set."""
        return trained.evaluate(events.x, spectators=self._spectators(events))

    def log_ranking(self) -> None:
        """Write the method's ranking of the variables, the best one first."""
        ranking = self.method.ranking()
        if ranking is None:
            self._log.info(f"No variable ranking supplied by classifier: {self.title}")
            return
        self._log.header("Ranking result (top variable is best ranked)")
        self._log.info("\n".join(ranking_lines(ranking, self.method.ranking_discriminator)))

    def evaluation(self, n_response_bins: int, n_curve_bins: int) -> ClassificationEvaluation:
        """Return the two-class evaluation of both samples.

        Raises
        ------
        BookingError
            ``TestAllMethods`` has not been called.
        """
        if self._evaluation is None:
            data_set = self.data_set
            # TMVA's training efficiencies come from the method as read from its file, in double precision.
            training = self._evaluate(data_set.training)
            self._evaluation = ClassificationEvaluation(
                self._sample(data_set.testing, self._response_to_tests()),
                self._sample(data_set.training, training),
                n_response_bins=n_response_bins,
                n_curve_bins=n_curve_bins,
            )
        return self._evaluation

    def working_points(self) -> WorkingPointEvaluation:
        """Return the evaluation of a method that has no response, on both samples."""
        if self._working_points is None:
            info = self.data_set.info
            points = (
                WorkingPoints.measured(
                    self.trained.selections(events.x, spectators=self._spectators(events)),
                    events.class_index == info.signal_class_index,
                    events.weight,
                )
                for events in (self.data_set.testing, self.data_set.training)
            )
            self._working_points = WorkingPointEvaluation(*points)
        return self._working_points

    def roc_curve(self, class_index: int = 0, *, training: bool = False) -> RocPoints:
        """Return the unbinned ROC curve of the signal, or of one class against the others.

        A method that has no response gives the points that were measured on the test sample.

        Raises
        ------
        BookingError
            It is a regression, ``TestAllMethods`` has not been called, or there is no such class.
        """
        analysis = self.method.analysis_type
        if analysis == "Regression":
            message = f"{self.title!r} is a regression: ROC curves are of classifications"
            raise BookingError(message)
        data_set = self.data_set
        events = data_set.training if training else data_set.testing
        response = self._response_to_training() if training else self._response_to_tests()
        if not self.trained.model.has_response:
            return self.working_points()
        if analysis == "Classification":
            sample = self._sample(events, response)
            return RocCurve(sample.response, sample.is_signal, sample.weight)
        classes = data_set.info.classes
        if not 0 <= class_index < len(classes):
            message = (
                f"{self.title!r}: no class number {class_index}; there are {len(classes)} classes, "
                f"numbered from 0: {', '.join(classes)}"
            )
            raise BookingError(message)
        return RocCurve(response[:, class_index], events.class_index == class_index, events.weight)

    def _response_to_tests(self) -> Response:
        if self.test_response is None:
            message = (
                f"{self.title!r} has not been tested yet: call TrainAllMethods() and TestAllMethods() first"
            )
            raise BookingError(message)
        return self.test_response

    def multiclass_row(self, data_set_name: str) -> MulticlassRow:
        """Return the method's figures for the multiclass tables.

        Raises
        ------
        BookingError
            ``TestAllMethods`` has not been called.
        """
        data_set = self.data_set
        samples = (
            (self._response_to_tests(), data_set.testing.class_index, data_set.testing.weight),
            (self._response_to_training(), data_set.training.class_index, data_set.training.weight),
        )
        test, training = (tuple(one_versus_rest(*sample)) for sample in samples)
        test_confusion, training_confusion = (
            tuple(confusion_matrix(*sample, efficiency) for efficiency in BACKGROUND_EFFICIENCIES)
            for sample in samples
        )
        classes = tuple(data_set.info.classes)
        return MulticlassRow(
            data_set_name, self.title, classes, test, training, test_confusion, training_confusion
        )

    def regression_row(self, data_set_name: str) -> RegressionRow:
        """Return the method's figures for the regression tables: the first target's, as in TMVA.

        Raises
        ------
        BookingError
            ``TestAllMethods`` has not been called.
        """
        test, training = (
            RegressionEvaluation.of(response[:, 0], events.targets[:, 0], events.weight)
            for response, events in (
                (self._response_to_tests(), self.data_set.testing),
                (self._response_to_training(), self.data_set.training),
            )
        )
        return RegressionRow(data_set_name, self.title, test, training)

    def _response_to_training(self) -> Response:
        if self.training_response is None:
            message = f"{self.title!r} has not been trained yet: call TrainAllMethods() first"
            raise BookingError(message)
        return self.training_response

    def _sample(self, events: Events, response: npt.NDArray[np.floating]) -> Sample:
        return Sample(response, events.class_index == self.data_set.info.signal_class_index, events.weight)

    def _respond_to_training(self, *, fit_pdfs: bool = False) -> None:
        response = self._respond(self.data_set.training, "training")
        self.training_response = response.astype(np.float32)
        if fit_pdfs:
            training, found = self.data_set.training, self.training_response
            self._trained = fit_response_pdfs(self.method, self.trained, training, found, self._log)
        self.training_probability = self._probability(response, "training")

    def _probability(self, response: npt.NDArray[np.float64], sample: str) -> Response | None:
        pdfs = self.trained.response_pdfs
        if pdfs is None:
            return None
        self._log.info(f"Dataset[{self.data_set.info.name}] : Evaluation of {self.title} on {sample} sample")
        return pdfs.probability(response).astype(np.float32)

    def _respond(self, events: Events, sample: str) -> npt.NDArray[np.float64]:
        name = self.data_set.info.name
        self._log.header(f"[{name}] : Evaluation of {self.title} on {sample} sample ({len(events)} events)")
        start = time.perf_counter()
        response = self._evaluate(events)
        elapsed = _elapsed(time.perf_counter() - start)
        self._log.info(f"Elapsed time for evaluation of {len(events)} events: {elapsed}       ")
        n_lost = np.count_nonzero(~np.isfinite(response))
        if n_lost:
            self._log.warning(f"{n_lost} of {response.size} responses on the {sample} sample are not finite")
        return response

    def _evaluate(self, events: Events) -> npt.NDArray[np.float64]:
        return self.response_of(self.trained, events)

    def _spectators(self, events: Events) -> npt.NDArray[np.float32]:
        shown = [not one.is_hidden for one in self.data_set.info.spectators]
        return events.spectators[:, shown]


def _elapsed(seconds: float) -> str:
    return f"{seconds:.3g} sec"
