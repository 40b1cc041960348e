"""``TMVA.CrossValidation``: each method trained on all folds but one, and tested on that one, in turn."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tmva_py.booking.booked_folds import BookedFolds
from tmva_py.booking.booked_method import BookedMethod
from tmva_py.booking.config import gConfig
from tmva_py.booking.cross_validation_result import CrossValidationResult
from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory import Factory
from tmva_py.booking.factory_arguments import FACTORY_OPTIONS, file_and_options
from tmva_py.booking.folds import CvSplitKFolds
from tmva_py.booking.job import Job
from tmva_py.booking.names import check_weight_file_name
from tmva_py.booking.option_map import OptionMap
from tmva_py.booking.output_file import OutputFile
from tmva_py.booking.processes import TrainingProcesses, n_processors
from tmva_py.booking.types import EMVA, type_name_of
from tmva_py.errors import BookingError, OptionError
from tmva_py.message_log import MessageLog
from tmva_py.methods import AnalysisType, TrainedMethod
from tmva_py.methods.category.method import MethodCategory
from tmva_py.methods.cross_validation.method import MethodCrossValidation
from tmva_py.options import Option, OptionValues, join_keywords, parse_option_string
from tmva_py.plugins import Registry, default_registry

# What has another default than in a factory, or another meaning.
_CHANGED = {
    "Transformations": ("", "chains of transformations to show, separated by ';'; by default I"),
    "DrawProgressBar": (False, "draw a progress bar while training"),
    "ModelPersistence": (True, "write weight files of each fold and of all together"),
    "Jobs": (1, "without effect, as in TMVA: NumWorkerProcs says how many processes"),
}


def _changed(one: Option) -> Option:
    default, doc = _CHANGED.get(one.name, (one.default, one.doc))
    return Option(one.name, one.type, default, doc=doc, choices=one.choices)


CROSS_VALIDATION_OPTIONS: tuple[Option, ...] = (
    *map(_changed, FACTORY_OPTIONS),
    Option(
        "SplitType",
        str,
        "Random",
        doc="how events are shared out among folds",
        choices=("Deterministic", "Random", "RandomStratified"),
    ),
    Option("SplitExpr", str, "", doc="the fold of an event, for SplitType=Deterministic"),
    Option("NumFolds", int, 2, minimum=2, doc="number of folds"),
    Option(
        "NumWorkerProcs",
        int,
        1,
        minimum=0,
        doc="how many folds are trained at a time, each in a process of its own; 0 one for each processor",
    ),
    Option("FoldFileOutput", bool, False, doc="an output file for each fold, <title>_fold<n>.root"),
    Option(
        "OutputEnsembling",
        str,
        "None",
        doc="what answers: the method that has not seen an event's fold, or the mean of all",
        choices=("None", "Avg"),
    ),
)


class _Booking(NamedTuple):
    type_name: str
    title: str
    options: str
    analysis_type: AnalysisType


class _Fold(NamedTuple):
    job: Job
    booked: BookedMethod
    has_events: bool


class CrossValidation:
    """Trains every booked method on each fold, and collects the figures of the folds.

    Forms: ``CrossValidation(job, loader, output_file, options)`` and ``CrossValidation(job, loader,
    options)``, either also with keywords in place of the option string. Folds are made of the training
    events; the test events are left alone, as in TMVA. Each fold has its weight file,
    ``<job>_<title>_fold1.weights.xml`` and so on; ``<job>_<title>.weights.xml`` is that of all together.

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
        if not callable(getattr(loader, "data_set", None)):
            message = (
                "CrossValidation: expected (job, loader, output file, options) or (job, loader, options), "
                f"got {type(loader).__name__} in place of a loader"
            )
            raise BookingError(message)
        target, text = file_and_options("CrossValidation", arguments, keywords, "job, loader")
        self._options = parse_option_string(text, CROSS_VALIDATION_OPTIONS, owner="CrossValidation")
        self._registry = default_registry() if registry is None else registry
        self._loader, self._target = loader, target
        self._n_folds, self._expression = int(self._options["NumFolds"]), str(self._options["SplitExpr"])
        self._check_split()
        if self._options["FoldFileOutput"] and target is None:
            message = "CrossValidation: FoldFileOutput needs an output file, beside which those of folds go"
            raise OptionError(message)
        output = OutputFile.from_argument(target, str(job_name))
        self._job = Job(str(job_name), self._factory_options(), output, self._registry)
        self._factory = Factory.of(self._job)
        self._log = MessageLog("CrossValidation", silent=self._options["Silent"])
        self._split: CvSplitKFolds | None = None
        self._bookings: list[_Booking] = []
        self._results: list[CrossValidationResult] = []

    def __repr__(self) -> str:
        return f"<CrossValidation {self._job.name!r}: {self._n_folds} folds, {len(self._bookings)} methods>"

    # --- booking ----------------------------------------------------------------------------------------

    def BookMethod(self, method: EMVA | str, title: str, options: str | None = None, **keywords: Any) -> None:
        """Book a method; its options are checked at once.

        Parameters
        ----------
        method : enumerator or str
            ``Types.kBDT`` or ``"BDT"``.
        title : str
            The user's name of the method.
        options : str, optional
            The option string.
        **keywords
            Options in place of the string.

        Raises
        ------
        BookingError
            The title is taken, or the method cannot be cross-validated.
        UnknownNameError, OptionError
            There is no such method, or an option is wrong.
        """
        name, type_name = str(title), type_name_of(method)
        if options is not None and keywords:
            message = f"BookMethod of {name!r}: give options as one string or as keywords, not both"
            raise BookingError(message)
        text = join_keywords(keywords) if keywords else str(options or "")
        if any(one.title == name for one in self._bookings):
            message = f"CrossValidation: a method with the title {name!r} is booked already"
            raise BookingError(message)
        last = f"{name}_fold{self._n_folds}.weights.xml"
        check_weight_file_name(f"{self._job.name}_{last}", self._job.name, name)
        booked = self._job.without_output().book(self._loader, type_name, name, text)
        if booked is None:  # it cannot do the analysis, and a warning says so
            return
        model = booked.method.model
        if not model.has_response or isinstance(booked.method, MethodCategory):
            message = (
                f"{name!r}: {booked.method.type_name} cannot be cross-validated, because it has "
                f"{'no methods for its regions' if model.has_response else 'no response of its own'}"
            )
            raise BookingError(message)
        self._bookings.append(_Booking(type_name, name, text, booked.method.analysis_type))

    def HasMethod(self, method: EMVA | str, title: str) -> bool:
        """Return whether a method of this type and title is booked."""
        return any((one.type_name, one.title) == (type_name_of(method), str(title)) for one in self._bookings)

    @property
    def methods(self) -> list[tuple[str, str, str]]:
        """Type, title and option string of each booked method."""
        return [(one.type_name, one.title, one.options) for one in self._bookings]

    def GetMethods(self) -> list[OptionMap]:
        """Return what is booked: ``MethodName`` (the type), ``MethodTitle`` and ``MethodOptions`` of each."""
        names = ("MethodName", "MethodTitle", "MethodOptions")
        return [OptionMap(dict(zip(names, one, strict=True))) for one in self.methods]

    def GetDataLoader(self) -> DataLoader:
        """Return the loader."""
        return self._loader

    def GetFactory(self) -> Factory:
        """Return the factory that has the methods of all folds as one method each, after `Evaluate`."""
        return self._factory

    def GetNumFolds(self) -> int:
        """Return the number of folds."""
        return self._n_folds

    def SetNumFolds(self, i: int) -> None:
        """Set the number of folds."""
        if int(i) < 2:
            message = f"CrossValidation: expected two folds or more, got {i}"
            raise BookingError(message)
        if int(i) != self._n_folds:
            self._n_folds, self._split = int(i), None

    def GetSplitExpr(self) -> str:
        """Return the formula for an event's fold."""
        return self._expression

    def SetSplitExpr(self, splitExpr: object) -> None:
        """Set the formula for an event's fold; with an empty one events are shared out at random."""
        if str(splitExpr) != self._expression:
            self._expression, self._split = str(splitExpr), None

    # --- the work ---------------------------------------------------------------------------------------

    def Evaluate(self) -> None:
        """Train and test each method on each fold, write weight files, and print TMVA's tables of all folds.

        Raises
        ------
        BookingError
            No method is booked, or `SplitExpr` is missing or gives a fold that there is not.
        """
        if not self._bookings:
            message = "CrossValidation: no method is booked; call BookMethod() first"
            raise BookingError(message)
        self._check_split()
        split = self._made_split()
        self._results, trained = [], []
        for one in self._bookings:
            self._log.info(f"Evaluate method: {one.title}")
            result = CrossValidationResult(one.title)
            trained.append(self._train_folds(one, split, result))
            self._results.append(result)
        self._loader.RecombineKFoldDataSet(split)
        self._job.clear()
        for one, folds in zip(self._bookings, trained, strict=True):
            self._enter(one, folds, split)
        self._job.train()
        self._job.test()
        self._job.evaluate()
        self._log.info("Evaluation done.")

    def GetResults(self) -> list[CrossValidationResult]:
        """Return the result of each method, in the order of booking.

        Raises
        ------
        BookingError
            `Evaluate` has not been called.
        """
        if not self._results:
            message = "CrossValidation: no results yet; call Evaluate() first"
            raise BookingError(message)
        return self._results

    def _made_split(self) -> CvSplitKFolds:
        if self._split is None:
            # As in TMVA, Deterministic without an expression shares out class by class.
            is_stratified = self._options["SplitType"] != "Random"
            self._split = CvSplitKFolds(self._n_folds, self._expression, is_stratified, rounds=True)
        self._loader.MakeKFoldDataSet(self._split)
        return self._split

    def _train_folds(
        self, one: _Booking, split: CvSplitKFolds, result: CrossValidationResult
    ) -> list[TrainedMethod]:
        """Train a method on all folds but one, and test it on that one, for each fold."""
        folds = []
        for number in range(self._n_folds):
            self._loader.PrepareFoldDataSet(split, number)
            folds.append(self._book_fold(one, number))

        def prepare(booked: BookedMethod) -> None:
            number = next(place for place, fold in enumerate(folds) if fold.booked is booked)
            self._loader.PrepareFoldDataSet(split, number)

        n_workers = self._n_workers()
        apart = [fold.booked for fold in folds if n_workers > 1 and fold.has_events]
        persist = bool(self._options["ModelPersistence"])
        with TrainingProcesses(
            apart, n_workers, persist=persist, prepare=prepare, option="NumWorkerProcs"
        ) as processes:
            return [
                self._test_fold(one, number, fold, split, processes, result)
                for number, fold in enumerate(folds)
            ]

    def _n_workers(self) -> int:
        """Return how many processes train folds; as in TMVA, 1 leaves it to the global settings."""
        requested = int(self._options["NumWorkerProcs"])
        if requested == 1:
            requested = gConfig().GetNumWorkers()
        return requested or n_processors()

    def _book_fold(self, one: _Booking, number: int) -> _Fold:
        """Book a method for the fold that the loader is prepared for."""
        title = f"{one.title}_fold{number + 1}"
        was_silent = gConfig().IsSilent()
        quiet = {"Silent": True, "ROC": False, "Correlations": False, "DrawProgressBar": False}
        options = self._factory_options().updated(quiet)
        job = Job(self._job.name, options, self._fold_file(title), self._registry)
        gConfig().SetSilent(was_silent)
        booked = job.book(self._loader, one.type_name, title, one.options)
        if booked is None:
            message = f"{title!r} cannot do {one.analysis_type}"
            raise BookingError(message)
        return _Fold(job, booked, job.is_trainable(booked))

    def _test_fold(
        self,
        one: _Booking,
        number: int,
        fold: _Fold,
        split: CvSplitKFolds,
        processes: TrainingProcesses,
        result: CrossValidationResult,
    ) -> TrainedMethod:
        """Wait for the training of a fold, or do it, and test it."""
        job, booked = fold.job, fold.booked
        self._loader.PrepareFoldDataSet(split, number)
        job.train(processes)
        if not booked.is_trained:
            n_events = len(booked.data_set.training)
            message = (
                f"{booked.title!r} was not trained: {n_events} training events are left without fold {number}"
            )
            raise BookingError(message)
        job.test()
        job.evaluate()
        if one.analysis_type != "Regression":
            result.add_curve(number, booked.title, booked.roc_curve())
        if one.analysis_type == "Classification":
            result.add_figures(number, booked)
        return booked.trained

    def _enter(self, one: _Booking, folds: Sequence[TrainedMethod], split: CvSplitKFolds) -> None:
        """Book the methods of all folds as one."""
        values = {
            "EncapsulatedMethodName": one.title,
            "EncapsulatedMethodTypeName": folds[0].type_name,
            "NumFolds": self._n_folds,
            "OutputEnsembling": self._options["OutputEnsembling"],
            "SplitExpr": self._expression,
        }
        info = self._loader.data_set().info
        log = self._job.log.for_source(one.title)
        method = MethodCrossValidation(one.title, info, one.analysis_type, log=log, registry=self._registry)
        was = method.option_values
        method.option_values = OptionValues(was.declared, {**was, **values}, values)
        method.job_name, method.folds = self._job.name, folds
        is_random = not self._expression and values["OutputEnsembling"] == "None"
        folds_of_events = split.fold_of_recombined() if is_random else None
        self._job.enter(self._loader, method, kind=partial(BookedFolds, fold_of_event=folds_of_events))

    # --- options ----------------------------------------------------------------------------------------

    def _check_split(self) -> None:
        if self._expression and self._options["SplitType"] != "Deterministic":
            message = (
                f"SplitExpr={self._expression} goes with SplitType=Deterministic, and SplitType is "
                f"{self._options['SplitType']}"
            )
            raise OptionError(message)

    def _factory_options(self) -> OptionValues:
        values = {one.name: self._options[one.name] for one in FACTORY_OPTIONS}
        # As in TMVA, which hands over no empty text.
        values |= {"Transformations": values["Transformations"] or "I", "Jobs": 1}
        return OptionValues(FACTORY_OPTIONS, values)

    def _fold_file(self, title: str) -> OutputFile | None:
        if not self._options["FoldFileOutput"]:
            return None
        path = Path(_path_of(self._target)).parent / f"{title}.root"
        return OutputFile.from_argument(str(path), self._job.name)


def _path_of(target: Any) -> str:
    if isinstance(target, (str, os.PathLike)):
        return os.fspath(target)
    if isinstance(target, tuple):
        return _path_of(target[0])
    name = getattr(target, "GetName", None)
    if name is None:
        message = f"FoldFileOutput needs an output file with a path, got {type(target).__name__}"
        raise BookingError(message)
    return str(name())
