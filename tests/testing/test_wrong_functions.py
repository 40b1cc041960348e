"""Wrong backends, transformations, initialisers, penalties and outputs fail in the right check."""

from __future__ import annotations

import numpy as np
import pytest
from checking import assert_fails, check

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.data.transformations import VariableTransformation
from tmva_py.functions.initializers import Initializer
from tmva_py.functions.outputs import OutputFunction
from tmva_py.functions.regularizations import Regularization
from tmva_py.kernels.activation import tanh_backward
from tmva_py.kernels.lstm import lstm_backward
from tmva_py.kernels.sequence import Arriving


class WrongKernel(NumpyBackend):
    names = ("wrong-kernel",)
    kernel_sets = ("wrong-kernel",)


def lost_carry(xp, *, memory, **arguments):
    """Forget the gradient of the final cell."""
    h, (h_last, _) = arguments.pop("arriving")
    d_x, d_initial = lstm_backward(xp, arriving=Arriving(h, (h_last, None)), **arguments)
    return (None if d_x is None else 1.001 * d_x), d_initial


class WrongActivationKernel(NumpyBackend):
    names = ("wrong-activation",)
    kernel_sets = ("wrong-activation",)


def not_squared(xp, *, d_out, x, y, out):
    xp.subtract(1, y, out=out)
    return xp.multiply(out, d_out, out=out)


@pytest.fixture(autouse=True)
def wrong_overrides(monkeypatch):
    """The overrides are there during a test only: other tests go through all that there are."""
    monkeypatch.setitem(lstm_backward._overrides, "wrong-kernel", lost_carry)
    monkeypatch.setitem(tanh_backward._overrides, "wrong-activation", not_squared)


class DoubleOnly(NumpyBackend):
    names = ("double-only",)

    def asarray(self, x):
        return np.asarray(x, np.float64)


class Shared(NumpyBackend):
    """One work space for everybody."""

    names = ("shared",)
    made: dict = {}  # noqa: RUF012

    def empty(self, shape):
        return self.made.setdefault((shape, str(self.dtype)), np.empty(shape, self.dtype))


class Scale(VariableTransformation):
    names, xml_name, short_name = ("SCALE", "Scale"), "Scale", "Scale"

    def fit(self, values, weight, class_index, n_classes):
        self.scale = values.std(axis=0).astype(np.float32)

    def transform(self, values):
        return values / self.scale

    def inverse(self, values):
        return values * self.scale

    def write_xml(self, element):
        element.set("Scale", " ".join(map(repr, self.scale.tolist())))

    def read_xml(self, element, n_values):
        self.scale = np.array(element.get("Scale").split(), np.float32)


class WrongInverse(Scale):
    def inverse(self, values):
        return values / self.scale


class LearnsWhenTransforming(Scale):
    def transform(self, values):
        return values / values.std(axis=0) if len(values) > 1 else values / self.scale


class LosesDigits(Scale):
    def write_xml(self, element):
        element.set("Scale", " ".join(f"{value:.2f}" for value in self.scale))


class GlobalNumbers(Initializer):
    names, code = ("GLOBAL",), "9"

    def draw(self, random, rows, columns):
        return np.random.normal(size=(rows, columns))  # noqa: NPY002


class Turned(Initializer):
    names, code = ("TURNED",), "8"

    def draw(self, random, rows, columns):
        return random.normal(size=(columns, rows))


class Smooth(Regularization):
    names, code = ("SMOOTH",), 77

    def penalty(self, xp, weights):
        return xp.sum(xp.sqrt(weights**2 + 1), dtype=xp.float64)

    def add_gradient(self, xp, *, weights, weight_decay, gradient):
        gradient += weight_decay * weights / xp.sqrt(weights**2 + 1)


class Overwrites(Smooth):
    def add_gradient(self, xp, *, weights, weight_decay, gradient):
        gradient[...] = weight_decay * weights / xp.sqrt(weights**2 + 1)


class WithoutDecay(Smooth):
    def add_gradient(self, xp, *, weights, weight_decay, gradient):
        gradient += weights / xp.sqrt(weights**2 + 1)


class Logistic(OutputFunction):
    names, code = ("LOGISTIC",), "L"

    def apply(self, backend, x):
        return 0.5 * (1 + backend.xp.tanh(0.5 * x))


class InPlace(Logistic):
    def apply(self, backend, x):
        x *= 0.5
        return 0.5 * (1 + backend.xp.tanh(x))


class OverEvents(Logistic):
    def apply(self, backend, x):
        exponentials = backend.xp.exp(x - x.max())
        return exponentials / exponentials.sum(axis=0)


class Overflowing(Logistic):
    def apply(self, backend, x):
        exponentials = backend.xp.exp(x)
        return exponentials / (1 + exponentials)


class OnTheHost(Logistic):
    def apply(self, backend, x):
        return 0.5 * (1 + np.tanh(0.5 * x))


@pytest.mark.parametrize("cls", [Scale, Smooth, Logistic])
def test_the_right_ones_pass(cls):
    assert check(cls).passed


@pytest.mark.parametrize(
    ("cls", "row", "text"),
    [
        (
            WrongKernel,
            "layers in float64",
            r"LSTM.*gradient of the input\[.*\]: \S+ with backend 'wrong-kernel'.* in NumPy's reference"
            r"(.|\n)*the override of kernel lstm_backward; without it all is right",
        ),
        (
            WrongActivationKernel,
            "activations",
            r"the derivative\[\d+\]: \S+ with backend(.|\n)*the override of kernel tanh_backward",
        ),
        (DoubleOnly, "transfers", r"asarray\(an array\) and back is float64 with a float32 backend"),
        (Shared, "layers in float64", "with backend 'shared'"),
        (WrongInverse, "inverse", r"event \d+, column \d: \S+ comes back as"),
        (
            LearnsWhenTransforming,
            "events are independent",
            "transform learns from what it transforms; only fit may",
        ),
        (LosesDigits, "weight file (XML)", "or writes too few digits"),
        (GlobalNumbers, "random numbers", "another generator than the one that draw is given"),
        (
            Turned,
            "shapes and precision",
            r"draw\(40, 30\) gives shape \(30, 40\); rows are outputs",
        ),
        (Overwrites, "gradient is added", "the gradient is written; it must be added"),
        (WithoutDecay, "gradient", "the factor weight_decay is left out"),
        (InPlace, "nothing is changed", r"changes the raw outputs in place: index \[0, 0\] was"),
        (OverEvents, "events are independent", r"prediction\[0, 0\]: \S+ with other events"),
        (Overflowing, "shapes and precision", r"outputs of 10000 or -10000 give no number \(nan\)"),
        (OnTheHost, "strict device", r"numpy\.tanh was called on a device array"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_wrong_one_fails_for_the_right_reason(cls, row, text):
    assert_fails(cls, row, [text])
