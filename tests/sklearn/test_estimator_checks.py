"""scikit-learn's own checks of estimators; `pytest -m oracle tests/sklearn` runs them and counts."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sklearn", "1.6")

from sklearn.utils.estimator_checks import parametrize_with_checks

from tmva_py.sklearn import MethodClassifier, NetworkClassifier, NetworkRegressor

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")]

WEIGHTS = "check_sample_weight_equivalence_on_dense_data"
# One step an epoch, of all events: then a weight of 2 is an event twice, to the digits of float64.
WHOLE = {"batch_size": None, "max_epochs": 200, "validation_fraction": 0.0, "dtype": "float64"}
DL = "RandomSeed=1:Layout=TANH|8,LINEAR:TrainingStrategy=LearningRate=1e-2,MaxEpochs=30,BatchSize=2"

# Each with the checks that it cannot pass, and why.
ESTIMATORS: tuple[tuple[Any, dict[str, str]], ...] = (
    (
        NetworkClassifier("TANH|8,LINEAR"),
        {WEIGHTS: "an event given twice is in two batches, one of weight 2 in one"},
    ),
    (
        NetworkRegressor("TANH|8,LINEAR"),
        {WEIGHTS: "an event given twice is in two batches, one of weight 2 in one"},
    ),
    (NetworkClassifier("TANH|8,LINEAR", **WHOLE), {}),
    (NetworkRegressor("TANH|8,LINEAR", **WHOLE), {}),
    # MinNodeSize counts events, whatever they weigh: with 5 % the check of weights fails.
    (MethodClassifier("BDT", "NTrees=20:BoostType=Grad:MinNodeSize=0.001%"), {}),
    (
        MethodClassifier("DL", DL),
        {WEIGHTS: "an event given twice is in two batches, one of weight 2 in one"},
    ),
)


def expected_failures(estimator: Any) -> dict[str, str]:
    return next(failures for one, failures in ESTIMATORS if repr(one) == repr(estimator))


@parametrize_with_checks([one for one, _ in ESTIMATORS], expected_failed_checks=expected_failures)
def test_scikit_learn_s_own_check(estimator, check, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # or one of them is skipped
    check(estimator)
