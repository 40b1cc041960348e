"""Layers in a row over one vector of parameters, one of gradients and one of buffers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.array_input import real_numbers
from tmva_py.backends import Array, Backend, make_backend, one_blas_thread
from tmva_py.errors import OptionError, ShapeError
from tmva_py.functions.initializers import Initializer
from tmva_py.functions.outputs import OutputFunction
from tmva_py.html_tables import html_table
from tmva_py.layers import Context, LayerState, ParameterStore, VGeneralLayer
from tmva_py.layers.arguments import is_number
from tmva_py.network.memory_limit import refuse_large_output, refuse_many_parameters, too_many_parameters
from tmva_py.network.work_spaces import WorkSpaces
from tmva_py.plugins import Registry, default_registry

NetworkState = Mapping[int, Mapping[str, npt.ArrayLike]]
"""States of recurrent layers by the layer's number: ``{0: {"h": (B, S), "c": (B, S)}}``."""

# Events that go through the layers together without training: large enough for the matrix products, small
# enough that the work space of wide layers stays in memory.
PREDICTION_BATCH = 1024
# On the host fewer, down to the second number, where the outputs of all layers would have more values than
# the first: work space that is kept and stays in the cache is faster than fresh memory.
PREDICTION_VALUES, FEWEST_EVENTS = 3 << 18, 64


class LayerStack:
    """Layers, each of which takes what the one before gives, with first weights and an output function.

    What a training, a prediction and a file need; `tmva_py.network.Network` has the same arguments.
    """

    parameters_are_fixed = False

    def __init__(
        self,
        layers: Sequence[VGeneralLayer],
        input_shape: int | Sequence[int],
        *,
        backend: str | Backend = "cpu",
        dtype: npt.DTypeLike = "float32",
        seed: int | None = None,
        initializer: str = "XAVIER",
        output: str | None = None,
        registry: Registry | None = None,
    ) -> None:
        for name, value in (("initializer", initializer), ("output", output or "")):
            if not isinstance(value, str):
                message = f"{name}: expected a name, got {value!r}"
                raise OptionError(message)
        self.registry = default_registry() if registry is None else registry
        self.backend = make_backend(backend, dtype, registry=self.registry)
        self.input_shape = checked_shape(input_shape)
        self.seed = _checked_seed(seed) or _fresh_seed()
        self.initializer: Initializer = self.registry.find("initializer", initializer)()
        self.layers = _checked_layers(layers)
        if not self.layers:
            message = "a network needs at least one layer"
            raise ShapeError(message)
        self._rows: list[tuple[type[VGeneralLayer], tuple[VGeneralLayer, ...]]] = [
            (kind, tuple(row)) for kind, row in itertools.groupby(self.layers, type)
        ]
        self._stores, self.output_shape = build_layers(self.layers, self.input_shape, self.backend)
        refuse_many_parameters(self.layers, self._stores, self.backend.dtype)
        try:
            self.parameters: Array = self.backend.zeros((sum(store.size for store in self._stores),))
            self.gradients: Array = self.backend.zeros(self.parameters.shape)
            self.buffers: Array = self.backend.zeros((sum(store.buffer_size for store in self._stores),))
        except MemoryError:  # of a device, or because other programs have it
            raise too_many_parameters(self.layers, self._stores, self.backend.dtype) from None
        self._bind()
        self.initialize()
        self.output_is_fixed = output is not None
        self.blas = one_blas_thread(self.backend, products=any(layer.calls_blas for layer in self.layers))
        self._work_spaces = WorkSpaces()
        self._prediction_batch = PREDICTION_BATCH
        if self.backend.xp is np:
            values = sum(math.prod(layer.output_shape) for layer in self.layers)
            fitting = max(FEWEST_EVENTS, PREDICTION_VALUES // values)
            self._prediction_batch = min(PREDICTION_BATCH, fitting)
        self.set_output(output or ("SIGMOID" if self.output_shape == (1,) else "SOFTMAX"))

    @property
    def n_outputs(self) -> int:
        """Number of values that the last layer gives per event."""
        return math.prod(self.output_shape)

    @property
    def n_parameters(self) -> int:
        """Number of parameters of all layers."""
        return int(self.parameters.shape[0])

    def as_events(self, x: npt.ArrayLike) -> Array:
        """Return values in the backend's precision; on the CPU what is not a real number is refused."""
        if self.backend.xp is not np or (type(x) is np.ndarray and x.dtype == self.backend.dtype):
            return self.backend.asarray(x)
        with np.errstate(over="ignore"):  # beyond float32 is infinite, as in TMVA
            return self.backend.asarray(real_numbers("x", x))

    def set_output(self, name: str) -> None:
        """Take another output function."""
        self.output_function: OutputFunction = self.registry.find("output", name)()

    def random(self, *purpose: int | str) -> np.random.Generator:
        """Return the generator of random numbers for one purpose, the same for the same seed and purpose."""
        words = [part if isinstance(part, int) else int.from_bytes(part.encode(), "big") for part in purpose]
        # Long words are cut into what a seed sequence takes.
        key = [word >> shift & 0xFFFFFFFF for word in words for shift in (0, 32, 64, 96)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=tuple(key))))

    def initialize(self) -> None:
        """Draw the first weights; biases and buffers take their initial values."""
        random = self.random("init")
        for layer, store in zip(self.layers, self._stores, strict=True):
            for parameter in store:
                view = layer.parameters[parameter.name]
                if parameter.kind == "weight":
                    rows, columns = parameter.shape
                    view[...] = self.backend.asarray(self.initializer.draw(random, rows, columns))
                else:
                    view[...] = parameter.initial
            for buffer in store.buffers:
                layer.buffers[buffer.name][...] = buffer.initial

    def fix_parameters(self) -> None:
        """Promise that the parameters stay as they are: kernels may keep what they make of them."""
        self.parameters_are_fixed = True
        self._work_spaces = WorkSpaces()  # those from before look at the parameters anew
        if self.backend.xp is np:
            self.parameters.flags.writeable = False

    def run_forward(self, x: Array, context: Context) -> tuple[Array, list[Any]]:
        """Run all layers on a batch of the backend; return the output and what each layer saved."""
        saved: list[Any] = []
        for layer in self.layers:
            x, kept = layer.forward(x, context)
            saved.append(kept)
        return x, saved

    def run_backward(
        self, d_out: Array, saved: Sequence[Any], context: Context, *, input_gradient: bool
    ) -> Array:
        """Run all layers back; the first computes its input's gradient only when it is wanted."""
        gradient = d_out
        context.input_gradient = True
        for number in range(len(self.layers) - 1, 0, -1):
            gradient = self.layers[number].backward(gradient, saved[number], context)
        context.input_gradient = input_gradient
        return self.layers[0].backward(gradient, saved[0], context)

    def predict_batch(self, events: Array, context: Context) -> npt.NDArray[Any]:
        """Return the predictions for one batch, on the host."""
        out = events
        for kind, layers in self._rows:
            out = kind.forward_in_row(layers, out, context)
        if out.ndim == 2:
            return self.backend.to_numpy(self.output_function.apply(self.backend, out))
        rows = self.backend.reshape(out, (out.shape[0], math.prod(out.shape[1:])))
        values = self.output_function.apply(self.backend, rows)
        return self.backend.to_numpy(values).reshape(out.shape)

    def predict_rows(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the predictions for rows of an event's values, of which nothing has to be checked."""
        with self.blas:
            events = self.backend.reshape(self.backend.asarray(x), (x.shape[0], *self.input_shape))
            return self.predict_events(events, None)

    def predict_events(self, events: Array, batch_size: int | None) -> npt.NDArray[Any]:
        """Return the predictions for any number of events, each batch from states of zero."""
        count = events.shape[0]
        if count == 1:
            return self._predict_equal_batches([events], 1)[0]
        # Layers that look at several events together get whole groups of them.
        together = math.lcm(*(layer.events_together for layer in self.layers))
        size = max(1, (batch_size or self._prediction_batch) // together) * together
        if batch_size is None and 0 < count <= min(2 * size, PREDICTION_BATCH):
            size = count
        whole = count - count % size
        parts = self._predict_equal_batches(
            (events[start : start + size, ...] for start in range(0, whole, size)), size
        )
        if whole < count:
            parts += self._predict_equal_batches([events[whole:, ...]], count - whole)
        if len(parts) == 1:
            return parts[0]
        return np.concatenate([np.empty((0, *self.output_shape), self.backend.dtype), *parts])

    def _predict_equal_batches(self, batches: Iterable[Array], size: int) -> list[npt.NDArray[Any]]:
        """Return the predictions for batches of one number of events, in one work space."""
        context = self._work_spaces.take(size)
        if context is None:
            context = Context(
                self.backend, states_live_on=False, parameters_are_fixed=self.parameters_are_fixed
            )
        parts = []
        for batch in batches:
            parts.append(self.predict_batch(batch, context))
            context.states.clear()
        self._work_spaces.give_back(size, context)
        return parts

    def give_states(self, context: Context, state: NetworkState | None) -> None:
        """Let a pass start from states."""
        for number, values in self.checked_states(state).items():
            context.states[self.layers[number]] = LayerState(initial=values)

    def checked_states(self, state: NetworkState | None) -> dict[int, dict[str, Array]]:
        """Return states, or their gradients, on the backend; only layers that have a state may be named."""
        checked = {}
        for number, values in (state or {}).items():
            if number not in range(len(self.layers)) or not self.layers[number].state_names:
                recurrent = [n for n, layer in enumerate(self.layers) if layer.state_names]
                message = f"state: layer {number} has none; layers with a state: {recurrent or 'none'}"
                raise ShapeError(message)
            checked[number] = {name: self.backend.asarray(value) for name, value in values.items()}
        return checked

    def final_states(self, context: Context) -> dict[int, Mapping[str, Array]]:
        """Return the states after the last step of a pass."""
        return {
            number: final
            for number, layer in enumerate(self.layers)
            if (final := context.state(layer).final) is not None
        }

    def regularized_views(self, vector: Array) -> list[Array]:
        """Return the parts of a flat vector that L1 and L2 apply to."""
        views, offset = [], 0
        for store in self._stores:
            views += [
                vector[offset + parameter.offset : offset + parameter.offset + parameter.size]
                for parameter in store
                if parameter.regularized
            ]
            offset += store.size
        return views

    def __repr__(self) -> str:
        layout = ",".join(layer.describe() for layer in self.layers)
        shapes = f"{self.input_shape} to {self.output_shape}"
        return f"<{type(self).__name__} {layout}: {shapes}, {self.n_parameters} parameters>"

    def _repr_html_(self) -> str:
        rows = [
            (number, layer.describe(), layer.input_shape, layer.output_shape, store.size)
            for number, (layer, store) in enumerate(zip(self.layers, self._stores, strict=True))
        ]
        total = ("", f"output {self.output_function.names[0]}", "", "", self.n_parameters)
        caption = f"{type(self).__name__}, {self.backend.names[0]}, {self.backend.dtype}, seed {self.seed}"
        return html_table(caption, ("", "layer", "input", "output", "parameters"), [*rows, total])

    def _bind(self) -> None:
        offset = buffer_offset = 0
        reshape = self.backend.reshape
        for layer, store in zip(self.layers, self._stores, strict=True):
            kept = slice(buffer_offset, buffer_offset + store.buffer_size)
            layer.buffers = store.buffer_views(self.buffers[kept], reshape)
            buffer_offset += store.buffer_size
            part = slice(offset, offset + store.size)
            layer.parameters, layer.stacks = store.views(self.parameters[part], reshape)
            layer.gradients, layer.stack_gradients = store.views(self.gradients[part], reshape)
            offset += store.size


def build_layers(
    layers: Sequence[VGeneralLayer], input_shape: tuple[int, ...], backend: Backend
) -> tuple[list[ParameterStore], tuple[int, ...]]:
    """Build the layers one after the other and allocate nothing.

    Returns what each layer declares, and the shape of one event after the last one.

    Raises
    ------
    ShapeError
        A layer's input does not fit it, or it is part of a network already.
    """
    stores: list[ParameterStore] = []
    shape = input_shape
    for number, layer in enumerate(layers):
        if layer.output_shape:
            message = f"layer {number} ({layer.describe()}) belongs to a network already; make a new one"
            raise ShapeError(message)
        store = ParameterStore()
        layer.backend = backend
        layer.previous = layers[number - 1] if number else None
        layer.input_shape = shape
        try:
            shape = tuple(layer.build(shape, store))
            refuse_large_output(number, layer, shape, backend.dtype)
        except ShapeError as error:
            message = str(error) if error.layer_number is not None else f"layer {number}: {error}"
            refused = ShapeError(message)
            refused.layer_number = number
            raise refused from None
        layer.output_shape = shape
        stores.append(store)
    return stores, shape


def shaped_events(
    events: Array, input_shape: tuple[int, ...], reshape: Callable[..., Array] = np.reshape
) -> Array:
    """Return events as (N, *input_shape); a row of values for each event, in TMVA's order, will do as well.

    Raises
    ------
    ShapeError
        They have another shape.
    """
    given = tuple(events.shape)
    if given[1:] == input_shape and given:
        return events
    if len(given) == 2 and given[1] == math.prod(input_shape):
        return reshape(events, (given[0], *input_shape))
    message = f"x: expected events of shape (N, {', '.join(map(str, input_shape))}), got {given}"
    raise ShapeError(message)


def checked_shape(shape: Any) -> tuple[int, ...]:
    """Return the shape of one event, given as one number or several."""
    lengths: tuple[Any, ...] = tuple(shape) if isinstance(shape, Sequence | np.ndarray) else (shape,)
    if not lengths or not all(is_number(one) and one % 1 == 0 and one >= 1 for one in lengths):
        message = f"input_shape: expected whole numbers of at least 1, as (10, 30), got {shape!r}"
        raise OptionError(message)
    return tuple(int(length) for length in lengths)


def _checked_layers(layers: Any) -> tuple[VGeneralLayer, ...]:
    found = tuple(layers) if isinstance(layers, Iterable) else (layers,)
    wrong = next((one for one in found if not isinstance(one, VGeneralLayer)), None)
    if wrong is not None:
        message = f"layers: expected layers, such as TDenseLayer(8), got {wrong!r}"
        raise OptionError(message)
    return found


def _checked_seed(seed: Any) -> int:
    if seed is None:
        return 0
    if not is_number(seed) or seed % 1 or seed < 0:
        message = f"seed: expected a whole number of at least 0, or None for a fresh one, got {seed!r}"
        raise OptionError(message)
    return int(seed)


def _fresh_seed() -> int:
    return int(np.random.SeedSequence().generate_state(1)[0]) or 1
