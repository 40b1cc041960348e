"""The network that users hold: trained, applied and stored."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Self, overload

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Array, Backend
from tmva_py.errors import OptionError, ShapeError, TrainingError
from tmva_py.layers import Context
from tmva_py.layers.arguments import whole_numbers
from tmva_py.layers.batch_norm import use_cpu_chunks
from tmva_py.layouts import layers_from_layout
from tmva_py.network.checkpoint import build_described, copy_stack, describe, load_stack, save_stack
from tmva_py.network.file_formats import check_suffix, checked_path, is_weight_file, weight_files
from tmva_py.network.foreign_words import OF_NETWORKS, OF_PREDICTION, OF_TRAINING, with_hints
from tmva_py.network.history import EpochRecord, History
from tmva_py.network.layer_stack import PREDICTION_BATCH, LayerStack, NetworkState, shaped_events
from tmva_py.network.phase import TrainingPhase
from tmva_py.network.sample import TrainingSample, split_validation, validation_sample
from tmva_py.network.training import Trainer
from tmva_py.plugins import Registry, default_registry

Floats = npt.NDArray[np.floating]


class Network(LayerStack):
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
    state_gradients : dict
        Gradients of the initial states, by the layer's number, after `backward`.
    output_is_fixed : bool
        Whether the output function was given, so that `fit` leaves it as it is.

    Raises
    ------
    ShapeError
        A layer's input does not fit it.
    """

    state_gradients: dict[int, Mapping[str, Array]]
    _passes = 0
    _last_pass: tuple[Context, list[Any], tuple[int, ...]] | None = None

    @classmethod
    @with_hints(OF_NETWORKS)
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
    ) -> Self:
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
        self.give_states(context, state)
        if training:
            # A pass of its own each time, so that the masks of two passes differ but a fixed seed repeats.
            self._passes += 1
            context.random = self.random("dropout", "forward", self._passes)
        with self.blas:
            events = shaped_events(self.as_events(x), self.input_shape, self.backend.reshape)
            out, saved = self.run_forward(events, context)
        if training:
            self._last_pass = (context, saved, tuple(out.shape))
        return (out, self.final_states(context)) if return_state else out

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
        for number, gradients in self.checked_states(d_state).items():
            context.state(self.layers[number]).d_final = gradients
        gradient = self.backend.asarray(d_out)
        if tuple(gradient.shape) != out_shape:
            message = f"d_out: expected the outputs' shape {out_shape}, got {tuple(gradient.shape)}"
            raise ShapeError(message)
        # A copy: another backward of the same pass works in the same arrays.
        with self.blas:
            d_x = self.run_backward(gradient, saved, context, input_gradient=True)
            d_x = self.backend.xp.asarray(d_x, copy=True)
        self.state_gradients = {
            number: d_initial
            for number, layer in enumerate(self.layers)
            if (d_initial := context.state(layer).d_initial) is not None
        }
        return d_x

    @overload
    def predict(
        self,
        x: npt.ArrayLike,
        *,
        state: NetworkState | None = None,
        return_state: Literal[False] = False,
        batch_size: int = PREDICTION_BATCH,
    ) -> Floats: ...
    @overload
    def predict(
        self,
        x: npt.ArrayLike,
        *,
        state: NetworkState | None = None,
        return_state: Literal[True],
        batch_size: int = PREDICTION_BATCH,
    ) -> tuple[Floats, dict[int, Mapping[str, Array]]]: ...
    @with_hints(OF_PREDICTION)
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
            Events that go through together. The default is an upper limit: on the host there are fewer where
            layers have large outputs.

        Returns
        -------
        ndarray, or (ndarray, dict)
            (N, n_outputs).
        """
        together: int | None = None
        if batch_size is not PREDICTION_BATCH:
            (together,) = whole_numbers("predict", {"batch_size": (batch_size, 1)})
        events = shaped_events(self.as_events(x), self.input_shape, self.backend.reshape)
        with self.blas:
            if state is None and not return_state:
                return self.predict_events(events, together)
            context = Context(self.backend)
            self.give_states(context, state)
            result = self.predict_batch(events, context)
        return (result, self.final_states(context)) if return_state else result

    @with_hints(OF_TRAINING)
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
        validation: float | int | Sequence[npt.ArrayLike] = 0.2,
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
            Stop after more than this number of epochs without a smaller validation loss.
        validation : float, int or tuple, default 0.2
            Fraction (below 1) or number of events set aside at random; or ``(x, y)`` or ``(x, y, weight)``.
            The weights with the smallest validation loss are kept. 0: none, the last weights are kept.
        regularization, weight_decay
            ``"L1"`` or ``"L2"`` on the weights of dense layers, times `weight_decay`.
        drop_config : sequence of float
            Drop probabilities by layer number, for the inputs of dense layers; empty keeps the layers' own.
        test_repetitions : int
            Validate every `test_repetitions` epochs.
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
        DataError
            Values are masked, not finite or not numbers; targets are outside what the loss is made for; or
            weights add up to 0 or less.

        Notes
        -----
        Ctrl-C ends the training with the best weights so far, and says so.
        """
        if self.parameters_are_fixed:
            message = "the parameters were fixed by fix_parameters(); train a copy: copy.copy(network)"
            raise TrainingError(message)
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
                    optimizer_options={} if optimizer_options is None else optimizer_options,
                    drop_config=_as_tuple(drop_config),
                )
            ]
        own = [functools.partial(callback, self) for callback in _checked_callbacks(callbacks)]
        trainer = Trainer(self, loss, phases, progress=progress, callbacks=own)
        training = TrainingSample.checked(self, x, y, event_weight, loss=trainer.loss)
        held_out: TrainingSample | None
        if isinstance(validation, tuple | list):
            held_out = validation_sample(self, validation, loss=trainer.loss)
        else:
            training, held_out = split_validation(training, validation, self.random("validation"))
        if not self.output_is_fixed:
            self.set_output(trainer.loss.default_output)
        return trainer.run(training, held_out)

    def use_cpu_chunks(self, events: int = 1) -> Self:
        """Take the statistics of batch normalisation after convolutions for those of ROOT's CPU code.

        See `TBatchNormLayer`; networks without such layers are not changed.

        Parameters
        ----------
        events : int, default 1
            Events of ROOT's batch: 1 gives what its Reader gives. The Factory has 1000 with a method from a
            file (100 where an event has more than 1000 values), at most as many as there are events. 0 goes
            back to the channels.

        Raises
        ------
        OptionError
            `events` is not a whole number.
        """
        use_cpu_chunks(self.layers, events)
        return self

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        variables: Sequence[str] | None = None,
        outputs: Sequence[str] | None = None,
        title: str | None = None,
    ) -> None:
        """Write the network, all or nothing; the suffix of `path` says as what.

        Parameters
        ----------
        path : path
            ``.npz``: arrays without pickle, in the network's precision. ``.xml`` or ``.xml.gz``: a weight
            file of TMVA's method DL in single precision, which `Reader` and ROOT (the first one) read.
        variables : sequence of str, optional
            In a weight file, the variables' expressions; ``var0``, ``var1``, … otherwise.
        outputs : sequence of str, optional
            In a weight file, the names of the classes, or of a regression's targets.
        title : str, optional
            In a weight file, the method's title, ``"DL"`` otherwise.

        Raises
        ------
        OptionError
            The suffix is none of these, or names are given that the file cannot hold.
        WeightFileError, ShapeError
            The network cannot be a weight file.
        OSError
            The file cannot be written; what was there before is untouched.
        """
        check_suffix(path)
        names = {"variables": variables, "outputs": outputs, "title": title}
        if is_weight_file(path):
            weight_files(self.registry).write_network_file(self, path, **names)
            return
        given = [name for name, value in names.items() if value is not None]
        if given:
            message = f"{os.fspath(path)}: {', '.join(given)} are for weight files, .xml"
            raise OptionError(message)
        save_stack(self, path)

    def __copy__(self) -> Self:
        return copy_stack(type(self), self, backend=self.backend, registry=self.registry)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.__copy__()

    def __reduce__(self) -> tuple[Any, ...]:
        # Names take the place of backend and registry, which belong to a process.
        arrays = tuple(self.backend.to_numpy(one) for one in (self.parameters, self.buffers))
        return _unpickled, (type(self), describe(self), self.backend.names[0], arrays)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        backend: str | Backend = "cpu",
        registry: Registry | None = None,
    ) -> Self:
        """Return the network that `save` wrote, or that of a weight file without transformations.

        Raises
        ------
        WeightFileError
            The file is damaged or holds something else.
        UnknownNameError
            A layer's plugin is not installed.
        """
        name = checked_path(path)
        if not is_weight_file(path):
            return load_stack(cls, path, backend=backend, registry=registry)
        registry = default_registry() if registry is None else registry
        found = weight_files(registry).read_network_file(name, registry)
        return copy_stack(cls, found, backend=backend, registry=registry)


def _unpickled(
    make: type[Network], description: dict[str, Any], backend: str, arrays: tuple[Any, Any]
) -> Network:
    network = build_described(make, description, backend=backend, registry=default_registry())
    network.parameters[...], network.buffers[...] = map(network.backend.asarray, arrays)
    return network


def _as_tuple(values: Any) -> tuple[Any, ...]:
    """Return the entries of a list; what is none is one entry, which is refused for what it is."""
    return tuple(values) if isinstance(values, Iterable) and not isinstance(values, str) else (values,)


def _checked_callbacks(callbacks: Any) -> Sequence[Callable[[Network, EpochRecord], bool | None]]:
    found = tuple(callbacks) if isinstance(callbacks, Iterable) else (callbacks,)
    wrong = next((one for one in found if not callable(one)), None)
    if wrong is not None or not isinstance(callbacks, Iterable):
        message = (
            "callbacks: expected a list of functions that are called as callback(network, record), got "
            f"{callbacks if wrong is None else wrong!r}"
        )
        raise OptionError(message)
    return found
