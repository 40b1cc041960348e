"""Losses, optimisers, methods and backends with one mistake each that a single call does not show."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from wrong_plugins import Plane, PlaneModel, Quartic, Velocity

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer


class RightForZeroAndOne(Loss):
    """The gradient has t² in the place of t: the same for the targets of a classification."""

    names, code, default_output = ("SQUARE",), "Y", "IDENTITY"

    def total(self, backend, *, output, target, weight=None, gradient=None):
        xp = backend.xp
        deviation = output - target
        weight = 1 if weight is None else weight
        if gradient is not None:
            gradient[...] = weight * (output - target * target) * (2 / deviation.size)
        return xp.sum(weight * deviation * deviation, dtype=xp.float64) / deviation.shape[1]


class LossWrongForOneEvent(Quartic):
    def total(self, backend, *, output, target, weight=None, gradient=None):
        found = super().total(backend, output=output, target=target, weight=weight, gradient=gradient)
        if gradient is not None and output.shape[0] == 1:
            gradient[...] = 0
        return found


class DeviationKept(Quartic):
    def total(self, backend, *, output, target, weight=None, gradient=None):
        self.deviation = output - target
        return super().total(backend, output=output, target=target, weight=weight, gradient=gradient)


SPACE = np.empty((5000, 3))


class SharedSpace(Quartic):
    """All trainings of the process compute in one array, into which the others write meanwhile."""

    def total(self, backend, *, output, target, weight=None, gradient=None):
        space = SPACE[: len(output), : output.shape[1]]
        space[...] = output
        time.sleep(1e-3)  # as while a device or a file is waited for
        return super().total(backend, output=space, target=target, weight=weight, gradient=gradient)


class FixedRate(Velocity):
    def update(self, parameters, gradients):
        v = self.state["v"]
        v *= 1 - self.settings["friction"]
        v += gradients
        parameters -= 0.01 * v


class SettingIgnored(Velocity):
    def update(self, parameters, gradients):
        v = self.state["v"]
        v *= 0.5
        v += gradients
        parameters -= self.learning_rate * v


class MomentumIgnored(Optimizer):
    names, uses_momentum = ("NOMOMENTUM",), True

    def update(self, parameters, gradients):
        parameters -= self.learning_rate * gradients


class MomentumNotDeclared(Optimizer):
    names, states = ("HIDDEN",), ("v",)

    def update(self, parameters, gradients):
        v = self.state["v"]
        v *= self.momentum
        v += gradients
        parameters -= self.learning_rate * v


class LearntOnTheClass(Plane):
    class model(PlaneModel):  # noqa: N801
        def __init__(self, normal, offset, scale):
            super().__init__(normal, offset, scale)
            type(self).learnt = (normal, offset)

        def respond(self, inputs):
            self.normal, self.offset = type(self).learnt
            return super().respond(inputs)


class EmptyFile(Plane):
    """What is learnt lies in the module, so that the process that trained can answer after a file."""

    class model(PlaneModel):  # noqa: N801
        kept: Any = None

        def __init__(self, normal, offset, scale):
            super().__init__(normal, offset, scale)
            type(self).kept = type(self).kept or (normal, offset, scale)

        def write(self, weights):
            pass

        @classmethod
        def read(cls, weights, context):  # noqa: ARG003
            return cls(*cls.kept)


class ProductsInDouble:
    """NumPy, but every product is float64."""

    def __getattr__(self, name):
        return getattr(np, name)

    def matmul(self, a, b, out=None):
        product = np.matmul(a.astype(np.float64), b.astype(np.float64))
        if out is None:
            return product
        out[...] = product
        return out


class DoubleProducts(NumpyBackend):
    names, kernel_sets = ("double-products",), ()

    def __init__(self, dtype="float32"):
        super().__init__(dtype)
        self.xp = ProductsInDouble()
