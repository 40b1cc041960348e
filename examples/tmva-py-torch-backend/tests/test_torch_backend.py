"""All of the package on PyTorch's tensors: the complete check, a training, a plugin's own kernel."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tmva_py_torch_backend import TorchBackend  # noqa: E402

from tmva_py import Network  # noqa: E402
from tmva_py.plugins import default_registry  # noqa: E402
from tmva_py.testing import check  # noqa: E402


def test_the_entry_point_offers_the_backend():
    assert default_registry().find("backend", "torch") is TorchBackend


def test_it_fulfils_everything_that_a_backend_promises():
    report = check("backend", "torch")
    assert report.passed
    detail = {row.check: row.detail for row in report.rows}
    assert "overrides: 1 of torch" in detail["kernel sets"]
    assert "LSTM" in detail["training"]


@pytest.mark.parametrize("layout", ["LSTM|6,DENSE|8|SIGMOID,LINEAR", "GRU|6,DENSE|8|TANH,LINEAR"])
def test_a_training_gives_numpys_network(layout, tmp_path):
    random = np.random.default_rng(1)
    x = random.normal(size=(400, 6, 3))
    y = (x[:, :, 0].sum(axis=1) + x[:, -1, 1] > 0).astype(float)
    nets = {}
    for backend in ("torch", "numpy"):
        net = Network.from_layout(layout, input_layout="6|3", backend=backend, dtype="float64", seed=1)
        history = net.fit(x, y, learning_rate=1e-2, batch_size=40, max_epochs=5, progress=False)
        assert history.best_loss < 0.9 * history.initial_loss
        nets[backend] = net
    assert isinstance(nets["torch"].parameters, torch.Tensor)
    np.testing.assert_allclose(nets["torch"].predict(x), nets["numpy"].predict(x), rtol=1e-8, atol=1e-9)
    nets["torch"].save(tmp_path / "net.npz")
    there = Network.load(tmp_path / "net.npz", backend="numpy")
    np.testing.assert_allclose(there.predict(x), nets["torch"].predict(x), rtol=1e-12)


def test_arrays_of_the_caller_stay_the_callers():
    backend = TorchBackend("float64")
    host = np.ones(3)
    device = backend.asarray(host)
    device *= 2
    back = backend.to_numpy(device)
    back *= 2
    assert (host.tolist(), backend.to_numpy(device).tolist()) == ([1, 1, 1], [2, 2, 2])
