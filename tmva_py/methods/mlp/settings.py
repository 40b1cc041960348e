"""Options of MethodMLP after they are checked."""

from __future__ import annotations

from dataclasses import dataclass

from tmva_py.data import AnalysisType, DataSetInfo
from tmva_py.errors import OptionError, warn
from tmva_py.methods.mlp.network import NetworkShape, hidden_layers, sizes_of
from tmva_py.methods.mlp.tanh import EXACT, UNBOUNDED
from tmva_py.methods.releases import RELEASES, Release
from tmva_py.options import OptionValues

MOST_WEIGHTS = 20_000
"""With a matrix of all weights by all weights, of 3.2 GB."""


@dataclass(frozen=True)
class Settings:
    """What a booking says.

    Attributes
    ----------
    values : OptionValues
        As weight files hold them.
    shape : NetworkShape
        The network.
    release : Release
        Whose ways are followed.
    """

    values: OptionValues
    shape: NetworkShape
    release: Release


def settle(
    values: OptionValues, analysis_type: AnalysisType, info: DataSetInfo, n_outputs: int, owner: str
) -> Settings:
    """Return the settings of a booking.

    Raises
    ------
    OptionError
        A value is not allowed, or does not fit the others.

    Warns
    -----
    TMVAWarning
        An option has no effect.
    """
    estimator = "CE" if analysis_type == "Classification" else "MSE"
    if "EstimatorType" in values.given and values["EstimatorType"] != estimator:
        warn(
            f"{owner}: EstimatorType={values['EstimatorType']} has no effect, as in TMVA: {estimator} is "
            f"minimised in {analysis_type.lower()}"
        )
    values = values.updated({"EstimatorType": estimator})
    _check(values, owner)
    _warn_without_effect(values, analysis_type, owner)
    release = RELEASES[values["Release"]]
    tanh = values["Tanh"]
    if "Tanh" not in values.given:
        tanh = UNBOUNDED if release.has_unbounded_tanh else EXACT
    hidden = hidden_layers(values["HiddenLayers"], len(info.variables), owner)
    shape = NetworkShape(
        sizes_of(hidden, len(info.variables), n_outputs),
        values["NeuronType"],
        values["NeuronInputType"],
        estimator,
        tanh,
    )
    _check_matrix(values, shape.n_weights, owner)
    return Settings(values, shape, release)


def _check(values: OptionValues, owner: str) -> None:
    limits = (
        ("NCycles", values["NCycles"] >= 1, "1 or more"),
        ("LearningRate", values["LearningRate"] > 0, "more than 0"),
        ("DecayRate", 0 <= values["DecayRate"] < 1, "0 or more and less than 1"),
        ("Tau", values["Tau"] > 1, "more than 1"),
        ("Sampling", 0 < values["Sampling"] <= 1, "more than 0 and at most 1"),
        ("SamplingEpoch", 0 <= values["SamplingEpoch"] <= 1, "0 to 1"),
        ("WeightRange", 0 < values["WeightRange"] <= 1, "more than 0 and at most 1"),
    )
    for name, is_right, expected in limits:
        if not is_right:
            message = f"{owner}: {name}={values[name]:g}: expected {expected}"
            raise OptionError(message)


def _check_matrix(values: OptionValues, n_weights: int, owner: str) -> None:
    """Refuse a matrix of all weights by all weights that no memory holds."""
    causes = [name for name in ("UseRegulator", "CalculateErrors") if values[name]]
    if values["TrainingMethod"] == "BFGS":
        causes.insert(0, "TrainingMethod=BFGS")
    if n_weights > MOST_WEIGHTS and causes:
        message = (
            f"{owner}: HiddenLayers={values['HiddenLayers']} has {n_weights} weights, and {causes[0]} needs "
            f"a matrix of {8e-9 * n_weights**2:.0f} GB; expected {MOST_WEIGHTS} weights at most. Take fewer "
            "neurons, or TrainingMethod=BP"
        )
        raise OptionError(message)


def _warn_without_effect(values: OptionValues, analysis_type: AnalysisType, owner: str) -> None:
    way = values["TrainingMethod"]
    of_others = {
        "BP": ("LearningRate", "DecayRate", "BPMode", "BatchSize"),
        "BFGS": ("ResetStep", "Tau", "UpdateLimit"),
    }
    for other, names in of_others.items():
        for name in names:
            if other != way and name in values.given:
                warn(f"{owner}: {name} has no effect with TrainingMethod={way}; it is for {other}")
    if (
        way == "BP"
        and "BatchSize" in values.given
        and values["BPMode"] != "batch"
        and values["BatchSize"] > 0
    ):
        warn(f"{owner}: BatchSize={values['BatchSize']} has no effect without BPMode=batch")
    if values["SamplingImportance"] != 1:
        warn(f"{owner}: SamplingImportance={values['SamplingImportance']:g} has no effect, as in TMVA")
    if values["UseRegulator"] and way != "BFGS":
        warn(
            f"{owner}: UseRegulator has no effect on the training with TrainingMethod={way}, as in TMVA; "
            "take TrainingMethod=BFGS"
        )
    if values["CalculateErrors"] and analysis_type != "Classification":
        warn(f"{owner}: CalculateErrors has no effect on responses of {analysis_type.lower()}, as in TMVA")
