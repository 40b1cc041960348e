"""Weights of networks in TMVA's XML."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.errors import WeightFileError
from tmva_py.methods.inputs import Doubles
from tmva_py.weights import Numbers, Sinks
from tmva_py.xml_text import MatrixStyle, format_values, raw_line, read_integer, read_values, where

SINKS: Sinks = {"Neuron": Numbers("f8"), "Row": Numbers("f8")}
STYLE = MatrixStyle(digits=16, blanks=1)


def write_layers(parent: Element, matrices: list[Doubles]) -> Element:
    """Write the weights by layer and neuron, those of a neuron to the next layer; return ``<Layout>``."""
    layout = SubElement(parent, "Layout", {"NLayers": str(len(matrices) + 1)})
    for number, matrix in enumerate(matrices):
        layer = SubElement(layout, "Layer", {"Index": str(number), "NNeurons": str(len(matrix))})
        for row in matrix:
            neuron = SubElement(layer, "Neuron", {"NSynapses": str(len(row))})
            neuron.text = raw_line(format_values(row, STYLE))
    n_outputs = matrices[-1].shape[1]
    layer = SubElement(layout, "Layer", {"Index": str(len(matrices)), "NNeurons": str(n_outputs)})
    for _ in range(n_outputs):
        SubElement(layer, "Neuron", {"NSynapses": "0"})
    return layout


def read_layers(
    weights: Element, n_variables: int, n_outputs: int
) -> tuple[Element, tuple[int, ...], Doubles]:
    """Return ``<Layout>``, the neurons of each layer without biases, and all weights.

    Raises
    ------
    WeightFileError
        A layer or a weight is missing, or sizes do not fit each other, the variables or the outputs.
    """
    layout = weights.find("Layout")
    # Releases before 4.1 had the layers right here.
    layout = weights if layout is None else layout
    layers = layout.findall("Layer")
    n_layers = read_integer(layout, "NLayers", minimum=2)
    if n_layers != len(layers):
        message = f"{where(layout)}: NLayers={n_layers}, but there are {len(layers)} <Layer>"
        raise WeightFileError(message)
    counts = [read_integer(layer, "NNeurons", minimum=1) for layer in layers]
    for number, (layer, count) in enumerate(zip(layers, counts, strict=True)):
        if read_integer(layer, "Index") != number:
            message = (
                f"{where(layer)}: Index={layer.get('Index')}, expected {number}: layers come in their order"
            )
            raise WeightFileError(message)
        if len(layer.findall("Neuron")) != count:
            message = (
                f"{where(layer)}: NNeurons={count}, but there are {len(layer.findall('Neuron'))} <Neuron>"
            )
            raise WeightFileError(message)
    if counts[0] != n_variables + 1:
        message = (
            f"{where(layers[0])}: NNeurons={counts[0]}, expected {n_variables + 1}: one for each variable "
            "and a bias"
        )
        raise WeightFileError(message)
    if counts[-1] != n_outputs:
        message = f"{where(layers[-1])}: NNeurons={counts[-1]}, expected {n_outputs}, one for each output"
        raise WeightFileError(message)
    sizes = (*(count - 1 for count in counts[:-1]), counts[-1])
    found = []
    for layer, size in zip(layers[:-1], sizes[1:], strict=True):
        if size < 1:
            message = f"{where(layer)}: the next layer has a bias only"
            raise WeightFileError(message)
        for neuron in layer.findall("Neuron"):
            n_synapses = read_integer(neuron, "NSynapses")
            if n_synapses != size:
                message = (
                    f"{where(neuron)}: NSynapses={n_synapses}, expected {size}: one to each neuron of the "
                    "next layer but its bias"
                )
                raise WeightFileError(message)
            found.append(read_values(neuron, size, dtype=np.float64))
    return layout, sizes, np.concatenate(found)


def write_inverse_hessian(parent: Element, matrix: Doubles) -> None:
    """Write the matrix that errors of responses are computed from."""
    n_rows, n_columns = matrix.shape
    shape = {"NElements": str(matrix.size), "NRows": str(n_rows), "NCols": str(n_columns)}
    element = SubElement(parent, "InverseHessian", shape)
    for number, row in enumerate(matrix):
        SubElement(element, "Row", {"Index": str(number)}).text = raw_line(format_values(row, STYLE))


def read_inverse_hessian(weights: Element, n_weights: int) -> Doubles | None:
    """Return the matrix, or None if there is none.

    Raises
    ------
    WeightFileError
        It is not one row and one column for each weight.
    """
    element = weights.find("InverseHessian")
    if element is None:
        return None
    n_rows, n_columns = (read_integer(element, name) for name in ("NRows", "NCols"))
    rows = element.findall("Row")
    if (n_rows, n_columns) != (n_weights, n_weights) or len(rows) != n_rows:
        message = (
            f"{where(element)}: file has {len(rows)} <Row>, NRows={n_rows} and NCols={n_columns}; the "
            f"network has {n_weights} weights and needs as many of each"
        )
        raise WeightFileError(message)
    return np.stack([read_values(row, n_columns, dtype=np.float64) for row in rows])
