"""What output files show of a boosted method: weights and errors by method, and their responses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tmva_py.evaluation.response import ResponseSummary
from tmva_py.histograms import Axis, Columns, FileObject, Histogram
from tmva_py.methods.boost.detailed import TITLES
from tmva_py.methods.boost.steps import Doubles, Step

_N_BINS = 100
_INDEX = "Index of boosted classifier"


@dataclass(eq=False)
class Course:
    """A training, method by method.

    Attributes
    ----------
    is_signal : ndarray of bool, shape (N,)
        Which training events are signal.
    weight : ndarray of float64, shape (N,)
        Their weights.
    n_booked : int
        How many methods were requested.
    responses, boosts : list of ndarray, shape (N,)
        What each method answers, and the factors with which it was trained.
    steps : list of Step
        What came of it.
    details : list of dict
        ROC integrals after each method, if they are requested.
    objects : dict
        What ``Boost_DetailedMonitoring`` keeps of each method.
    numbers : list of mapping
        What the methods themselves say of their trainings, by name of a histogram.
    fills_responses : bool
        Whether histograms have the responses; those of Bagging are empty, as in TMVA.
    """

    is_signal: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    weight: Doubles = field(default_factory=lambda: np.zeros(0))
    n_booked: int = 1
    responses: list[npt.NDArray[np.float32]] = field(default_factory=list)
    boosts: list[Doubles] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    details: list[dict[str, float]] = field(default_factory=list)
    objects: dict[str, FileObject] = field(default_factory=dict)
    numbers: list[Mapping[str, float]] = field(default_factory=list)
    fills_responses: bool = True

    def add(self, values: Doubles, boost: Doubles, step: Step, numbers: Mapping[str, float]) -> None:
        """Add a method."""
        self.responses.append(values.astype(np.float32))
        self.boosts.append(boost)
        self.steps.append(step)
        self.numbers.append(numbers)


def objects_of(course: Course, type_name: str) -> dict[str, FileObject]:
    """Return TMVA's histograms and its tree ``MonitorBoost``."""
    steps = course.steps
    if not steps:
        return {}
    weights = np.array([one.weight for one in steps])
    errors = np.array([one.error for one in steps])
    shown: dict[str, FileObject] = {
        "MethodWeight": _by_method(course, weights, "Normalized Classifier Weight", "Classifier Weight"),
        "BoostWeight": _by_method(course, weights, "Boost Weight", "Boost Weight"),
        "ErrFraction": _by_method(
            course, errors, "Error Fraction (by boosted event weights)", "Error Fraction"
        ),
        "SoverBtotal": _by_method(
            course,
            np.array([one.signal_to_background for one in steps]),
            "S/B in reweighted training sample",
            "S/B (boosted sample)",
        ),
        "SeparationGain": _by_method(
            course, np.array([one.cut.gain for one in steps]), "SeparationGain", "SeparationGain"
        ),
        "MonitorBoost": Columns(
            {
                "iMethod": np.arange(len(steps), dtype=np.int32),
                "boostWeight": weights,
                "errorFraction": errors,
            },
            title="Boost variables",
        ),
    }
    for name, title in TITLES.items() if course.details else ():
        y_title = title.partition(" (")[0].replace("of boosted method", "boosted")
        values = np.array([one[name] for one in course.details])
        shown[name] = _by_method(course, values, title, y_title)
    shown |= course.objects
    for name in course.numbers[0]:
        values = np.array([one[name] for one in course.numbers])
        shown[name] = _by_method(course, values, _words(name), "")
    axis = _axis(course)
    for number, (response, boost) in enumerate(zip(course.responses, course.boosts, strict=True)):
        folder = f"{type_name}_B{number:04d}"
        for name, title, chosen, weight in (
            (f"MVA_Train_S_{number:04d}", "MVA_Train_S", course.is_signal, course.weight),
            (f"MVA_Train_B{number:04d}", "MVA_Train_B", ~course.is_signal, course.weight),
            (f"MVA_BTrain_S{number:04d}", "MVA_BoostedTrain_S", course.is_signal, course.weight * boost),
            (f"MVA_BTrain_B{number:04d}", "MVA_BoostedTrain_B", ~course.is_signal, course.weight * boost),
        ):
            chosen = chosen & course.fills_responses
            shown[f"{folder}/{name}"] = Histogram.fill(
                axis,
                response[chosen],
                weight[chosen].astype(np.float32),
                in_single=True,
                title=title,
            )
    return shown


def _by_method(course: Course, values: Doubles, title: str, y_title: str) -> Histogram:
    n_bins = course.n_booked
    filled = np.zeros(n_bins)
    filled[: len(values)] = values
    return Histogram.of_values(Axis(n_bins, 0.0, float(n_bins), _INDEX), filled, title=title, y_title=y_title)


def _words(name: str) -> str:
    """Return ``nodes before pruning`` for ``NodesBeforePruning``."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def _axis(course: Course) -> Axis:
    """Return the axis of all methods' responses, which is the first one's."""
    summary = ResponseSummary.of(course.responses[0], course.is_signal, course.weight * course.boosts[0])
    return Axis.around(_N_BINS, summary.minimum, summary.upper_edge)
