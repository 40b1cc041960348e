"""What MethodCFMlpANN learns: a network of neurons with temperatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import WeightFileError
from tmva_py.kernels.momentum_perceptron import layer_matrices, momentum_outputs
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.weights import ANY_TAG, Numbers, Sinks
from tmva_py.xml_text import child_of, format_double, raw_line, read_integer, read_values, where

N_OUTPUTS = 2


@dataclass(frozen=True, eq=False)
class CFMlpANNModel(Model):
    """A trained network.

    Attributes
    ----------
    low, high : ndarray of float64, shape (n_variables,)
        The range of each variable, which becomes that from −1 to 1; values beyond it are at its ends.
    sizes : tuple of int
        Neurons of each layer.
    weights : ndarray of float64
        All weights (`tmva_py.kernels.momentum_perceptron`).
    temperatures : ndarray of float64, shape (n_layers,)
        By layer.
    """

    sinks: ClassVar[Sinks] = {ANY_TAG: Numbers("f8")}

    low: Doubles
    high: Doubles
    sizes: tuple[int, ...]
    weights: Doubles
    temperatures: Doubles

    def respond(self, inputs: Inputs) -> Responses:
        """Return the output for signal, from 0 to 1."""
        outputs = momentum_outputs.on(self._backend)(
            np,
            x=self._normalised(inputs.x),
            sizes=np.array(self.sizes, np.int64),
            temperatures=self.temperatures,
            weights=self.weights,
        )
        return Responses(0.5 * (1.0 + outputs[:, 0]))

    def _normalised(self, x: Floats) -> Doubles:
        # As TMVA compares: what is not a number stays.
        values = x.astype(np.float64)
        values = np.where(self.high < values, self.high, values)
        values = np.where(self.low > values, self.low, values)
        return normalised(values, self.low, self.high)

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    def write(self, weights: Element) -> None:
        """Write ranges, neurons, weights and temperatures."""
        for name, number in (
            ("NVars", len(self.low)), ("NClasses", N_OUTPUTS), ("NLayers", len(self.sizes)),
        ):  # fmt: skip
            weights.set(name, str(number))
        ranges = np.stack([self.low, self.high], axis=1).ravel().tolist()
        _add(weights, "VarMinMax", "".join(f"{format_double(one)} " for one in ranges))
        _add(weights, "NNeurons", "".join(f"{one} " for one in self.sizes))
        matrices = layer_matrices(np.array(self.sizes), self.weights)
        for number, matrix in enumerate(matrices, start=1):
            layer = SubElement(weights, f"Layer{number}", {"NNeurons": str(len(matrix))})
            for neuron, row in enumerate(matrix.tolist()):
                _add(layer, f"Neuron{neuron}", " ".join(map(format_double, row)))
        _add(weights, "LayerTemp", "".join(f"{format_double(one)} " for one in self.temperatures.tolist()))

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the network of a file."""
        n_variables = len(context.info.variables)
        n_layers = read_integer(weights, "NLayers", minimum=2)
        ranges = _numbers(weights, "VarMinMax", 2 * n_variables).reshape(n_variables, 2)
        numbers = _numbers(weights, "NNeurons", n_layers)
        if (numbers != np.floor(numbers)).any():
            message = f"<NNeurons>: {numbers.tolist()}, expected whole numbers"
            raise WeightFileError(message)
        sizes = tuple(int(one) for one in numbers.tolist())
        if sizes[0] != n_variables or sizes[-1] != N_OUTPUTS or min(sizes) < 1:
            message = (
                f"<NNeurons>: {' '.join(map(str, sizes))}, expected {n_variables} neurons first, one for "
                f"each variable, and {N_OUTPUTS} last"
            )
            raise WeightFileError(message)
        rows = []
        for number in range(1, n_layers):
            layer = child_of(weights, f"Layer{number}")
            if read_integer(layer, "NNeurons") != sizes[number]:
                message = f"{where(layer)}: NNeurons={layer.get('NNeurons')}, expected {sizes[number]}"
                raise WeightFileError(message)
            for neuron in range(sizes[number]):
                rows.append(_numbers(layer, f"Neuron{neuron}", sizes[number - 1] + 1))
        temperatures = _numbers(weights, "LayerTemp", n_layers)
        if not (temperatures[1:] > 0).all():
            message = f"<LayerTemp>: {temperatures.tolist()}, expected numbers above 0"
            raise WeightFileError(message)
        low, high = np.ascontiguousarray(ranges.T)
        check_ranges(low, high, [one.label for one in context.info.variables], WeightFileError)
        return cls(low, high, sizes, np.concatenate(rows), temperatures)

    def summary(self) -> Mapping[str, Any]:
        """Return the neurons of each layer."""
        return {"neurons": list(self.sizes), "n_weights": len(self.weights)}


def normalised(values: Doubles, low: Doubles, high: Doubles) -> Doubles:
    """Return values with the range from −1 to 1."""
    result: Doubles = (values - (high + low) / 2) / ((high - low) / 2)
    return result


def check_ranges(low: Doubles, high: Doubles, labels: list[str], error: type[Exception]) -> None:
    """Refuse a variable that has no range, or one that is not finite."""
    for label, first, last in zip(labels, low.tolist(), high.tolist(), strict=True):
        if not (np.isfinite(first) and np.isfinite(last) and first < last):
            message = f"variable {label!r} has the range from {first:g} to {last:g}: leave it out"
            raise error(message)


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = raw_line(text)


def _numbers(parent: Element, tag: str, count: int) -> Doubles:
    child = child_of(parent, tag)
    values: Doubles = read_values(child, count, dtype=np.float64)
    if not np.isfinite(values).all():
        message = f"{where(child)}: expected finite numbers"
        raise WeightFileError(message)
    return values
