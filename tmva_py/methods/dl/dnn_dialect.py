"""Weight files of MethodDNN, the ancestor of MethodDL: dense layers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import TMVAError, WeightFileError
from tmva_py.functions.outputs import OutputFunction
from tmva_py.layers.dense import TDenseLayer
from tmva_py.methods.dl.layer_xml import activation_of_code, attributes_of
from tmva_py.methods.dl.model import NetworkModel
from tmva_py.methods.model import ReadContext
from tmva_py.network import Network
from tmva_py.options import Option
from tmva_py.plugins import Registry
from tmva_py.weights import ANY_TAG, Numbers, Sinks
from tmva_py.xml_text import DNN_STYLE, add_matrix, read_integer, read_matrix, where

ACTIVATION = "ActivationFunction"

DNN_OPTIONS: tuple[Option, ...] = (
    Option("Layout", str, "SOFTSIGN|(N+100)*2,LINEAR", doc="the layers"),
    Option("ValidationSize", str, "20%", doc="part of the training events that validated"),
    Option("ErrorStrategy", str, "CROSSENTROPY", doc="loss"),
    Option("WeightInitialization", str, "XAVIER", doc="rule for the first weights"),
    Option("Architecture", str, "CPU", doc="where it was trained"),
    Option(
        "TrainingStrategy",
        str,
        "LearningRate=1e-1,Momentum=0.3,Repetitions=3,ConvergenceSteps=50,BatchSize=30,TestRepetitions=7,"
        "WeightDecay=0.0,Renormalize=L2,DropConfig=0.0,DropRepetitions=5",
        doc="phases of the training",
    ),
)


@dataclass(frozen=True, eq=False)
class DNNModel(NetworkModel):
    """A network in the weight files of MethodDNN, of double precision as these."""

    loss: str

    sinks: ClassVar[Sinks] = {ANY_TAG: Numbers("f8")}

    def write(self, weights: Element) -> None:
        """Write attributes and layers in the old form."""
        network = self.network
        weights.set("InputWidth", str(network.input_shape[0]))
        weights.set("Depth", str(len(network.layers)))
        weights.set("LossFunction", self.loss)
        weights.set("OutputFunction", network.output_function.code)
        for layer in network.layers:
            code = attributes_of(layer, network.registry)[ACTIVATION]
            child = SubElement(weights, "Layer", {ACTIVATION: code})
            add_matrix(child, "Weights", network.backend.to_numpy(layer.parameters["W"]), DNN_STYLE)
            add_matrix(child, "Biases", network.backend.to_numpy(layer.parameters["b"]), DNN_STYLE)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the network of the old form of ``<Weights>``."""
        n_variables, n_outputs = len(context.info.variables), context.n_outputs
        width = read_integer(weights, "InputWidth", minimum=1)
        if width != n_variables:
            message = f"{where(weights)}: InputWidth={width}, but the file has {n_variables} variables"
            raise WeightFileError(message)
        elements = list(weights)
        if read_integer(weights, "Depth") != len(elements) or not elements:
            message = f"{where(weights)}: Depth={weights.get('Depth')}, but there are {len(elements)} layers"
            raise WeightFileError(message)
        outputs: dict[str, type[OutputFunction]] = context.registry.by_code("output")
        output = outputs.get(weights.get("OutputFunction", ""))
        if output is None:
            message = (
                f"{where(weights)}: OutputFunction={weights.get('OutputFunction')!r}, expected S, I or M"
            )
            raise WeightFileError(message)
        layers, matrices = [], []
        for element in elements:
            W, b = _read_layer(element, width)
            width = len(b)
            layers.append(_dense_layer(element, width, context.registry))
            matrices.append((W, b))
        if width < n_outputs:
            message = f"{where(elements[-1])}: {width} outputs, but {context.analysis_type} needs {n_outputs}"
            raise WeightFileError(message)
        network = Network(
            layers,
            (n_variables,),
            dtype="float64",
            seed=1,
            initializer="ZERO",
            output=output.names[0],
            registry=context.registry,
        )
        for layer, (W, b) in zip(network.layers, matrices, strict=True):
            layer.parameters["W"][...] = network.backend.asarray(W)
            layer.parameters["b"][...] = network.backend.asarray(b)
        return cls(network, context.analysis_type, n_outputs, weights.get("LossFunction", "C"))


def _read_layer(
    element: Element, input_width: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if element.tag != "Layer":
        message = f"{where(element)}: unknown layer element; the old DNN format has <Layer> only"
        raise WeightFileError(message)
    matrices = {child.tag: child for child in element}
    for tag in ("Weights", "Biases"):
        if tag not in matrices:
            message = f"{where(element)} has no <{tag}>"
            raise WeightFileError(message)
    width = read_integer(matrices["Weights"], DNN_STYLE.rows, minimum=1)
    try:
        W = read_matrix(matrices["Weights"], (width, input_width), style=DNN_STYLE, dtype=np.float64)
        b = read_matrix(matrices["Biases"], (width,), style=DNN_STYLE, dtype=np.float64)
    except WeightFileError as error:
        message = f"{where(element)}: {error}"
        raise WeightFileError(message) from error
    return W, b


def _dense_layer(element: Element, width: int, registry: Registry) -> TDenseLayer:
    try:
        activation = activation_of_code(element.tag, ACTIVATION, element.get(ACTIVATION, ""), registry)
        return TDenseLayer(width, activation, registry=registry)
    except TMVAError as error:
        message = f"{where(element)}: {error}"
        raise WeightFileError(message) from error
