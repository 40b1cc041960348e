"""A job: methods booked on data sets, and their way through training, testing and evaluation.

`tmva_py.booking.factory.Factory` is this in TMVA's spelling.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tmva_py.booking.bookable import bookable_method
from tmva_py.booking.booked_method import TASK_OF_ANALYSIS, BookedMethod
from tmva_py.booking.config import gConfig
from tmva_py.booking.method_correlations import log_method_correlations
from tmva_py.booking.names import check_job_name, check_title, check_weight_file_name
from tmva_py.booking.output_report import NoFile, OutputReport
from tmva_py.booking.processes import TrainingProcesses
from tmva_py.booking.read_method import ReadMethod
from tmva_py.booking.reader_inputs import ReaderInput, check_inputs
from tmva_py.booking.tuning import tune
from tmva_py.errors import (
    BookingError,
    DataError,
    UnknownNameError,
    WeightFileError,
    did_you_mean,
    warn,
)
from tmva_py.evaluation.tables import (
    ClassificationRow,
    classification_tables,
    multiclass_tables,
    regression_tables,
)
from tmva_py.message_log import MessageLog
from tmva_py.methods import AnalysisType, Method
from tmva_py.methods.boost.method import MethodBoost
from tmva_py.methods.tuning import figure_named, search_named
from tmva_py.methods.variable.method import TITLE as VARIABLE_TITLE
from tmva_py.methods.variable.method import MethodVariable
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.options.cpp_numbers import read_integer

if TYPE_CHECKING:
    from tmva_py.booking.data_loader import DataLoader
    from tmva_py.booking.output_file import OutputFile
    from tmva_py.data import DataSetInfo
    from tmva_py.evaluation import ClassificationEvaluation
    from tmva_py.options import OptionValues
    from tmva_py.plugins import Registry

MINIMUM_TRAINING_EVENTS = 10


class Job:
    """What a factory does."""

    def __init__(
        self, name: str, options: OptionValues, output: OutputFile | None, registry: Registry
    ) -> None:
        check_job_name(name)
        self.name = name
        # As in TMVA: loaders, which know no factory, are as silent as the last one.
        gConfig().SetSilent(options["Silent"])
        silent = options["Silent"]
        self.log = MessageLog("Factory", silent=silent, colour=options["Color"] and gConfig().UseColor())
        self._options = options
        self._output = (
            NoFile()
            if output is None
            else OutputReport(output, options["Transformations"], registry, self.log)
        )
        self._registry = registry
        chosen = options["AnalysisType"]
        self.analysis_type = None if chosen == "Auto" else cast("AnalysisType", chosen)
        self._has_trained = False
        # Data set name -> methods in the order of booking.
        self._methods: dict[str, list[BookedMethod]] = {}

    def without_output(self) -> Job:
        """Return an empty job with the same options that writes nothing and says nothing."""
        quiet = {"Silent": True, "ModelPersistence": False, "DrawProgressBar": False}
        was_silent = gConfig().IsSilent()
        job = Job(self.name, self._options.updated(quiet), None, self._registry)
        gConfig().SetSilent(was_silent)
        job.analysis_type = self.analysis_type
        return job

    # --- booking ----------------------------------------------------------------------------------------

    def book(self, loader: DataLoader, type_name: str, title: str, options: str) -> BookedMethod | None:
        """Book a method; None, with a warning, if it cannot do the analysis."""
        check_title(title)
        name = loader.GetName()
        # As TMVA's kPlugins: the title says which method it is.
        cls = bookable_method(title if type_name == "Plugins" else type_name, title, self._registry)
        analysis_type = self._resolve_analysis_type(loader.info)
        if self.find(name, title) is not None:
            message = (
                f"Booking failed since method with title <{title}> already exists "
                f"in with DataSet Name <{name}>; give each method a title of its own"
            )
            raise BookingError(message)
        self._output.check_inputs(loader)
        self.log.header(f"Booking method: {title}")
        self.log.info()
        number, options = _boost_number(options)
        self._check_classes(analysis_type, title, loader.info)
        for needed in (MethodBoost, cls) if number > 0 else (cls,):
            if not needed.can_handle(analysis_type, len(loader.info.classes), len(loader.info.targets)):
                self._warn_of_task(needed, title, analysis_type, loader.info)
                return None
        check_weight_file_name(f"{self.name}_{title}.weights.xml", self.name, title)
        weight_directory = self._weight_directory(name)
        data_set = loader.data_set(self.log) if cls.reads_data_when_booked else None
        make = partial(MethodBoost, boosted=cls, job_name=self.name) if number > 0 else cls
        method = make(
            title,
            loader.info if data_set is None else data_set.info,
            analysis_type,
            options,
            dataset=data_set,
            log=self.log.for_source(title),
            registry=self._registry,
            draw_progress_bar=self._draws_progress,
        )
        return self.enter(loader, method, options, weight_directory)

    def enter(
        self,
        loader: DataLoader,
        method: Method,
        options: str = "",
        weight_directory: Path | None = None,
        kind: Callable[..., BookedMethod] = BookedMethod,
    ) -> BookedMethod:
        """Take a method that is made; `kind` makes of it what is booked."""
        name = loader.GetName()
        booked = kind(
            method,
            loader,
            self.log,
            job_name=self.name,
            option_text=options,
            weight_directory=self._weight_directory(name) if weight_directory is None else weight_directory,
        )
        self.analysis_type = method.analysis_type
        self._methods.setdefault(name, []).append(booked)
        return booked

    def evaluate_variables(self, loader: DataLoader, options: str) -> None:
        """Book each variable as a method; after a training, train and test them at once."""
        self.log.info("Evaluating all variables...")
        name, booked = loader.GetName(), []
        for variable in loader.info.variables:
            title = f"{VARIABLE_TITLE}{variable.internal_name}"
            if self.find(name, title) is None:
                one = self.book(loader, "Variable", title, "V" if "V" in options else "")
                if one is None:
                    return
                booked.append(one)
        if not self._has_trained:
            return
        persist = self._options["ModelPersistence"]
        for one in booked:
            if self._train(one, TrainingProcesses([one], 1, persist=persist)):
                if persist:
                    one.recreate(self._registry)
                one.test()

    def book_weight_file(self, loader: DataLoader, type_name: str, path: Path) -> BookedMethod:
        """Book a method that was trained before; it is tested and evaluated with the others."""
        name = loader.GetName()
        trained = read_weight_file(path, registry=self._registry)
        if trained.type_name != type_name:
            message = f"BookMethodWeightfile: {str(path)!r} holds a {trained.type_name}, not a {type_name}"
            raise WeightFileError(message)
        analysis_type = self._resolve_analysis_type(loader.info)
        if trained.analysis_type != analysis_type:
            message = (
                f"BookMethodWeightfile: {trained.owner} is for {trained.analysis_type}, not {analysis_type}"
            )
            raise BookingError(message)
        if self.find(name, trained.title) is not None:
            message = f"BookMethodWeightfile: data set {name!r} has a method {trained.title!r} already"
            raise BookingError(message)
        where = f"BookMethodWeightfile({os.fspath(path)!r})"
        for what, ours, theirs in (
            ("variables", loader.info.variables, trained.info.variables),
            ("spectators", loader.info.spectators, trained.spectators),
        ):
            declared = [ReaderInput(one, None) for one in ours if not one.is_hidden]
            check_inputs(what, declared, theirs, where, owner="data loader")
        if loader.info.classes != trained.info.classes:
            message = (
                f"{where}: the data loader's classes are {', '.join(loader.info.classes)}, in this order, "
                f"those of the weight file {', '.join(trained.info.classes)}"
            )
            raise BookingError(message)
        self.log.header(f"Booking method: {trained.title}")
        self.log.info()
        method = ReadMethod.of(trained, self.log.for_source(trained.title), self._registry)
        booked = self.enter(loader, method, weight_directory=path.parent)
        booked.weight_file = path
        booked.take(trained)
        return booked

    @staticmethod
    def _check_classes(analysis_type: AnalysisType, title: str, info: DataSetInfo) -> None:
        """Refuse what no method could learn; TMVA says so only when it trains."""
        classes = info.classes
        if analysis_type != "Regression" and len(classes) < 2:
            there = f"only {classes[0]!r}" if classes else "none"
            message = (
                f"{title!r}: {analysis_type.lower()} needs two classes or more, and data set {info.name!r} "
                f"has {there}; add trees of each class before booking"
            )
            raise BookingError(message)
        if analysis_type == "Regression" and not info.targets:
            message = (
                f"{title!r}: regression needs a target, and data set {info.name!r} has none; call AddTarget "
                "before booking"
            )
            raise BookingError(message)

    def _resolve_analysis_type(self, info: DataSetInfo) -> AnalysisType:
        """Return the analysis type; ``Auto`` is settled by the first booking, for good."""
        if self.analysis_type is None:
            classes = info.classes
            if sorted(classes) == ["Background", "Signal"]:
                self.analysis_type = "Classification"
            elif len(classes) >= 2:
                self.analysis_type = "Multiclass"
            else:
                message = (
                    f"No analysis type for {len(classes)} classes ({', '.join(classes) or 'none'}) and "
                    f"{len(info.targets)} regression targets: add trees of two or more classes before "
                    "booking, or give AnalysisType=Regression"
                )
                raise BookingError(message)
        return self.analysis_type

    def _warn_of_task(
        self, cls: type[Method], title: str, analysis_type: AnalysisType, info: DataSetInfo
    ) -> None:
        task = {
            "Regression": f"regression with {len(info.targets)} targets.",
            "Multiclass": f"multiclass classification with {len(info.classes)} classes.",
            "Classification": f"classification with {len(info.classes)} classes.",
        }[analysis_type]
        text = f"Method {cls.type_name} is not capable of handling {task}"
        self.log.warning(text)
        advice = ""
        if analysis_type == "Classification" and len(info.classes) > 2:
            advice = f" With AnalysisType=Multiclass the factory takes the classes {', '.join(info.classes)}."
        warn(f"{text} {title!r} is not booked.{advice}")

    def _weight_directory(self, data_set_name: str) -> Path:
        names = gConfig().GetIONames()
        directory = Path(names.fWeightFileDirPrefix) / data_set_name / names.fWeightFileDir
        if self._options["ModelPersistence"]:
            try:
                directory.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                message = f"cannot make the folder {str(directory)!r} for weight files: {error.strerror}"
                raise type(error)(error.errno, message) from error
        return directory

    @property
    def _draws_progress(self) -> bool:
        return self._options["DrawProgressBar"] and gConfig().DrawProgressBar() and not self.log.silent

    # --- what is booked ---------------------------------------------------------------------------------

    def find(self, data_set_name: str, title: str) -> BookedMethod | None:
        """Return a booked method, or None."""
        methods = self._methods.get(data_set_name, [])
        return next((booked for booked in methods if booked.title == title), None)

    def get(self, data_set_name: str, title: str) -> BookedMethod:
        """Return a booked method."""
        methods = self.methods_of(data_set_name)
        booked = self.find(data_set_name, title)
        if booked is None:
            titles = [one.title for one in methods]
            message = (
                f"data set {data_set_name!r} has no method {title!r}{did_you_mean(title, titles)}\n"
                f"  booked: {', '.join(titles)}"
            )
            raise UnknownNameError(message)
        return booked

    def booked(self) -> list[BookedMethod]:
        """Return the methods of all data sets."""
        return [one for methods in self._methods.values() for one in methods]

    def methods_of(self, data_set_name: str) -> list[BookedMethod]:
        """Return the methods of a data set in the order of booking."""
        if data_set_name not in self._methods:
            near = did_you_mean(data_set_name, self._methods)
            message = f"no method is booked on a data set {data_set_name!r}{near}"
            raise UnknownNameError(message)
        return self._methods[data_set_name]

    def clear(self) -> None:
        """Forget all booked methods."""
        self._methods.clear()
        self._output.forget()

    # --- the way ----------------------------------------------------------------------------------------

    def train(self) -> None:
        """Train every method, write weight files, and go on with what they hold if models persist.

        Called again, it trains what was booked since.
        """
        self.log.header("Train all methods")
        if not self._methods:
            self.log.info("...nothing found to train")
            return
        self._has_trained = True
        persist = self._options["ModelPersistence"]
        for _, methods in sorted(self._methods.items()):
            jobs = self._options["Jobs"]
            apart = [booked for booked in methods if jobs > 1 and self._is_trainable(booked)]
            with TrainingProcesses(apart, jobs, persist=persist) as processes:
                trained = [booked for booked in methods if self._train(booked, processes)]
            if self.analysis_type != "Regression":
                self.log.info("Ranking input variables (method specific)...")
                for booked in trained:
                    booked.log_ranking()
            if persist:
                self.log.header("=== Destroy and recreate all methods via weight files for testing ===")
                self.log.info()
                for booked in trained:
                    booked.recreate(self._registry)
        self._output.write()

    def _is_trainable(self, booked: BookedMethod) -> bool:
        _check_trainable(booked.data_set.info, self.analysis_type)
        return not booked.is_recreated and len(booked.data_set.training) >= MINIMUM_TRAINING_EVENTS

    def tune(self, figure: str, search: str) -> dict[str, float]:
        """Tune every method that can be; return the last one's parameters, as TMVA does."""
        figure_named(figure)
        search_named(search)
        tuned: dict[str, float] = {}
        for _, methods in sorted(self._methods.items()):
            for booked in methods:
                if self._is_done(booked):
                    continue
                _check_trainable(booked.data_set.info, self.analysis_type)
                if not self._has_enough_events(booked):
                    continue
                task = TASK_OF_ANALYSIS[booked.method.analysis_type]
                self.log.info(f"Optimize method: {booked.title} for {task}")
                tuned = tune(booked, figure, search)
                self.log.info(f"Optimization of tuning parameters finished for Method:{booked.title}")
        return tuned

    def _is_done(self, booked: BookedMethod) -> bool:
        """Return, with a line, whether a method is trained for good."""
        if booked.is_recreated:
            self.log.info(
                f"Method {booked.title} is trained already and stays as it is; book another title to train"
            )
        return booked.is_recreated

    def _has_enough_events(self, booked: BookedMethod) -> bool:
        n_events = len(booked.data_set.training)
        if n_events < MINIMUM_TRAINING_EVENTS:
            text = (
                f"Method {booked.title} not trained (training tree has less entries "
                f"[{n_events}] than required [{MINIMUM_TRAINING_EVENTS}])"
            )
            self.log.warning(text)
            warn(text)
        return n_events >= MINIMUM_TRAINING_EVENTS

    def _train(self, booked: BookedMethod, processes: TrainingProcesses) -> bool:
        """Train one method; return whether it was."""
        if self._is_done(booked):
            return False
        data_set = booked.data_set
        _check_trainable(data_set.info, self.analysis_type)
        self._output.describe(booked)
        if not self._has_enough_events(booked):
            return False
        self.log.header(f"Train method: {booked.title} for {TASK_OF_ANALYSIS[booked.method.analysis_type]}")
        self.log.info()
        processes.finish(booked)
        self.log.header("Training finished")
        self.log.info()
        self._output.add_training(booked)
        return True

    def test(self) -> None:
        """Let every trained method respond to the test events."""
        self.log.header("Test all methods")
        if not self._methods:
            self.log.info("...nothing found to test")
            return
        if not self._has_trained and not any(booked.is_trained for booked in self.booked()):
            message = "nothing to test: no method has been trained; call TrainAllMethods() before"
            raise BookingError(message)
        for _, methods in sorted(self._methods.items()):
            for booked in methods:
                if not booked.is_trained:
                    text = f"Method {booked.title} is not trained and is not tested"
                    self.log.warning(text)
                    warn(text)
                    continue
                task = TASK_OF_ANALYSIS[booked.method.analysis_type]
                self.log.header(f"Test method: {booked.title} for {task} performance")
                self.log.info()
                booked.test()

    def evaluate(self) -> None:
        """Print TMVA's tables and write the output file."""
        self.log.header("Evaluate all methods")
        if not self._methods:
            self.log.info("...nothing found to evaluate")
            return
        if not any(booked.is_trained for methods in self._methods.values() for booked in methods):
            message = "nothing to evaluate: call TrainAllMethods() and TestAllMethods() before"
            raise BookingError(message)
        for name, methods in sorted(self._methods.items()):
            tested = [booked for booked in methods if booked.is_trained]
            if self.analysis_type == "Classification":
                self._evaluate_classification(name, tested)
            elif self.analysis_type == "Multiclass":
                self._evaluate_multiclass(name, tested)
            else:
                self._evaluate_regression(name, tested)
            self._output.add_trees(tested)
        self._output.write()
        self.log.header("Thank you for using TMVA!")
        self.log.info("For citation information, please visit: http://tmva.sf.net/citeTMVA.html")

    def _evaluate_classification(self, name: str, tested: list[BookedMethod]) -> None:
        rows: list[ClassificationRow] = []
        of_variables: list[ClassificationRow] = []
        with_response: list[tuple[str, ClassificationEvaluation]] = []
        for booked in tested:
            self.log.header(f"Evaluate classifier: {booked.title}")
            self.log.info()
            if booked.trained.model.has_response:
                evaluation = self._evaluation(name, booked)
                with_response.append((booked.title, evaluation))
                is_variable = booked.method.type_name == MethodVariable.type_name
                shown = booked.title.removeprefix(VARIABLE_TITLE) if is_variable else booked.title
                row = ClassificationRow.of(name, shown, evaluation)
                (of_variables if is_variable else rows).append(row)
                self._output.add_classification(booked, evaluation)
            else:
                rows.append(ClassificationRow.of(name, booked.title, booked.working_points()))
                self._output.add_working_points(booked)
        if self._options["Correlations"] and tested:
            log_method_correlations(
                tested[0].data_set,
                with_response,
                self.log,
                leaves_out_cuts=len(with_response) != len(tested),
            )
        if self._options["ROC"] and (rows or of_variables):
            # As in TMVA, the tables are printed even by a silent factory.
            MessageLog("Factory").info("\n".join(["", *classification_tables(rows, of_variables)]))

    def _evaluation(self, name: str, booked: BookedMethod) -> ClassificationEvaluation:
        plotting = gConfig().GetVariablePlotting()
        log = self.log.for_source(booked.title)
        evaluation = booked.evaluation(plotting.fNbinsMVAoutput, plotting.fNbinsXOfROCCurve)
        log.header(f"[{name}] : Loop over test events and fill histograms with classifier response...")
        self.log.info()
        if booked.test_probability is not None:
            log.info("Also filling probability and rarity histograms (on request)...")
        if evaluation.curve.n_without_cut:
            self.log.warning(
                f"{booked.title}: no cut found for {evaluation.curve.n_without_cut} of "
                f"{plotting.fNbinsXOfROCCurve} signal efficiencies; a cut of 1 is used there"
            )
        return evaluation

    def _evaluate_multiclass(self, name: str, tested: list[BookedMethod]) -> None:
        rows = []
        for booked in tested:
            self.log.info(f"Evaluate multiclass classification method: {booked.title}")
            rows.append(booked.multiclass_row(name))
            self._output.add_samples(booked)
        self.log.info("\n".join(multiclass_tables(rows)))

    def _evaluate_regression(self, name: str, tested: list[BookedMethod]) -> None:
        rows = []
        for booked in tested:
            self.log.info(f"Evaluate regression method: {booked.title}")
            rows.append(booked.regression_row(name))
            self._output.add_samples(booked)
        self.log.info("\n".join(regression_tables(rows)))


def _check_trainable(info: DataSetInfo, analysis_type: AnalysisType | None) -> None:
    if analysis_type == "Regression" and not info.targets:
        message = f"Dataset[{info.name}] : regression without a target; call AddTarget on the loader"
        raise DataError(message)
    if analysis_type != "Regression" and len(info.classes) < 2:
        message = (
            f"Dataset[{info.name}] : classification with {len(info.classes)} class(es) "
            f"({', '.join(info.classes)}); add trees of two classes or more"
        )
        raise DataError(message)


def _boost_number(options: str) -> tuple[int, str]:
    """Return ``Boost_Num``, as TMVA finds it in every booking, and the option string without a 0 of it."""
    number = 0
    kept = []
    for piece in options.split(":"):
        name, _, value = piece.partition("=")
        if name.strip().lower() == "boost_num":
            read = read_integer(value.strip())
            number = int(read.value) if read.length else 0
        else:
            kept.append(piece)
    return number, options if number > 0 else ":".join(kept)
