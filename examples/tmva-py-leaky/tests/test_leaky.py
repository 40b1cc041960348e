"""The layer's values, its gradient, its texts, and that the distribution's entry point offers it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tmva_py_leaky import TLeakyLayer

from tmva_py import Network, NetworkBuilder
from tmva_py.errors import OptionError
from tmva_py.plugins import default_registry
from tmva_py.testing import check


def test_the_entry_point_offers_the_layer():
    assert default_registry().find("layer", "LEAKY") is TLeakyLayer
    assert default_registry().find_by_tag("LeakyLayer") is TLeakyLayer


def test_it_fulfils_everything_that_a_layer_promises():
    assert check("layer", "LEAKY|0.1").passed


def test_values():
    net = NetworkBuilder((2, 3), dtype="float64").layer(TLeakyLayer(0.1)).build()
    x = np.array([[[-2.0, 0.0, 3.0], [1.0, -1.0, -0.5]]])
    np.testing.assert_allclose(net.forward(x), [[[-0.2, 0.0, 3.0], [1.0, -0.1, -0.05]]], rtol=1e-15)


def test_gradient_of_the_input_and_of_the_layer_before():
    random = np.random.default_rng(1)
    net = (
        NetworkBuilder(5, dtype="float64", seed=1)
        .dense(6)
        .layer(TLeakyLayer(0.1))
        .dense(2)
        .build(output="IDENTITY")
    )
    x, direction = random.normal(size=(4, 5)), random.normal(size=(4, 2))

    def loss() -> float:
        return float(np.sum(direction * net.forward(x)))

    net.forward(x, training=True)
    d_x = net.backward(direction)
    gradients, step = net.gradients.copy(), 1e-6
    # The function is linear between kinks, so that the central difference is exact but for rounding.
    for array, gradient in ((x, d_x), (net.parameters, gradients)):
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            above = loss()
            array[place] = kept - step
            below = loss()
            array[place] = kept
            assert (above - below) / (2 * step) == pytest.approx(gradient[place], rel=1e-7, abs=1e-8)


def test_layout_file_and_messages(tmp_path: Path):
    net = Network.from_layout("DENSE|4|LINEAR,LEAKY|0.25,DENSE|1|LINEAR", input_layout="3", seed=2)
    assert net.layers[1].describe() == "LEAKY|0.25"
    net.save(tmp_path / "net.npz")
    x = np.random.default_rng(2).normal(size=(7, 3))
    np.testing.assert_array_equal(Network.load(tmp_path / "net.npz").predict(x), net.predict(x))
    with pytest.raises(OptionError, match=r"slope must be at least 0, got -1\.0"):
        Network.from_layout("LEAKY|-1,LINEAR", input_layout="3")
