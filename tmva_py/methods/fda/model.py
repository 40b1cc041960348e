"""What MethodFDA learns: a formula's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.errors import OptionError, WeightFileError, warn
from tmva_py.methods.fda.formula import ParameterFormula
from tmva_py.methods.inputs import Doubles, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.xml_text import format_double, read_integer, shortened, where


@dataclass(frozen=True, eq=False)
class FDAModel(Model):
    """A formula with parameters for each output, (n_outputs, n_parameters)."""

    formula: ParameterFormula
    parameters: Doubles
    analysis_type: AnalysisType

    def respond(self, inputs: Inputs) -> Responses:
        """Return the formula's values; for several classes the share of each.

        Warns
        -----
        TMVAWarning
            A value is not finite.
        """
        values = self._values(inputs)
        if not np.isfinite(values).all():
            finite = np.isfinite(values.reshape(len(values), -1)).all(axis=1)
            n_wrong = len(values) - int(finite.sum())
            warn(
                f"Formula {shortened(self.formula.text)} is not finite for {n_wrong} of {len(values)} events"
            )
        return Responses(values)

    def _values(self, inputs: Inputs) -> Doubles:
        columns = np.ascontiguousarray(inputs.x.T, np.float64)
        with np.errstate(all="ignore"):
            values = self.formula(self.parameters, columns).T
            if self.analysis_type == "Classification":
                response: Doubles = values[:, 0]
                return response
            single = values.astype(np.float32).astype(np.float64)
            if self.analysis_type == "Regression":
                return single
            shares = 1.0 / np.exp(single[:, None, :] - single[:, :, None]).sum(axis=2)
            rounded: Doubles = shares.astype(np.float32).astype(np.float64)
            return rounded

    def write(self, weights: Element) -> None:
        """Write the parameters and the formula."""
        n_outputs, n_parameters = self.parameters.shape
        weights.set("NPars", str(n_parameters))
        weights.set("NDim", str(n_outputs))
        weights.set("Formula", self.formula.text)
        for index, value in enumerate(self.parameters.ravel().tolist()):
            SubElement(weights, "Parameter", Index=str(index), Value=format_double(value))

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the formula of a ``<Weights>`` element."""
        n_parameters = read_integer(weights, "NPars", minimum=1)
        # Older files are of one output.
        n_outputs = read_integer(weights, "NDim", minimum=1) if "NDim" in weights.attrib else 1
        if n_outputs != context.n_outputs:
            message = f"{where(weights)}: NDim={n_outputs}, expected {context.n_outputs}"
            raise WeightFileError(message)
        children = weights.findall("Parameter")
        if len(children) != n_parameters * n_outputs:
            message = (
                f"{where(weights)}: NPars={n_parameters} and NDim={n_outputs}, but there are {len(children)} "
                "<Parameter>"
            )
            raise WeightFileError(message)
        found = np.full(len(children), np.nan)
        for child in children:
            index = read_integer(child, "Index")
            if index >= len(found) or not np.isnan(found[index]):
                message = f"{where(child)}: Index={index} is beyond {len(found) - 1}, or there twice"
                raise WeightFileError(message)
            text = child.get("Value", "")
            try:
                found[index] = float(text)
            except ValueError:
                found[index] = np.nan
            if not np.isfinite(found[index]):
                message = f"{where(child)}: Value={shortened(text)} must be a finite number"
                raise WeightFileError(message)
        try:
            formula = ParameterFormula(weights.get("Formula", ""), n_parameters, len(context.info.variables))
        except OptionError as error:
            message = f"{where(weights)}: {error}"
            raise WeightFileError(message) from None
        return cls(formula, found.reshape(n_outputs, n_parameters), context.analysis_type)

    def summary(self) -> Mapping[str, Any]:
        """Return formula and parameters."""
        return {"formula": self.formula.text, "parameters": self.parameters.tolist()}
