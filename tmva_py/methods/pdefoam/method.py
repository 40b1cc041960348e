"""MethodPDEFoam, booked as ``Types.kPDEFoam``."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.errors import BookingError
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.pdefoam.model import PDEFoamModel
from tmva_py.methods.pdefoam.options import OLD_OPTIONS, PDEFOAM_OPTIONS
from tmva_py.plugins import hookimpl


class MethodPDEFoam(Method):
    """Self-adapting cells: the density of signal and background, or the target, in cells of a foam.

    Weight files of TMVA are read, answer and are written. Training is not available.
    """

    names = ("PDEFoam",)
    type_name = "PDEFoam"
    model = PDEFoamModel
    analyses = ("Classification", "Multiclass", "Regression")
    options = PDEFOAM_OPTIONS
    file_options = OLD_OPTIONS
    trains = False

    def train(self, dataset: TrainingData) -> PDEFoamModel:
        """Refuse the training."""
        del dataset
        raise BookingError(self._refusal())

    def _refusal(self) -> str:
        return (
            f"{self.owner}: PDEFoam is read from weight files and not trained in this version; book PDERS "
            "(Types.kPDERS), or train it with TMVA and read its weight file"
        )


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodPDEFoam]
