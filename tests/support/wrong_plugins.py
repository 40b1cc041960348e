"""Plugins with one mistake each, and the right ones that they are made from."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from tmva_py.errors import OptionError
from tmva_py.functions.activations import Activation
from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer
from tmva_py.layers import LayerXML, VGeneralLayer
from tmva_py.methods import Method, Model, Responses
from tmva_py.options import Option


class Gated(VGeneralLayer):
    """y_t = s(x_t V + p) * tanh(x_t W + b), as in gated linear units: two gates, two biases."""

    names, xml = ("GATED",), LayerXML("GatedLayer")
    options = (
        Option("width", int, 0, minimum=1, xml="Width", doc="outputs"),
        Option("slope", float, 1.0, xml="Slope", doc="slope of the sigmoid"),
    )

    def __init__(self, width: int, slope: float = 1.0) -> None:
        if width < 1:
            message = f"GATED: width must be at least 1, got {width!r}"
            raise OptionError(message)
        self.width, self.slope = int(width), float(slope)

    def build(self, input_shape, store):
        for name in ("W", "V"):
            store.add(name, (self.width, input_shape[-1]))
        for name in ("b", "p"):
            store.add(name, (self.width,), kind="bias")
        return (*input_shape[:-1], self.width)

    def forward(self, x, context):
        xp, values = self.backend.xp, self.parameters
        gate = 0.5 * xp.tanh(0.5 * self.slope * (x @ values["V"].T + values["p"])) + 0.5
        content = xp.tanh(x @ values["W"].T + values["b"])
        return gate * content, (x, gate, content)

    def pre_activations(self, d_out, gate, content) -> tuple[Any, Any]:
        return d_out * content * self.slope * gate * (1 - gate), d_out * gate * (1 - content * content)

    def backward(self, d_out, saved, context):
        x, gate, content = saved
        d_gate, d_content = self.pre_activations(d_out, gate, content)
        rows = x.reshape(-1, x.shape[-1])
        for name, bias, d in (("V", "p", d_gate), ("W", "b", d_content)):
            flat = d.reshape(-1, self.width)
            self.gradients[name][...] = flat.T @ rows
            self.gradients[bias][...] = flat.sum(axis=0)
        return d_gate @ self.parameters["V"] + d_content @ self.parameters["W"]


class SwappedGates(Gated):
    def backward(self, d_out, saved, context):
        d_x = super().backward(d_out, saved, context)
        kept = self.gradients["W"].copy()
        self.gradients["W"][...] = self.gradients["V"]
        self.gradients["V"][...] = kept
        return d_x


class MissingBiasGradient(Gated):
    def backward(self, d_out, saved, context):
        kept = self.gradients["b"].copy()
        d_x = super().backward(d_out, saved, context)
        self.gradients["b"][...] = kept
        return d_x


class ZeroBiasGradient(Gated):
    def backward(self, d_out, saved, context):
        d_x = super().backward(d_out, saved, context)
        self.gradients["p"][...] = 0
        return d_x


class StateOnTheLayer(Gated):
    def forward(self, x, context):
        out, self.kept = super().forward(x, context)
        return out, None

    def backward(self, d_out, saved, context):
        return super().backward(d_out, self.kept, context)


class NumpyCall(Gated):
    def forward(self, x, context):
        values = self.parameters
        gate = 1 / (1 + np.exp(-self.slope * (x @ values["V"].T + values["p"])))
        content = self.backend.xp.tanh(x @ values["W"].T + values["b"])
        return gate * content, (x, gate, content)


class InputChanged(Gated):
    def forward(self, x, context):
        x -= 0.5
        return super().forward(x, context)


class GradientAdded(Gated):
    def backward(self, d_out, saved, context):
        kept = {name: value.copy() for name, value in self.gradients.items()}
        d_x = super().backward(d_out, saved, context)
        for name, value in kept.items():
            self.gradients[name][...] += value
        return d_x


class WrongPrecision(Gated):
    def forward(self, x, context):
        xp = self.backend.xp
        out, saved = super().forward(x, context)
        return out * xp.ones(out.shape), saved


class BatchMean(Gated):
    def forward(self, x, context):
        out, saved = super().forward(x, context)
        return (out, saved) if context.training else (out - out.mean(axis=0), saved)


class MissingFactor(Gated):
    def pre_activations(self, d_out, gate, content):
        d_gate, d_content = super().pre_activations(d_out, gate, content)
        return d_gate / self.slope, d_content


class DividedByEvents(Gated):
    def backward(self, d_out, saved, context):
        d_x = super().backward(d_out, saved, context)
        self.gradients["W"][...] /= d_out.shape[0]
        return d_x


class OptionNotStored(Gated):
    def __init__(self, width: int, slope: float = 1.0) -> None:
        self.width, self.steepness = int(width), float(slope)
        self.slope = 1.0


class OptionWithoutXml(Gated):
    options = (Gated.options[0], Option("slope", float, 1.0, doc="slope of the sigmoid"))


class Counting(Gated):
    calls = 0

    def forward(self, x, context):
        type(self).calls += 1
        out, saved = super().forward(x, context)
        return out + 1e-3 * type(self).calls, saved


class OneAmongThreads(Gated):
    """One pass is in the way of the others while it waits for something, as a device or a file."""

    def forward(self, x, context):
        space = self.__dict__.setdefault("space", {})
        space["x"] = x
        time.sleep(1e-3)
        x = space["x"]
        return super().forward(x, context)


class UninitialisedMemory(Gated):
    def forward(self, x, context):
        out, saved = super().forward(x, context)
        result = self.backend.empty(out.shape)
        result[:-1] = out[:-1]
        result[-1:] += out[-1:]
        return result, saved


class ValueErrorInFields(Gated):
    @classmethod
    def parse_layout_fields(cls, fields, context):  # noqa: ARG003
        return {"width": int(fields[0]), "slope": float(fields[1])}


class Carry(VGeneralLayer):
    """h_t = a h_(t-1) + x_t W, a state of the width of the output; a = tanh(k) for each unit."""

    names, xml = ("CARRY",), LayerXML("CarryLayer")
    options = (Option("width", int, 0, minimum=1, xml="Width", doc="outputs"),)
    state_names = ("h",)

    def __init__(self, width: int) -> None:
        self.width = self.state_size = int(width)

    def build(self, input_shape, store):
        self.steps, inputs = input_shape
        store.add("W", (self.width, inputs))
        store.add("k", (self.width,), kind="bias")
        return (self.width,)

    def forward(self, x, context):
        xp, state = self.backend.xp, context.state(self)
        h = self.backend.zeros((x.shape[0], self.width)) if state.initial is None else state.initial["h"]
        states = [h]
        for t in range(self.steps):
            h = xp.tanh(self.parameters["k"]) * h + x[:, t] @ self.parameters["W"].T
            states.append(h)
        state.final = {"h": h.copy()}
        return h, (x, states)

    def backward(self, d_out, saved, context):
        xp, (x, states), state = self.backend.xp, saved, context.state(self)
        a = xp.tanh(self.parameters["k"])
        d_h = d_out if state.d_final is None else d_out + state.d_final["h"]
        d_x, d_a = xp.zeros_like(x), xp.zeros_like(a)
        self.gradients["W"][...] = 0
        for t in reversed(range(self.steps)):
            self.gradients["W"][...] += d_h.T @ x[:, t]
            d_x[:, t] = d_h @ self.parameters["W"]
            d_a += (d_h * states[t]).sum(axis=0)
            d_h = self.carried(d_h, a)
        self.gradients["k"][...] = d_a * (1 - a * a)
        self.give_back(state, d_h)
        return d_x

    def carried(self, d_h, a):
        return d_h * a

    def give_back(self, state, d_h) -> None:
        state.d_initial = {"h": d_h}


class NoInitialStateGradient(Carry):
    def give_back(self, state, d_h) -> None:
        pass


class LostCarry(Carry):
    def carried(self, d_h, a):
        return d_h


class FinalStateIgnored(Carry):
    def backward(self, d_out, saved, context):
        context.state(self).d_final = None
        return super().backward(d_out, saved, context)


class Elu(Activation):
    """x above zero, exp(x) - 1 below."""

    names, code, needs_input = ("ELU",), 131, True

    def forward(self, backend, *, x, out):
        xp = backend.xp
        out[...] = xp.where(x > 0, x, xp.exp(xp.minimum(x, 0)) - 1)
        return out

    def backward(self, backend, *, d_out, x, y, out):
        return backend.xp.multiply(d_out, backend.xp.where(x > 0, 1.0, y + 1), out=out)


class WrongBranch(Elu):
    def backward(self, backend, *, d_out, x, y, out):
        return backend.xp.multiply(d_out, backend.xp.where(x > 0, 1.0, y), out=out)


class TakenCode(Elu):
    code = 2


class Velocity(Optimizer):
    """Gradient descent with friction."""

    names, states = ("VELOCITY",), ("v",)
    options = (Option("friction", float, 0.5, doc="share of the velocity that is lost"),)

    def update(self, parameters, gradients):
        v = self.state["v"]
        v *= 1 - self.settings["friction"]
        v += gradients
        parameters -= self.learning_rate * v


class StateNotReset(Velocity):
    states = ()

    def update(self, parameters, gradients):
        v = self.__dict__.setdefault("v", self.backend.zeros(parameters.shape))
        v *= 1 - self.settings["friction"]
        v += gradients
        parameters -= self.learning_rate * v


class ReboundParameters(Velocity):
    def update(self, parameters, gradients):
        parameters = parameters - self.learning_rate * gradients


class SharedState(Velocity):
    states = ()
    shared: Any = None

    def start(self, backend, n_parameters):
        super().start(backend, n_parameters)
        type(self).shared = backend.zeros((n_parameters,))

    def update(self, parameters, gradients):
        type(self).shared *= 0.5
        type(self).shared += gradients
        parameters -= self.learning_rate * type(self).shared


class Quartic(Loss):
    """The fourth power of the deviation."""

    names, code, default_output = ("QUARTIC",), "Q", "IDENTITY"

    def total(self, backend, *, output, target, weight=None, gradient=None):
        deviation = output - target
        weighted = deviation if weight is None else deviation * weight
        if gradient is not None:
            gradient[...] = weighted * deviation**2 * (4 / self.divisor(deviation, weight))
        return backend.xp.sum(weighted * deviation**3, dtype=backend.xp.float64) / deviation.shape[1]

    def divisor(self, deviation, weight):
        return deviation.size


class DividedByWeights(Quartic):
    def divisor(self, deviation, weight):
        return deviation.size if weight is None else weight.sum() * deviation.shape[1]


class MeanNotSum(Quartic):
    def total(self, backend, *, output, target, weight=None, gradient=None):
        found = super().total(backend, output=output, target=target, weight=weight, gradient=gradient)
        return found / output.shape[0]


class SinglePrecisionTotal(Quartic):
    def total(self, backend, *, output, target, weight=None, gradient=None):
        found = super().total(backend, output=output, target=target, weight=weight, gradient=gradient)
        return found.astype(output.dtype)


class PlaneModel(Model):
    """A normal and an offset."""

    def __init__(self, normal, offset, scale):
        self.normal, self.offset, self.scale = normal, offset, scale

    def respond(self, inputs):
        return Responses(self.scale * (inputs.x @ self.normal + self.offset))

    def write(self, weights):
        weights.set("Offset", repr(self.offset))
        weights.text = " ".join(map(repr, self.normal.tolist()))

    @classmethod
    def read(cls, weights, context):
        normal = np.array(weights.text.split(), np.float64)
        return cls(normal, float(weights.get("Offset")), context.option_values["Scale"])


class Plane(Method):
    """A plane halfway between the means of signal and background."""

    names, type_name, model = ("Plane",), "Plane", PlaneModel
    options = (Option("Scale", float, 1.0, doc="factor of the response"),)

    def train(self, dataset):
        events = dataset.training
        is_signal = events.class_index == dataset.info.signal_class_index
        signal, background = events.x[is_signal].mean(0), events.x[~is_signal].mean(0)
        normal = (signal - background).astype(np.float64)
        return self.model(normal, float((background**2 - signal**2).sum() / 2), self.option_values["Scale"])


class WeightsLost(Plane):
    class model(PlaneModel):  # noqa: N801
        @classmethod
        def read(cls, weights, context):
            found = super().read(weights, context)
            return cls(found.normal, 0.0, found.scale)


class TooFewDigits(Plane):
    class model(PlaneModel):  # noqa: N801
        def write(self, weights):
            super().write(weights)
            weights.text = " ".join(f"{value:.3g}" for value in self.normal)


class TurnedRound(Plane):
    class model(PlaneModel):  # noqa: N801
        def respond(self, inputs):
            return Responses(-super().respond(inputs).values)


class EventsTogether(Plane):
    class model(PlaneModel):  # noqa: N801
        def respond(self, inputs):
            found = super().respond(inputs).values
            return Responses(found - found.mean())


class DataChanged(Plane):
    def train(self, dataset):
        found = super().train(dataset)
        dataset.training.weight[:] = 1
        return found
