"""MethodRuleFit: rules and linear terms, read from weight files."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.data import DataSet
from tmva_py.errors import BookingError
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.rulefit.model import RuleFitModel
from tmva_py.methods.rulefit.options import RULEFIT_OPTIONS
from tmva_py.plugins import hookimpl


class MethodRuleFit(Method):
    """Rule ensemble: a sum of rules, each a product of cuts, and of linear terms of the variables.

    Weight files of TMVA are read, answer and are written. Training is not available.
    """

    names = ("RuleFit",)
    type_name = "RuleFit"
    model = RuleFitModel
    options = RULEFIT_OPTIONS
    refused_options = ("IgnoreNegWeightsInTraining",)
    trains = False

    def process_options(self, dataset: DataSet | None) -> None:
        """Refuse the booking.

        Raises
        ------
        BookingError
            Always.
        """
        del dataset
        raise BookingError(self._refusal())

    def train(self, dataset: TrainingData) -> RuleFitModel:
        """Refuse the training."""
        del dataset
        raise BookingError(self._refusal())

    def _refusal(self) -> str:
        return (
            f"{self.owner}: RuleFit is read from weight files and not trained in this version; book BDT "
            "(Types.kBDT), or train it with TMVA and read its weight file"
        )


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodRuleFit]
