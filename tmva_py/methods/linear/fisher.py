"""MethodFisher: a linear discriminant, booked as ``Types.kFisher``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data import Events
from tmva_py.data.products import product_in_order
from tmva_py.methods.inputs import Doubles, Inputs, Responses, TrainingData
from tmva_py.methods.linear.matrices import inverted, log_coefficients, read_coefficients, weighted_sum
from tmva_py.methods.method import Method
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.releases import RELEASE_OPTION, RELEASES
from tmva_py.options import Option
from tmva_py.plugins import hookimpl
from tmva_py.xml_text import format_double, read_integer


@dataclass(frozen=True, eq=False)
class FisherModel(Model):
    """An offset, and a coefficient for each variable after it."""

    coefficients: Doubles

    def respond(self, inputs: Inputs) -> Responses:
        """Return the weighted sums of the variables."""
        return Responses(weighted_sum(inputs.x, self.coefficients))

    @classmethod
    def respond_together(cls, models: Sequence[FisherModel], inputs: Inputs) -> Doubles:
        """Return the weighted sums of several models."""
        values = np.array([model.coefficients for model in models]).T
        return np.ascontiguousarray(product_in_order(inputs.x, values[1:], values[0]).T)

    def write(self, weights: Element) -> None:
        """Write the coefficients."""
        weights.set("NCoeff", str(len(self.coefficients)))
        for index, value in enumerate(self.coefficients.tolist()):
            SubElement(weights, "Coefficient", Index=str(index), Value=format_double(value))

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the coefficients of a file."""
        read_integer(weights, "NCoeff", minimum=1)
        return cls(read_coefficients(weights, (1, len(context.info.variables) + 1), ("", "Index"))[0])

    def summary(self) -> Mapping[str, Any]:
        """Return the coefficients."""
        offset, *factors = self.coefficients.tolist()
        return {"offset": offset, "coefficients": factors}


@dataclass(frozen=True)
class Spreads:
    """How events lie around the means of their classes; what both forms of the discriminant are made of.

    Attributes
    ----------
    signal_weight, background_weight : float
        Sums of weights.
    signal_mean, background_mean : ndarray, shape (n,)
        Means of the variables.
    within, between : ndarray, shape (n, n)
        Covariance of the events around the means of their classes, and of these around the common mean.
    """

    signal_weight: float
    background_weight: float
    signal_mean: Doubles
    background_mean: Doubles
    within: Doubles
    between: Doubles

    @classmethod
    def of(cls, events: Events, is_signal: npt.NDArray[np.bool_], *, from_signal: bool = False) -> Self:
        """Return what a sample has; with `from_signal`, `within` is as TMVA 4.1 had it."""
        sums, means, within = [], [], np.zeros((events.x.shape[1],) * 2)
        for chosen in (is_signal, ~is_signal):
            x, weight = events.x[chosen].astype(np.float64), events.weight[chosen]
            total = float(weight.sum())
            mean = weight @ x / total
            centred = x - mean
            within += (centred * weight[:, None]).T @ centred / total
            sums.append(total)
            means.append(mean)
        if from_signal:
            centred = events.x - means[0]
            within = (centred * events.weight[:, None]).T @ centred / sum(sums)
        common = (sums[0] * means[0] + sums[1] * means[1]) / (sums[0] + sums[1])
        between = sum(
            total * np.outer(mean - common, mean - common) for total, mean in zip(sums, means, strict=True)
        ) / (sums[0] + sums[1])
        return cls(sums[0], sums[1], means[0], means[1], within, np.asarray(between))

    @property
    def full(self) -> Doubles:
        """Covariance of all events."""
        return self.within + self.between

    def discriminating_powers(self) -> Doubles:
        """Return the part of each variable's variance that lies between the classes."""
        full = np.diag(self.full)
        return np.divide(np.diag(self.between), full, out=np.zeros_like(full), where=full != 0)


class MethodFisher(Method):
    """Fisher's linear discriminant: a straight line through the variables on which the classes lie apart.

    The line is the one on which the means of signal and background are as far apart as possible, measured by
    the width of the events around the mean of their own class (``Method=Fisher``), or of all events around
    the common mean (``Mahalanobis``). Both differ by a factor of the response only.

    It is best for variables that are Gaussian and linearly correlated, however strongly. It sees nothing of a
    variable whose means are the same in both classes: replace it by its absolute value or square, or use
    ``VarTransform=G,D``. A variable that is a sum of others makes the matrix singular.
    """

    names = ("Fisher",)
    type_name = "Fisher"
    model = FisherModel
    options = (
        Option(
            "Method", str, "Fisher", choices=("Fisher", "Mahalanobis"),
            doc="whether distances are measured within the classes or in the whole sample",
        ),
        RELEASE_OPTION,
    )  # fmt: skip
    signal_reference_cut = 0.0
    ranking_discriminator = "Discr. power"

    _powers: Sequence[float] | None = None

    def train(self, dataset: TrainingData) -> FisherModel:
        """Return the discriminant of the training events."""
        events = dataset.training
        with np.errstate(over="ignore", invalid="ignore"):
            spreads = Spreads.of(
                events,
                events.class_index == self.info.signal_class_index,
                from_signal=RELEASES[self.option_values["Release"]].measures_from_signal,
            )
        matrix = spreads.within if self.option_values["Method"] == "Fisher" else spreads.full
        inverse = inverted(matrix, owner=self.owner, what="the covariance matrix", log=self.log)
        signal, background = spreads.signal_weight, spreads.background_weight
        scale = np.sqrt(signal * background) / (signal + background)
        factors = inverse @ (spreads.signal_mean - spreads.background_mean) * scale
        offset = -factors @ (spreads.signal_mean + spreads.background_mean) / 2
        self._powers = spreads.discriminating_powers().tolist()
        model = FisherModel(np.append(offset, factors))
        log_coefficients("Fisher", model.coefficients.tolist(), self.info, dataset.transformations, self.log)
        return model

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return which part of each variable's variance lies between the classes."""
        if self._powers is None:
            return None
        return [(one.label, power) for one, power in zip(self.info.variables, self._powers, strict=True)]


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodFisher]
