"""What the trainings of Keras and PyTorch have in common: arrays of events, options, files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSetInfo, Events
from tmva_py.errors import OptionError
from tmva_py.methods.dl.options import validation_events
from tmva_py.methods.inputs import Doubles, Responses
from tmva_py.methods.method import Method


@dataclass(frozen=True)
class Arrays:
    """Events as the packages take them: variables, one-hot classes or targets, weights."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    weight: npt.NDArray[np.float32]


def training_and_validation(method: Method, events: Events) -> tuple[Arrays, Arrays]:
    """Return the events to train with and the last ones, which validate, as in TMVA."""
    y = events.targets
    if method.analysis_type != "Regression":
        y = np.eye(len(method.info.classes), dtype=np.float32)[events.class_index]
    whole = [np.asarray(one, np.float32) for one in (events.x, y, events.weight)]
    n_training = len(events) - validation_events(method.option_values["ValidationSize"], len(events))
    method.log.info(
        f"Split TMVA training data in {n_training} training events and {len(events) - n_training} "
        "validation events"
    )
    first, last = ([one[part] for one in whole] for part in (slice(n_training), slice(n_training, None)))
    return Arrays(*first), Arrays(*last)


def learning_rate_steps(owner: str, text: str) -> dict[int, float]:
    """Return the learning rate from each epoch on, of ``50,0.01;70,0.005``.

    Raises
    ------
    OptionError
        The text is something else.
    """
    steps: dict[int, float] = {}
    try:
        for piece in text.split(";") if text else []:
            epoch, rate = piece.split(",")
            steps[int(epoch)] = float(rate)
    except ValueError:
        message = f"{owner}: LearningRateSchedule={text} is not understood; expected 50,0.01;70,0.005"
        raise OptionError(message) from None
    return steps


def check_model_file(owner: str, option: str, path: str) -> None:
    """Refuse an option that names no file.

    Raises
    ------
    OptionError
        The option is empty, or there is no such file.
    """
    if not path or not Path(path).exists():
        what = f"{option}={path}: there is no such file" if path else f"{option} is needed: the model's file"
        message = f"{owner}: {what}"
        raise OptionError(message)


@contextmanager
def trained_file(method: Method, ending: str) -> Iterator[Path]:
    """Yield where the trained model goes: the option's file, beside the weight file, or a temporary one."""
    name = method.option_values["FilenameTrainedModel"]
    if not name and method.weight_file is not None:
        name = str(method.weight_file.parent / f"TrainedModel_{method.title}{ending}")
        method.option_values = method.option_values.updated({"FilenameTrainedModel": name})
    if name:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        yield Path(name)
        return
    with TemporaryDirectory() as folder:
        yield Path(folder) / f"model{ending}"


def responses(found: Any, n_outputs: int, signal: int | None) -> Responses:
    """Return a model's outputs, (N, n_outputs), or the signal's column of them."""
    outputs: Doubles = np.asarray(found, dtype=np.float64).reshape(-1, n_outputs)
    return Responses(outputs if signal is None else outputs[:, signal].copy())


def n_outputs_of(analysis_type: AnalysisType, info: DataSetInfo) -> int:
    """Return how many outputs a network needs: one for each class, also of two, or target."""
    return len(info.targets) if analysis_type == "Regression" else len(info.classes)


def signal_of(analysis_type: AnalysisType, info: DataSetInfo) -> int | None:
    """Return which output is the response of a classification with two classes."""
    return int(info.signal_class_index) if analysis_type == "Classification" else None
