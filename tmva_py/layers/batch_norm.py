"""Batch normalisation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from tmva_py.backends import Array
from tmva_py.errors import OptionError, ShapeError, TrainingError
from tmva_py.kernels.batch_norm import (
    BatchNormTrace,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_statistics,
    scale_and_shift,
)
from tmva_py.kernels.order import in_rows
from tmva_py.layers.arguments import is_number, whole_numbers
from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context
from tmva_py.layers.images import channel_major
from tmva_py.layers.parameters import ParameterStore
from tmva_py.layers.xml import LayerXML
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class TBatchNormLayer(VGeneralLayer):
    r"""Batch normalisation, :math:`y = \gamma (x - \mu)/\sqrt{v + \epsilon} + \beta`.

    While training, :math:`\mu` and v are mean and biased variance of the batch; otherwise the running ones.
    After a convolution or pooling layer each channel is normalised, after any other each feature.

    Parameters
    ----------
    momentum : float, default -1
        How much of the running statistics a batch keeps, in [0, 1]; negative: the plain mean over the batches
        of the epoch so far.
    epsilon : float, default 1e-4
        Added to the variance.
    cpu_chunk_events : int, default 0
        For files that ROOT trained on the CPU, see Notes; 0: each channel is normalised.

    Raises
    ------
    OptionError
        `epsilon` is not positive or `momentum` above 1.

    Notes
    -----
    Input and output (B, …) of the same shape; ``gamma``, ``beta`` (n,); buffers ``running_mean`` and
    ``running_variance`` (n,), the latter of unbiased variances v·N/(N − 1 + ε), and ``batches`` (1,), their
    number since the epoch began. The statistics start again with the first batch of each epoch of a training;
    passes without training do not change them. S. Ioffe and C. Szegedy, arXiv:1502.03167.

    After a convolution ROOT's CPU code does not normalise channels: it cuts the memory of a batch, value (c,
    pixel, event) at c + C·(pixel + H·W·event), into C successive chunks of H·W·B values and takes
    each for a channel. Statistics, γ and β of its files are those of the chunks; the files do not say so.
    With `cpu_chunk_events` B a pass that does not train repeats this for batches of B events, and for the
    events that do not fill one each on its own, as ROOT does. Its Reader has B = 1.
    """

    names = ("BNORM",)
    calls_blas = False
    options = (
        Option("momentum", float, -1.0, xml="Momentum", doc="old fraction of running statistics; −1: mean"),
        Option("epsilon", float, 1e-4, xml="Epsilon", doc="added to the variance"),
    )
    xml = LayerXML(
        "BatchNormLayer",
        matrices=(
            ("Training-mu", "running_mean"),
            ("Training-variance", "running_variance"),
            ("Gamma", "gamma"),
            ("Beta", "beta"),
        ),
        vectors_are_rows=True,
    )

    def __init__(self, momentum: float = -1.0, epsilon: float = 1e-4, *, cpu_chunk_events: int = 0) -> None:
        if not is_number(epsilon) or not epsilon > 0:
            message = f"BNORM: epsilon must be positive, got {epsilon!r}"
            raise OptionError(message)
        if not is_number(momentum) or not momentum <= 1:
            message = f"BNORM: momentum must be in [0, 1], or negative for a plain mean, got {momentum!r}"
            raise OptionError(message)
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        (self.cpu_chunk_events,) = whole_numbers("BNORM", {"cpu_chunk_events": (cpu_chunk_events, 0)})
        self.by_channel = False

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare ``gamma`` and ``beta``; the layer cannot be the first."""
        if self.previous is None:
            message = "BNORM cannot be the first layer; VarTransform=N normalises the input variables"
            raise ShapeError(message)
        self.by_channel = self.previous.gives_images
        features = input_shape[0] if self.by_channel else math.prod(input_shape)
        store.add("gamma", (features,), kind="bias", initial=1.0)
        store.add("beta", (features,), kind="bias")
        store.add_buffer("running_mean", (features,))
        store.add_buffer("running_variance", (features,), initial=1.0)
        store.add_buffer("batches", (1,))
        return input_shape

    @property
    def events_together(self) -> int:
        """How many events ROOT's CPU code would normalise together."""
        return max(1, self.cpu_chunk_events)

    def start_epoch(self) -> None:
        """Let the running statistics start again with the next batch."""
        self.buffers["batches"][...] = 0

    def forward(self, x: Array, context: Context) -> tuple[Array, BatchNormTrace | None]:
        """Return the normalised `x` (B, …)."""
        rows = self._rows(x, context, "x")
        axis = int(self.by_channel)
        xp, gamma, beta = self.backend.xp, self.parameters["gamma"], self.parameters["beta"]
        if context.training:
            self._check_trainable()
            y, trace = batch_norm_forward.on(self.backend)(
                xp,
                x=rows,
                gamma=gamma,
                beta=beta,
                epsilon=self.epsilon,
                axis=axis,
                memory=context.memory(self),
            )
            batch_norm_statistics.on(self.backend)(
                xp,
                mean=trace.mean,
                variance=trace.variance,
                count=rows.shape[axis],
                momentum=self.momentum,
                epsilon=self.epsilon,
                **self.buffers,
            )
            return self._shaped(y, x.shape), trace
        factor = gamma / xp.sqrt(self.buffers["running_variance"] + self.epsilon)
        shift = beta - self.buffers["running_mean"] * factor
        if self.by_channel and self.cpu_chunk_events:
            return self._by_chunk(x, factor, shift, context), None
        y = scale_and_shift.on(self.backend)(
            xp, x=rows, factor=factor, shift=shift, axis=axis, memory=context.memory(self)
        )
        return self._shaped(y, x.shape), None

    def backward(self, d_out: Array, saved: BatchNormTrace, context: Context) -> Array:
        """Write the gradients of ``gamma`` and ``beta`` and return the input's."""
        d_x = batch_norm_backward.on(self.backend)(
            self.backend.xp,
            d_y=self._rows(d_out, context, "d_y"),
            gamma=self.parameters["gamma"],
            trace=saved,
            d_gamma=self.gradients["gamma"],
            d_beta=self.gradients["beta"],
            axis=int(self.by_channel),
            memory=context.memory(self),
        )
        return self._shaped(d_x, d_out.shape)

    def option_values(self) -> dict[str, Any]:
        """Return the constructor's arguments that make an equal layer."""
        chunks = {"cpu_chunk_events": self.cpu_chunk_events} if self.cpu_chunk_events else {}
        return {**super().option_values(), **chunks}

    def describe(self) -> str:
        """Return the layer as a layout entry, which has no place for `cpu_chunk_events`."""
        return f"{self.names[0]}|{self.momentum}|{self.epsilon}"

    def _by_chunk(self, x: Array, factor: Array, shift: Array, context: Context) -> Array:
        """Scale and shift images (B, C, H, W) by the chunk of ROOT's memory that each value lies in."""
        memory, together = context.memory(self), self.cpu_chunk_events
        y = memory.array("y_chunks", x.shape)
        count, xp = x.shape[0], self.backend.xp
        whole = count // together * together
        for start, stop, events in ((0, whole, together), (whole, count, 1)):
            if start == stop:
                continue
            chunk = memory.once("chunks", (events,), partial(self._chunks, events))
            groups = xp.reshape(x[start:stop, ...], (-1, chunk.shape[0]))
            scaled = groups * xp.take(factor, chunk, axis=0) + xp.take(shift, chunk, axis=0)
            y[start:stop, ...] = xp.reshape(scaled, (stop - start, *x.shape[1:]))
        return y

    def _chunks(self, events: int) -> Array:
        """Return the number of the chunk of each value of a batch, (events · C · H · W,)."""
        channels, height, width = self.input_shape
        pixels = height * width
        xp = self.backend.xp
        event, channel = xp.arange(events)[:, None, None], xp.arange(channels)[None, :, None]
        place = channel + channels * (xp.arange(pixels)[None, None, :] + pixels * event)
        return xp.reshape(place // (pixels * events), (-1,))

    def _check_trainable(self) -> None:
        if self.by_channel and self.cpu_chunk_events:
            message = (
                "BNORM with the statistics of ROOT's chunks (cpu_chunk_events) cannot be trained; set "
                "cpu_chunk_events to 0 to train with those of the channels"
            )
            raise TrainingError(message)

    def _rows(self, x: Array, context: Context, name: str) -> Array:
        """Return `x` with two axes: (channels, values) or (events, features), contiguous."""
        view = channel_major(self.backend, x) if self.by_channel else x
        shape = (view.shape[0], math.prod(view.shape[1:]))
        rows = in_rows.on(self.backend)
        return rows(self.backend.xp, x=view, shape=shape, name=name, memory=context.memory(self))

    def _shaped(self, rows: Array, shape: tuple[int, ...]) -> Array:
        if not self.by_channel:
            return self.backend.reshape(rows, shape)
        images = self.backend.reshape(rows, (shape[1], shape[0], *shape[2:]))
        return channel_major(self.backend, images)


def use_cpu_chunks(layers: Iterable[VGeneralLayer], events: int) -> None:
    """Set `cpu_chunk_events` of the batch normalisations among layers."""
    (checked,) = whole_numbers("use_cpu_chunks", {"events": (events, 0)})
    for layer in layers:
        if isinstance(layer, TBatchNormLayer):
            layer.cpu_chunk_events = checked


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TBatchNormLayer]
