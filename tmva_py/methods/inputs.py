"""What a model gets and gives: events as inputs, and responses to them; and what a method is trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet
from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import DataError

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


class Inputs:
    """The events that a model responds to; each form of them is computed when it is first requested.

    Parameters
    ----------
    variables : ndarray of float32, shape (N, n_variables)
        Values before any transformation, in the order of ``info.variables``.
    transformations : TransformationChain
        The method's, fitted.
    spectators : ndarray of float32, shape (N, n_spectators), optional
        Values of the spectators in the order of ``info.spectators``.
    working_point : float, optional
        The requested signal efficiency, for a model that answers at working points (Cuts).

    Attributes
    ----------
    variables : ndarray of float32, shape (N, n_variables)
        Untransformed variables.
    working_point : float or None
        As given.
    """

    def __init__(
        self,
        variables: Floats,
        transformations: TransformationChain,
        *,
        spectators: Floats | None = None,
        working_point: float | None = None,
    ) -> None:
        self.variables = variables
        self.working_point = working_point
        self._transformations = transformations
        self._spectators = spectators
        self._x: Floats | None = None

    def __len__(self) -> int:
        return len(self.variables)

    @property
    def x(self) -> Floats:
        """Variables after the whole chain of transformations, shape (N, n_variables)."""
        # Not a cached property, which has a lock until Python 3.12.
        if self._x is None:
            self._x = self._transformations.apply(self.variables)
        return self._x

    def for_class(self, class_index: int) -> Floats:
        """Return the variables after the transformations with the constants of one class.

        TMVA's Likelihood and HMatrix compare an event with each class in that class's own variables.
        """
        return self._transformations.for_class(class_index).apply(self.variables)

    @property
    def spectators(self) -> Floats:
        """Values of the spectators, shape (N, n_spectators).

        Raises
        ------
        DataError
            None were given.
        """
        if self._spectators is None:
            message = "the response depends on spectators; give their values: spectators=(N, n_spectators)"
            raise DataError(message)
        return self._spectators


@dataclass(frozen=True)
class Responses:
    """A model's responses to N events.

    Parameters
    ----------
    values : ndarray of float64
        Shape (N,) for classification, (N, n_classes) for multiclass, (N, n_targets) for regression, there in
        the space of the transformed targets.
    errors : ndarray of float64, optional
        Errors of the values where the model estimates them: shape (N,), or (N, 2) for lower and upper ones.
    """

    values: Doubles
    errors: Doubles | None = None


@dataclass(frozen=True)
class TrainingData(DataSet):
    """A data set after the transformations, on which a method is trained.

    Parameters
    ----------
    info : DataSetInfo
        Variables, targets, spectators and classes.
    training, testing : Events
        Transformed events; the test sample is for monitoring only.
    untransformed : DataSet
        The same events before the transformations.
    transformations : TransformationChain
        Fitted on the training events.
    weight_before_boosts : ndarray of float64, shape (n_training,), optional
        Weights of the training events before they were boosted, where they were (Boost).
    """

    untransformed: DataSet
    transformations: TransformationChain
    weight_before_boosts: Doubles | None = None

    @classmethod
    def of(cls, dataset: DataSet, transformations: TransformationChain) -> TrainingData:
        """Return a data set after a fitted chain."""
        training, testing = (
            transformations.apply_events(events) for events in (dataset.training, dataset.testing)
        )
        return cls(dataset.info, training, testing, dataset, transformations)

    def for_class(self, class_index: int) -> TrainingData:
        """Return the events after the transformations with the constants of one class."""
        chain = self.transformations.for_class(class_index)
        found = TrainingData.of(self.untransformed, chain)
        before = self.weight_before_boosts
        return replace(found, transformations=self.transformations, weight_before_boosts=before)
