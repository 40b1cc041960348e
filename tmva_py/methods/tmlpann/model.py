"""What MethodTMlpANN learns: a network with one linear output."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import WeightFileError
from tmva_py.kernels.perceptron import perceptron_outputs
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.tmlpann.network import Layers
from tmva_py.weights import ANY_TAG, Numbers, Sinks
from tmva_py.xml_text import child_of, raw_line, read_values

# How ROOT normalises the output: not at all.
_OUTPUT = (1.0, 0.0)


@dataclass(frozen=True, eq=False)
class TMlpANNModel(Model):
    """A trained network.

    Attributes
    ----------
    names : tuple of str
        The variables as ROOT's network calls them.
    width, mean : ndarray of float64, shape (n_variables,)
        By which each variable is normalised, in single precision, as ROOT reads them.
    layers : Layers
        The neurons.
    input_biases : ndarray of float64, shape (n_variables,)
        Numbers without effect, which files hold.
    weights : ndarray of float64
        All other weights.
    output : tuple of float
        Width and mean of the output; without effect.
    """

    sinks: ClassVar[Sinks] = {ANY_TAG: Numbers("f8")}

    names: tuple[str, ...]
    width: Doubles
    mean: Doubles
    layers: Layers
    input_biases: Doubles
    weights: Doubles
    output: tuple[float, float] = _OUTPUT

    def respond(self, inputs: Inputs) -> Responses:
        """Return the output, around 1 for signal and 0 for background."""
        width, mean = (one.astype(np.float32).astype(np.float64) for one in (self.width, self.mean))
        x = (inputs.x.astype(np.float64) - mean) / width
        outputs = perceptron_outputs.on(self._backend)(np, x=x, net=self.layers.net, weights=self.weights)
        return Responses(outputs[:, 0])

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    def write(self, weights: Element) -> None:
        """Write the network's form, normalisations, biases and synapses."""
        SubElement(weights, "Architecture", {"BuildOptions": build_options(self.names, self.layers.sizes)})
        biases, synapses = self.layers.parts(self.weights)
        for tag, values in (
            ("input", np.stack([self.width, self.mean], axis=1).ravel()),
            ("output", np.array(self.output)),
            ("neurons", np.concatenate([self.input_biases, biases])),
            ("synapses", synapses),
        ):
            text = "".join(f"{_number(value)} " for value in values.tolist())
            SubElement(weights, tag).text = raw_line(text)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the network of a file."""
        n_variables = len(context.info.variables)
        text = child_of(weights, "Architecture").get("BuildOptions", "")
        names, hidden = _read_options(text, n_variables)
        layers = Layers((n_variables, *hidden, 1))
        normalisation = _numbers(weights, "input", 2 * n_variables).reshape(n_variables, 2)
        width, mean = normalisation.T
        if not (width.astype(np.float32) != 0).all():
            message = f"<input>: variable {names[int(np.argmin(width != 0))]!r} has the width 0"
            raise WeightFileError(message)
        first, second = _numbers(weights, "output", 2).tolist()
        biases = _numbers(weights, "neurons", layers.n_neurons)
        synapses = _numbers(weights, "synapses", layers.n_synapses)
        return cls(
            names,
            np.ascontiguousarray(width),
            np.ascontiguousarray(mean),
            layers,
            biases[:n_variables],
            layers.weights(biases, synapses),
            (first, second),
        )

    def summary(self) -> Mapping[str, Any]:
        """Return the neurons of each layer."""
        return {"neurons": list(self.layers.sizes), "n_weights": len(self.weights)}


def build_options(names: tuple[str, ...], sizes: tuple[int, ...]) -> str:
    """Return what ROOT's network is built from: normalised variables, hidden layers, target."""
    return ":".join([",".join(f"@{name}" for name in names), *map(str, sizes[1:-1]), "type"])


def _read_options(text: str, n_variables: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    found = re.fullmatch(r"(@[^:@,]+(?:,@[^:@,]+)*)((?::\d{1,6})+):type", text)
    if found is None:
        message = f"<Architecture>: BuildOptions={text!r}, expected something like '@x,@y:5:4:type'"
        raise WeightFileError(message)
    names = tuple(name[1:] for name in found[1].split(","))
    hidden = tuple(int(size) for size in found[2][1:].split(":"))
    if len(names) != n_variables or min(hidden) < 1:
        message = (
            f"<Architecture>: BuildOptions={text!r} has {len(names)} variables, expected {n_variables}, and "
            "a neuron at least in each layer"
        )
        raise WeightFileError(message)
    return names, hidden


def _number(value: float) -> str:
    """Return a number as ROOT writes it, with six digits, where these are all it has; else all digits."""
    short = f"{value:.6g}"
    return short if float(short) == value else f"{value:.17g}"


def _numbers(parent: Element, tag: str, count: int) -> Doubles:
    values: Doubles = read_values(child_of(parent, tag), count, dtype=np.float64)
    if not np.isfinite(values).all():
        message = f"<{tag}>: expected finite numbers"
        raise WeightFileError(message)
    return values
