"""What is booked: a method's options, and the training that makes a model of a data set.

A method is found by its names (``Types.kDL``, ``"DL"``) through a plugin's hook ``tmva_py_methods``. What it
learns is a `Model`; only training needs the method, a weight file needs the model alone.
"""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSet, DataSetInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import OptionError, warn
from tmva_py.histograms import Axis, FileObject, Histogram, MakesFileObject
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.model import Model
from tmva_py.methods.options import BASE_OPTIONS
from tmva_py.methods.response_pdfs import pdf_settings, split_pdf_options
from tmva_py.methods.showing import line_of, table_of
from tmva_py.methods.tuning.ranges import TuningRange
from tmva_py.options import Option, OptionString, OptionValues, for_variables
from tmva_py.plugins import Registry, default_registry

_RULE = "=" * 64
# Where a docstring goes on with what only programs need.
_SECTION = re.compile(r"^\w[\w ]*\n-{3,}$", re.MULTILINE)


@dataclass(frozen=True)
class OldType:
    """A type name of old weight files that are read although no booking has the name any more.

    Parameters
    ----------
    model : type
        The `Model` that such files hold.
    options : tuple of Option
        The method's own options in such files.
    """

    model: type[Model]
    options: tuple[Option, ...] = ()


class Method(ABC):
    """A method as it is booked.

    A subclass gives `names`, `type_name`, `model`, `analyses` and `options` and writes `train`. When it is
    made, the option string is parsed and `process_options` is called, so that a method that exists can be
    trained.

    Parameters
    ----------
    title : str
        The user's name of the method, unique within a data set.
    info : DataSetInfo
        Variables, targets, spectators and classes.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        What is to be learnt.
    option_text : str, optional
        The booking's option string.
    dataset : DataSet, optional
        Untransformed events, for a method with `reads_data_when_booked`.
    log : MessageLog, optional
        Where the method writes its lines; by default one whose source is the title.
    registry : Registry, optional
        Where names in the options are looked up; by default `tmva_py.plugins.default_registry`.
    draw_progress_bar : bool, default False
        Whether training may draw a progress bar.

    Attributes
    ----------
    option_values : OptionValues
        The options' values; what weight files will hold.
    transformations : TransformationChain
        What ``VarTransform`` says, not fitted.
    response_pdf_settings : tuple of PDFSettings, or None
        How the densities of the response to signal and background are made, if ``CreateMVAPdfs`` requests
        them.

    Raises
    ------
    OptionError
        An option is unknown or has a value that is not allowed.
    UnknownNameError
        ``VarTransform`` names an unknown transformation.
    """

    names: ClassVar[tuple[str, ...]] = ()
    """The names by which the registry knows the method, the `type_name` first."""

    type_name: ClassVar[str] = ""
    """The method's name before ``::`` in weight files, and in ``Method_<type>/<title>`` of output files."""

    model: ClassVar[type[Model]]
    """What `train` returns and weight files hold."""

    analyses: ClassVar[tuple[AnalysisType, ...]] = ("Classification",)
    """What the method can do."""

    options: ClassVar[tuple[Option, ...]] = ()
    """The method's own options, in the order in which weight files hold them after the common ones."""

    file_options: ClassVar[tuple[Option, ...]] = ()
    """Further options of the method that old weight files hold; refused in a booking, never written."""

    refused_options: ClassVar[tuple[str, ...]] = ()
    """Common options that a booking may not switch on, such as ``IgnoreNegWeightsInTraining``."""

    old_types: ClassVar[Mapping[str, OldType]] = {}
    """Type names of old weight files that are read but not booked; each is among `names` too."""

    trains: ClassVar[bool] = True
    """Whether a booking can train the method; one that does not is read from weight files alone."""

    reads_data_when_booked: ClassVar[bool] = False
    """Whether `process_options` needs the data set; then booking builds it, as TMVA does for MLP and DL."""

    sees_ignored_events: ClassVar[bool] = False
    """Whether `train` gets the events that ``IgnoreNegWeightsInTraining`` leaves out and ignores them itself,
    because something depends on how many they are."""

    ranking_discriminator: ClassVar[str] = "Variable Importance"
    """What the numbers of `ranking` are, in the table's heading."""

    signal_reference_cut: float = 0.5
    """The response above which an event is like signal, for Boost where it looks for no cut of its own."""

    keeps_reference_cut: ClassVar[bool] = False
    """Whether Boost takes `signal_reference_cut` as it is and looks for no better one."""

    check_options: ClassVar[str] = ""
    """The option string with which ``tmva-py check-plugin`` books the method."""

    needs: ClassVar[str] = ""
    """What a booking has beside options, such as methods for regions: ``check-plugin`` does not train it."""

    weight_file: Path | None = None
    """Where the weight file will be, for a method that writes a model file beside it; None: nowhere."""

    def __init__(
        self,
        title: str,
        info: DataSetInfo,
        analysis_type: AnalysisType,
        option_text: str = "",
        *,
        dataset: DataSet | None = None,
        log: MessageLog | None = None,
        registry: Registry | None = None,
        draw_progress_bar: bool = False,
    ) -> None:
        self.title = title
        self.info = info
        self.analysis_type: AnalysisType = analysis_type
        self.log = MessageLog(title) if log is None else log
        self.registry = default_registry() if registry is None else registry
        self.draw_progress_bar = draw_progress_bar
        self.option_values = self._parsed(option_text)
        self.transformations = TransformationChain.from_text(
            self.option_values["VarTransform"], info, registry=self.registry, log=self.log
        )
        self.process_options(dataset)

    def __repr__(self) -> str:
        what = f"{type(self).__name__} {self.title!r}"
        return f"<{line_of(what, self.info, self.analysis_type, self.option_values)}>"

    def _repr_html_(self) -> str:
        facts = [("analysis", self.analysis_type), ("classes", ", ".join(self.info.classes))]
        return table_of(f"{type(self).__name__} {self.title!r}", self.info, self.option_values, facts)

    # --- what a method writes -------------------------------------------------------------------------

    @abstractmethod
    def train(self, dataset: TrainingData) -> Model:
        """Return what is learnt from ``dataset.training``.

        Parameters
        ----------
        dataset : TrainingData
            Variables (and regression targets) are transformed; events of negative weight are gone when
            ``IgnoreNegWeightsInTraining`` says so. ``dataset.testing`` is for monitoring only.

        Returns
        -------
        Model
            Of the class `model`. Nothing of it changes when the method is trained again.
        """

    # --- what a method may write ----------------------------------------------------------------------

    @classmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:
        """Return whether the method can do an analysis with this number of classes and targets."""
        if analysis_type not in cls.analyses:
            return False
        if analysis_type == "Classification":
            return n_classes == 2
        return n_classes >= 2 if analysis_type == "Multiclass" else n_targets >= 1

    def process_options(self, dataset: DataSet | None) -> None:  # noqa: B027 - a hook, empty on purpose
        """Check and use the parsed options.

        Parameters
        ----------
        dataset : DataSet or None
            Untransformed; given when `reads_data_when_booked`.
        """

    @classmethod
    def declared_options(cls, registry: Registry) -> tuple[Option, ...]:  # noqa: ARG003 - for subclasses
        """Return all options in the order in which weight files hold them.

        Parameters
        ----------
        registry : Registry
            Where names are looked up that an option may have as its value.
        """
        return (*BASE_OPTIONS, *cls.options)

    def read_further_options(self, options: OptionString, values: OptionValues) -> None:  # noqa: B027 - a hook
        """Read the options of a part that `values` choose, such as a fitter, from the same option string.

        Parameters
        ----------
        options : OptionString
            Give ``options.parse`` the part's table.
        values : OptionValues
            The method's own options, as they are parsed.
        """

    @classmethod
    def model_of(cls, type_name: str) -> type[Model]:
        """Return what weight files hold that have this type name, one of `old_types` or the method's own."""
        return cls.old_types[type_name].model if type_name in cls.old_types else cls.model

    def training_history(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """Return the curves of the last training by name, for example ``{"trainingError": …}``.

        They go to the output file as ``TrainingHistory_<title>_<name>``.
        """
        return {}

    def monitoring(self) -> Mapping[str, FileObject | MakesFileObject]:
        """Return what the method's folder of the output file shows of the last training, by name.

        Histograms, profiles, graphs, columns of a tree, or texts; by default the curves of
        `training_history`, one bin for each value.
        """
        shown: dict[str, FileObject | MakesFileObject] = {}
        for name, values in self.training_history().items():
            if len(values):
                title = f"TrainingHistory_{self.title}_{name}"
                axis = Axis(len(values), 0.5, len(values) + 0.5)
                shown[title] = Histogram.of_values(axis, values, title=title, is_double=True)
        return shown

    def boost_monitoring(self) -> Mapping[str, float]:
        """Return numbers of the last training that Boost shows by method, by the histogram's name."""
        return {}

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return (variable, importance) of the last training, or None if the method ranks no variables."""
        return None

    def tuning_parameters(self) -> Mapping[str, TuningRange]:
        """Return the ranges in which ``OptimizeAllMethods`` tunes parameters, by name; none: it does not."""
        return {}

    def tuned_options(self, parameters: Mapping[str, float]) -> Mapping[str, Any]:
        """Return the options that values of the `tuning_parameters` stand for.

        By default each is the option of its name; what is a whole number is cut off after the point.
        """
        types = {option.name: option.type for option in self.declared_options(self.registry)}
        return {name: int(value) if types[name] is int else value for name, value in parameters.items()}

    def help_message(self) -> str:
        """Return what option ``H`` and ``Factory.PrintHelpMessage`` show: what the class says of itself."""
        text = inspect.cleandoc(type(self).__doc__ or "").replace("``", "")
        return _SECTION.split(text, maxsplit=1)[0].rstrip()

    def log_help(self) -> None:
        """Write the help into the log, framed as TMVA does."""
        title = f"H e l p   f o r   M V A   m e t h o d   [ {self.title} ] :"
        end = '<Suppress this message by specifying "!H" in the booking option>'
        text = self.help_message() or f"{self.type_name}: no help available"
        self.log.info("\n".join(["", _RULE, title, "", text, "", end, _RULE, ""]))

    # --- what is there --------------------------------------------------------------------------------

    @property
    def owner(self) -> str:
        """Type and title, for messages."""
        return f"{self.type_name} {self.title!r}"

    @property
    def can_be_forked(self) -> bool:
        """Whether a training may go on in a forked process: not with a library's threads or devices."""
        return True

    @property
    def n_outputs(self) -> int:
        """How many numbers the response to one event has."""
        return self.info.n_outputs(self.analysis_type)

    def _parsed(self, text: str) -> OptionValues:
        own, of_pdfs = split_pdf_options(text)
        options = OptionString(own, owner=self.owner)
        declared = for_variables(self.declared_options(self.registry), len(self.info.variables))
        values = options.parse(declared)
        self.read_further_options(options, values)
        options.check_unused()
        self.response_pdf_settings = pdf_settings(values, of_pdfs, owner=self.owner)
        if self.response_pdf_settings is not None and self.analysis_type != "Classification":
            text = (
                f"{self.owner}: CreateMVAPdfs is for classification with two classes and has no effect here"
            )
            warn(text)
            self.response_pdf_settings = None
        for name in self.refused_options:
            if values[name]:
                message = f"{self.owner}: option {name} is not available for this method; leave it out"
                raise OptionError(message)
        return values
