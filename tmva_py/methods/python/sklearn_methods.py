"""PyRandomForest, PyGTB and PyAdaBoost: forests that scikit-learn trains."""

from __future__ import annotations

import inspect
import pickle
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tmva_py.data import DataSet
from tmva_py.errors import OptionError, TrainingError, missing_extra, warn
from tmva_py.files import write_atomically
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.python.sklearn_model import ESTIMATORS, PICKLES, SklearnModel
from tmva_py.methods.python.sklearn_options import ADABOOST_OPTIONS, FOREST_OPTIONS, GTB_OPTIONS
from tmva_py.methods.python.values import literal, tree_arguments
from tmva_py.plugins import hookimpl

FEATURES = ("sqrt", "log2", "auto")


class SklearnMethod(Method):
    """What the three have in common."""

    model = SklearnModel
    analyses = ("Classification", "Multiclass")
    repairs: ClassVar[Mapping[str, tuple[float, bool]]] = {}
    """What TMVA sets options to that are below 0, or not above it where that is true."""

    _estimator: Any = None

    @abstractmethod
    def arguments(self) -> dict[str, Any]:
        """Return the keywords of scikit-learn's class."""

    def process_options(self, dataset: DataSet | None) -> None:
        """Replace numbers that cannot be, as TMVA does, and make the estimator once to see that it can be."""
        del dataset
        values, changed = self.option_values, {}
        for name, (default, positive) in self.repairs.items():
            if values[name] < 0 or (positive and values[name] == 0):
                changed[name] = default
                limit = "<=0" if positive else "<0"
                warn(f"{self.owner}: {name} {limit} does not work; it is set to {default:g}, as in TMVA")
        self.option_values = values.updated(changed)
        self._made()

    def _made(self) -> Any:
        try:
            import sklearn.ensemble
        except ImportError as error:
            missing = missing_extra("scikit-learn 1.6 or later", "sklearn", f"for {self.type_name}")
            raise missing from error
        return getattr(sklearn.ensemble, ESTIMATORS[self.type_name])(**self.arguments())

    def value(self, name: str, words: tuple[str, ...] = ()) -> Any:
        """Return the value of an option that is a Python literal."""
        return literal(self.owner, name, self.option_values[name], words)

    def features(self) -> Any:
        """Return what ``MaxFeatures`` says."""
        found = self.value("MaxFeatures", FEATURES)
        return "sqrt" if found == "auto" else found

    def train(self, dataset: TrainingData) -> SklearnModel:
        """Return the forest that scikit-learn's class learns from events, classes and weights."""
        events = dataset.training
        label = events.class_index
        if self.analysis_type == "Classification":
            label = np.where(label == self.info.signal_class_index, 0, 1)
        missing = set(range(len(self.info.classes))) - set(np.unique(label).tolist())
        if missing:
            message = f"{self.owner}: a class has no training events"
            raise TrainingError(message)
        estimator = self._made()
        self.log.info(f"Training with scikit-learn: {estimator}")
        try:
            estimator.fit(events.x, label, sample_weight=events.weight)
        except ValueError as error:
            message = f"{self.owner}: scikit-learn cannot train: {error}"
            raise TrainingError(message) from error
        self._estimator = estimator
        if self.weight_file is not None:
            self._save(estimator, self.weight_file)
        return SklearnModel.of(estimator, self.type_name, self.analysis_type, events.x.shape[1])

    def _save(self, estimator: Any, weight_file: Path) -> None:
        """Write the pickle that ROOT reads; here weight files hold all that responses need."""
        name = self.option_values["FilenameClassifier"]
        path = Path(name) if name else weight_file.parent / f"{PICKLES[self.type_name]}_{self.title}.PyData"
        self.option_values = self.option_values.updated({"FilenameClassifier": str(path)})
        path.parent.mkdir(parents=True, exist_ok=True)
        self.log.info(f"Saving the estimator for ROOT: {path}")
        write_atomically(path, lambda file: pickle.dump(estimator, file))

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return scikit-learn's ``feature_importances_``."""
        if self._estimator is None:
            return None
        names = [variable.label for variable in self.info.variables]
        return list(zip(names, self._estimator.feature_importances_.tolist(), strict=True))


class MethodPyRandomForest(SklearnMethod):
    """A random forest of scikit-learn (``RandomForestClassifier``).

    Each tree is grown on a random sample of the events, each cut looks at a random part of the variables; the
    response is the mean of the leaves' parts of signal.

    What matters most: ``NEstimators`` (TMVA's default of 10 is small; some hundred do no harm) and
    ``MinSamplesLeaf`` or ``MaxDepth``, which keep trees from learning single events by heart.
    """

    names = ("PyRandomForest",)
    type_name = "PyRandomForest"
    options = FOREST_OPTIONS
    check_options = "!H:!V:NEstimators=20:MinSamplesLeaf=10:RandomState=1"
    repairs: ClassVar[Mapping[str, tuple[float, bool]]] = {
        "NEstimators": (10, True),
        "MinSamplesSplit": (2, False),
        "MinSamplesLeaf": (1, False),
        "MinWeightFractionLeaf": (0.0, False),
    }

    def arguments(self) -> dict[str, Any]:
        """Return the keywords of ``RandomForestClassifier``."""
        values = self.option_values
        return {
            "n_estimators": values["NEstimators"],
            "criterion": values["Criterion"],
            "max_depth": self.value("MaxDepth"),
            "min_samples_split": values["MinSamplesSplit"],
            "min_samples_leaf": values["MinSamplesLeaf"],
            "min_weight_fraction_leaf": values["MinWeightFractionLeaf"],
            "max_features": self.features(),
            "max_leaf_nodes": self.value("MaxLeafNodes"),
            "bootstrap": values["Bootstrap"],
            "oob_score": values["OoBScore"],
            "n_jobs": values["NJobs"],
            "random_state": self.value("RandomState"),
            "verbose": values["Verbose"],
            "warm_start": values["WarmStart"],
            "class_weight": self.value("ClassWeight", ("balanced", "balanced_subsample")),
        }


class MethodPyGTB(SklearnMethod):
    """Gradient boosted trees of scikit-learn (``GradientBoostingClassifier``).

    Each tree is grown on what is left of the trees before it; the response is the signal's probability.

    What matters most: ``NEstimators`` and ``LearningRate``, one against the other, and ``MaxDepth``. TMVA's
    own gradient boost, ``Types.kBDT`` with ``BoostType=Grad``, is faster here.
    """

    names = ("PyGTB",)
    type_name = "PyGTB"
    options = GTB_OPTIONS
    check_options = "!H:!V:NEstimators=20:LearningRate=0.3:RandomState=1"
    repairs: ClassVar[Mapping[str, tuple[float, bool]]] = {
        "LearningRate": (0.1, True),
        "NEstimators": (100, True),
        "Subsample": (1.0, False),
        "MinSamplesSplit": (2, False),
        "MinSamplesLeaf": (1, False),
        "MinWeightFractionLeaf": (0.0, False),
        "MaxDepth": (3, True),
    }

    def arguments(self) -> dict[str, Any]:
        """Return the keywords of ``GradientBoostingClassifier``; deviance is named log_loss there today."""
        values = self.option_values
        init = self.value("Init", ("zero",))
        if init not in (None, "zero"):
            message = f"{self.owner}: Init={values['Init']} is not understood; expected None or zero"
            raise OptionError(message)
        return {
            "loss": "log_loss" if values["Loss"] == "deviance" else values["Loss"],
            "learning_rate": values["LearningRate"],
            "n_estimators": values["NEstimators"],
            "subsample": values["Subsample"],
            "min_samples_split": values["MinSamplesSplit"],
            "min_samples_leaf": values["MinSamplesLeaf"],
            "min_weight_fraction_leaf": values["MinWeightFractionLeaf"],
            "max_depth": values["MaxDepth"],
            "init": init,
            "random_state": self.value("RandomState"),
            "max_features": self.features(),
            "verbose": values["Verbose"],
            "max_leaf_nodes": self.value("MaxLeafNodes"),
            "warm_start": values["WarmStart"],
        }


class MethodPyAdaBoost(SklearnMethod):
    """Boosted trees of scikit-learn (``AdaBoostClassifier``).

    Events that a tree gets wrong count more in the next one; the trees, by default of one cut each, vote with
    their weights.

    What matters most: ``NEstimators``, ``LearningRate`` and
    ``BaseEstimator=DecisionTreeClassifier(max_depth=3)``.
    """

    names = ("PyAdaBoost",)
    type_name = "PyAdaBoost"
    options = ADABOOST_OPTIONS
    check_options = "!H:!V:NEstimators=20:Algorithm=SAMME:RandomState=1"
    repairs: ClassVar[Mapping[str, tuple[float, bool]]] = {
        "NEstimators": (50, True),
        "LearningRate": (1.0, True),
    }

    def process_options(self, dataset: DataSet | None) -> None:
        """Say that scikit-learn no longer has TMVA's default algorithm."""
        super().process_options(dataset)
        if self.option_values["Algorithm"] == "SAMME.R":
            warn(
                f"{self.owner}: scikit-learn no longer has Algorithm=SAMME.R, TMVA's default; SAMME is "
                "taken, whose responses are others. Algorithm=SAMME says that you know"
            )
            self.option_values = self.option_values.updated({"Algorithm": "SAMME"})

    def arguments(self) -> dict[str, Any]:
        """Return the keywords of ``AdaBoostClassifier``."""
        values = self.option_values
        found: dict[str, Any] = {
            "n_estimators": values["NEstimators"],
            "learning_rate": values["LearningRate"],
            "random_state": self.value("RandomState"),
        }
        tree = tree_arguments(self.owner, "BaseEstimator", values["BaseEstimator"])
        if tree is not None:
            from sklearn.tree import DecisionTreeClassifier

            unknown = set(tree) - set(inspect.signature(DecisionTreeClassifier).parameters)
            if unknown:
                message = (
                    f"{self.owner}: BaseEstimator: DecisionTreeClassifier has no {', '.join(sorted(unknown))}"
                )
                raise OptionError(message)
            found["estimator"] = DecisionTreeClassifier(**tree)
        return found


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the methods."""
    return [MethodPyRandomForest, MethodPyGTB, MethodPyAdaBoost]
