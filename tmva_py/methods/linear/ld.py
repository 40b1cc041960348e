"""MethodLD: least squares, booked as ``Types.kLD``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.errors import WeightFileError
from tmva_py.kernels.linear import single_sums
from tmva_py.methods.inputs import Doubles, Inputs, Responses, TrainingData
from tmva_py.methods.linear.matrices import inverted, log_coefficients, read_coefficients
from tmva_py.methods.method import Method
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.plugins import hookimpl
from tmva_py.xml_text import format_double, read_integer, where


@dataclass(frozen=True, eq=False)
class LDModel(Model):
    """For each output an offset, and a coefficient for each variable after it: (n_outputs, 1 + n)."""

    coefficients: Doubles
    is_regression: bool

    def respond(self, inputs: Inputs) -> Responses:
        """Return the weighted sums of the variables."""
        values = single_sums.at_hand(np, x=inputs.x, coefficients=self.coefficients).astype(np.float64)
        return Responses(values.T if self.is_regression else values[0])

    @classmethod
    def respond_together(cls, models: Sequence[LDModel], inputs: Inputs) -> Doubles:
        """Return the weighted sums of several classifiers."""
        coefficients = np.concatenate([one.coefficients for one in models])
        values = single_sums.at_hand(np, x=inputs.x, coefficients=coefficients)
        return np.asarray(values, np.float64)

    def write(self, weights: Element) -> None:
        """Write the coefficients."""
        weights.set("NOut", str(len(self.coefficients)))
        weights.set("NCoeff", str(self.coefficients.shape[1]))
        for output, row in enumerate(self.coefficients.tolist()):
            for index, value in enumerate(row):
                about = {"IndexOut": str(output), "IndexCoeff": str(index), "Value": format_double(value)}
                SubElement(weights, "Coefficient", about)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the coefficients of a file."""
        n_outputs = context.n_outputs
        if read_integer(weights, "NOut") != n_outputs:
            message = f"{where(weights)}: NOut={weights.get('NOut')!r}, expected {n_outputs}"
            raise WeightFileError(message)
        shape = (n_outputs, len(context.info.variables) + 1)
        coefficients = read_coefficients(weights, shape, ("IndexOut", "IndexCoeff"))
        return cls(coefficients, context.analysis_type == "Regression")

    def summary(self) -> Mapping[str, Any]:
        """Return the coefficients."""
        return {
            "offset": self.coefficients[:, 0].tolist(),
            "coefficients": self.coefficients[:, 1:].tolist(),
        }


class MethodLD(Method):
    """Linear discriminant: the weighted sum of the variables that is closest to the truth by least squares.

    The truth is 1 for signal and 0 for background, or the target of a regression. For classification it is
    Fisher's discriminant, on another scale, if both classes have the same weight; its offset is chosen so
    that the mean response of all events is half of what the variables' means give. As a regression it is a
    first look at a target: what is not linear in the variables, it does not see.
    """

    names = ("LD",)
    type_name = "LD"
    model = LDModel
    analyses = ("Classification", "Regression")
    options = (RELEASE_OPTION,)
    signal_reference_cut = 0.0
    ranking_discriminator = "Discr. power"

    _factors: Sequence[float] | None = None

    @classmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:
        """Return whether there are two classes, or one target."""
        if analysis_type == "Regression":
            return n_targets == 1
        return super().can_handle(analysis_type, n_classes, n_targets)

    def train(self, dataset: TrainingData) -> LDModel:
        """Return the least squares of the training events."""
        events, is_regression = dataset.training, self.analysis_type == "Regression"
        x, weight = events.x.astype(np.float64), events.weight
        truth = (
            events.targets[:, 0].astype(np.float64)
            if is_regression
            else (events.class_index == self.info.signal_class_index).astype(np.float64)
        )
        n = x.shape[1]
        sums, right = np.empty((n + 1, n + 1)), np.empty(n + 1)
        with np.errstate(over="ignore", invalid="ignore"):
            sums[0, 0] = weight.sum()
            sums[0, 1:] = sums[1:, 0] = weight @ x
            right[0] = weight @ truth
            right[1:] = (weight * truth) @ x
            for i in range(n):
                for j in range(i + 1):
                    # TMVA multiplies its single-precision values before the weight, which is double.
                    product = (events.x[:, i] * events.x[:, j]).astype(np.float64)
                    sums[i + 1, j + 1] = sums[j + 1, i + 1] = weight @ product
        inverse = inverted(sums, owner=self.owner, what="the matrix of sums", log=self.log)
        coefficients = inverse @ right
        if not is_regression:
            coefficients[0] = -(coefficients[1:] @ sums[1:, 0]) / sums[0, 0] / 2
        log_coefficients("LD", coefficients.tolist(), self.info, dataset.transformations, self.log)
        self._factors = np.abs(coefficients[1:]).tolist()
        return LDModel(coefficients[None, :], is_regression)

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return the variables' coefficients without their signs."""
        if self._factors is None:
            return None
        return [(one.label, factor) for one, factor in zip(self.info.variables, self._factors, strict=True)]


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodLD]
