"""Booked methods as estimators."""

from __future__ import annotations

import contextlib
import os
import re
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from tmva_py.booking.bookable import bookable_method
from tmva_py.data import (
    AnalysisType,
    DataSet,
    DataSetInfo,
    DataSpecification,
    TreeEntry,
    TreeType,
    VariableInfo,
)
from tmva_py.errors import BookingError, UnknownNameError
from tmva_py.message_log import MessageLog
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import find_method, write_weight_file
from tmva_py.plugins import default_registry
from tmva_py.sklearn.labels import class_numbers
from tmva_py.trees import open_tree

Doubles = npt.NDArray[np.float64]
_NAME = re.compile(r"[A-Za-z_]\w*")


class MethodClassifier(ClassifierMixin, BaseEstimator):
    """Any method that `Factory.BookMethod` knows, plugins' included; nothing is printed or written.

    Parameters
    ----------
    method : str, default "BDT"
        The method's type.
    options : str, default ""
        Its option string. A method that draws random numbers takes its seed from there.
    norm_mode : str, default "None"
        ``NormMode`` of ``PrepareTrainingAndTestTree``: ``"None"`` leaves weights as they are, ``"NumEvents"``
        and ``"EqualNumEvents"`` (TMVA's default) scale those of each class.
    threshold : float, optional
        Of two classes: the response above which an event is of the second class. Without it, the one that
        classifies most of the training events, by weight, correctly.

    Attributes
    ----------
    classes_ : ndarray
        The labels, in order. Of two, the second is the signal.
    trained_ : TrainedMethod
        What a weight file holds.
    threshold_ : float
        Of two classes: the threshold in use.
    n_features_in_, feature_names_in_
        As of every estimator of scikit-learn.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> x, y = load_breast_cancer(return_X_y=True)
    >>> found = MethodClassifier("BDT", "NTrees=50:MaxDepth=3").fit(x[::2], y[::2])
    >>> bool(found.score(x[1::2], y[1::2]) > 0.9)
    True
    """

    def __init__(
        self,
        method: str = "BDT",
        options: str = "",
        *,
        norm_mode: str = "None",
        threshold: float | None = None,
    ) -> None:
        self.method = method
        self.options = options
        self.norm_mode = norm_mode
        self.threshold = threshold

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on events; those of weight 0 are left out, negative ones are for methods that take such."""
        x, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        weight = _check_sample_weight(sample_weight, x, dtype=np.float64)
        self.classes_, numbers = class_numbers(y, None if sample_weight is None else weight)
        if not weight.all():
            used = weight != 0
            x, numbers, weight = x[used], numbers[used], weight[used]
        registry, title = default_registry(), self.method
        cls = bookable_method(self.method, title, registry)
        analysis: AnalysisType = "Classification" if len(self.classes_) == 2 else "Multiclass"
        if not cls.can_handle(analysis, len(self.classes_), 0):
            message = (
                f"{cls.type_name} is not capable of {analysis.lower()} with {len(self.classes_)} classes; "
                f"it is for {', '.join(cls.analyses)}"
            )
            raise BookingError(message)
        if not cls.model.has_response:
            message = f"{cls.type_name} selects events and has no response that tells classes apart"
            raise BookingError(message)
        log = MessageLog(title, silent=True)
        data_set = self._data_set(x, numbers, weight, log)
        method = cls(
            title,
            data_set.info,
            analysis,
            self.options,
            dataset=data_set if cls.reads_data_when_booked else None,
            log=log,
            registry=registry,
        )
        self.trained_ = train_method(method, data_set)
        if analysis == "Classification":
            self.threshold_ = (
                best_threshold(self.trained_.evaluate(x), numbers == 1, weight)
                if self.threshold is None
                else float(self.threshold)
            )
        return self

    def _data_set(
        self, x: npt.NDArray[Any], numbers: npt.NDArray[np.intp], weight: Doubles, log: MessageLog
    ) -> DataSet:
        """Return the events as a loader gives them: all for training, mixed."""
        names = getattr(self, "feature_names_in_", [f"x{number}" for number in range(x.shape[1])])
        expressions = _as_names([str(one) for one in names], "x")
        info = DataSetInfo(
            "sklearn",
            variables=[
                VariableInfo.parse(expression, title=str(name))
                for expression, name in zip(expressions, names, strict=True)
            ],
        )
        specification = DataSpecification(info, split_options=f"NormMode={self.norm_mode}")
        weight_name = _as_names([*expressions, "weight"], "weight")[-1]
        while weight_name in expressions:
            weight_name += "_"
        for number, name in self._class_names():
            chosen = numbers == number
            columns = dict(zip(expressions, x[chosen].T, strict=True))
            tree = open_tree({**columns, weight_name: weight[chosen]}, name_hint=name)
            specification.add_class(name)
            specification.trees.append(TreeEntry(tree, name, tree_type=TreeType.TRAINING))
            specification.weight_expressions[name] = weight_name
        return specification.build(log, has_tests=False)

    def _class_names(self) -> list[tuple[int, str]]:
        """Return number and name of each class in the order in which a booking script would add them."""
        if len(self.classes_) == 2:
            return [(1, "Signal"), (0, "Background")]
        return list(enumerate(_as_names([str(one) for one in self.classes_], "class")))

    def decision_function(self, X: Any) -> Doubles:
        """Return the response: of two classes above the threshold, (N,); of several, (N, n_classes)."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        response = self.trained_.evaluate(x)
        return response - self.threshold_ if response.ndim == 1 else response

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of each event."""
        decision = self.decision_function(X)
        numbers = (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)
        found: npt.NDArray[Any] = self.classes_[numbers]
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        with contextlib.suppress(UnknownNameError):  # of which `fit` says more
            method = find_method(self.method, default_registry())
            tags.classifier_tags.multi_class = method.can_handle("Multiclass", 3, 0)
        return tags

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the weight file, which `Reader`, `tmva_py.evaluate` and ROOT read."""
        check_is_fitted(self)
        write_weight_file(self.trained_, path)


def best_threshold(response: Doubles, is_signal: npt.NDArray[np.bool_], weight: Doubles) -> float:
    """Return the cut with the largest weight of correctly classified events, halfway between two responses.

    Examples
    --------
    >>> best_threshold(np.array([0.0, 1.0, 2.0, 4.0]), np.array([False, False, True, True]), np.ones(4))
    1.5
    """
    order = np.argsort(response, kind="stable")
    ordered = response[order]
    # What is gained by a cut above the first n responses: background that is below, without lost signal.
    gain = np.concatenate([[0.0], np.cumsum(np.where(is_signal, -weight, weight)[order])])
    between = np.concatenate([[True], ordered[1:] > ordered[:-1], [True]])
    best = int(np.argmax(np.where(between, gain, -np.inf)))
    if best in (0, len(ordered)):
        # Everything is of one class: any cut beyond the responses will do.
        return float(ordered[0] - 1) if best == 0 else float(ordered[-1])
    return float(ordered[best - 1] + ordered[best]) / 2


def _as_names(given: list[str], prefix: str) -> list[str]:
    """Return names that formulas and option strings can hold: the given ones if they can, else numbered."""
    if all(_NAME.fullmatch(one) for one in given) and len({one.lower() for one in given}) == len(given):
        return given
    return [f"{prefix}{number}" for number in range(len(given))]
