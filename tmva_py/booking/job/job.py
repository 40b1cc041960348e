"""A job: methods booked on data sets, and their way through training, testing and evaluation.

`tmva_py.booking.factory.Factory` is this in TMVA's spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tmva_py.booking.bookable import bookable_method
from tmva_py.booking.booked_method import TASK_OF_ANALYSIS, BookedMethod
from tmva_py.booking.config import gConfig
from tmva_py.booking.job.booked_methods import BookedMethods
from tmva_py.booking.job.checks import (
    MINIMUM_TRAINING_EVENTS,
    can_do,
    check_classes,
    check_same_inputs,
    check_trainable,
    has_enough_events,
)
from tmva_py.booking.job.evaluating import Evaluator
from tmva_py.booking.job.read_method import ReadMethod
from tmva_py.booking.names import check_job_name, check_title, check_weight_file_name
from tmva_py.booking.output.report import NoFile, OutputReport
from tmva_py.booking.processes import TrainingProcesses
from tmva_py.booking.tuning import tune
from tmva_py.errors import BookingError, WeightFileError, warn
from tmva_py.message_log import MessageLog
from tmva_py.methods import AnalysisType, Method
from tmva_py.methods.boost.method import MethodBoost
from tmva_py.methods.tuning import figure_named, search_named
from tmva_py.methods.variable.method import TITLE as VARIABLE_TITLE
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.options.cpp_numbers import read_integer

if TYPE_CHECKING:
    from tmva_py.booking.data_loader import DataLoader
    from tmva_py.booking.output_file import OutputFile
    from tmva_py.data import DataSetInfo
    from tmva_py.options import OptionValues
    from tmva_py.plugins import Registry


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
        self.methods = BookedMethods()

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
        if self.methods.find(name, title) is not None:
            message = (
                f"Booking failed since method with title <{title}> already exists "
                f"in with DataSet Name <{name}>; give each method a title of its own"
            )
            raise BookingError(message)
        self._output.check_inputs(loader)
        self.log.header(f"Booking method: {title}")
        self.log.info()
        number, options = _boost_number(options)
        check_classes(analysis_type, title, loader.info)
        for needed in (MethodBoost, cls) if number > 0 else (cls,):
            if not can_do(needed, title, analysis_type, loader.info, self.log):
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
        booked.train_alone = partial(self._train_alone, booked)
        self.analysis_type = method.analysis_type
        self.methods.add(booked)
        return booked

    def evaluate_variables(self, loader: DataLoader, options: str) -> None:
        """Book each variable as a method; after a training, train and test them at once."""
        self.log.info("Evaluating all variables...")
        name, booked = loader.GetName(), []
        for variable in loader.info.variables:
            title = f"{VARIABLE_TITLE}{variable.internal_name}"
            if self.methods.find(name, title) is None:
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
        if self.methods.find(name, trained.title) is not None:
            message = f"BookMethodWeightfile: data set {name!r} has a method {trained.title!r} already"
            raise BookingError(message)
        check_same_inputs(trained, loader.info, path)
        self.log.header(f"Booking method: {trained.title}")
        self.log.info()
        method = ReadMethod.of(trained, self.log.for_source(trained.title), self._registry)
        booked = self.enter(loader, method, weight_directory=path.parent)
        booked.weight_file = path
        booked.take(trained)
        return booked

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

    def clear(self) -> None:
        """Forget all booked methods."""
        self.methods.clear()
        self._output.forget()

    # --- the way ----------------------------------------------------------------------------------------

    def train(self, elsewhere: TrainingProcesses | None = None) -> None:
        """Train every method, write weight files, and go on with what they hold if models persist.

        Called again, it trains what was booked since.

        Parameters
        ----------
        elsewhere : TrainingProcesses, optional
            Where the methods are being trained already; by default in `Jobs` processes from now on.
        """
        self.log.header("Train all methods")
        if not self.methods:
            self.log.info("...nothing found to train")
            return
        self._has_trained = True
        persist = self._options["ModelPersistence"]
        for _, methods in self.methods.by_data_set():
            with self._processes(methods) if elsewhere is None else nullcontext(elsewhere) as processes:
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

    def _train_alone(self, booked: BookedMethod) -> None:
        self._has_trained = True
        with TrainingProcesses([], 1, persist=self._options["ModelPersistence"]) as processes:
            self._train(booked, processes)
        self._output.write()

    def _processes(self, methods: Sequence[BookedMethod]) -> TrainingProcesses:
        jobs = self._options["Jobs"]
        apart = [booked for booked in methods if jobs > 1 and self.is_trainable(booked)]
        return TrainingProcesses(apart, jobs, persist=self._options["ModelPersistence"])

    def is_trainable(self, booked: BookedMethod) -> bool:
        """Return whether a booked method has yet to be trained, and has the events for it."""
        check_trainable(booked.data_set.info, self.analysis_type)
        return not booked.is_recreated and len(booked.data_set.training) >= MINIMUM_TRAINING_EVENTS

    def tune(self, figure: str, search: str) -> dict[str, float]:
        """Tune every method that can be; return the last one's parameters, as TMVA does."""
        figure_named(figure)
        search_named(search)
        tuned: dict[str, float] = {}
        for _, methods in self.methods.by_data_set():
            for booked in methods:
                if self._is_done(booked):
                    continue
                check_trainable(booked.data_set.info, self.analysis_type)
                if not has_enough_events(booked, self.log):
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

    def _train(self, booked: BookedMethod, processes: TrainingProcesses) -> bool:
        """Train one method; return whether it was."""
        if self._is_done(booked):
            return False
        check_trainable(booked.data_set.info, self.analysis_type)
        self._output.describe(booked)
        if not has_enough_events(booked, self.log):
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
        if not self.methods:
            self.log.info("...nothing found to test")
            return
        if not self._has_trained and not any(booked.is_trained for booked in self.methods):
            message = "nothing to test: no method has been trained; call TrainAllMethods() before"
            raise BookingError(message)
        for _, methods in self.methods.by_data_set():
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
        if not self.methods:
            self.log.info("...nothing found to evaluate")
            return
        if not any(booked.is_trained for booked in self.methods):
            message = "nothing to evaluate: call TrainAllMethods() and TestAllMethods() before"
            raise BookingError(message)
        evaluator = Evaluator(
            self.log,
            self._output,
            tables=self._options["ROC"],
            correlations=self._options["Correlations"],
        )
        for name, methods in self.methods.by_data_set():
            tested = [booked for booked in methods if booked.is_trained]
            evaluator.evaluate(self.analysis_type, name, tested)
        self._output.write()
        self.log.header("Thank you for using TMVA!")
        self.log.info("For citation information, please visit: http://tmva.sf.net/citeTMVA.html")


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
