"""What MethodMLP learns: a network's weights, and how its outputs become responses and errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.backends import Backend, make_backend
from tmva_py.data import AnalysisType
from tmva_py.data.products import product_in_order
from tmva_py.errors import WeightFileError, warn
from tmva_py.kernels.perceptron import (
    LINEAR,
    SIGMOID,
    Perceptron,
    perceptron_outputs,
    perceptron_sensitivities,
)
from tmva_py.lazy import lazy
from tmva_py.methods.class_shares import class_shares
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.mlp.network import NetworkShape
from tmva_py.methods.mlp.options import ANN_OPTIONS, TANH_FORMS
from tmva_py.methods.mlp.tanh import tanh_of
from tmva_py.methods.mlp.weights_xml import (
    SINKS,
    read_inverse_hessian,
    read_layers,
    write_inverse_hessian,
    write_layers,
)
from tmva_py.methods.model import Model, ReadContext
from tmva_py.options import OptionValues
from tmva_py.weights import Sinks
from tmva_py.xml_text import shortened, where

# Events whose sensitivities are kept at once.
_BLOCK = 2048


@dataclass(frozen=True, eq=False)
class MLPModel(Model):
    """A trained network.

    Attributes
    ----------
    shape : NetworkShape
        Layers and functions.
    weights : ndarray of float64
        In the order of weight files; responses are computed from them in single precision, as a Reader does.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        What was learnt.
    inverse_hessian : ndarray of float64, shape (n_weights, n_weights), or None
        The weights' covariance.
    gives_errors : bool
        Whether responses have errors.
    tells_tanh : bool
        Whether the weight file says which form of tanh it is, beyond what its header tells.
    """

    sinks: ClassVar[Sinks] = SINKS

    shape: NetworkShape
    weights: Doubles
    analysis_type: AnalysisType
    inverse_hessian: Doubles | None = None
    gives_errors: bool = False
    tells_tanh: bool = False

    def __post_init__(self) -> None:
        self.weights.flags.writeable = False

    def respond(self, inputs: Inputs) -> Responses:
        """Return what the network makes of the events."""
        x = np.ascontiguousarray(inputs.x, np.float32)
        with np.errstate(all="ignore"):
            outputs = self.outputs(x)
            if self.analysis_type == "Multiclass":
                return Responses(class_shares(outputs.astype(np.float32)))
            if self.analysis_type == "Regression":
                # TMVA keeps targets in single precision.
                return Responses(outputs.astype(np.float32).astype(np.float64))
            response = outputs[:, 0].copy()
            if not self.gives_errors or self.inverse_hessian is None:
                return Responses(response)
            return Responses(response, self._errors(x, response))

    def outputs(self, x: Floats) -> Doubles:
        """Return the output neurons' values for transformed events, (N, n_outputs)."""
        return self._outputs(x, self.shape.net)

    def _outputs(self, x: Floats, net: Perceptron) -> Doubles:
        outputs: Doubles = perceptron_outputs.on(self._backend)(
            self._backend.xp, x=x, net=net, weights=self._weights
        )
        return outputs

    def _errors(self, x: Floats, response: Doubles) -> Doubles:
        """Return lower and upper errors, (N, 2): from the variance of the output's input."""
        width = np.concatenate(
            [self._width(x[i : i + _BLOCK]) for i in range(0, len(x), _BLOCK)] or [response]
        )
        if self.shape.net.output != SIGMOID:
            return np.stack([width, width], axis=1)
        value = self._outputs(x, self.shape.net._replace(output=LINEAR))[:, 0]
        upper, lower = (1.0 / (1.0 + np.exp(-(value + step))) for step in (width, -width))
        return np.stack([response - lower, upper - response], axis=1)

    def _width(self, x: Floats) -> Doubles:
        assert self.inverse_hessian is not None
        s = perceptron_sensitivities.on(self._backend)(
            self._backend.xp,
            x=x,
            net=self.shape.net,
            weights=self._weights,
            further_errors=np.zeros(self.shape.sizes[-1] - 1),
        )
        products = product_in_order(s, self.inverse_hessian, 0.0)
        variance = np.cumsum(products * s, axis=1)[:, -1]
        if (variance < 0).any():
            warn("the network's inverse Hessian gives negative variances; these errors are 0, as in TMVA")
        return np.sqrt(np.where(variance < 0, 0.0, variance))

    @lazy
    def _weights(self) -> Doubles:
        """The weights as a Reader has them, in single precision."""
        with np.errstate(over="ignore"):
            return self.weights.astype(np.float32).astype(np.float64)

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    def with_tanh(self, form: str) -> Self:
        """Return the model with another form of tanh: ``Exact``, ``Fast`` or ``Unbounded``."""
        return replace(self, shape=replace(self.shape, tanh=form), tells_tanh=True)

    # --- weight files ----------------------------------------------------------------------------------

    def write(self, weights: Element) -> None:
        """Write layers, and the inverse Hessian if there is one."""
        layout = write_layers(weights, self.shape.matrices(self.weights))
        if self.tells_tanh and self.shape.neuron_type == "tanh":
            layout.set("Tanh", self.shape.tanh)
        if self.inverse_hessian is not None:
            write_inverse_hessian(weights, self.inverse_hessian)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the network that the element describes."""
        options, n_variables = context.option_values, len(context.info.variables)
        layout, sizes, values = read_layers(weights, n_variables, context.n_outputs)
        told = layout.get("Tanh")
        if told is not None and told not in TANH_FORMS:
            message = f"{where(layout)}: Tanh={told!r}, expected one of {', '.join(TANH_FORMS)}"
            raise WeightFileError(message)
        with np.errstate(over="ignore"):
            n_lost = np.count_nonzero(~np.isfinite(values.astype(np.float32)))
        if n_lost:
            warn(
                f"{context.source}: {n_lost} of {len(values)} weights of the network are not finite: its "
                "training has diverged, and its responses are no numbers"
            )
        shape = NetworkShape(
            sizes,
            _choice(options, "NeuronType"),
            _choice(options, "NeuronInputType"),
            _choice(options, "EstimatorType"),
            tanh_of(context.general_info, context.release) if told is None else told,
        )
        return cls(
            shape=shape,
            weights=values,
            analysis_type=context.analysis_type,
            inverse_hessian=read_inverse_hessian(weights, shape.n_weights),
            gives_errors=options["CalculateErrors"],
            tells_tanh=told is not None,
        )

    def summary(self) -> Mapping[str, Any]:
        """Return layers and functions."""
        tanh = {"tanh": self.shape.tanh} if self.shape.neuron_type == "tanh" else {}
        return {
            "neurons": list(self.shape.sizes),
            "n_weights": len(self.weights),
            "neuron_type": self.shape.neuron_type,
            "neuron_input_type": self.shape.input_type,
            "estimator": self.shape.estimator,
            **tanh,
            "gives_errors": self.gives_errors and self.inverse_hessian is not None,
        }


def _choice(options: OptionValues, name: str) -> str:
    """Return the value of an option in a file, which must be one of those that there are."""
    option = next(one for one in ANN_OPTIONS if one.name == name)
    found = option.choice(options[name])
    if found is None:
        message = f"<Option name={name!r}> is {shortened(options[name])}, expected {option.expected}"
        raise WeightFileError(message)
    return found
