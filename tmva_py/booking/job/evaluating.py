"""The evaluation of tested methods: TMVA's tables, and what the output file has of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmva_py.booking.config import gConfig
from tmva_py.booking.job.method_correlations import log_method_correlations
from tmva_py.evaluation.tables import (
    ClassificationRow,
    classification_tables,
    multiclass_tables,
    regression_tables,
)
from tmva_py.message_log import MessageLog
from tmva_py.methods.variable.method import TITLE as VARIABLE_TITLE
from tmva_py.methods.variable.method import MethodVariable

if TYPE_CHECKING:
    from tmva_py.booking.booked_method import BookedMethod
    from tmva_py.booking.output.report import NoFile, OutputReport
    from tmva_py.evaluation import ClassificationEvaluation
    from tmva_py.methods import AnalysisType


class Evaluator:
    """Evaluates the methods of one data set after the other."""

    def __init__(
        self, log: MessageLog, output: OutputReport | NoFile, *, tables: bool, correlations: bool
    ) -> None:
        self.log = log
        self._output = output
        self._shows_tables = tables
        self._shows_correlations = correlations

    def evaluate(self, analysis_type: AnalysisType | None, name: str, tested: list[BookedMethod]) -> None:
        """Print the tables of a data set's methods, and fill the output file."""
        if analysis_type == "Classification":
            self._classification(name, tested)
        elif analysis_type == "Multiclass":
            self._multiclass(name, tested)
        else:
            self._regression(name, tested)
        self._output.add_trees(tested)

    def _classification(self, name: str, tested: list[BookedMethod]) -> None:
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
        if self._shows_correlations and tested:
            log_method_correlations(
                tested[0].data_set,
                with_response,
                self.log,
                leaves_out_cuts=len(with_response) != len(tested),
            )
        if self._shows_tables and (rows or of_variables):
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

    def _multiclass(self, name: str, tested: list[BookedMethod]) -> None:
        rows = []
        for booked in tested:
            self.log.info(f"Evaluate multiclass classification method: {booked.title}")
            rows.append(booked.multiclass_row(name))
            self._output.add_samples(booked)
        self.log.info("\n".join(multiclass_tables(rows)))

    def _regression(self, name: str, tested: list[BookedMethod]) -> None:
        rows = []
        for booked in tested:
            self.log.info(f"Evaluate regression method: {booked.title}")
            rows.append(booked.regression_row(name))
            self._output.add_samples(booked)
        self.log.info("\n".join(regression_tables(rows)))
