"""What scikit-learn's forests learn, as arrays: responses are scikit-learn's own, without it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import AnalysisType
from tmva_py.errors import WeightFileError, missing_extra
from tmva_py.lazy import lazy
from tmva_py.methods.bdt.answers import Answers
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.python.model_files import find_model_file, require_trust
from tmva_py.methods.python.tree_arrays import SINKS, TreeArrays
from tmva_py.weights import Sinks
from tmva_py.xml_text import format_double, read_integer

PICKLES = {"PyRandomForest": "PyRFModel", "PyGTB": "PyGTBModel", "PyAdaBoost": "PyAdaBoostModel"}
"""How TMVA names the files of pickled estimators, by the method's type."""

ESTIMATORS = {
    "PyRandomForest": "RandomForestClassifier",
    "PyGTB": "GradientBoostingClassifier",
    "PyAdaBoost": "AdaBoostClassifier",
}
"""scikit-learn's classes."""


@dataclass(frozen=True, eq=False)
class SklearnModel(Model):
    """A forest that scikit-learn trained.

    Attributes
    ----------
    type_name : {"PyRandomForest", "PyGTB", "PyAdaBoost"}
        How the trees' answers become probabilities.
    analysis_type : {"Classification", "Multiclass"}
        What was learnt.
    n_variables, n_classes : int
        Columns of events and of probabilities.
    trees : TreeArrays
        The trees; with PyGTB and several classes, those of one step side by side.
    factors : ndarray of float64, shape (n_trees,)
        The trees' weights.
    first : ndarray of float64
        What PyGTB's sums begin with.
    loss : str
        PyGTB's: ``log_loss`` or ``exponential``.
    """

    sinks: ClassVar[Sinks] = SINKS
    needs_weights: ClassVar[bool] = False

    type_name: str
    analysis_type: AnalysisType
    n_variables: int
    n_classes: int
    trees: TreeArrays
    factors: Doubles
    first: Doubles
    loss: str = ""

    @classmethod
    def of(cls, estimator: Any, type_name: str, analysis_type: AnalysisType, n_variables: int) -> Self:
        """Return the model of a fitted estimator of scikit-learn."""
        trees = list(np.ravel(estimator.estimators_))
        factors, first, loss = np.ones(len(trees)), np.zeros(1), ""
        if type_name == "PyGTB":
            factors = np.full(len(trees), float(estimator.learning_rate))
            # Constant: only estimators of constants are accepted for Init.
            first = np.asarray(estimator._raw_predict_init(np.zeros((1, n_variables), np.float32)))[0]
            loss = "exponential" if estimator.loss == "exponential" else "log_loss"
        elif type_name == "PyAdaBoost":
            factors = np.asarray(estimator.estimator_weights_, np.float64)[: len(trees)]
        n_classes = len(estimator.classes_)
        arrays = TreeArrays.of(trees)
        return cls(type_name, analysis_type, n_variables, n_classes, arrays, factors, first, loss)

    def respond(self, inputs: Inputs) -> Responses:
        """Return the signal's probability, or those of all classes."""
        found = self.probabilities(inputs.x)
        return Responses(found[:, 0].copy() if self.analysis_type == "Classification" else found)

    def probabilities(self, x: Floats) -> Doubles:
        """Return scikit-learn's ``predict_proba`` of transformed events, (N, n_classes)."""
        first = np.zeros(self.n_classes) if self.type_name != "PyGTB" else self.first
        rows = np.ascontiguousarray(x, np.float32)
        sums = self._answers.row_sums(rows, self.factors, first, make_backend("cpu"))
        if self.type_name == "PyRandomForest":
            return sums / len(self.factors)
        if self.type_name == "PyAdaBoost":
            return self._voted(sums)
        if len(self.first) > 1:
            return _softmax(sums)
        second = 1.0 / (1.0 + np.exp(-sums[:, 0] * (2.0 if self.loss == "exponential" else 1.0)))
        return np.stack([1.0 - second, second], axis=1)

    @lazy
    def _answers(self) -> Answers:
        """The trees with what they add: of PyAdaBoost each votes for the class that is likeliest."""
        values = self.trees.values
        if self.type_name == "PyAdaBoost":
            wins = np.argmax(values, axis=1)[:, None] == np.arange(self.n_classes)
            values = np.where(wins, 1.0, -1.0 / (self.n_classes - 1))
        return self.trees.answering(values)

    def _voted(self, sums: Doubles) -> Doubles:
        decision = sums / self.factors.sum()
        if self.n_classes == 2:
            second = (decision[:, 1] - decision[:, 0]) / 2
            decision = np.stack([-second, second], axis=1)
        else:
            decision /= self.n_classes - 1
        return _softmax(decision)

    # --- weight files ----------------------------------------------------------------------------------

    def write(self, weights: Element) -> None:
        """Write the arrays; ROOT passes over them and reads the pickled estimator beside the file."""
        weights.set("NClasses", str(self.n_classes))
        if self.loss:
            weights.set("Loss", self.loss)
        weights.set("Factors", " ".join(map(format_double, self.factors.tolist())))
        weights.set("First", " ".join(map(format_double, self.first.tolist())))
        self.trees.write(weights)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the model in the file, or, with the user's trust, the pickled estimator beside it."""
        kind, analysis, n_variables = context.type_name, context.analysis_type, len(context.info.variables)
        if "NClasses" not in weights.attrib:
            name = PICKLES[kind]
            path = find_model_file(
                context,
                context.option_values["FilenameClassifier"],
                f"weights/{name}_{context.title}.PyData",
                f"weights/{name}.PyData",
            )
            require_trust(
                context,
                path,
                "is a pickle of scikit-learn; who wrote a pickle can have it run anything",
            )
            return cls.of(_unpickled(path, kind), kind, analysis, n_variables)
        n_classes = read_integer(weights, "NClasses", minimum=2)
        if n_classes != len(context.info.classes):
            message = f"<Weights NClasses={n_classes}>, but the file has {len(context.info.classes)} classes"
            raise WeightFileError(message)
        loss = weights.get("Loss", "")
        if (kind == "PyGTB") != (loss in ("log_loss", "exponential")):
            message = f"<Weights Loss={loss!r}>: expected log_loss or exponential, and for PyGTB alone"
            raise WeightFileError(message)
        factors, first = (_numbers(weights, name) for name in ("Factors", "First"))
        trees = TreeArrays.read(weights, n_variables, 1 if kind == "PyGTB" else n_classes)
        n_sums = n_classes if kind == "PyGTB" and n_classes > 2 else 1
        if len(factors) != len(trees.starts) - 1 or len(first) != n_sums:
            message = (
                f"<Weights> has {len(factors)} Factors for {len(trees.starts) - 1} trees and {len(first)} "
                f"First for {n_sums}"
            )
            raise WeightFileError(message)
        with np.errstate(over="ignore"):
            largest = np.abs(trees.values).max() * (1.0 + np.abs(factors).sum()) + np.abs(first).max()
        if not np.isfinite(largest) or (kind == "PyAdaBoost" and not factors.sum() > 0):
            message = (
                "<Weights>: Factors, First or <Values> are not finite or too large, or all Factors are 0"
            )
            raise WeightFileError(message)
        return cls(kind, analysis, n_variables, n_classes, trees, factors, first, loss)

    def summary(self) -> Mapping[str, Any]:
        """Return what ``tmva-py inspect`` shows."""
        return {"trees": len(self.factors), "nodes": len(self.trees.feature), "trained by": "scikit-learn"}


def _softmax(values: Doubles) -> Doubles:
    shares: Doubles = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _unpickled(path: Any, type_name: str) -> Any:
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        missing = missing_extra("scikit-learn 1.6 or later", "sklearn", f"to read {path}")
        raise missing from error
    expected = ESTIMATORS[type_name]
    try:
        found = pickle.loads(path.read_bytes())
    except Exception as error:
        message = (
            f"{path}: scikit-learn's pickle cannot be read ({error}); "
            "scikit-learn must have the version that wrote it"
        )
        raise WeightFileError(message) from error
    if type(found).__name__ != expected:
        message = f"{path}: holds a {type(found).__name__}, expected {expected}"
        raise WeightFileError(message)
    return found


def _numbers(weights: Element, name: str) -> Doubles:
    try:
        return np.array([float(word) for word in weights.get(name, "").split()])
    except ValueError as error:
        message = f"<Weights {name}>: {error}"
        raise WeightFileError(message) from None
