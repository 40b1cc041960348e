"""All of the package on the array API standard's names: the complete check, and a training."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("array_api_strict")

from tmva_py_strict_backend import ArrayApiStrictBackend

from tmva_py import Network
from tmva_py.plugins import default_registry
from tmva_py.testing import check


def test_the_entry_point_offers_the_backend():
    assert default_registry().find("backend", "array-api-strict") is ArrayApiStrictBackend


def test_it_fulfils_everything_that_a_backend_promises():
    report = check("backend", "array-api-strict")
    assert report.passed
    detail = {row.check: row.detail for row in report.rows}
    assert "overrides: none" in detail["kernel sets"]


def test_a_training_gives_numpys_network(tmp_path):
    random = np.random.default_rng(1)
    x = random.normal(size=(200, 6, 3))
    y = (x[:, :, 0].sum(axis=1) + x[:, -1, 1] > 0).astype(float)
    nets = {}
    for backend in ("array-api-strict", "numpy"):
        net = Network.from_layout(
            "GRU|4,DENSE|5|TANH,BNORM,LINEAR", input_layout="6|3", backend=backend, dtype="float64", seed=1
        )
        history = net.fit(x, y, learning_rate=1e-2, batch_size=40, max_epochs=4, progress=False)
        assert history.best_loss < history.initial_loss
        nets[backend] = net
    np.testing.assert_allclose(
        nets["array-api-strict"].predict(x), nets["numpy"].predict(x), rtol=1e-9, atol=1e-10
    )
    nets["array-api-strict"].save(tmp_path / "net.npz")
    there = Network.load(tmp_path / "net.npz", backend="numpy")
    np.testing.assert_allclose(there.predict(x), nets["array-api-strict"].predict(x), rtol=1e-12)
