"""PyKeras: a network that Keras trains, from a model file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet
from tmva_py.errors import MissingExtraError, OptionError, TrainingError, WeightFileError, warn
from tmva_py.methods.inputs import Inputs, Responses, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.python.fitting import (
    check_model_file,
    learning_rate_steps,
    n_outputs_of,
    responses,
    signal_of,
    trained_file,
    training_and_validation,
)
from tmva_py.methods.python.keras_booking import same_booking
from tmva_py.methods.python.keras_files import import_keras, load
from tmva_py.methods.python.model_files import HOW_TO_TRUST, find_model_file
from tmva_py.methods.python.user_code import custom_objects
from tmva_py.options import Option
from tmva_py.plugins import hookimpl

KERAS_OPTIONS: tuple[Option, ...] = (
    Option("FilenameModel", str, "", doc="file of the compiled model"),
    Option("FilenameTrainedModel", str, "", doc="file of the trained model"),
    Option("BatchSize", int, 100, doc="events in a batch", minimum=1),
    Option("NumEpochs", int, 10, doc="number of epochs", minimum=1),
    Option("NumThreads", int, 0, doc="threads of TensorFlow"),
    Option("GpuOptions", str, "", doc="of TensorFlow"),
    Option("tf.keras", bool, True, doc="of older releases; without effect"),
    Option("tfkeras", bool, True, doc="the same"),
    Option("Verbose", int, 1, doc="how much Keras prints"),
    Option("ContinueTraining", bool, False, doc="begin with the trained model's file"),
    Option("SaveBestOnly", bool, True, doc="keep the epoch with the smallest validation loss"),
    Option("TriesEarlyStopping", int, -1, doc="epochs without improvement after which training ends"),
    Option("LearningRateSchedule", str, "", doc="learning rates from epochs on"),
    Option("TensorBoard", str, "", doc="folder of TensorBoard's log"),
    Option("ValidationSize", str, "20%", doc="part of the training events that validates"),
    Option("UserCode", str, "", doc="Python file that runs before the model is loaded"),
    Option(
        "TrustModel", bool, False, in_files=False,
        doc="load FilenameModel with whatever code it has (not an option of TMVA's)",
    ),
)  # fmt: skip
"""PyKeras's own options in the order of weight files."""

_BATCH = 1024


@dataclass(frozen=True, eq=False)
class KerasModel(Model):
    """A trained model of Keras.

    Attributes
    ----------
    network : keras.Model
        The model.
    n_outputs : int
        Its outputs.
    signal : int or None
        The output that is the response of a classification with two classes.
    """

    needs_weights: ClassVar[bool] = False
    has_own_file: ClassVar[bool] = True

    network: Any
    n_outputs: int
    signal: int | None

    def respond(self, inputs: Inputs) -> Responses:
        """Return ``predict`` of the events."""
        x = inputs.x
        if not len(x):
            return responses(np.empty((0, self.n_outputs)), self.n_outputs, self.signal)
        found = self.network.predict(x, batch_size=_BATCH, verbose=0)
        return responses(found, self.n_outputs, self.signal)

    def write(self, weights: Element) -> None:
        """Write nothing: the model is in a file of its own, as in TMVA."""

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the model in the file that the option FilenameTrainedModel names."""
        del weights
        title, values = context.title, context.option_values
        names = [f"weights/TrainedModel_{title}{ending}" for ending in (".keras", ".h5")]
        path = find_model_file(context, values["FilenameTrainedModel"], *names)
        owner = f"{context.type_name} {title!r}"
        objects = custom_objects(owner, values["UserCode"]) if context.trust else None
        try:
            network = load(path, trust=context.trust, objects=objects, compiled=False)
        except WeightFileError as error:
            message = f"{owner}: {error}" + ("" if context.trust else f". {HOW_TO_TRUST}")
            raise WeightFileError(message) from error
        n_outputs = n_outputs_of(context.analysis_type, context.info)
        if problem := shape_problem(network, len(context.info.variables), n_outputs):
            message = f"{owner}: {path} {problem}"
            raise WeightFileError(message)
        return cls(network, n_outputs, signal_of(context.analysis_type, context.info))

    def summary(self) -> Mapping[str, Any]:
        """Return what ``tmva-py inspect`` shows."""
        return {"trained by": "Keras", "parameters": int(self.network.count_params())}


class MethodPyKeras(Method):
    """A network of Keras, loaded from a file and trained here.

    ``FilenameModel`` is a compiled model with an input for each variable and an output for each class
    (softmax) or target. The response is the signal's output.

    What matters most: ``VarTransform=N`` or ``G`` for the inputs, ``NumEpochs`` with
    ``TriesEarlyStopping``, and ``BatchSize``. Networks of plain layers need no Keras: ``Types.kDL``.
    """

    names = ("PyKeras",)
    type_name = "PyKeras"
    model = KerasModel
    needs = "a model's file, as FilenameModel"
    analyses = ("Classification", "Multiclass", "Regression")
    options = KERAS_OPTIONS

    _history: Mapping[str, Sequence[float]] | None = None

    @property
    def can_be_forked(self) -> bool:
        """Not with threads of the library."""
        return False

    def process_options(self, dataset: DataSet | None) -> None:
        """Load the model once, so that mistakes show when it is booked."""
        del dataset
        values = self.option_values
        keras = self._keras()
        learning_rate_steps(self.owner, values["LearningRateSchedule"])
        if keras.backend.backend() != "tensorflow":
            computes = keras.backend.backend()
            for name in ("NumThreads", "GpuOptions"):
                if values[name]:
                    warn(f"{self.owner}: {name} is for TensorFlow, Keras computes with {computes}")
        self._load()

    def _keras(self) -> Any:
        """Return Keras, or say how the same network is trained without it."""
        try:
            return import_keras("for PyKeras")
        except MissingExtraError as error:
            text = same_booking(self.option_values, self.analysis_type, self.n_outputs_of_model)
            if text is None:
                raise
            message = (
                f"{error}\nThe same network, trained without Keras: BookMethod(loader, Types.kDL, "
                f'"{self.title}", "{text}")'
            )
            raise MissingExtraError(message) from error

    @property
    def n_outputs_of_model(self) -> int:
        """How many outputs the network must have."""
        return n_outputs_of(self.analysis_type, self.info)

    def _load(self) -> Any:
        values = self.option_values
        name = "FilenameTrainedModel" if values["ContinueTraining"] else "FilenameModel"
        path = values[name]
        check_model_file(self.owner, name, path)
        trust = values["TrustModel"] or bool(values["UserCode"])
        objects = custom_objects(self.owner, values["UserCode"])
        try:
            network = load(path, trust=trust, objects=objects, compiled=True)
        except WeightFileError as error:
            message = f"{self.owner}: {error}" + ("" if trust else ". Book with TrustModel if you trust it")
            raise OptionError(message) from error
        problem = shape_problem(network, len(self.info.variables), self.n_outputs_of_model)
        if problem is None and getattr(network, "optimizer", None) is None:
            problem = "is not compiled: call model.compile(loss=…, optimizer=…) before model.save"
        if problem is not None:
            message = f"{self.owner}: {path} {problem}"
            raise OptionError(message)
        return network

    def train(self, dataset: TrainingData) -> KerasModel:
        """Return the model after its training, the best epoch of it by default."""
        keras, values = import_keras("for PyKeras"), self.option_values
        network = self._load()
        training, validation = training_and_validation(self, dataset.training)
        with trained_file(self, ".keras") as path:
            try:
                found = network.fit(
                    training.x,
                    training.y,
                    sample_weight=training.weight,
                    batch_size=values["BatchSize"],
                    epochs=values["NumEpochs"],
                    verbose=values["Verbose"],
                    validation_data=(validation.x, validation.y, validation.weight),
                    callbacks=self._callbacks(keras, path),
                )
            except (ValueError, ImportError) as error:
                message = f"{self.owner}: Keras cannot train: {error}"
                raise TrainingError(message) from error
            if not values["SaveBestOnly"]:
                network.save(str(path))
            elif path.is_file():
                objects = custom_objects(self.owner, values["UserCode"])
                network = load(path, trust=True, objects=objects, compiled=False)
        self._history = found.history
        for number, name in enumerate(found.history):
            self.log.info(f"Getting training history for item:{number} name = '{name}'")
        return KerasModel(network, self.n_outputs_of_model, signal_of(self.analysis_type, self.info))

    def _callbacks(self, keras: Any, path: Path) -> list[Any]:
        values, callbacks = self.option_values, keras.callbacks
        verbose, found = values["Verbose"], []
        if values["SaveBestOnly"]:
            found.append(
                callbacks.ModelCheckpoint(
                    str(path), monitor="val_loss", verbose=verbose, save_best_only=True, mode="auto"
                )
            )
        if values["TriesEarlyStopping"] >= 0:
            tries = values["TriesEarlyStopping"]
            found.append(
                callbacks.EarlyStopping(monitor="val_loss", patience=tries, verbose=verbose, mode="auto")
            )
        if steps := learning_rate_steps(self.owner, values["LearningRateSchedule"]):
            found.append(callbacks.LearningRateScheduler(lambda epoch, rate: steps.get(epoch, float(rate))))
        if values["TensorBoard"]:
            found.append(callbacks.TensorBoard(log_dir=values["TensorBoard"]))
        return found

    def training_history(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """Return Keras's history: losses and metrics of each epoch."""
        return {name: np.asarray(values, np.float64) for name, values in (self._history or {}).items()}


def shape_problem(network: Any, n_variables: int, n_outputs: int) -> str | None:
    """Return what does not fit in a network's inputs and outputs."""
    inputs, outputs = network.input_shape, network.output_shape
    for name, shape, needed, what in (
        ("inputs", inputs, n_variables, "one for each variable"),
        ("outputs", outputs, n_outputs, "one for each class or target"),
    ):
        several = not isinstance(shape, tuple) or not all(
            one is None or isinstance(one, int) for one in shape
        )
        if several or prod(one or 0 for one in shape[1:]) != needed or (name == "inputs" and len(shape) != 2):
            return f"has {name} of shape {shape}, expected (None, {needed}), {what}"
    return None


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodPyKeras]
