"""MethodCrossValidation: what the weight file of a cross validation is of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tmva_py.data import AnalysisType, DataSet
from tmva_py.methods.cross_validation.model import CrossValidationModel
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class MethodCrossValidation(Method):
    """The methods of all folds as one: each event is answered by the method that did not see it.

    ``TMVA.CrossValidation`` trains it; a factory does not.
    """

    names = ("CrossValidation",)
    type_name = "CrossValidation"
    model = CrossValidationModel
    analyses: ClassVar[tuple[AnalysisType, ...]] = ("Classification", "Multiclass", "Regression")
    trains = False
    options = (
        Option("EncapsulatedMethodName", str, "", doc="title of the folds' methods"),
        Option("EncapsulatedMethodTypeName", str, "", doc="their type"),
        Option("NumFolds", int, 2, minimum=1, doc="number of folds"),
        Option(
            "OutputEnsembling",
            str,
            "None",
            doc="the fold's own response, or the mean of all",
            choices=("None", "Avg"),
        ),
        Option("SplitExpr", str, "", doc="the fold of an event, a formula of spectators in brackets"),
    )

    def process_options(self, dataset: DataSet | None) -> None:
        """Wait for the folds' methods, which are trained before this one."""
        del dataset
        self.job_name = ""
        self.folds: Sequence[TrainedMethod] = ()

    def train(self, dataset: TrainingData) -> CrossValidationModel:
        """Return the methods of the folds."""
        return CrossValidationModel(
            methods=tuple(self.folds),
            job_name=self.job_name,
            method_name=self.option_values["EncapsulatedMethodName"],
            method_type=self.option_values["EncapsulatedMethodTypeName"],
            expression=self.option_values["SplitExpr"],
            ensembling=self.option_values["OutputEnsembling"],
            spectators=tuple(one for one in dataset.info.spectators if not one.is_hidden),
        )

    def help_message(self) -> str:
        """Return what it is."""
        return (
            "CrossValidation: the methods of all folds as one.\n\n"
            "Each was trained on all events but those of its fold. An event is answered by the method\n"
            "of its own fold, which has not seen it, so that the events of the training can be used in an\n"
            "analysis; the fold follows from spectators by SplitExpr. With OutputEnsembling=Avg every event\n"
            "gets the mean of all folds' responses."
        )


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodCrossValidation]
