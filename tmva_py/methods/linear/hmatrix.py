"""MethodHMatrix: distances from two Gaussian classes, booked as ``Types.kHMatrix``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.errors import DataError, WeightFileError
from tmva_py.kernels.linear import squared_distances
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses, TrainingData
from tmva_py.methods.linear.matrices import inverted
from tmva_py.methods.method import Method
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.plugins import hookimpl
from tmva_py.weights import Numbers, Sinks
from tmva_py.xml_text import MatrixStyle, add_matrix, child_of, read_matrix, where

_STYLE = MatrixStyle(digits=15, blanks=1)


@dataclass(frozen=True, eq=False)
class Gaussian:
    """Mean, shape (n,), and inverse of the covariance, (n, n), of one class."""

    mean: Doubles
    inverse: Doubles

    def distance(self, x: Floats) -> Doubles:
        """Return the squared distances of events, in units of the class's width."""
        found: Doubles = squared_distances.at_hand(np, x=x, mean=self.mean, inverse=self.inverse)
        return found


@dataclass(frozen=True, eq=False)
class HMatrixModel(Model):
    """The two classes; `class_indices` are those whose transformations apply to the one and the other."""

    sinks: ClassVar[Sinks] = dict.fromkeys(("VecMeanS", "VecMeanB", "InvHMatS", "InvHMatB"), Numbers("f8"))

    signal: Gaussian
    background: Gaussian
    class_indices: tuple[int, int] = (0, 1)

    def respond(self, inputs: Inputs) -> Responses:
        """Return how much closer to the signal an event is, from −1 to 1."""
        signal, background = (
            one.distance(inputs.for_class(index))
            for one, index in zip((self.signal, self.background), self.class_indices, strict=True)
        )
        if (wrong := (signal < 0) | (background < 0)).any():
            event = int(np.argmax(wrong))
            message = (
                f"HMatrix: event {event} has the squared distances {signal[event]:g} from signal and "
                f"{background[event]:g} from background; none may be negative: the matrices are almost "
                "singular or damaged"
            )
            raise DataError(message)
        with np.errstate(invalid="ignore"):
            return Responses((background - signal) / (signal + background))

    def write(self, weights: Element) -> None:
        """Write means and matrices."""
        both = (("S", self.signal), ("B", self.background))
        for letter, one in both:
            add_matrix(weights, f"VecMean{letter}", one.mean[None, :], _STYLE)
        for letter, one in both:
            add_matrix(weights, f"InvHMat{letter}", one.inverse, _STYLE)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the means and matrices of a file."""
        n = len(context.info.variables)
        signal, background = (
            Gaussian(
                _read(weights, f"VecMean{letter}", (1, n))[0], _read(weights, f"InvHMat{letter}", (n, n))
            )
            for letter in "SB"
        )
        return cls(signal, background, _class_indices(context.info.signal_class_index))

    def summary(self) -> Mapping[str, Any]:
        """Return the means."""
        return {"signal": self.signal.mean.tolist(), "background": self.background.mean.tolist()}


def _read(weights: Element, tag: str, shape: tuple[int, int]) -> Doubles:
    child = child_of(weights, tag)
    matrix: Doubles = read_matrix(child, style=_STYLE, dtype=np.float64)
    if matrix.shape != shape:
        message = f"{where(child)}: the file has {matrix.shape}, expected {shape}"
        raise WeightFileError(message)
    if not np.isfinite(matrix).all():
        message = f"{where(child)}: expected finite numbers"
        raise WeightFileError(message)
    return matrix


def _class_indices(signal: int) -> tuple[int, int]:
    return (1, 0) if signal == 1 else (0, 1)


class MethodHMatrix(Method):
    """H matrix: whether an event is closer to the mean of the signal or to that of the background.

    Distances are measured by the inverse covariance of each class, so that each class is taken for one
    Gaussian. An early method (D0's electrons): Fisher's discriminant is as good where the classes have the
    same covariance, a likelihood or a forest where they are not Gaussian.
    """

    names = ("HMatrix",)
    type_name = "HMatrix"
    model = HMatrixModel
    signal_reference_cut = 0.0
    options = (RELEASE_OPTION,)

    def train(self, dataset: TrainingData) -> HMatrixModel:
        """Return means and inverse covariances of the training events."""
        signal_index = self.info.signal_class_index
        indices = _class_indices(signal_index)
        classes = []
        for name, index, is_signal in (("S", indices[0], True), ("B", indices[1], False)):
            events = dataset.for_class(index).training
            chosen = (events.class_index == signal_index) == is_signal
            x, weight = events.x[chosen].astype(np.float64), events.weight[chosen]
            with np.errstate(over="ignore", invalid="ignore"):
                total = weight.sum()
                sums = weight @ x
                covariance = (x * weight[:, None]).T @ x / total - np.outer(sums, sums) / (total * total)
            inverse = inverted(covariance, owner=self.owner, what=f"H-matrix {name}", log=self.log)
            classes.append(Gaussian(sums / total, inverse))
        return HMatrixModel(classes[0], classes[1], indices)


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodHMatrix]
