"""MethodBDT: boosted decision trees, booked as ``Types.kBDT``."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.errors import TrainingError
from tmva_py.methods.bdt.model import BDTModel
from tmva_py.methods.bdt.options import BDT_OPTIONS, FILE_OPTIONS
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.plugins import hookimpl


class MethodBDT(Method):
    """Boosted decision trees."""

    names = ("BDT",)
    type_name = "BDT"
    model = BDTModel
    analyses = ("Classification", "Multiclass", "Regression")
    options = BDT_OPTIONS
    file_options = FILE_OPTIONS

    def train(self, dataset: TrainingData) -> BDTModel:
        """Raise, until training is there."""
        del dataset
        message = f"{self.owner}: trees are read, not grown yet"
        raise TrainingError(message)


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodBDT]
