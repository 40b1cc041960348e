"""What a job puts into its output file, and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tmva_py.booking.config import gConfig
from tmva_py.booking.output.correlation_matrices import correlation_objects
from tmva_py.booking.output.method_histograms import (
    classification_objects,
    multiclass_objects,
    regression_objects,
    working_point_objects,
)
from tmva_py.booking.output.variable_report import report_method_variables, report_variables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmva_py.booking.booked_method import BookedMethod
    from tmva_py.booking.data_loader import DataLoader
    from tmva_py.booking.output_file import OutputFile
    from tmva_py.evaluation import ClassificationEvaluation
    from tmva_py.message_log import MessageLog
    from tmva_py.plugins import Registry


class NoFile:
    """In place of `OutputReport` for a job without an output file: it does nothing, as TMVA then."""

    def _nothing(self, *_: object) -> None:
        """Do nothing."""

    check_inputs = describe = forget = _nothing
    add_training = add_classification = add_working_points = add_samples = add_trees = write = _nothing


class OutputReport:
    """Fills the output file in the course of a job.

    `transformations` are the chains, separated by ``;``, after which variables are shown.
    """

    def __init__(self, file: OutputFile, transformations: str, registry: Registry, log: MessageLog) -> None:
        self._file = file
        self._transformations = transformations
        self._registry = registry
        self._log = log
        # Loaders whose variables have been shown and filed.
        self._described: list[Any] = []

    def check_inputs(self, loader: DataLoader) -> None:
        """Refuse an output file that is one of the loader's input files; see `OutputFile.check_is_not`."""
        self._file.check_is_not([added.tree for added in loader.specification.trees])

    def forget(self) -> None:
        """Show the variables of every data set again at the next training."""
        self._described.clear()

    def describe(self, booked: BookedMethod) -> None:
        """Show and file the variables of a method's data set, once for each data set."""
        if booked.loader in self._described:
            return
        self._described.append(booked.loader)
        data_set = booked.data_set
        matrices = correlation_objects(data_set.info, booked.method.analysis_type)
        self._file.add(data_set.info.name, matrices)
        report_variables(data_set, self._transformations, self._file, self._registry, self._log)

    def add_training(self, booked: BookedMethod) -> None:
        """File what is known of a method after its training."""
        paths = {"TrainingPath": str(Path.cwd()), "WeightFileName": str(booked.weight_file)}
        pdfs = booked.trained.response_pdfs
        self._file.add(booked.directory, paths)
        self._file.add(booked.directory, booked.tuning)
        self._file.add(booked.directory, booked.method.monitoring())
        if pdfs is not None:
            self._file.add(booked.directory, pdfs.training_histograms())

    def add_classification(self, booked: BookedMethod, evaluation: ClassificationEvaluation) -> None:
        """File the histograms of a two-class method and of its variables."""
        pdfs, probability = booked.trained.response_pdfs, booked.test_probability
        beside: dict[str, Any] = {}
        if pdfs is not None and probability is not None:
            self._file.add(booked.directory, pdfs.histograms())
            beside = {"Proba": probability, "Rarity": pdfs.rarity(evaluation.test.response)}
        self._file.add(booked.directory, classification_objects(booked.title, evaluation, beside))
        self._add_variables(booked)

    def add_working_points(self, booked: BookedMethod) -> None:
        """File the efficiencies of a method that has no response, and its variables."""
        objects = working_point_objects(booked.title, booked.working_points())
        self._file.add(booked.directory, objects)
        self._add_variables(booked)

    def add_samples(self, booked: BookedMethod) -> None:
        """File a multiclass or regression method's test sample, its variables and its training sample."""
        data_set = booked.data_set
        info = data_set.info
        n_bins = gConfig().GetVariablePlotting().fNbinsMVAoutput
        for sample, events, response in (
            ("Test", data_set.testing, booked.test_response),
            ("Train", data_set.training, booked.training_response),
        ):
            if response is not None:
                objects = (
                    multiclass_objects(booked.title, sample, response, events, info.classes, n_bins)
                    if booked.method.analysis_type == "Multiclass"
                    else regression_objects(booked.title, sample.lower(), response, events, info)
                )
                self._file.add(booked.directory, objects)
            if sample == "Test":
                self._add_variables(booked)

    def add_trees(self, tested: Sequence[BookedMethod]) -> None:
        """File the test and the training sample of a data set with all responses."""
        if not tested:
            return
        data_set = tested[0].data_set
        info = data_set.info
        names = [one.internal_name for one in info.targets] or list(info.classes)
        log = self._log.for_source(f"Dataset:{info.name}")
        for tree, events, which in (
            ("TestTree", data_set.testing, "test"),
            ("TrainTree", data_set.training, "training"),
        ):
            responses: dict[str, Any] = {
                booked.title: getattr(booked, f"{which}_response") for booked in tested
            }
            for booked in tested:
                probability = getattr(booked, f"{which}_probability")
                if probability is not None:
                    responses[f"prob_{booked.title}"] = probability
            self._file.add_tree(tree, info, events, responses, names)
            log.header(f"Created tree '{tree}' with {len(events)} events")
            log.info()

    def write(self) -> None:
        """Write the file.

        Raises
        ------
        OSError
            It cannot be written; an old one is untouched.
        """
        self._file.write()

    def _add_variables(self, booked: BookedMethod) -> None:
        data_set = booked.data_set
        chain = booked.trained.transformations
        report_method_variables(
            data_set.info, data_set.testing, chain, booked.title, booked.directory, self._file, self._log
        )
