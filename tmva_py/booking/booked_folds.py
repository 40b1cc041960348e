"""The methods of all folds as one booked method, tested on the events that each has not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.booked_method import BookedMethod
from tmva_py.methods.cross_validation.model import CrossValidationModel
from tmva_py.methods.inputs import Inputs

if TYPE_CHECKING:
    from tmva_py.data import Events


class BookedFolds(BookedMethod):
    """A cross-validation's method in its factory.

    `fold_of_event` are the folds of the recombined events where no formula tells them.
    """

    def __init__(
        self, *arguments: Any, fold_of_event: npt.NDArray[np.int64] | None = None, **keywords: Any
    ) -> None:
        super().__init__(*arguments, **keywords)
        self._fold_of_event = fold_of_event

    def _evaluate(self, events: Events) -> npt.NDArray[np.float64]:
        trained, fold = self.trained, self._fold_of_event
        if fold is None or not isinstance(trained.model, CrossValidationModel):
            return super()._evaluate(events)
        inputs = Inputs(events.x, trained.transformations, spectators=self._spectators(events))
        return trained.model.respond_by(fold, inputs).values
