"""Layers with one mistake each that shows only in certain passes, with certain arguments, or in a file."""

from __future__ import annotations

import numpy as np
from wrong_plugins import Carry, Gated

from tmva_py.layers import LayerXML, VGeneralLayer
from tmva_py.options import Option


class InferenceWithoutBias(Gated):
    """The path of predictions forgets a bias."""

    def forward(self, x, context):
        if context.training:
            return super().forward(x, context)
        xp, values = self.backend.xp, self.parameters
        gate = 0.5 * xp.tanh(0.5 * self.slope * (x @ values["V"].T + values["p"])) + 0.5
        return gate * xp.tanh(x @ values["W"].T), None


class WorkSpaceAddedTo(Gated):
    """Work space that is zero the first time is added to."""

    def forward(self, x, context):
        out, saved = super().forward(x, context)
        total = context.memory(self).once("total", out.shape, lambda: self.backend.zeros(out.shape))
        total += out
        return total, saved


class FinalStateInWorkSpace(Carry):
    def forward(self, x, context):
        out, saved = super().forward(x, context)
        kept = context.memory(self).array("h", out.shape)
        kept[...] = context.state(self).final["h"]
        context.state(self).final = {"h": kept}
        return out, saved


class KeptOnAnObject(Gated):
    """What backward needs is kept where no attribute of the layer changes."""

    class Box:
        pass

    def __init__(self, width: int, slope: float = 1.0) -> None:
        super().__init__(width, slope)
        self.box = self.Box()

    def forward(self, x, context):
        out, self.box.saved = super().forward(x, context)
        return out, None

    def backward(self, d_out, saved, context):
        return super().backward(d_out, self.box.saved, context)


IN_THE_MODULE = []


class KeptInTheModule(Gated):
    def forward(self, x, context):
        out, saved = super().forward(x, context)
        IN_THE_MODULE[:] = [saved]
        return out, None

    def backward(self, d_out, saved, context):
        return super().backward(d_out, IN_THE_MODULE[-1], context)


class WrongForOneEvent(Gated):
    def backward(self, d_out, saved, context):
        d_x = super().backward(d_out, saved, context)
        if d_out.shape[0] == 1:
            self.gradients["b"][...] = 0
        return d_x


class WrongForOneStep(Carry):
    def backward(self, d_out, saved, context):
        d_x = super().backward(d_out, saved, context)
        if self.steps == 1:
            self.gradients["k"][...] = 0
        return d_x


class GlobalSeed(Gated):
    """The same numbers in every pass, and from then on in the user's program."""

    def forward(self, x, context):
        out, saved = super().forward(x, context)
        np.random.seed(1)  # noqa: NPY002
        factor = float(np.random.random() < 0.9) if context.training else 1.0  # noqa: NPY002
        return out * factor, (saved, factor)

    def backward(self, d_out, saved, context):
        return super().backward(d_out * saved[1], saved[0], context)


class TransferInTraining(Gated):
    def forward(self, x, context):
        ones = np.ones(self.width) if context.training else 1.0
        out, saved = super().forward(x, context)
        return out * (self.backend.asarray(ones) if context.training else ones), saved


class TransferInInference(Gated):
    def forward(self, x, context):
        out, saved = super().forward(x, context)
        if not context.training:
            out = self.backend.asarray(np.maximum(self.backend.to_numpy(out), -1e9))
        return out, saved


class Centred(VGeneralLayer):
    """g (x - m), m a running mean: right, its buffer is in files."""

    names, xml = ("CENTRED",), LayerXML("CentredLayer")

    def build(self, input_shape, store):
        store.add("g", (input_shape[-1],), kind="bias", initial=1.0)
        store.add_buffer("mean", (input_shape[-1],))
        return input_shape

    def forward(self, x, context):
        xp, mean = self.backend.xp, self.buffers["mean"]
        if context.training:
            mean[...] = 0.9 * mean + 0.1 * xp.mean(x, axis=tuple(range(x.ndim - 1)))
        centred = x - mean
        return self.parameters["g"] * centred, centred

    def backward(self, d_out, saved, context):
        xp, axes = self.backend.xp, tuple(range(d_out.ndim - 1))
        self.gradients["g"][...] = xp.sum(d_out * saved, axis=axes)
        d_centred = self.parameters["g"] * d_out
        return d_centred - 0.1 * xp.mean(d_centred, axis=axes)


class BufferNotWritten(Centred):
    xml = LayerXML("CentredLayer", matrices=(("Factors", "g"),))


class AxesSwapped(VGeneralLayer):
    """(S, T) where it says (T, S)."""

    names, xml = ("SWAPPED",), LayerXML("SwappedLayer")
    options = (Option("width", int, 0, minimum=1, xml="Width", doc="units"),)

    def __init__(self, width: int) -> None:
        self.width = int(width)

    def build(self, input_shape, store):
        steps, inputs = input_shape
        store.add("W", (self.width, inputs))
        return (steps, self.width)

    def forward(self, x, context):
        return (x @ self.parameters["W"].T).swapaxes(1, 2), x

    def backward(self, d_out, saved, context):
        d = d_out.swapaxes(1, 2)
        self.gradients["W"][...] = d.reshape(-1, self.width).T @ saved.reshape(-1, saved.shape[-1])
        return d @ self.parameters["W"]


class WrongWhenWide(Gated):
    def backward(self, d_out, saved, context):
        d_x = super().backward(d_out, saved, context)
        self.gradients["b"][8:] = 0
        return d_x


class FieldIgnored(Gated):
    """The layout's field has no effect."""

    @classmethod
    def parse_layout_fields(cls, fields, context):
        return {**super().parse_layout_fields(fields, context), "slope": 1.3125}


class NoLimit(Gated):
    options = (Option("width", int, 0, xml="Width", doc="outputs"), Gated.options[1])

    def __init__(self, width: int, slope: float = 1.0) -> None:
        self.width, self.slope = int(width), float(slope)


class Mode(Gated):
    """One of its choices has a wrong gradient."""

    options = (
        *Gated.options,
        Option("mode", str, "half", choices=("half", "full"), xml="Mode", doc="factor"),
    )

    def __init__(self, width: int, slope: float = 1.0, mode: str = "half") -> None:
        super().__init__(width, slope)
        self.mode = mode

    def forward(self, x, context):
        out, saved = super().forward(x, context)
        return out * (0.5 if self.mode == "half" else 1.0), saved
