"""Trained on TMVA's events in TMVA's order, networks have TMVA's own weights, to the last bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from golden import cases_of, check_ranking, said_of, trained_on
from perceptrons import expect_tmvas, has_tmvas_functions, trained_as_golden

# Its generator is seeded by the clock.
FROM_THE_CLOCK = {"real_mlp_ga_tiny"}
CASES = [case for case in cases_of("MLP", trained=True) if case not in FROM_THE_CLOCK]


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("case", CASES)
def test_weights_are_tmvas(shared: Path, case: str) -> None:
    golden, trained, method = trained_as_golden(shared, case)
    theirs, ours = golden.model, trained.model
    expect_tmvas(ours.weights, theirs.weights)
    folder = shared / "golden" / case
    objects = method.monitoring()
    with np.load(folder / "train.npz") as stored, np.load(folder / "histograms.npz") as histograms:
        np.testing.assert_array_equal(
            stored["estimator_axis"][1:],
            [objects["estimatorHistTrain"].axis.minimum, objects["estimatorHistTrain"].axis.maximum],
        )
        for sample in ("Train", "Test"):  # TMVA's histograms are in single precision
            values = objects[f"estimatorHist{sample}"].contents
            np.testing.assert_allclose(values[1:-1], stored[f"estimator_{sample.lower()}"], rtol=1e-6)
            np.testing.assert_allclose(
                values, histograms[f"hist|Method_MLP|MLP|estimatorHist{sample}"], rtol=1e-6
            )
        response = trained.evaluate(stored["X_test"])
        expected = stored["resp_test_MLP"]
        np.testing.assert_allclose(response.reshape(expected.shape), expected, rtol=1e-6, atol=1e-9)
    if theirs.inverse_hessian is not None:
        if has_tmvas_functions():
            np.testing.assert_array_equal(ours.inverse_hessian, theirs.inverse_hessian)
        # Elsewhere weights are 1e-11 apart; matrices have conditions of 2e7 to 3e9, and inverses are 8e-8
        # apart at most.
        largest = np.abs(theirs.inverse_hessian).max()
        assert np.abs(ours.inverse_hessian - theirs.inverse_hessian).max() < 1e-5 * largest
    if said_of(shared, case).get("ranking"):
        check_ranking(shared, case, method)


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_genetic_training_answers_as_tmvas(shared: Path) -> None:
    """Weights are random, in TMVA's ranges; those to the output are 0, so that all responses are one half."""
    golden, trained, method = trained_as_golden(shared, "real_mlp_ga_tiny", ":PopSize=20:Steps=2:Cycles=1")
    n_variables = len(golden.info.variables)
    for model in (golden.model, trained.model):
        assert not model.weights[n_variables:].any()
        assert (model.weights[:n_variables] >= 0).all()
        assert (model.weights[:n_variables] <= 2).all()  # the variables are from -1 to 1
    with np.load(shared / "golden" / "real_mlp_ga_tiny" / "train.npz") as stored:
        np.testing.assert_array_equal(trained.evaluate(stored["X_test"]), stored["resp_test_MLP"])
    assert method.search_values["PopSize"] == 20


def test_a_training_of_root_6_30(shared: Path) -> None:
    """Sixty epochs of BFGS with regulators, as the tutorial books them; only responses are stored."""
    case = "train_recoil_many_methods"
    options = (
        "H:!V:NeuronType=tanh:VarTransform=N:NCycles=60:HiddenLayers=N+5:TestRate=5:TrainingMethod=BFGS:"
        "UseRegulator"
    )
    trained, stored = trained_on(shared, case, "MLP", "MLPBNN", options)
    for sample in ("train", "test"):  # TMVA stores them in single precision
        seen, expected = trained.evaluate(stored[f"X_{sample}"]), stored[f"resp_{sample}_MLPBNN"]
        np.testing.assert_allclose(seen, expected, rtol=0, atol=1e-6)
