"""How much a method's responses depend on each variable, by shuffling its values among events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tmva_py.data import Events
from tmva_py.errors import DataError
from tmva_py.evaluation import RocCurve
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.trained_method import TrainedMethod


@dataclass(frozen=True)
class Importance:
    """What one variable is worth.

    Attributes
    ----------
    variable : str
        Its label.
    loss : float
        What is lost without it: the ROC integral's decrease for classification, the decrease of the share of
        events whose class has the largest response for several classes, the increase of the root mean square
        deviation from the first target, in its unit, for regression.
    error : float
        The standard error of the mean over the shuffles.
    """

    variable: str
    loss: float
    error: float


def permutation_importance(
    method: TrainedMethod, events: Events, *, n_shuffles: int = 10, seed: int = 1
) -> list[Importance]:
    """Return the importance of each variable, the most important first.

    Parameters
    ----------
    method : TrainedMethod
        After its training, or read from a weight file.
    events : Events
        Untransformed; best the test sample.
    n_shuffles : int, default 10
        How often each variable is shuffled, twice at least.
    seed : int, default 1
        Of the shuffles.

    Raises
    ------
    DataError
        There are fewer than two shuffles or events.

    Notes
    -----
    L. Breiman, Machine Learning 45 (2001) 5. Correlated variables stand in for each other: each then seems to
    be worth little.
    """
    if n_shuffles < 2 or len(events) < 2:
        message = (
            f"permutation importance needs two shuffles and two events at least, got {n_shuffles} and "
            f"{len(events)}"
        )
        raise DataError(message)
    random = np.random.default_rng(seed)
    complete = _quality(method, events, events.x)
    found = []
    for number, variable in enumerate(method.info.variables):
        losses = np.empty(n_shuffles)
        for shuffle in range(n_shuffles):
            x = events.x.copy()
            x[:, number] = random.permutation(x[:, number])
            losses[shuffle] = complete - _quality(method, events, x)
        error = float(losses.std(ddof=1) / np.sqrt(n_shuffles))
        found.append(Importance(variable.label, float(losses.mean()), error))
    return sorted(found, key=lambda one: -one.loss)


def _quality(method: TrainedMethod, events: Events, x: np.ndarray) -> float:
    """Return a number that is larger for better responses."""
    shown = [not one.is_hidden for one in method.info.spectators]
    response: Doubles = method.evaluate(x, spectators=events.spectators[:, shown])
    if method.analysis_type == "Regression":
        squares = (response[:, 0] - events.targets[:, 0]) ** 2
        return -float(np.sqrt(np.average(squares, weights=events.weight)))
    if method.analysis_type == "Multiclass":
        right = response.argmax(axis=1) == events.class_index
        return float(np.average(right, weights=events.weight))
    signal = events.class_index == method.info.signal_class_index
    return RocCurve(response, signal, events.weight).area
