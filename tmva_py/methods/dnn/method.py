"""MethodDNN, the ancestor of MethodDL: dense layers only, read from weight files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NoReturn
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSet
from tmva_py.errors import TMVAError, TrainingError, WeightFileError
from tmva_py.functions.outputs import OutputFunction
from tmva_py.layers.dense import TDenseLayer
from tmva_py.methods.base import MethodBase
from tmva_py.methods.dl.layer_xml import ACTIVATION, activation_of_code, attributes_of
from tmva_py.network import Network
from tmva_py.options import Option
from tmva_py.plugins import Registry, hookimpl
from tmva_py.weights import ANY_TAG, Numbers, Sinks
from tmva_py.xml_text import DNN_STYLE, add_matrix, read_integer, read_matrix, where

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


class MethodDNN(MethodBase):
    """The old deep network, for reading; train with DL, which took its place in ROOT 6.16.

    Files hold double precision, and so does the network.
    """

    names = ("DNN",)
    type_name = "DNN"
    options = DNN_OPTIONS
    sinks: ClassVar[Sinks] = {ANY_TAG: Numbers("f8")}
    trainable = False

    _network: Network | None = None
    _loss = "C"

    @classmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:
        """Return True for what the old method could do."""
        if analysis_type == "Classification":
            return n_classes == 2
        return n_classes > 1 if analysis_type == "Multiclass" else n_targets > 0

    def process_options(self, dataset: DataSet | None) -> None:
        """Refuse a booking."""
        del dataset
        self._refuse()

    def train(self, dataset: DataSet) -> None:
        """Refuse."""
        del dataset
        self._refuse()

    def _refuse(self) -> NoReturn:
        message = (
            f"DNN {self.title!r}: the old MethodDNN can be read from weight files but not trained; "
            "book it as DL (Types.kDL), which takes the same Layout and TrainingStrategy"
        )
        raise TrainingError(message)

    @property
    def network(self) -> Network:
        """The network.

        Raises
        ------
        TrainingError
            Nothing was read yet.
        """
        if self._network is None:
            message = f"DNN {self.title!r} is not read from a weight file yet"
            raise TrainingError(message)
        return self._network

    def respond(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the network's outputs; for classification the first one, which may be NaN, as in TMVA."""
        outputs = np.asarray(self.network.predict(x), np.float64)
        return outputs[:, 0] if self.analysis_type == "Classification" else outputs[:, : self.n_outputs]

    def write_weights(self, weights: Element) -> None:
        """Fill ``<Weights>`` in the old form."""
        network = self.network
        weights.set("InputWidth", str(network.input_shape[0]))
        weights.set("Depth", str(len(network.layers)))
        weights.set("LossFunction", self._loss)
        weights.set("OutputFunction", network.output_function.code)
        for layer in network.layers:
            child = SubElement(
                weights, "Layer", ActivationFunction=attributes_of(layer, self.registry)[ACTIVATION]
            )
            add_matrix(child, "Weights", network.backend.to_numpy(layer.parameters["W"]), DNN_STYLE)
            add_matrix(child, "Biases", network.backend.to_numpy(layer.parameters["b"]), DNN_STYLE)

    def read_weights(self, weights: Element) -> None:
        """Build the network from the old form of ``<Weights>``.

        Raises
        ------
        WeightFileError
            It is damaged, does not fit the number of variables, or has too few outputs.
        """
        width = read_integer(weights, "InputWidth", minimum=1)
        if width != len(self.info.variables):
            message = (
                f"{where(weights)}: InputWidth={width}, but the file has {len(self.info.variables)} variables"
            )
            raise WeightFileError(message)
        elements = list(weights)
        if read_integer(weights, "Depth") != len(elements) or not elements:
            message = f"{where(weights)}: Depth={weights.get('Depth')}, but there are {len(elements)} layers"
            raise WeightFileError(message)
        outputs: dict[str, type[OutputFunction]] = self.registry.by_code("output")
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
            layers.append(_dense_layer(element, width, self.registry))
            matrices.append((W, b))
        if width < self.n_outputs:
            message = (
                f"{where(elements[-1])}: {width} outputs, but {self.analysis_type} needs {self.n_outputs}"
            )
            raise WeightFileError(message)
        network = Network(
            layers,
            (len(self.info.variables),),
            dtype="float64",
            seed=1,
            initializer="ZERO",
            output=output.names[0],
            registry=self.registry,
        )
        for layer, (W, b) in zip(network.layers, matrices, strict=True):
            layer.parameters["W"][...] = network.backend.asarray(W)
            layer.parameters["b"][...] = network.backend.asarray(b)
        self._network, self._loss = network, weights.get("LossFunction", "C")


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
        activation = activation_of_code(element.tag, element.get(ACTIVATION, ""), registry)
        return TDenseLayer(width, activation, registry=registry)
    except TMVAError as error:
        message = f"{where(element)}: {error}"
        raise WeightFileError(message) from error


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodDNN]
