"""The pretend device computes as NumPy does, refuses what a GPU would refuse, and counts."""

# ruff: noqa: ARG005 - one signature for all of a table
from __future__ import annotations

import numpy as np
import pytest

from tmva_py import Network
from tmva_py.testing.strict import StrictArray, StrictBackend, StrictDeviceError
from tmva_py.testing.strict.namespace import ALL_NAMES, WAITING

X = np.random.default_rng(1).normal(size=(4, 3))


@pytest.fixture
def backend() -> StrictBackend:
    return StrictBackend()


@pytest.mark.parametrize(
    "compute",
    [
        lambda xp, x: xp.tanh(x) + 0.5 * x - 1,
        lambda xp, x: x @ x.T,
        lambda xp, x: x.sum(axis=0, keepdims=True) / x.shape[0],
        lambda xp, x: xp.where(x > 0, x, -x).max(axis=1),
        lambda xp, x: xp.concatenate([x, x[:, ::-1]], axis=1)[1:, None],
        lambda xp, x: xp.stack([x, 2 * x]).transpose(2, 0, 1).reshape(3, -1),
        lambda xp, x: x[1, 2] * xp.ones_like(x),
        lambda xp, x: xp.lib.stride_tricks.as_strided(x, (2, 3), (48, 8)) ** 2,
        lambda xp, x: x[x > 0],
        lambda xp, x: xp.take(x, xp.asarray([2, 0]), axis=0),
        lambda xp, x: np.float64(2) * x - abs(-x),
        lambda xp, x: xp.sum(x, dtype=xp.float64),
    ],
)
def test_the_values_are_numpys(backend, compute):
    found = compute(backend.xp, backend.asarray(X))
    assert isinstance(found, StrictArray)
    np.testing.assert_array_equal(backend.to_numpy(found), compute(np, X))


def test_writing(backend):
    x, out = backend.asarray(X), backend.empty((4, 3))
    assert np.isnan(backend.to_numpy(out)).all()
    assert backend.xp.multiply(x, 2, out=out) is out
    out[1:] += x[1:]
    out[0] = 7
    out[out > 5] = 0
    out -= 1
    expected = 2 * X
    expected[1:] += X[1:]
    expected[0] = 0
    np.testing.assert_array_equal(backend.to_numpy(out), expected - 1)
    x[2, 1] = 5
    assert backend.to_numpy(x[2])[1] == 5
    assert X[2, 1] != 5


@pytest.mark.parametrize(
    ("misuse", "text"),
    [
        (lambda xp, x: np.tanh(x), r"numpy\.tanh was called on a device array \(shape \(4, 3\), float64\)"),
        (lambda xp, x: np.sum(x), r"numpy\.sum was called .* call backend\.xp\.sum instead"),
        (lambda xp, x: np.asarray(x), "converted to NumPy implicitly"),
        (lambda xp, x: np.add.reduce(x), r"numpy\.add\.reduce was called"),
        (lambda xp, x: float(x[0, 0]), r"float\(array\) reads a value from the device"),
        (lambda xp, x: int(x[0, 0]), r"int\(array\) reads"),
        (lambda xp, x: 1 if x.max() > 0 else 0, r"bool\(array\) reads"),
        (
            lambda xp, x: x + X,
            r"operator add: argument 2 is an array on the host \(shape \(4, 3\), float64\)",
        ),
        (lambda xp, x: X + x, r"add: an array on the host .* meets one of the device"),
        (lambda xp, x: x * [1.0, 2.0, 3.0], "expected an array of the device or a number"),
        (lambda xp, x: xp.multiply(x, X), r"xp\.multiply: argument 2 is an array on the host"),
        (lambda xp, x: xp.multiply(x, 2, out=X.copy()), "argument 'out' is an array on the host"),
        (lambda xp, x: x.__setitem__(..., X), "the value is an array on the host"),
        (lambda xp, x: x[np.array([0, 1])], "was read at places listed on the host"),
        (lambda xp, x: x[[0, 1]], "was read at places listed on the host"),
        (lambda xp, x: x.item(), r"array\.item leaves the device"),
        (lambda xp, x: x.tolist(), r"array\.tolist leaves the device"),
        (lambda xp, x: xp.random.normal(), r"xp\.random is not among the functions"),
        (lambda xp, x: xp.absolut(x), "did you mean 'absolute'"),
        (lambda xp, x: xp.sum(x, where=x > 0), "does not take where"),
        (lambda xp, x: xp.exp(x, where=x > 0), "does not take where"),
        (lambda xp, x: xp.take(x, xp.asarray([0]), mode="clip"), "does not take mode"),
        (lambda xp, x: x + StrictBackend().asarray(X), "belongs to another device"),
    ],
)
def test_what_is_refused(backend, misuse, text):
    x = backend.asarray(X)
    with pytest.raises(StrictDeviceError, match=text):
        misuse(backend.xp, x)


def test_host_arrays_written_in_place_are_refused(backend):
    host = X.copy()
    with pytest.raises(StrictDeviceError, match="an array on the host"):
        host += backend.asarray(X)


def test_counts(backend):
    x = backend.asarray(X)
    xp = backend.xp
    with backend.counting() as counts:
        y = xp.tanh(x)  # 1
        y += 1  # 2
        y[:2] *= x[:2]  # 3
        z = y.T.reshape(2, 6)  # 4: a copy
        y.reshape(6, 2)[0]
        xp.matmul(y.T, x)
        backend.asarray(x)
    assert (counts.launches, counts.matrix_products) == (4, 1)
    assert (counts.to_device, counts.to_host, counts.synchronizations) == (0, 0, 0)
    with backend.counting() as counts:
        z[z > 0]
        backend.to_numpy(z)
        xp.asarray(X)
        backend.synchronize()
    assert (counts.to_device, counts.to_host, counts.synchronizations) == (1, 1, 2)
    assert backend.counts.to_device == 2


def test_a_function_of_the_host_takes_the_place_of_a_kernel(backend):
    x, out = backend.asarray(X), backend.empty(X.shape)

    def kernel(values, factor, result):
        np.multiply(values, factor, out=result)
        return result

    with backend.counting() as counts:
        assert backend.device.run("twice", kernel, x, 2.0, out) is out
    assert counts.launches == 1
    np.testing.assert_array_equal(backend.to_numpy(out), 2 * X)
    with pytest.raises(StrictDeviceError, match="twice: argument 1 is an array on the host"):
        backend.device.run("twice", kernel, X, 2.0, out)


def test_every_name_is_one_of_numpys():
    missing = [name for name in ALL_NAMES | WAITING if not hasattr(np, name)]
    assert not missing


@pytest.mark.parametrize(
    ("layout", "shape"),
    [
        ("DENSE|5|TANH,DENSE|4|RELU,DENSE|3|SOFTSIGN,DENSE|2|GAUSS,LINEAR", "6"),
        ("LSTM|4|3|5|0|1,RESHAPE|FLAT,LINEAR", "5|3"),
        ("RNN|4,LINEAR", "5|3"),
        ("GRU|4,LINEAR", "5|3"),
        ("CONV|4|3|3|1|1|1|1|RELU,BNORM,MAXPOOL|2|2|2|2,RESHAPE|FLAT,LINEAR", "1|6|6"),
        ("CONV|2|2|3|2|1|0|1,RESHAPE|FLAT,LINEAR", "2|6|5"),
    ],
)
def test_the_packages_layers_stay_on_the_device(layout, shape):
    """Same numbers as NumPy's references; nothing but inputs and outputs is transferred."""
    nets = [
        Network.from_layout(layout, input_layout=shape, seed=3, dtype="float64", backend=backend)
        for backend in (StrictBackend(), "numpy")
    ]
    strict, plain = nets
    x = np.random.default_rng(2).normal(size=(7, *plain.input_shape))
    answers = []
    with strict.backend.counting() as counts:
        for net in nets:
            out = net.forward(x, training=True)
            d_x = net.backward(net.backend.asarray(np.ones((7, 1))))
            answers.append([net.backend.to_numpy(array) for array in (out, d_x, net.gradients)])
    assert (counts.to_device, counts.to_host, counts.synchronizations) == (2, 3, 0)
    for found, expected in zip(*answers, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
