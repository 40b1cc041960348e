"""What every method is: options, training, responses and its part of a weight file.

A method is one class. It is found by its names (``Types.kDL``, ``Method="DL::title"``) through a plugin's
``tmva_py_methods`` hook, and what all methods share lives here: the common options, the fit and the use of
the variable transformations, the checks of shapes, and the order in which training goes.
"""

from __future__ import annotations

import dataclasses
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.errors import OptionError, ShapeError, TMVAWarning, TrainingError
from tmva_py.message_log import MessageLog
from tmva_py.methods.mva_pdf_options import MVA_PDF_OPTIONS, split_mva_pdf_options
from tmva_py.options import Option, OptionValues, parse_option_string

if TYPE_CHECKING:
    from tmva_py.data import AnalysisType, DataSet, DataSetInfo, Events
    from tmva_py.data.transformations import TransformationChain
    from tmva_py.plugins import Registry
    from tmva_py.weights import Sinks

VERBOSITY_LEVELS = ("Default", "Debug", "Verbose", "Info", "Warning", "Error", "Fatal")

BASE_OPTIONS: tuple[Option, ...] = (
    Option("V", bool, False, doc="verbose output (overrides VerbosityLevel)"),
    Option("VerbosityLevel", str, "Default", doc="verbosity level", choices=VERBOSITY_LEVELS),
    Option("VarTransform", str, "None", doc="variable transformations, as in Factory: N, D, P, U, G, I"),
    Option("H", bool, False, doc="print the method's help message"),
    Option("CreateMVAPdfs", bool, False, doc="build PDFs of the response (GetProba, GetRarity)"),
    Option("IgnoreNegWeightsInTraining", bool, False, doc="leave events of negative weight out of training"),
)
"""The options common to all methods, in the order in which weight files hold them."""

COMPATIBILITY_OPTIONS: tuple[Option, ...] = (
    Option("Normalise", bool, False, doc="of old weight files; without effect"),
    Option("D", bool, False, doc="of old weight files; without effect"),
    Option("VarTransformType", str, "Signal", doc="of old weight files; without effect"),
    Option("TxtWeightFilesOnly", bool, True, doc="of old weight files; without effect"),
    Option("NbinsMVAPdf", int, 60, doc="of old weight files; without effect"),
    Option("NsmoothMVAPdf", int, 2, doc="of old weight files; without effect"),
)
"""Options that old weight files hold; read from a file, refused in a booking, never written."""


class MethodBase(ABC):
    """A trainable method.

    A subclass gives `names`, `type_name` and `options` and writes `can_handle`, `train`, `respond`,
    `write_weights` and `read_weights`. All five work on transformed variables or on XML alone:
    the transformations named by ``VarTransform`` are fitted before `train` and applied before `respond` here.

    Two ways lead to a method that answers: ``method.setup(); method.run_training(dataset)``, or — what
    `tmva_py.methods.weight_file` does — ``method.setup(reading=True)`` and
    ``method.restore(transformations, element)``.

    Parameters
    ----------
    job_name : str
        The factory's job name; may be empty.
    title : str
        The user's name of the method, unique within a data set.
    info : DataSetInfo
        Variables, targets, spectators and classes.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        What is to be learnt.
    option_text : str, optional
        The booking's option string.
    weight_directory : path, optional
        Where the weight file goes.
    log : MessageLog, optional
        Where the method writes its lines; by default one whose source is the title.
    registry : Registry, optional
        Where names in the options are looked up; by default `tmva_py.plugins.default_registry`.
    draw_progress_bar : bool, default False
        Whether training may draw a progress bar.

    Attributes
    ----------
    option_values : OptionValues
        The options' values, after `setup`.
    transformations : TransformationChain
        Fitted by `run_training` or read from a weight file.
    n_training_events : int
        As ``<Info name="Training events">`` says; 0 before training.
    training_time : float
        Seconds that training took.
    is_trained : bool
        Whether `evaluate` can answer.
    """

    names: ClassVar[tuple[str, ...]] = ()
    """The names by which the registry knows the method, the `type_name` first."""

    type_name: ClassVar[str] = ""
    """The method's name before ``::`` in weight files, and in ``Method_<type>/<title>`` of output files."""

    options: ClassVar[tuple[Option, ...]] = ()
    """The method's own options, in the order in which weight files hold them after `BASE_OPTIONS`."""

    reads_data_when_booked: ClassVar[bool] = False
    """Whether `process_options` needs the data set; then booking builds it, as TMVA does for MLP and DL."""

    sinks: ClassVar[Sinks] = {}
    """What becomes rows or numbers while ``<Weights>`` is read (`tmva_py.weights`)."""

    trainable: ClassVar[bool] = True
    """Whether the method can be trained; false for one that is there for old weight files only."""

    def __init__(
        self,
        job_name: str,
        title: str,
        info: DataSetInfo,
        analysis_type: AnalysisType,
        option_text: str = "",
        *,
        weight_directory: str | Path = "weights",
        log: MessageLog | None = None,
        registry: Registry | None = None,
        draw_progress_bar: bool = False,
    ) -> None:
        self.job_name = job_name
        self.title = title
        self.info = info
        self.analysis_type: AnalysisType = analysis_type
        self.option_text = option_text
        self.weight_directory = Path(weight_directory)
        self.log = MessageLog(title) if log is None else log
        self.draw_progress_bar = draw_progress_bar
        self.n_training_events = 0
        self.training_time = 0.0
        self.is_trained = False
        self._registry = registry
        self._option_values: OptionValues | None = None
        self._transformations: TransformationChain | None = None

    # --- what a method writes -------------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:
        """Return whether the method can do this analysis with so many classes and targets."""

    @abstractmethod
    def train(self, dataset: DataSet) -> None:
        """Train on ``dataset.training``.

        Parameters
        ----------
        dataset : DataSet
            Variables (and regression targets) are transformed; events of negative weight are gone when
            ``IgnoreNegWeightsInTraining`` says so. ``dataset.testing`` is for monitoring only.
        """

    @abstractmethod
    def respond(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the responses to transformed variables.

        Parameters
        ----------
        x : ndarray of float32, shape (N, n_variables)
            Transformed variables.

        Returns
        -------
        ndarray of float64
            Shape (N,) for classification, (N, n_classes) for multiclass, (N, n_targets) for regression,
            there in the space of the transformed targets. Nothing may be remembered: calls from several
            threads are allowed.
        """

    @abstractmethod
    def write_weights(self, weights: Element) -> None:
        """Fill the empty ``<Weights>`` element with attributes and children."""

    @abstractmethod
    def read_weights(self, weights: Element) -> None:
        """Take over what `write_weights` wrote, or what ROOT wrote, from a ``<Weights>`` element.

        Raises
        ------
        WeightFileError
            The element is damaged or does not fit the method's variables and classes.
        """

    # --- what a method may write ----------------------------------------------------------------------

    def process_options(self, dataset: DataSet | None) -> None:  # noqa: B027 - a hook, empty on purpose
        """Check and use the parsed options when the method is booked; not called when a file is read.

        Parameters
        ----------
        dataset : DataSet or None
            Untransformed; given when `reads_data_when_booked`.
        """

    def training_history(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """Return the curves of the last training by name, for example ``{"trainingError": …}``.

        They go to the output file as ``TrainingHistory_<title>_<name>``; empty for a method read from file.
        """
        return {}

    ranking_discriminator: ClassVar[str] = "Variable Importance"
    """What the numbers of `ranking` are, in the table's heading."""

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return (variable, importance) in any order, or None if the method ranks no variables."""
        return None

    def help_message(self) -> str:
        """Return what option ``H`` and ``Factory.PrintHelpMessage`` show."""
        return (type(self).__doc__ or "").strip()

    # --- options --------------------------------------------------------------------------------------

    def declared_options(self) -> tuple[Option, ...]:
        """Return all options that a weight file of this method holds, in their order there."""
        return (*BASE_OPTIONS, *self.options)

    def setup(self, dataset: DataSet | None = None, *, reading: bool = False) -> None:
        """Parse the option string; when booked, also check and use the options.

        Parameters
        ----------
        dataset : DataSet, optional
            The data set, for a method with `reads_data_when_booked`.
        reading : bool, default False
            The options come from a weight file: those of `COMPATIBILITY_OPTIONS` are allowed too, and
            `process_options` is not called, as in TMVA.

        Raises
        ------
        OptionError
            An option is unknown or has a value that is not allowed.
        UnknownNameError
            ``VarTransform`` names a transformation that there is not.
        """
        declared = self.declared_options()
        if reading:
            known = {option.name.casefold() for option in declared}
            declared += tuple(old for old in COMPATIBILITY_OPTIONS if old.name.casefold() not in known)
        owner = f"{self.type_name} {self.title!r}"
        own, densities = (self.option_text, "") if reading else split_mva_pdf_options(self.option_text)
        self._option_values = parse_option_string(own, declared, owner=owner)
        if densities:
            if not self.option_values["CreateMVAPdfs"]:
                message = f"{owner}: {densities}: these options need CreateMVAPdfs; add it or leave them out"
                raise OptionError(message)
            parse_option_string(densities, MVA_PDF_OPTIONS, owner=owner)
        if reading:
            return
        if self.option_values["CreateMVAPdfs"]:
            text = f"{owner}: CreateMVAPdfs: PDFs of the response are not built by this version"
            warnings.warn(text, TMVAWarning, stacklevel=2)
        if dataset is not None:
            self.info = dataset.info
        self.transformations = self._chain_from_options()
        self.process_options(dataset)

    @property
    def option_values(self) -> OptionValues:
        """The parsed options."""
        if self._option_values is None:
            message = f"{self.type_name} {self.title!r}: the options are not parsed yet; call setup() first"
            raise TrainingError(message)
        return self._option_values

    @option_values.setter
    def option_values(self, values: OptionValues) -> None:
        self._option_values = values

    @property
    def registry(self) -> Registry:
        """Where names in the options are looked up."""
        if self._registry is None:
            from tmva_py.plugins import default_registry

            self._registry = default_registry()
        return self._registry

    @property
    def testvar_name(self) -> str:
        """``MVA_<title>``, the stem of the names of histograms."""
        return f"MVA_{self.title}"

    @property
    def weight_file(self) -> Path:
        """``<weight directory>/<job>_<title>.weights.xml``; the underscore stays when the job has no name."""
        return self.weight_directory / f"{self.job_name}_{self.title}.weights.xml"

    @property
    def n_outputs(self) -> int:
        """How many numbers the response to one event has."""
        if self.analysis_type == "Multiclass":
            return len(self.info.classes)
        return len(self.info.targets) if self.analysis_type == "Regression" else 1

    # --- training and responses -----------------------------------------------------------------------

    @property
    def transformations(self) -> TransformationChain:
        """The variable transformations; fitted once the method is trained."""
        if self._transformations is None:
            message = f"{self.type_name} {self.title!r} has no transformations yet; call setup() first"
            raise TrainingError(message)
        return self._transformations

    @transformations.setter
    def transformations(self, chain: TransformationChain) -> None:
        self._transformations = chain

    def run_training(self, dataset: DataSet) -> None:
        """Fit the transformations on the training events, transform, and train.

        Parameters
        ----------
        dataset : DataSet
            Untransformed.

        Raises
        ------
        TrainingError
            No training event is left.
        """
        training = self._selected(dataset.training)
        if len(training.weight) == 0:
            message = f"{self.type_name} {self.title!r}: no events left to train on"
            raise TrainingError(message)
        self.info = dataset.info
        chain = self.transformations
        chain.fit(training, dataset.info, log=self.log)
        transformed = dataclasses.replace(
            dataset, training=chain.apply_events(training), testing=chain.apply_events(dataset.testing)
        )
        self.n_training_events = len(training.weight)
        if chain.steps:
            from tmva_py.data import log_statistics

            log_statistics(dataset.info, transformed.training, self.title, self.log)
        start = time.perf_counter()
        self.train(transformed)
        self.training_time = time.perf_counter() - start
        self.is_trained = True

    def evaluate(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the method's responses.

        Parameters
        ----------
        x : array_like, shape (N, n_variables)
            Untransformed variables in the order of ``info.variables``; rounded to float32, as TMVA's events.

        Returns
        -------
        ndarray of float64
            Shape (N,) for classification, (N, n_classes) for multiclass, (N, n_targets) for regression.

        Raises
        ------
        ShapeError
            `x` does not have one column per variable.
        TrainingError
            The method is neither trained nor read from a file.
        """
        if not self.is_trained:
            message = f"{self.type_name} {self.title!r} is neither trained nor read from a weight file"
            raise TrainingError(message)
        values = np.asarray(x, dtype=np.float32)
        expected = len(self.info.variables)
        if values.ndim != 2 or values.shape[1] != expected:
            message = (
                f"{self.type_name} {self.title!r}: expected events of shape (N, {expected}), one column "
                f"for each variable, got {values.shape}"
            )
            raise ShapeError(message)
        responses = np.asarray(self.respond(self.transformations.apply(values)), dtype=np.float64)
        if self.analysis_type == "Regression":
            responses = self.transformations.inverse_targets(responses)
        return responses

    def restore(self, transformations: TransformationChain, weights: Element) -> None:
        """Take over what a weight file holds; `evaluate` answers afterwards.

        Parameters
        ----------
        transformations : TransformationChain
            Read from ``<Transformations>``.
        weights : Element
            The ``<Weights>`` element.
        """
        self.transformations = transformations
        self.read_weights(weights)
        self.is_trained = True

    def _selected(self, events: Events) -> Events:
        """Return the events without those of negative weight, if the options say so."""
        if not self.option_values["IgnoreNegWeightsInTraining"]:
            return events
        keep = events.weight >= 0
        if keep.all():
            return events
        self.log.info(f"Ignoring {np.count_nonzero(~keep)} training events of negative weight")
        return events.select(keep)

    def _chain_from_options(self) -> TransformationChain:
        from tmva_py.data.transformations import TransformationChain

        return TransformationChain.from_text(
            self.option_values["VarTransform"], self.info, registry=self.registry, log=self.log
        )
