"""Steps and values by hand, the complete checks, and a training with both."""

from __future__ import annotations

import numpy as np
import pytest
from tmva_py_lion import FocalLoss, Lion

from tmva_py import Network
from tmva_py.backends import make_backend
from tmva_py.plugins import default_registry
from tmva_py.testing import check


def test_the_entry_point_offers_both():
    assert default_registry().find("optimizer", "LION") is Lion
    assert default_registry().find("loss", "FOCAL") is FocalLoss


def test_they_fulfil_everything_that_such_parts_promise():
    assert check("optimizer", "LION").passed
    assert check("loss", "FOCAL").passed


def test_two_steps_by_hand():
    lion = Lion(learning_rate=0.1, decay=0.5)
    lion.start(make_backend("numpy", "float64"), 2)
    parameters = np.array([1.0, -2.0])
    lion.step(parameters, np.array([0.3, 0.0]))
    # signs +1 and 0; 1 - 0.1 (1 + 0.5 * 1), -2 - 0.1 (0 + 0.5 * -2)
    np.testing.assert_allclose(parameters, [0.85, -1.9], rtol=1e-15)
    # mean 0.003 and 0: 0.9 * 0.003 - 0.1 * 0.02 > 0 although the gradient points the other way
    lion.step(parameters, np.array([-0.02, 0.0]))
    np.testing.assert_allclose(parameters[0], 0.85 - 0.1 * (1 + 0.5 * 0.85), rtol=1e-15)


def test_values_of_the_loss():
    output, target = np.array([[2.0], [-1.0], [0.5]]), np.array([[1.0], [1.0], [0.0]])
    p = 1 / (1 + np.exp(-output))
    p_t = np.where(target == 1, p, 1 - p)
    expected = -((1 - p_t) ** 2) * np.log(p_t)
    backend = make_backend("numpy", "float64")
    weight = np.array([[1.0], [-0.5], [2.0]])
    assert FocalLoss().total(backend, output=output, target=target) == pytest.approx(expected.sum())
    weighted = FocalLoss().total(backend, output=output, target=target, weight=weight)
    assert weighted == pytest.approx((weight * expected).sum())


def test_a_training_with_both():
    random = np.random.default_rng(1)
    x = random.normal(size=(1000, 4))
    y = x[:, 0] + x[:, 1] * x[:, 2] > 0
    net = Network.from_layout("DENSE|16|TANH,LINEAR", input_layout="4", seed=1)
    history = net.fit(
        x,
        y,
        loss="FOCAL",
        optimizer="LION",
        optimizer_options={"decay": 0.01},
        learning_rate=2e-3,
        batch_size=50,
        max_epochs=40,
        convergence_steps=10,
        progress=False,
    )
    assert history.best_loss < 0.5 * history.initial_loss
    assert ((net.predict(x)[:, 0] > 0.5) == y).mean() > 0.85
