"""What MethodDL learns: a network that responds to events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.methods.dl.weights_attributes import WeightsAttributes
from tmva_py.methods.dl.weights_xml import read_network, write_network
from tmva_py.methods.inputs import Doubles, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.network import Network
from tmva_py.weights import ANY_TAG, Numbers, Sinks

NOT_A_RESPONSE = -999.0
"""What TMVA answers when the network's output is not a number."""


@dataclass(frozen=True, eq=False)
class NetworkModel(Model):
    """A trained network; a dialect of weight files adds how it is written and read."""

    network: Network
    analysis_type: AnalysisType
    n_outputs: int

    def respond(self, inputs: Inputs) -> Responses:
        """Return the network's outputs; the first one for classification."""
        outputs = self.network.predict_rows(inputs.x)
        if self.analysis_type != "Classification":
            return Responses(outputs[:, : self.n_outputs].astype(np.float64))
        # More than one output in a two-class net: TMVA gives the first.
        return Responses(self.without_gaps(outputs[:, 0].astype(np.float64)))

    def without_gaps(self, response: Doubles) -> Doubles:
        """Return a classifier's responses with what TMVA answers where they are not numbers."""
        return response

    def summary(self) -> Mapping[str, Any]:
        """Return the layers with their shapes and numbers of parameters."""
        network = self.network
        layers = [
            {
                "layer": layer.describe(),
                "input_shape": list(layer.input_shape),
                "output_shape": list(layer.output_shape),
                "n_parameters": sum(int(value.size) for value in layer.parameters.values()),
                "parameters": {name: list(value.shape) for name, value in layer.parameters.items()},
            }
            for layer in network.layers
        ]
        return {
            "layers": layers,
            "output_function": network.output_function.names[0],
            "n_parameters": network.n_parameters,
        }


@dataclass(frozen=True, eq=False)
class DLModel(NetworkModel):
    """A network in the weight files of MethodDL."""

    sinks: ClassVar[Sinks] = {ANY_TAG: Numbers("f4")}

    attributes: WeightsAttributes

    def without_gaps(self, response: Doubles) -> Doubles:
        """Return −999 in place of what is not a number, as in TMVA."""
        if len(response) == 1 and response[0] == response[0]:  # a single event should wait for nothing else
            return response
        response[np.isnan(response)] = NOT_A_RESPONSE
        return response

    def write(self, weights: Element) -> None:
        """Write attributes and layers."""
        write_network(weights, self.network, self.attributes)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the network that the element describes."""
        network, attributes = read_network(
            weights,
            n_variables=len(context.info.variables),
            n_outputs=context.n_outputs,
            registry=context.registry,
            owner=f"DL {context.title!r}",
        )
        network.fix_parameters()
        return cls(network, context.analysis_type, context.n_outputs, attributes)
