"""Networks that were made and trained in Python, as weight files of MethodDL."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

import numpy as np

from tmva_py.data import AnalysisType, DataSetInfo, VariableInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import OptionError, ShapeError, WeightFileError, warn
from tmva_py.layouts import network_input_shape, parse_batch_layout
from tmva_py.methods.dl.model import DLModel, NetworkModel
from tmva_py.methods.dl.weights_attributes import Shape3, WeightsAttributes
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.methods.weight_file import read_weight_file, write_weight_file
from tmva_py.network import Network
from tmva_py.network.layer_stack import LayerStack
from tmva_py.options import Option, OptionValues
from tmva_py.plugins import Registry
from tmva_py.weights.general_info import new_general_info

_LOSS_OF_OUTPUT = {"IDENTITY": ("R", "SUMOFSQUARES"), "SOFTMAX": ("S", "MUTUALEXCLUSIVE")}
# The batches of a training, which files have and evaluations do not look at.
_BATCH_SIZE = 100


def write_network_file(
    network: Network,
    path: str | os.PathLike[str],
    options: Sequence[Option],
    *,
    variables: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    title: str | None = None,
) -> None:
    """Write a network as a weight file that our Reader and ROOT's read.

    Raises
    ------
    OptionError
        There is not one name for each variable or output.
    ShapeError
        The last layer's output is not flat, or weight files cannot say the shape of the input.
    """
    shape = _input_layout(network)
    analysis = _analysis(network)
    info = DataSetInfo(
        variables=_named("variables", variables, "var", math.prod(network.input_shape)),
        classes=["Regression"] if analysis == "Regression" else ["Signal", "Background"],
    )
    if analysis == "Regression":
        info.targets = _named("outputs", outputs, "target", network.n_outputs)
    elif analysis == "Multiclass":
        info.classes = [one.label for one in _named("outputs", outputs, "class", network.n_outputs)]
    elif outputs is not None:
        message = "outputs: a network with one output tells Signal from Background; their names are TMVA's"
        raise OptionError(message)
    if network.backend.dtype != np.float32:
        text = f"{os.fspath(path)}: weight files hold single precision: the weights are rounded to float32"
        warn(text)
    code, loss = _LOSS_OF_OUTPUT.get(network.output_function.names[0], ("C", "CROSSENTROPY"))
    attributes = WeightsAttributes(
        input_layout=shape,
        batch_size=1,
        batch_layout=parse_batch_layout("0|0|0", _BATCH_SIZE, shape),
        loss=code,
        initialization=network.initializer.code,
        regularization="0",
        output=network.output_function.code,
        weight_decay=0.0,
    )
    given = {
        "Layout": ",".join(layer.describe() for layer in network.layers),
        "InputLayout": "|".join(map(str, shape)),
        "ErrorStrategy": loss,
    }
    method = TrainedMethod(
        type_name="DL",
        title=title or "DL",
        info=info,
        analysis_type=analysis,
        option_values=OptionValues(options, given, given),
        transformations=TransformationChain((), info),
        model=DLModel(network, analysis, info.n_outputs(analysis), attributes),
        general_info=new_general_info(0, 0.0, analysis),
    )
    write_weight_file(method, path)


def read_network_file(path: str | os.PathLike[str], registry: Registry) -> LayerStack:
    """Return the network of a weight file without transformations.

    Raises
    ------
    WeightFileError
        The file holds something else, or transforms variables or targets, which a network alone does not.
    """
    method = read_weight_file(path, registry)
    if not isinstance(method.model, NetworkModel):
        message = f"{os.fspath(path)}: {method.name} is no network; tmva_py.evaluate responds to events"
        raise WeightFileError(message)
    if method.transformations.steps:
        message = (
            f"{os.fspath(path)}: the file has the transformations {method.transformations.short_name}, which "
            "a network alone would leave out; take tmva_py.evaluate or Reader, which apply them"
        )
        raise WeightFileError(message)
    return method.model.network


def _input_layout(network: Network) -> Shape3:
    """Return the shape of an event as weight files say it."""
    if len(network.output_shape) != 1:
        message = f"the outputs have the shape {network.output_shape}; weight files have flat ones"
        raise ShapeError(message)
    given = network.input_shape
    shape: Shape3 = (1, 1, given[0]) if len(given) == 1 else (given[0], 1, given[-1])
    if len(given) == 3:
        shape = (given[0], given[1], given[2])
    read = network_input_shape(shape, network.layers[0]) if len(given) <= 3 else ()
    if read != given:
        message = f"weight files cannot say an input of shape {given}; what is read would be {read}"
        raise ShapeError(message)
    return shape


def _analysis(network: Network) -> AnalysisType:
    if network.output_function.names[0] == "IDENTITY":
        return "Regression"
    return "Classification" if network.n_outputs == 1 else "Multiclass"


def _named(what: str, names: Sequence[str] | None, prefix: str, count: int) -> list[VariableInfo]:
    if names is None:
        names = [f"{prefix}{number}" for number in range(count)]
    if isinstance(names, str) or len(names) != count or len(set(names)) != count:
        message = f"{what}: expected {count} different names, got {names!r}"
        raise OptionError(message)
    return [VariableInfo.parse(name) for name in names]
