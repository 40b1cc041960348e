"""PyTorch: a TorchScript model that user code trains and applies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.data import DataSet
from tmva_py.errors import OptionError, ShapeError, TrainingError, WeightFileError, missing_extra, warn
from tmva_py.methods.inputs import Inputs, Responses, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.python.fitting import (
    Arrays,
    check_model_file,
    learning_rate_steps,
    n_outputs_of,
    responses,
    signal_of,
    trained_file,
    training_and_validation,
)
from tmva_py.methods.python.model_files import find_model_file, require_trust
from tmva_py.methods.python.user_code import NAME, custom_objects
from tmva_py.options import Option
from tmva_py.plugins import hookimpl

TORCH_OPTIONS: tuple[Option, ...] = (
    Option("FilenameModel", str, "", doc="file of the TorchScript model"),
    Option("FilenameTrainedModel", str, "", doc="file of the trained model"),
    Option("BatchSize", int, 100, doc="events in a batch", minimum=1),
    Option("NumEpochs", int, 10, doc="number of epochs", minimum=1),
    Option("ContinueTraining", bool, False, doc="begin with the trained model's file"),
    Option("SaveBestOnly", bool, True, doc="let the user's loop keep the best epoch"),
    Option("LearningRateSchedule", str, "", doc="learning rates from epochs on"),
    Option("ValidationSize", str, "20%", doc="part of the training events that validates"),
    Option("UserCode", str, "", doc="Python file that defines load_model_custom_objects"),
)
"""PyTorch's own options in the order of weight files."""

Predict = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class TorchModel(Model):
    """A trained TorchScript model and the user's function that applies it.

    Attributes
    ----------
    network : torch.jit.ScriptModule
        The model.
    predict : callable, or None
        ``predict(model, x)`` gives (N, n_outputs); None is looked up in the running script when it is needed,
        as TMVA's tutorials define it after ``BookMVA``.
    n_outputs : int
        The model's outputs.
    signal : int or None
        The output that is the response of a classification with two classes.
    """

    needs_weights: ClassVar[bool] = False
    has_own_file: ClassVar[bool] = True

    network: Any
    predict: Predict | None
    n_outputs: int
    signal: int | None

    def respond(self, inputs: Inputs) -> Responses:
        """Return what the user's function gives for the events."""
        x = inputs.x
        if not len(x):
            return responses(np.empty((0, self.n_outputs)), self.n_outputs, self.signal)
        predict = self.predict or required(custom_objects("PyTorch", ""), "predict_func", "PyTorch")
        found = np.asarray(predict(self.network, np.ascontiguousarray(x)), np.float64)
        if found.size != len(x) * self.n_outputs:
            message = (
                f"PyTorch: predict_func gives the shape {found.shape} for {len(x)} events, expected "
                f"{(len(x), self.n_outputs)}"
            )
            raise ShapeError(message)
        return responses(found, self.n_outputs, self.signal)

    def write(self, weights: Element) -> None:
        """Write nothing: the model is in a file of its own, as in TMVA."""

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the model in the file that the option FilenameTrainedModel names, with the user's trust."""
        del weights
        owner = f"{context.type_name} {context.title!r}"
        name = f"weights/TrainedModel_{context.title}.pt"
        path = find_model_file(context, context.option_values["FilenameTrainedModel"], name)
        require_trust(context, path, "is a program of TorchScript, and UserCode is one of Python")
        objects = custom_objects(owner, context.option_values["UserCode"]) or {}
        try:
            network = import_torch(f"to read {path}").jit.load(str(path))
        except (RuntimeError, ValueError, OSError) as error:
            message = f"{owner}: {path}: PyTorch cannot read the model: {error}"
            raise WeightFileError(message) from error
        n_outputs = n_outputs_of(context.analysis_type, context.info)
        signal = signal_of(context.analysis_type, context.info)
        return cls(network, objects.get("predict_func"), n_outputs, signal)

    def summary(self) -> Mapping[str, Any]:
        """Return what ``tmva-py inspect`` shows."""
        return {"trained by": "PyTorch", "parameters": sum(one.numel() for one in self.network.parameters())}


class MethodPyTorch(Method):
    """A TorchScript model, loaded from a file and trained by the user's own loop.

    ``UserCode`` names a Python file (or the script itself) that defines ``load_model_custom_objects``, a
    dictionary with ``train_func``, ``predict_func``, ``criterion`` and ``optimizer``. The response is the
    signal's output.
    """

    names = ("PyTorch",)
    type_name = "PyTorch"
    model = TorchModel
    needs = "a model's file and the functions of a UserCode"
    analyses = ("Classification", "Multiclass", "Regression")
    options = TORCH_OPTIONS

    @property
    def can_be_forked(self) -> bool:
        """Not with threads of the library."""
        return False

    def process_options(self, dataset: DataSet | None) -> None:
        """Run the user's code and load the model once, so that mistakes show when it is booked."""
        del dataset
        import_torch("for PyTorch")
        learning_rate_steps(self.owner, self.option_values["LearningRateSchedule"])
        self._objects = self._user_objects()
        self._load()

    def _user_objects(self) -> dict[str, Any]:
        objects = custom_objects(self.owner, self.option_values["UserCode"])
        found = {
            name: required(objects, name, self.owner) for name in ("train_func", "criterion", "predict_func")
        }
        default = import_torch("for PyTorch").optim.SGD
        return {**found, "optimizer": (objects or {}).get("optimizer", default)}

    def _load(self) -> Any:
        values = self.option_values
        name = "FilenameTrainedModel" if values["ContinueTraining"] else "FilenameModel"
        check_model_file(self.owner, name, values[name])
        try:
            return import_torch("for PyTorch").jit.load(values[name])
        except (RuntimeError, ValueError) as error:
            message = f"{self.owner}: {name}={values[name]} is no TorchScript model (torch.jit.save): {error}"
            raise OptionError(message) from error

    def train(self, dataset: TrainingData) -> TorchModel:
        """Return what the user's loop makes of the model, or the best epoch that it kept."""
        torch, values = import_torch("for PyTorch"), self.option_values
        network = self._load()
        training, validation = training_and_validation(self, dataset.training)
        if np.ptp(dataset.training.weight) > 0:
            warn(f"{self.owner}: the events' weights differ and are not passed to the training, as in TMVA")
        steps = learning_rate_steps(self.owner, values["LearningRateSchedule"])
        with trained_file(self, ".pt") as path:
            before = path.stat().st_mtime_ns if path.is_file() else None
            keep = _best_keeper(torch, path) if values["SaveBestOnly"] else None
            network = self._objects["train_func"](
                network,
                _loader(torch, training, values["BatchSize"]),
                _loader(torch, validation, values["BatchSize"]),
                num_epochs=values["NumEpochs"],
                batch_size=values["BatchSize"],
                optimizer=self._objects["optimizer"],
                criterion=self._objects["criterion"],
                save_best=keep,
                scheduler=(_schedule if steps else None, steps or None),
            )
            if not isinstance(network, torch.nn.Module):
                message = (
                    f"{self.owner}: train_func gives {type(network).__name__}, expected the trained model"
                )
                raise TrainingError(message)
            after = path.stat().st_mtime_ns if path.is_file() else None
            if keep is None or after == before:
                # The user's loop kept nothing: the last epoch is what there is.
                torch.jit.save(torch.jit.script(network), str(path))
            network = torch.jit.load(str(path))
        return TorchModel(
            network,
            self._objects["predict_func"],
            n_outputs_of(self.analysis_type, self.info),
            signal_of(self.analysis_type, self.info),
        )


def import_torch(purpose: str) -> Any:
    """Return PyTorch.

    Raises
    ------
    MissingExtraError
        It is not installed.
    """
    try:
        import torch
    except ImportError as error:
        missing = missing_extra("torch", "torch", purpose)
        raise missing from error
    return torch


def required(objects: Mapping[str, Any] | None, name: str, owner: str) -> Any:
    """Return an entry of the user's dictionary.

    Raises
    ------
    OptionError
        There is none.
    """
    if objects is None or name not in objects:
        found = (
            "is not defined" if objects is None else f"has only {', '.join(map(str, objects)) or 'nothing'}"
        )
        message = (
            f"{owner}: {NAME} needs {name!r}, and {found}: define the dictionary in the file that UserCode "
            "names, or in the script itself, with train_func, predict_func, criterion and optimizer"
        )
        raise OptionError(message)
    return objects[name]


def _loader(torch: Any, events: Arrays, batch_size: int) -> Any:
    tensors = (torch.from_numpy(np.ascontiguousarray(one)) for one in (events.x, events.y))
    dataset = torch.utils.data.TensorDataset(*tensors)
    return torch.utils.data.DataLoader(dataset, batch_size=batch_size, shuffle=False)


def _schedule(optimizer: Any, epoch: int, steps: Mapping[int, float]) -> None:
    """Set the learning rate of an epoch; what TMVA gives as the first of ``scheduler``."""
    if epoch in steps:
        for group in optimizer.param_groups:
            group["lr"] = steps[epoch]


def _best_keeper(torch: Any, path: Path) -> Callable[[Any, Any, Any], Any]:
    """Return TMVA's ``save_best(model, value, best)``: saves what is not worse, and gives the best value."""

    def save_best(model: Any, value: Any, best: Any) -> Any:
        if best is not None and value > best:
            return best
        torch.jit.save(torch.jit.script(model), str(path))
        return value

    return save_best


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodPyTorch]
