"""``TMVA.CrossValidation``: each method trained on all folds but one, and tested on that one, in turn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tmva_py.booking.cross_validation_result import CrossValidationResult
from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.folds import CvSplitKFolds
from tmva_py.booking.graphs import roc_graph
from tmva_py.booking.job import Job
from tmva_py.booking.types import type_name_of
from tmva_py.data.event_reading import TreeType
from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import BookingError, OptionError, warn
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.cross_validation.method import MethodCrossValidation
from tmva_py.methods.cross_validation.model import CrossValidationModel
from tmva_py.methods.options import BASE_OPTIONS
from tmva_py.methods.weight_file import write_weight_file
from tmva_py.options import Option, OptionValues, join_keywords, parse_option_string
from tmva_py.plugins import Registry, default_registry

if TYPE_CHECKING:
    from tmva_py.booking.booked_method import BookedMethod

CROSS_VALIDATION_OPTIONS: tuple[Option, ...] = (
    Option("V", bool, False, doc="verbose output"),
    Option("VerboseLevel", str, "Info", doc="verbosity level", choices=("Debug", "Verbose", "Info")),
    Option("Color", bool, True, doc="coloured output on a terminal"),
    Option("Silent", bool, False, doc="print the tables only"),
    Option("Transformations", str, "", doc="without effect: folds have no output file"),
    Option("DrawProgressBar", bool, False, doc="draw a progress bar while training"),
    Option("Correlations", bool, False, doc="print correlations of methods and variables"),
    Option("ROC", bool, True, doc="print the tables of each fold"),
    Option("ModelPersistence", bool, True, doc="write a weight file for each fold"),
    Option(
        "AnalysisType",
        str,
        "Auto",
        doc="what is to be learnt",
        choices=("Classification", "Regression", "Multiclass", "Auto"),
    ),
    Option(
        "SplitType",
        str,
        "Random",
        doc="how events are shared out among folds",
        choices=("Deterministic", "Random", "RandomStratified"),
    ),
    Option("SplitExpr", str, "", doc="the fold of an event, for SplitType=Deterministic"),
    Option("NumFolds", int, 2, minimum=2, doc="number of folds"),
    Option("NumWorkerProcs", int, 1, minimum=1, doc="without effect: one fold after the other"),
    Option("FoldFileOutput", bool, False, doc="without effect: folds have no output file"),
    Option("OutputEnsembling", str, "None", doc="what the file of all answers", choices=("None", "Avg")),
)
_OF_JOBS = (
    *("V", "VerboseLevel", "Color", "Silent", "DrawProgressBar", "Correlations", "ROC", "ModelPersistence"),
    "AnalysisType",
)
_SEED = 100


class CrossValidation:
    """Trains every booked method on each fold, and collects the figures of the folds.

    Forms: ``CrossValidation(job, loader, output_file, options)`` and ``CrossValidation(job, loader,
    options)``, either also with keywords in place of the option string. Folds are made of the training
    events; the test events are left alone, as in TMVA. The weight files are those of the folds,
    ``<job>_<title>_fold1.weights.xml`` and so on, and ``<job>_<title>.weights.xml``, which answers each event
    by the method of its own fold, or by all; an output file is not written yet.

    Parameters
    ----------
    job_name : str
        First part of the weight files' names.
    loader : DataLoader
        The data set.
    *arguments : output file and option string
        As of `Factory`.
    registry : Registry, optional
        Where methods are found; default `tmva_py.plugins.default_registry`.
    **keywords
        Options.

    Raises
    ------
    BookingError
        The arguments fit none of the forms.
    OptionError
        An option is unknown, has a value that is not allowed, or does not go with another one.
    """

    def __init__(
        self,
        job_name: Any,
        loader: DataLoader,
        *arguments: Any,
        registry: Registry | None = None,
        **keywords: Any,
    ) -> None:
        if keywords:
            arguments = (*arguments, join_keywords(keywords))
        if len(arguments) > 2 or not callable(getattr(loader, "data_set", None)):
            message = (
                "CrossValidation: expected (job, loader, output file, options) or (job, loader, options), "
                f"got {type(loader).__name__} and {len(arguments)} arguments after it"
            )
            raise BookingError(message)
        text = str(arguments[-1] or "") if arguments and _is_text(arguments[-1]) else ""
        self._name, self._loader = str(job_name), loader
        self._values = parse_option_string(text, CROSS_VALIDATION_OPTIONS, owner="CrossValidation")
        self._registry = default_registry() if registry is None else registry
        self._log = MessageLog("CrossValidation", silent=self._values["Silent"])
        self._n_folds, self._expression = self._values["NumFolds"], self._values["SplitExpr"]
        self._methods: list[tuple[str, str, str]] = []
        self._results: list[CrossValidationResult] = []
        if len(arguments) == 2 and arguments[0] is not None:
            warn("CrossValidation: no output file is written yet; each fold has its weight file")
        self._check_split()

    def __repr__(self) -> str:
        return f"<CrossValidation {self._name!r}: {self._n_folds} folds, {len(self._methods)} methods>"

    def BookMethod(self, method: Any, title: Any, options: Any = "", **keywords: Any) -> None:
        """Add a method; it is booked for each fold, in `Evaluate`.

        Parameters
        ----------
        method, title, options, **keywords
            As of `Factory.BookMethod`.

        Raises
        ------
        BookingError
            The title is taken.
        """
        name = str(title)
        if any(known == name for _, known, _ in self._methods):
            message = f"CrossValidation: a method with the title {name!r} is booked already"
            raise BookingError(message)
        text = join_keywords(keywords) if keywords else str(options or "")
        self._methods.append((type_name_of(method), name, text))

    def Evaluate(self) -> None:
        """Train and test every method on each fold."""
        if not self._methods:
            message = "CrossValidation: no method is booked; call BookMethod() first"
            raise BookingError(message)
        self._check_split()
        is_stratified = self._values["SplitType"] == "RandomStratified"
        split = CvSplitKFolds(self._n_folds, self._expression, is_stratified, _SEED)
        self._loader.MakeKFoldDataSet(split)
        self._results = []
        try:
            for method in self._methods:
                self._results.append(self._evaluated(split, *method))
        finally:
            self._loader.RecombineKFoldDataSet(split, TreeType.TRAINING)
            self._loader.RecombineKFoldDataSet(split, TreeType.TESTING)

    def GetResults(self) -> list[CrossValidationResult]:
        """Return the figures of each method, in the order of booking.

        Raises
        ------
        BookingError
            `Evaluate` has not been called.
        """
        if not self._results:
            message = "CrossValidation: no results yet; call Evaluate() first"
            raise BookingError(message)
        return self._results

    def GetNumFolds(self) -> int:
        """Return the number of folds."""
        return int(self._n_folds)

    def SetNumFolds(self, count: int) -> None:
        """Set the number of folds, at least 2."""
        if count < 2:
            message = f"CrossValidation: expected two folds or more, got {count}"
            raise BookingError(message)
        self._n_folds = int(count)

    def GetSplitExpr(self) -> str:
        """Return the split expression."""
        return str(self._expression)

    def SetSplitExpr(self, expression: Any) -> None:
        """Set the split expression."""
        self._expression = str(expression)

    def _check_split(self) -> None:
        is_deterministic = self._values["SplitType"] == "Deterministic"
        if self._expression and not is_deterministic:
            message = (
                f"SplitExpr={self._expression} goes with SplitType=Deterministic, and SplitType is "
                f"{self._values['SplitType']}"
            )
            raise OptionError(message)

    def _evaluated(
        self, split: CvSplitKFolds, type_name: str, title: str, options: str
    ) -> CrossValidationResult:
        result = CrossValidationResult(title)
        folds: list[BookedMethod] = []
        self._log.header(f"Evaluate method: {title}")
        for fold in range(self._n_folds):
            self._log.info(f"Process fold {fold + 1} of {self._n_folds}: {title}")
            self._loader.PrepareFoldDataSet(split, fold, TreeType.TRAINING)
            job = Job(self._name, self._job_options(), None, self._registry)
            booked = job.book(self._loader, type_name, f"{title}_fold{fold + 1}", options)
            if booked is None:
                message = f"CrossValidation: {title!r} cannot do this analysis"
                raise BookingError(message)
            job.train()
            job.test()
            job.evaluate()
            folds.append(booked)
            analysis = booked.method.analysis_type
            if analysis == "Regression":
                continue
            curve = booked.roc_curve()
            result.add_curve(fold, curve.area, roc_graph(curve, f"{title}_fold{fold + 1}"))
            if analysis == "Classification" and booked.trained.model.has_response:
                result.add_figures(fold, booked)
        if self._values["ModelPersistence"]:
            self._write_composite(title, type_name, folds)
        return result

    def _write_composite(self, title: str, type_name: str, folds: list[BookedMethod]) -> None:
        """Write the file that puts the folds' files together; a regression and cuts have none, as in TMVA."""
        first = folds[0].trained
        if first.analysis_type == "Regression" or not first.model.has_response:
            return
        info = replace(first.info, spectators=list(self._loader.info.spectators))
        model = CrossValidationModel(
            methods=tuple(one.trained for one in folds),
            job_name=self._name,
            method_name=title,
            method_type=type_name,
            expression=self._expression,
            ensembling=self._values["OutputEnsembling"],
            spectators=tuple(one for one in info.spectators if not one.is_hidden),
        )
        options = {
            "SplitExpr": self._expression,
            "NumFolds": len(folds),
            "EncapsulatedMethodName": title,
            "EncapsulatedMethodTypeName": type_name,
            "OutputEnsembling": self._values["OutputEnsembling"],
        }
        declared = (*BASE_OPTIONS, *MethodCrossValidation.options)
        composite = TrainedMethod(
            type_name=MethodCrossValidation.type_name,
            title=title,
            info=info,
            analysis_type=first.analysis_type,
            option_values=OptionValues(declared).updated(options),
            transformations=TransformationChain((), info),
            model=model,
            general_info=first.general_info,
        )
        path = folds[0].weight_file.with_name(f"{self._name}_{title}.weights.xml")
        self._log.info(f"Creating xml weight file: {path}")
        write_weight_file(composite, path)

    def _job_options(self) -> OptionValues:
        from tmva_py.booking.factory import FACTORY_OPTIONS

        return OptionValues(FACTORY_OPTIONS).updated({name: self._values[name] for name in _OF_JOBS})


def _is_text(argument: Any) -> bool:
    return isinstance(argument, str) or "string" in str(getattr(type(argument), "__cpp_name__", "")).lower()
