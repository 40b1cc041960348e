"""The network: layers in a row over one vector of parameters."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Array, Backend, make_backend, one_blas_thread
from tmva_py.errors import OptionError, ShapeError, TrainingError
from tmva_py.functions.initializers import Initializer
from tmva_py.functions.outputs import OutputFunction
from tmva_py.layers import Context, LayerState, VGeneralLayer
from tmva_py.layers.batch_norm import use_cpu_chunks
from tmva_py.network.assembly import build_layers
from tmva_py.network.work_spaces import WorkSpaces
from tmva_py.plugins import Registry, default_registry

if TYPE_CHECKING:
    from tmva_py.network.history import EpochRecord, History
    from tmva_py.network.phase import TrainingPhase

NetworkState = Mapping[int, Mapping[str, npt.ArrayLike]]
"""States of recurrent layers by the layer's number: ``{0: {"h": (B, S), "c": (B, S)}}``."""

# Events that go through the network together when predicting: large enough for the matrix products, small
# enough that the work space of wide layers stays in memory.
PREDICTION_BATCH = 1024
_NOTHING = nullcontext()


class Network:
    """Layers in a row, each taking what the one before gives.

    Parameters and gradients are one flat vector each; the layers hold views of them.

    Parameters
    ----------
    layers : sequence of VGeneralLayer
        The layers in order; a layer belongs to one network.
    input_shape : tuple of int
        Shape of one event: (n,) flat, (T, I) a sequence, (D, H, W) an image.
    backend : str or Backend, default "cpu"
        Where to compute.
    dtype : {"float32", "float64"}
        Precision.
    seed : int, optional
        Seed of the first weights, and of shuffling and dropout in `fit`; none or 0 draws a fresh one, which
        is kept in `seed`.
    initializer : str, default "XAVIER"
        Rule for the first weights.
    output : str, optional
        Output function that `predict` applies: ``"IDENTITY"``, ``"SIGMOID"`` or ``"SOFTMAX"``. Not given, it
        is the sigmoid for one output and the softmax for several, until `fit` sets the one of its loss.
    registry : Registry, optional
        Where names are looked up.

    Attributes
    ----------
    layers : tuple of VGeneralLayer
        The layers.
    parameters, gradients : Array
        The flat vectors.
    buffers : Array
        What layers keep beside their parameters, running means for one, in one vector.
    input_shape, output_shape : tuple of int
        Shapes of one event.
    output_is_fixed : bool
        Whether the output function was given, so that `fit` leaves it as it is.

    Raises
    ------
    ShapeError
        A layer's input does not fit it.
    """

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
        self.registry = default_registry() if registry is None else registry
        self.backend = make_backend(backend, dtype, registry=self.registry)
        self.input_shape = _checked_shape(input_shape)
        self.seed = _fresh_seed() if not seed else int(seed)
        self.initializer = cast(type[Initializer], self.registry.find("initializer", initializer))()
        self.layers = tuple(layers)
        if not self.layers:
            message = "a network needs at least one layer"
            raise ShapeError(message)
        self._stores, self.output_shape = build_layers(self.layers, self.input_shape, self.backend)
        self.parameters: Array = self.backend.zeros((sum(store.size for store in self._stores),))
        self.gradients: Array = self.backend.zeros(self.parameters.shape)
        self.buffers: Array = self.backend.zeros((sum(store.buffer_size for store in self._stores),))
        self._bind()
        self.initialize()
        self.output_is_fixed = output is not None
        single = self.output_shape == (1,)
        self.output_function = self._find_output(output or ("SIGMOID" if single else "SOFTMAX"))
        own_products = getattr(self.backend, "own_products", False)
        self._calls_blas = not own_products or any(layer.calls_blas for layer in self.layers)
        self._work_spaces = WorkSpaces()
        self._last_pass: tuple[Context, list[Any], tuple[int, ...]] | None = None

    @classmethod
    def from_layout(
        cls,
        layout: str,
        *,
        input_layout: str,
        n_outputs: int = 1,
        backend: str | Backend = "cpu",
        dtype: npt.DTypeLike = "float32",
        seed: int | None = None,
        initializer: str = "XAVIER",
        output: str | None = None,
        registry: Registry | None = None,
    ) -> Network:
        """Return a network from TMVA's ``Layout=`` and ``InputLayout=`` texts.

        Parameters
        ----------
        layout : str
            As ``"LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR"``.
        input_layout : str
            As ``"10|30"`` or ``"1|1|7"``.
        n_outputs : int, default 1
            Width of a dense layer that does not say its own.
        backend, dtype, seed, initializer, output, registry
            As of `Network`.

        Raises
        ------
        OptionError
            A text cannot be understood; what TMVA would repair in silence is an error here.
        """
        # Imported here: the grammar is not needed by networks built in Python.
        from tmva_py.layouts import layers_from_layout

        layers, input_shape = layers_from_layout(
            layout, input_layout=input_layout, n_outputs=n_outputs, registry=registry
        )
        return cls(
            layers,
            input_shape,
            backend=backend,
            dtype=dtype,
            seed=seed,
            initializer=initializer,
            output=output,
            registry=registry,
        )

    @property
    def n_outputs(self) -> int:
        """Number of values that the last layer gives per event."""
        return int(np.prod(self.output_shape))

    @property
    def n_parameters(self) -> int:
        """Number of parameters of all layers."""
        return int(self.parameters.size)

    def random(self, *purpose: int | str) -> np.random.Generator:
        """Return the generator of random numbers for one purpose, the same for the same seed and purpose."""
        words = [part if isinstance(part, int) else int.from_bytes(part.encode(), "big") for part in purpose]
        # Long words are cut into what a seed sequence takes.
        key = [word >> shift & 0xFFFFFFFF for word in words for shift in (0, 32, 64, 96)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=tuple(key))))

    def _find_output(self, name: str) -> OutputFunction:
        return cast(type[OutputFunction], self.registry.find("output", name))()

    def initialize(self) -> None:
        """Draw the first weights; biases take their initial values."""
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

    def forward(
        self,
        x: npt.ArrayLike,
        *,
        training: bool = False,
        state: NetworkState | None = None,
        return_state: bool = False,
    ) -> Any:
        """Return the raw outputs of the last layer, before the output function.

        Parameters
        ----------
        x : array_like
            Events ``(B, *input_shape)``.
        training : bool, default False
            Training mode; what `backward` needs is kept until the next such call.
        state : mapping, optional
            Initial states of recurrent layers by layer number, ``{0: {"h": (B, S), "c": (B, S)}}``; zero
            where not given.
        return_state : bool, default False
            Also return the states after the last step, in the same form.

        Returns
        -------
        Array, or (Array, dict)
            ``(B, *output_shape)``, an array of the backend.
        """
        context = Context(self.backend, training=training)
        if training:
            # A pass of its own each time, so that the masks of two passes differ but a fixed seed repeats.
            self._passes = getattr(self, "_passes", 0) + 1
            context.random = self.random("dropout", "forward", self._passes)
        self._give_states(context, state)
        with one_blas_thread(self.backend):
            out, saved = self.run_forward(self._checked_input(x), context)
        if training:
            self._last_pass = (context, saved, tuple(out.shape))
        return (out, self._final_states(context)) if return_state else out

    def backward(self, d_out: npt.ArrayLike, *, d_state: NetworkState | None = None) -> Array:
        """Write the gradients of all parameters and return that of the input of the last training pass.

        Parameters
        ----------
        d_out : array_like
            Gradient of the loss with respect to the raw outputs, ``(B, *output_shape)``.
        d_state : mapping, optional
            Gradient with respect to the final states, where the loss depends on them.

        Returns
        -------
        Array
            ``(B, *input_shape)``. Gradients of the initial states are in `state_gradients`.

        Raises
        ------
        TrainingError
            No ``forward(x, training=True)`` came before.
        ShapeError
            `d_out` or `d_state` has another shape than that pass.
        """
        if self._last_pass is None:
            message = "backward needs a pass to go back: call forward(x, training=True) first"
            raise TrainingError(message)
        context, saved, out_shape = self._last_pass
        for number, gradients in self._checked_states(d_state).items():
            context.state(self.layers[number]).d_final = gradients
        gradient = self.backend.asarray(d_out)
        if tuple(gradient.shape) != out_shape:
            message = f"d_out: expected the outputs' shape {out_shape}, got {tuple(gradient.shape)}"
            raise ShapeError(message)
        # A copy: another backward of the same pass works in the same arrays.
        with one_blas_thread(self.backend):
            d_x = self.backend.xp.array(self.run_backward(gradient, saved, context, input_gradient=True))
        self.state_gradients: dict[int, Mapping[str, Array]] = {
            number: d_initial
            for number, layer in enumerate(self.layers)
            if (d_initial := context.state(layer).d_initial) is not None
        }
        return d_x

    def predict(
        self,
        x: npt.ArrayLike,
        *,
        state: NetworkState | None = None,
        return_state: bool = False,
        batch_size: int = PREDICTION_BATCH,
    ) -> Any:
        """Return the outputs with the output function applied, on the host.

        Nothing is kept between calls: layers that remember their state start from zero unless `state` is
        given. Safe to call from several threads at once.

        Parameters
        ----------
        x : array_like
            Events ``(N, *input_shape)``.
        state, return_state
            As of `forward`; with either of them all events go through as one batch.
        batch_size : int
            Events that go through together.

        Returns
        -------
        ndarray, or (ndarray, dict)
            (N, n_outputs).
        """
        events = self._checked_input(x)
        if len(events) > 1:
            # Layers that look at several events together get whole groups of them.
            together = math.lcm(*(layer.events_together for layer in self.layers))
            batch_size = max(1, batch_size // together) * together
        carries = state is not None or return_state
        context = None if carries else self._work_spaces.take(min(len(events), batch_size))
        if context is None:
            context = Context(self.backend, states_live_on=carries)
        if carries:
            self._give_states(context, state)
            batch_size = max(1, len(events))
        parts = []
        with one_blas_thread(self.backend) if self._calls_blas else _NOTHING:
            for start in range(0, len(events), batch_size):
                out, _ = self.run_forward(events[start : start + batch_size], context)
                if not carries:
                    context.states.clear()
                values = self.output_function.apply(self.backend, out.reshape(len(out), -1))
                parts.append(self.backend.to_numpy(values).reshape(out.shape))
        if len(parts) == 1:
            result = parts[0]
        else:
            result = np.concatenate([np.empty((0, *self.output_shape), self.backend.dtype), *parts])
        if not carries:
            self._work_spaces.give_back(min(len(events), batch_size), context)
        return (result, self._final_states(context)) if return_state else result

    def fit(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        event_weight: npt.ArrayLike | None = None,
        loss: str = "CROSSENTROPY",
        optimizer: str = "ADAM",
        learning_rate: float = 1e-3,
        batch_size: int = 100,
        max_epochs: int = 20,
        convergence_steps: int = 5,
        validation: float | int | tuple[npt.ArrayLike, ...] = 0.2,
        momentum: float = 0.0,
        optimizer_options: Mapping[str, float] | None = None,
        regularization: str = "NONE",
        weight_decay: float = 0.0,
        drop_config: Sequence[float] = (),
        test_repetitions: int = 1,
        phases: Sequence[TrainingPhase] | None = None,
        progress: bool = True,
        callbacks: Sequence[Callable[[Network, EpochRecord], bool | None]] = (),
    ) -> History:
        """Train on events and return the course of the training.

        Parameters
        ----------
        x : array_like
            Events ``(N, *input_shape)``.
        y : array_like
            Targets (N,) or (N, n_outputs). For several outputs, (N,) holds class numbers.
        event_weight : array_like, optional
            (N,), negative ones too. The loss is divided by the number of events, not by the sum of weights.
        loss : str, default "CROSSENTROPY"
            ``"CROSSENTROPY"``, ``"SUMOFSQUARES"``, ``"MUTUALEXCLUSIVE"``, or a plugin's.
        optimizer, learning_rate, momentum, optimizer_options
            The optimiser and its settings, as ``optimizer_options={"beta1": 0.9}``.
        batch_size, max_epochs : int
            Events per step, and the most epochs. Events that do not fill a batch wait for another epoch.
        convergence_steps : int
            Stop after more than so many epochs without a smaller validation loss.
        validation : float, int or tuple, default 0.2
            Fraction (below 1) or number of events set aside at random; or ``(x, y)`` or ``(x, y, weight)``.
            The weights with the smallest validation loss are kept. 0: none, the last weights are kept.
        regularization, weight_decay
            ``"L1"`` or ``"L2"`` on the weights of dense layers, times `weight_decay`.
        drop_config : sequence of float
            Drop probabilities by layer number, for the inputs of dense layers; empty keeps the layers' own.
        test_repetitions : int
            Validate every so many epochs.
        phases : sequence of TrainingPhase, optional
            Several phases one after another, instead of the single one that the arguments above describe.
        progress : bool, default True
            Show a bar, if standard error is a terminal.
        callbacks : sequence of callable
            Called as ``callback(network, record)`` after each epoch; True ends the training.

        Raises
        ------
        TrainingError
            Too few events, or the loss is no longer finite (the message names step and layer; the best
            weights are kept).

        Notes
        -----
        Ctrl-C ends the training with the best weights so far, and says so.
        """
        from tmva_py.network.phase import TrainingPhase
        from tmva_py.network.sample import TrainingSample, split_validation
        from tmva_py.network.training import Trainer

        if phases is None:
            phases = [
                TrainingPhase(
                    learning_rate=learning_rate,
                    momentum=momentum,
                    convergence_steps=convergence_steps,
                    max_epochs=max_epochs,
                    batch_size=batch_size,
                    test_repetitions=test_repetitions,
                    weight_decay=weight_decay,
                    regularization=regularization,
                    optimizer=optimizer,
                    optimizer_options=dict(optimizer_options or {}),
                    drop_config=tuple(drop_config),
                )
            ]
        sample = TrainingSample.checked(self, x, y, event_weight)
        training: TrainingSample = sample
        held_out: TrainingSample | None
        if isinstance(validation, tuple):
            held_out = TrainingSample.checked(self, *validation)
        else:
            training, held_out = split_validation(sample, validation, self.random("validation"))
        trainer = Trainer(self, loss, phases, progress=progress, callbacks=callbacks)
        if not self.output_is_fixed:
            self.output_function = self._find_output(trainer.loss.default_output)
        return trainer.run(training, held_out)

    def use_cpu_chunks(self, events: int = 1) -> Network:
        """Take the statistics of batch normalisation behind convolutions for those of ROOT's CPU code.

        ROOT's CPU code normalises chunks of memory in place of channels (`TBatchNormLayer`), and the weight
        files do not say on which device they were trained. Networks without such layers are not changed.

        Parameters
        ----------
        events : int, default 1
            Events of ROOT's batch: 1 gives what its Reader gives. The Factory has 1000 with a method from a
            file (100 where an event has more than 1000 values), at most as many as there are events. 0 goes
            back to the channels.

        Returns
        -------
        Network
            Itself.

        Raises
        ------
        OptionError
            `events` is not a whole number.
        """
        use_cpu_chunks(self.layers, events)
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to `path` as ``.npz`` (no pickle), all or nothing."""
        from tmva_py.network.checkpoint import save_network

        save_network(self, path)

    @staticmethod
    def load(
        path: str | os.PathLike[str],
        *,
        backend: str | Backend = "cpu",
        registry: Registry | None = None,
    ) -> Network:
        """Return the network that `save` wrote.

        Raises
        ------
        WeightFileError
            The file is damaged or holds something else.
        """
        from tmva_py.network.checkpoint import load_network

        return load_network(path, backend=backend, registry=registry)

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

    def _bind(self) -> None:
        offset = buffer_offset = 0
        for layer, store in zip(self.layers, self._stores, strict=True):
            kept = slice(buffer_offset, buffer_offset + store.buffer_size)
            layer.buffers = store.buffer_views(self.buffers[kept])
            buffer_offset += store.buffer_size
            part = slice(offset, offset + store.size)
            layer.parameters, layer.stacks = store.views(self.parameters[part])
            layer.gradients, layer.stack_gradients = store.views(self.gradients[part])
            offset += store.size

    def _checked_input(self, x: npt.ArrayLike) -> Array:
        events = self.backend.asarray(x)
        if tuple(events.shape[1:]) != self.input_shape or events.ndim == 0:
            given = tuple(events.shape)
            # A row of values per event, in TMVA's order, is as good as the shape itself.
            if events.ndim == 2 and given[1] == int(np.prod(self.input_shape)):
                return events.reshape(given[0], *self.input_shape)
            message = f"expected events of shape (N, {', '.join(map(str, self.input_shape))}), got {given}"
            raise ShapeError(message)
        return events

    def _checked_states(self, state: NetworkState | None) -> dict[int, dict[str, Array]]:
        checked = {}
        for number, values in (state or {}).items():
            if number not in range(len(self.layers)) or not self.layers[number].state_names:
                recurrent = [n for n, layer in enumerate(self.layers) if layer.state_names]
                message = f"state: layer {number} has none; layers with a state: {recurrent or 'none'}"
                raise ShapeError(message)
            checked[number] = {name: self.backend.asarray(value) for name, value in values.items()}
        return checked

    def _give_states(self, context: Context, state: NetworkState | None) -> None:
        for number, values in self._checked_states(state).items():
            context.states[self.layers[number]] = LayerState(initial=values)

    def _final_states(self, context: Context) -> dict[int, Mapping[str, Array]]:
        return {
            number: final
            for number, layer in enumerate(self.layers)
            if (final := context.state(layer).final) is not None
        }


def _checked_shape(shape: int | Sequence[int]) -> tuple[int, ...]:
    lengths = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    if not lengths or any(int(length) != length or length < 1 for length in lengths):
        message = f"input_shape: expected whole numbers of at least 1, as (10, 30), got {shape!r}"
        raise OptionError(message)
    return tuple(int(length) for length in lengths)


def _fresh_seed() -> int:
    return int(np.random.SeedSequence().generate_state(1)[0]) or 1
