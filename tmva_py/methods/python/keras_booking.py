"""The booking of our own network that is the same as a plain model of Keras, for who lacks Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tmva_py.data import AnalysisType
from tmva_py.errors import MissingExtraError, WeightFileError
from tmva_py.methods.python.keras_files import configuration_of
from tmva_py.options import OptionValues

_ACTIVATIONS = {"relu", "tanh", "sigmoid", "linear", "softsign"}
_INITIALIZERS = {"GlorotUniform": "XAVIERUNIFORM", "GlorotNormal": "XAVIER"}
_LOSSES = {
    "Classification": {"categorical_crossentropy": "CROSSENTROPY", "binary_crossentropy": "CROSSENTROPY"},
    "Multiclass": {"categorical_crossentropy": "MUTUALEXCLUSIVE"},
    "Regression": {"mean_squared_error": "SUMOFSQUARES", "mse": "SUMOFSQUARES"},
}
_LAST = {
    "Classification": ("softmax", "sigmoid"),
    "Multiclass": ("softmax",),
    "Regression": ("linear",),
}
_OPTIMIZERS = {
    "SGD": "SGD",
    "Adam": "ADAM",
    "Adagrad": "ADAGRAD",
    "RMSprop": "RMSPROP",
    "Adadelta": "ADADELTA",
}


def same_booking(values: OptionValues, analysis: AnalysisType, n_outputs: int) -> str | None:
    """Return the options of ``Types.kDL`` for the model of a PyKeras booking.

    None for other layers than dense ones, other losses and optimisers, and for what cannot be read.
    """
    try:
        found = configuration_of(Path(values["FilenameModel"]))
    except (MissingExtraError, WeightFileError, OSError):
        return None
    model, compiled = found if isinstance(found, list) else (found, found.get("compile_config"))
    try:
        return _options(model["config"]["layers"], compiled, values, analysis, n_outputs)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _options(
    layers: list[Any], compiled: Any, values: OptionValues, analysis: AnalysisType, n_outputs: int
) -> str | None:
    dense: list[dict[str, Any]] = []
    for layer in layers:
        if layer["class_name"] == "Dense" and layer["config"]["use_bias"]:
            dense.append(dict(layer["config"]))
        elif layer["class_name"] == "Activation" and dense and dense[-1]["activation"] == "linear":
            dense[-1]["activation"] = layer["config"]["activation"]
        elif layer["class_name"] != "InputLayer":
            return None
    *hidden, last = dense
    first = {_INITIALIZERS.get(one["kernel_initializer"]["class_name"]) for one in dense}
    # An .h5 file has the other name.
    optimizer, loss = compiled.get("optimizer") or compiled["optimizer_config"], compiled["loss"]
    error = _LOSSES[analysis].get(loss)
    name = _OPTIMIZERS.get(optimizer["class_name"])
    fits = last["units"] == n_outputs and last["activation"] in _LAST[analysis]
    plain = len(first) == 1 and all(one["activation"] in _ACTIVATIONS for one in hidden)
    if not (fits and plain and name and error) or None in first:
        return None
    # Two outputs that add up to 1 are one.
    n_own = 1 if analysis == "Classification" else n_outputs
    layout = [f"DENSE|{one['units']}|{one['activation'].upper()}" for one in hidden]
    tries = values["TriesEarlyStopping"]
    strategy = [
        f"Optimizer={name}",
        f"LearningRate={float(optimizer['config']['learning_rate']):.6g}",
        *([f"Momentum={optimizer['config'].get('momentum', 0.0):g}"] if name == "SGD" else []),
        f"BatchSize={values['BatchSize']}",
        f"MaxEpochs={values['NumEpochs']}",
        f"ConvergenceSteps={tries if tries > 0 else values['NumEpochs']}",
        "TestRepetitions=1",
    ]
    return ":".join(
        [
            f"Layout={','.join([*layout, f'DENSE|{n_own}|LINEAR'])}",
            f"ErrorStrategy={error}",
            f"WeightInitialization={first.pop()}",
            f"VarTransform={values['VarTransform']}",
            f"ValidationSize={values['ValidationSize']}",
            f"TrainingStrategy={','.join(strategy)}",
        ]
    )
