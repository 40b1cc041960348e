"""Training and predicting in Keras, as its users write them."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np


class KerasNetwork:
    """One model at a time, and the events that it is trained and asked with."""

    def build(self, layers: Any, x: np.ndarray, y: np.ndarray, batch_size: int) -> None:
        """Take a model of the layers that `to_keras` lists, and drop the one before with its code."""
        self.model = self.predictor = self.clock = None
        keras.backend.clear_session()
        gc.collect()
        self.x, self.y, self.batch_size = x, y, batch_size
        made = [getattr(keras.layers, name)(**options) for name, options, _ in layers]
        self.model = keras.Sequential([keras.Input(x.shape[1:]), *made])
        for layer, (_, _, weights) in zip(made, layers, strict=True):
            layer.set_weights(weights)
        self.model.compile(
            optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True)
        )
        self.predictor = compiled(self.model)
        # `fit` does more before and after its epochs; the other sides' clocks leave setting up out, too.
        self.times: list[float] = []
        self.clock = keras.callbacks.LambdaCallback(
            on_epoch_begin=self._note_time, on_epoch_end=self._note_time
        )

    def _note_time(self, *_: object) -> None:
        self.times.append(time.perf_counter())

    def outputs(self) -> np.ndarray:
        """Return the model's outputs for one batch, a sigmoid behind them."""
        return self.predictor(self.x[: self.batch_size])

    def epoch(self) -> float:
        """Return the seconds of an epoch of training."""
        self.times.clear()
        self.model.fit(
            self.x,
            self.y,
            batch_size=self.batch_size,
            epochs=1,
            shuffle=True,
            verbose=0,
            callbacks=[self.clock],
        )
        begin, end = self.times
        return end - begin

    def predict(self, often: int) -> float:
        """Return the seconds of so many predictions of all events."""
        started = time.perf_counter()
        for _ in range(often):
            self.predictor(self.x)
        return time.perf_counter() - started

    def processor_seconds(self) -> float:
        """Return how long this process has computed, all its threads together."""
        return time.process_time()

    def versions(self) -> str:
        """Return the versions of Keras and of what it computes with."""
        name = keras.backend.backend()
        return f"Keras {keras.__version__} on {name} {sys.modules[name].__version__}"


def compiled(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return the model's call, a sigmoid behind it, compiled: `predict_on_batch` does more and is slower."""
    if keras.backend.backend() == "jax":
        import jax

        @jax.jit
        def call(parameters: Any, state: Any, x: np.ndarray) -> Any:
            return keras.ops.sigmoid(model.stateless_call(parameters, state, x, training=False)[0])

        # Copies, as training gives the memory of the variables away.
        parameters, state = (
            [jax.numpy.copy(variable.value) for variable in variables]
            for variables in (model.trainable_variables, model.non_trainable_variables)
        )
        return lambda x: np.asarray(call(parameters, state, x))
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        function = tensorflow.function(
            lambda x: keras.ops.sigmoid(model(x, training=False)), jit_compile=True
        )
        return lambda x: function(tensorflow.constant(x)).numpy()
    import torch

    # Nothing to compile: PyTorch computes as the model is called.
    @torch.inference_mode()
    def predict(x: np.ndarray) -> np.ndarray:
        return keras.ops.convert_to_numpy(keras.ops.sigmoid(model(x, training=False)))

    return predict
