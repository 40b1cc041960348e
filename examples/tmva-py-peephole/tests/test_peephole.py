"""The layer's values step by step, without peepholes those of the LSTM, and the complete check."""

from __future__ import annotations

import numpy as np
import pytest
from tmva_py_peephole import TPeepholeLSTMLayer

from tmva_py import Network
from tmva_py.errors import OptionError, ShapeError
from tmva_py.plugins import default_registry
from tmva_py.testing import check


def test_the_entry_point_offers_the_layer():
    assert default_registry().find("layer", "PEEPHOLE") is TPeepholeLSTMLayer
    assert default_registry().find_by_tag("PeepholeLSTMLayer") is TPeepholeLSTMLayer


def test_it_fulfils_everything_that_a_layer_promises():
    report = check("layer", "PEEPHOLE")
    assert report.passed
    detail = {row.check: row.detail for row in report.rows}
    assert "p_o" in detail["gradients"]
    assert "initial state c" in detail["gradients of states"]


def network(layout: str, shape: str) -> Network:
    net = Network.from_layout(layout, input_layout=shape, dtype="float64", backend="numpy", seed=1)
    net.parameters[...] = np.random.default_rng(2).normal(0.0, 0.7, net.n_parameters)
    return net


def test_values_by_hand():
    net = network("PEEPHOLE|1|1", "2|1")
    p = {name: float(value.ravel()[0]) for name, value in net.layers[0].parameters.items()}
    x, h, c, expected = [0.4, -1.3], 0.0, 0.0, []
    for value in x:
        i, f = (
            1 / (1 + np.exp(-(p[f"W_{g}"] * value + p[f"U_{g}"] * h + p[f"p_{g}"] * c + p[f"b_{g}"])))
            for g in "if"
        )
        c = f * c + i * np.tanh(p["W_c"] * value + p["U_c"] * h + p["b_c"])
        o = 1 / (1 + np.exp(-(p["W_o"] * value + p["U_o"] * h + p["p_o"] * c + p["b_o"])))
        h = o * np.tanh(c)
        expected.append(h)
    found = net.forward(np.array(x).reshape(1, 2, 1))
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-13)


def test_without_peepholes_it_is_the_lstm():
    ours, lstm = network("PEEPHOLE|4|1", "5|3"), network("LSTM|4|0|0|0|1", "5|3")
    for name, value in lstm.layers[0].parameters.items():
        ours.layers[0].parameters[name][...] = value
    for gate in "ifo":
        ours.layers[0].parameters[f"p_{gate}"][...] = 0
    x = np.random.default_rng(3).normal(size=(6, 5, 3))
    np.testing.assert_allclose(ours.forward(x), lstm.forward(x), rtol=1e-12, atol=1e-14)


def test_it_learns_when_something_happened(tmp_path):
    """The class is whether the only peak came early: a matter of timing."""
    random = np.random.default_rng(4)
    x = 0.1 * random.normal(size=(600, 12, 1))
    place = random.integers(0, 12, 600)
    x[np.arange(600), place, 0] += 1
    net = Network.from_layout("PEEPHOLE|6,LINEAR", input_layout="12|1", seed=1)
    history = net.fit(x, place < 6, learning_rate=2e-2, batch_size=30, max_epochs=25, progress=False)
    assert history.best_loss < 0.3 * history.initial_loss
    net.save(tmp_path / "net.npz")
    np.testing.assert_array_equal(Network.load(tmp_path / "net.npz").predict(x), net.predict(x))


def test_mistakes_are_refused():
    with pytest.raises(OptionError, match="state_size must be a whole number of at least 1, got 0"):
        TPeepholeLSTMLayer(0)
    with pytest.raises(ShapeError, match=r"expected a sequence \(time steps, width\), got \(7,\)"):
        Network.from_layout("DENSE|7,PEEPHOLE|3,LINEAR", input_layout="5")
