"""Gradients of convolution, pooling and batch normalisation against finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine import BACKENDS, make_network
from finite_differences import worst_error
from images import CONV_SHAPES, POOL_SHAPES, ImageShape, distinct

from tmva_py.kernels.numpy import convolution, pooling
from tmva_py.layers import Context, VGeneralLayer
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.maxpool import TMaxPoolLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.network import Network

TOLERANCE = 1e-7


def check(network: Network, x: Any, figures: Any, title: str, *, training: bool = False) -> None:
    """Hold the relative error of every gradient below the tolerance.

    With `training` the loss is that of a training pass whose mask and batch statistics are those of the pass.
    """
    d_out = np.random.default_rng(4).normal(size=(len(x), *network.output_shape))

    def forward() -> tuple[Any, Any, Context]:
        context = Context(network.backend, training=training, random=np.random.default_rng(11))
        return (*network.run_forward(x, context), context)

    def loss() -> float:
        return float((forward()[0] * d_out).sum())

    _, saved, context = forward()
    network.gradients[...] = np.nan  # whatever backward leaves out would stay
    d_x = np.array(network.run_backward(d_out, saved, context, input_gradient=True))
    assert d_x.shape == x.shape
    errors = {"x": worst_error(loss, x, d_x, components=8)}
    for number, layer in enumerate(network.layers):
        for name, parameter in layer.parameters.items():
            errors[f"{number}.{name}"] = worst_error(
                loss, parameter, layer.gradients[name].copy(), components=8
            )
    assert figures.note(f"finite differences: {title}", max(errors.values())) <= TOLERANCE, errors


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("activation", ["LINEAR", "TANH", "GAUSS"])
@pytest.mark.parametrize("shape", CONV_SHAPES, ids=str)
def test_convolution(shape: ImageShape, activation: str, backend: str, figures: Any) -> None:
    network = make_network([shape.conv(activation)], shape[1:4], backend)
    x = np.random.default_rng(5).normal(size=shape[:4])
    check(network, x, figures, f"conv ({backend})")


@pytest.mark.parametrize("activation", ["RELU", "SYMMRELU"])
def test_convolution_with_a_kink(activation: str, figures: Any) -> None:
    network = make_network([TConvLayer(2, 2, 2, 1, 1, 1, 1, activation)], (2, 3, 3))
    random = np.random.default_rng(5)
    x = random.normal(size=(2, 2, 3, 3))
    for _ in range(10_000):
        x = random.normal(size=(2, 2, 3, 3))
        _, saved = network.layers[0].forward(x, Context(network.backend))
        if np.abs(saved.z).min() > 0.04:
            break
    assert np.abs(saved.z).min() > 0.04
    check(network, x, figures, "conv with kink")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("shape", POOL_SHAPES, ids=str)
def test_pooling(shape: ImageShape, backend: str, figures: Any) -> None:
    network = make_network([shape.maxpool()], shape[1:4], backend)
    check(network, distinct(shape[:4], np.random.default_rng(5)), figures, f"pooling ({backend})")


def test_work_in_many_small_parts(monkeypatch: pytest.MonkeyPatch, figures: Any) -> None:
    """The NumPy versions cut large batches into parts; here every part is one event or one channel."""
    monkeypatch.setattr(convolution, "CHUNK_VALUES", 1)
    monkeypatch.setattr(pooling, "PART_VALUES", 1)
    for shape in CONV_SHAPES:
        batch = shape._replace(batch=3)
        network = make_network([shape.conv()], shape[1:4])
        check(network, np.random.default_rng(5).normal(size=batch[:4]), figures, "conv in parts")
    for shape in POOL_SHAPES:
        batch = shape._replace(batch=3)
        network = make_network([shape.maxpool()], shape[1:4])
        check(network, distinct(batch[:4], np.random.default_rng(5)), figures, "pooling in parts")


def test_the_last_part_may_be_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = [TConvLayer(3, 3, 3, 1, 1, 1, 1, "TANH"), TMaxPoolLayer(2, 2)]
    network = make_network(layers, (4, 6, 5))
    x, d_out = np.random.default_rng(1).normal(size=(7, 4, 6, 5)), np.ones((7, 3, 5, 4))
    expected = np.array(network.forward(x, training=True)), np.array(network.backward(d_out))
    gradients = network.gradients.copy()
    monkeypatch.setattr(convolution, "CHUNK_VALUES", 2 * 12 * 56)
    monkeypatch.setattr(pooling, "PART_VALUES", 2 * 30)
    np.testing.assert_allclose(network.forward(x, training=True), expected[0], rtol=1e-13)
    np.testing.assert_allclose(network.backward(d_out), expected[1], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(network.gradients, gradients, rtol=1e-12)


def _norm(*before: VGeneralLayer, momentum: float = -1.0, epsilon: float = 1e-4) -> list[VGeneralLayer]:
    return [*before, TBatchNormLayer(momentum, epsilon)]


NORM_CASES = [
    ("after dense", _norm, TDenseLayer, (5, "TANH"), (3,), 6),
    ("after dense, one feature", _norm, TDenseLayer, (1, "TANH"), (3,), 4),
    ("after conv", _norm, TConvLayer, (3, 3, 2, 1, 1, 1, 0, "TANH"), (2, 4, 5), 3),
    ("after conv, batch 1", _norm, TConvLayer, (2, 2, 2, 1, 1, 0, 0, "TANH"), (1, 4, 4), 1),
    ("after conv, one channel", _norm, TConvLayer, (1, 2, 2, 2, 2), (1, 4, 6), 2),
    ("after reshape", _norm, TReshapeLayer, (0, 0, 0, True), (2, 3), 5),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("momentum", [-1.0, 0.9])
@pytest.mark.parametrize("case", NORM_CASES, ids=lambda case: case[0])
def test_batch_norm(case: Any, momentum: float, backend: str, figures: Any) -> None:
    _, make, layer, arguments, input_shape, batch = case
    network = make_network(make(layer(*arguments), momentum=momentum), input_shape, backend)
    x = np.random.default_rng(2).normal(size=(batch, *input_shape))
    check(network, x, figures, f"batch norm ({backend})", training=True)


def test_batch_norm_after_pooling(figures: Any) -> None:
    network = make_network([TMaxPoolLayer(2, 2), TBatchNormLayer()], (2, 3, 4))
    check(network, distinct((3, 2, 3, 4), np.random.default_rng(3)), figures, "batch norm", training=True)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_whole_network(dropout: float, figures: Any) -> None:
    """As ROOT's tutorial, smaller and smooth: what each layer hands to the next has the right gradient."""
    network = make_network(
        [
            TConvLayer(4, 3, 3, 1, 1, 1, 1, "TANH"),
            TBatchNormLayer(),
            TConvLayer(3, 3, 2, 1, 2, 1, 0, "TANH"),
            TBatchNormLayer(),
            TReshapeLayer(flatten=True),
            TDenseLayer(5, "TANH", dropout=dropout),
            TBatchNormLayer(0.9, 1e-3),
            TDenseLayer(1, dropout=dropout),
        ],
        (2, 5, 6),
        scale=0.4,
    )
    check(
        network, np.random.default_rng(2).normal(size=(6, 2, 5, 6)), figures, "convolution net", training=True
    )


def test_equal_largest_values_give_to_the_first() -> None:
    """In row-major order, as ROOT's strict comparison; windows that overlap add up."""
    for backend in ("numpy", "reference"):
        network = make_network([TMaxPoolLayer(2, 2)], (1, 2, 3), backend)
        network.forward(np.zeros((1, 1, 2, 3)), training=True)
        np.testing.assert_array_equal(network.backward([[[[1.0, 2.0]]]])[0, 0], [[1, 2, 0], [0, 0, 0]])
        x = np.array([[0.0, 3.0, 3.0], [3.0, 3.0, 1.0]])[None, None]
        network.forward(x, training=True)
        np.testing.assert_array_equal(network.backward([[[[1.0, 2.0]]]])[0, 0], [[0, 3, 0], [0, 0, 0]])
        strided = make_network([TMaxPoolLayer(2, 2, 2, 2)], (1, 2, 4), backend)
        strided.forward(np.array([[1.0, 1.0, 0.0, 2.0], [1.0, 0.0, 2.0, 2.0]])[None, None], training=True)
        np.testing.assert_array_equal(strided.backward([[[[1.0, 2.0]]]])[0, 0], [[1, 0, 0, 2], [0, 0, 0, 0]])


def test_input_gradient_may_be_left_out() -> None:
    for window in ((3, 2, 1, 1, 1, 1), (3, 2, 2, 1, 0, 1)):
        network = make_network([TConvLayer(3, *window)], (2, 5, 4))
        x = np.random.default_rng(0).normal(size=(3, 2, 5, 4))
        d_out = np.ones((3, *network.output_shape))
        network.forward(x, training=True)
        network.backward(d_out)
        expected = network.gradients.copy()
        context = Context(network.backend, training=True)
        _, saved = network.run_forward(x, context)
        network.gradients[...] = np.nan
        assert network.run_backward(d_out, saved, context, input_gradient=False) is None
        np.testing.assert_allclose(network.gradients, expected, rtol=1e-13)
