"""A layer in a network of its own, and the passes that its checks are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Array, Backend
from tmva_py.layers import Context, LayerState, ParameterStore, VGeneralLayer
from tmva_py.network import Network
from tmva_py.plugins import Registry
from tmva_py.testing.overrides import ReferenceBackend

States = Mapping[str, npt.NDArray[Any]]
SEED = 20260
BATCH = 5
SCALE = 0.6


class Front(VGeneralLayer):
    """Passes its input on, before a layer that cannot be the first."""

    names = ("FRONT",)

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare nothing."""
        del store
        return input_shape

    def forward(self, x: Array, context: Context) -> tuple[Array, None]:
        """Return `x`."""
        del context
        return x, None

    def backward(self, d_out: Array, saved: None, context: Context) -> Array:
        """Return `d_out`."""
        del saved, context
        return d_out


@dataclass
class Pass:
    """One pass and what the way back needs."""

    out: Array
    saved: list[Any]
    context: Context

    @property
    def drew_random_numbers(self) -> bool:
        """Whether a layer asked the context's generator for numbers."""
        untouched = np.random.default_rng(SEED).bit_generator.state
        return self.context.random is not None and self.context.random.bit_generator.state != untouched


@dataclass(frozen=True)
class LayerExample:
    """A layer with arguments, called `text` in messages, and the shape of an event that fits.

    Some need another layer before them. One that is `further` is there for its other arguments; checks that
    do not depend on arguments leave it out.
    """

    text: str
    make: Callable[[], VGeneralLayer]
    registry: Registry
    input_shape: tuple[int, ...] = ()
    after_another: bool = False
    arguments: Mapping[str, Any] = field(default_factory=dict)
    further: bool = False

    def layers(self) -> list[VGeneralLayer]:
        """Return the layer, with one before it where that is needed."""
        return [*([Front()] if self.after_another else []), self.make()]

    def network(self, backend: Backend) -> Network:
        """Return a network whose parameters are all random, the same for every backend."""
        network = Network(self.layers(), self.input_shape, backend=backend, seed=SEED, registry=self.registry)
        random = np.random.default_rng(SEED)
        values = random.normal(0.0, SCALE, network.n_parameters)
        network.parameters[...] = backend.asarray(values.astype(backend.dtype))
        return network

    def __str__(self) -> str:
        return f"{self.text} on events of shape {self.input_shape}"


class LayerCase:
    """One layer built on one backend, with `batch` events."""

    def __init__(self, example: LayerExample, backend: Backend, batch: int = BATCH) -> None:
        self.example = example
        self.backend = backend
        self.batch = batch
        self.network = example.network(backend)
        self.layer = self.network.layers[-1]
        self._first_buffers = self.backend.xp.asarray(self.network.buffers, copy=True)

    @property
    def has_buffers(self) -> bool:
        """Whether a layer keeps something beside its parameters."""
        return bool(self.network.buffers.shape[0])

    @property
    def first_buffers(self) -> npt.NDArray[Any]:
        """The content of the buffers before each pass, on the host."""
        return self.to_host(self._first_buffers)

    def to_host(self, x: Array) -> npt.NDArray[Any]:
        """Return an array on the host."""
        return self.backend.to_numpy(x)

    def events(self, seed: int = 1, batch: int | None = None) -> npt.NDArray[Any]:
        """Return random events on the host, in the backend's precision."""
        random = np.random.default_rng(seed)
        shape = (self.batch if batch is None else batch, *self.example.input_shape)
        return random.normal(size=shape).astype(self.backend.dtype)

    def forward(
        self,
        x: Array,
        *,
        training: bool = True,
        initial: States | None = None,
        context: Context | None = None,
    ) -> Pass:
        """Run forward; buffers and random numbers are the same each time.

        With `context` the work space of an earlier pass is used again, as between two batches.
        """
        if self.has_buffers:
            self.network.buffers[...] = self._first_buffers
        context = Context(self.backend) if context is None else context
        context.training, context.random = training, np.random.default_rng(SEED)
        context.states.clear()
        if initial is not None:
            given = {name: self.backend.asarray(value) for name, value in initial.items()}
            context.states[self.layer] = LayerState(initial=given)
        out, saved = self.network.run_forward(x, context)
        return Pass(out, saved, context)

    def backward(
        self, passed: Pass, d_out: Array, *, d_final: States | None = None, input_gradient: bool = True
    ) -> Array:
        """Run back; parameters' gradients land in the network."""
        if d_final is not None:
            given = {name: self.backend.asarray(value) for name, value in d_final.items()}
            passed.context.state(self.layer).d_final = given
        return self.network.run_backward(
            d_out, passed.saved, passed.context, input_gradient=input_gradient or self.example.after_another
        )

    def gradients(self) -> dict[str, npt.NDArray[Any]]:
        """Return copies of the parameters' gradients on the host."""
        return {name: self.to_host(view).copy() for name, view in self.layer.gradients.items()}

    def set_gradients(self, value: float) -> None:
        """Fill the gradients with one number."""
        self.network.gradients[...] = value

    def final_state(self, passed: Pass) -> dict[str, npt.NDArray[Any]]:
        """Return copies of the states after the last step, none for a layer without."""
        final = passed.context.state(self.layer).final
        return {name: self.to_host(value).copy() for name, value in (final or {}).items()}


def misfit(example: LayerExample) -> Exception | None:
    """Return why the layer does not build on such an input, or None when it does."""
    layers = example.layers()
    try:
        _build(layers, example.input_shape)
    except Exception as error:  # noqa: BLE001 - third-party code may raise anything
        return error
    return None


def shapes_of(example: LayerExample) -> list[tuple[int, ...]]:
    """Return the shapes of the layer's output, parameters and buffers."""
    return _build(example.layers(), example.input_shape)


def _build(layers: Sequence[VGeneralLayer], shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    backend = ReferenceBackend("float64")
    store = ParameterStore()
    for number, layer in enumerate(layers):
        layer.backend, layer.input_shape = backend, shape
        layer.previous = layers[number - 1] if number else None
        shape = tuple(layer.build(shape, store))
    return [shape, *(declared.shape for declared in (*store.parameters, *store.buffers))]
