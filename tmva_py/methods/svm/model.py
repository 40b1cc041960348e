"""What MethodSVM learns: support vectors with their multipliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import OptionError, WeightFileError
from tmva_py.kernels.support_vectors import Similarity, machine_sums
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.svm.similarity import similarity_of
from tmva_py.weights import Rows, Sinks, tables
from tmva_py.xml_text import format_double, raw_line, read_integer, where

# Number, kind and two multipliers.
_BEFORE = 4


@dataclass(frozen=True, eq=False)
class SVMModel(Model):
    """Support vectors.

    Attributes
    ----------
    x : ndarray of float32, shape (n, n_variables)
        Transformed variables of the training events that count.
    number : ndarray of int64, shape (n,)
        Their places among the training events.
    kind : ndarray of float32, shape (n,)
        −1 for signal, 1 for background.
    alpha : ndarray of float32, shape (n, 2)
        Their multipliers; the second ones are a regression's.
    offset : float
        What is taken from the sum, or in a regression added.
    similarity : Similarity
        The function of two events.
    gamma_list : str
        Option ``GammaList`` as weight files have it.
    limits : ndarray of float64, shape (2, n_variables)
        Largest and smallest values of the training events.
    is_regression : bool
        Whether a target is estimated.
    names_all_constants : bool
        Whether weight files have the constants of all kernels; those of TMVA 4.2 and before have `Gamma`.
    """

    sinks: ClassVar[Sinks] = {"SupportVector": Rows(text="f4", unused=("Rows", "Columns"))}

    x: Floats
    number: npt.NDArray[np.int64]
    kind: Floats
    alpha: Floats
    offset: float
    similarity: Similarity
    gamma_list: str
    limits: Doubles
    is_regression: bool
    names_all_constants: bool

    def respond(self, inputs: Inputs) -> Responses:
        """Return 1/(1 + exp(d)) with the signed distance d from the border, or the estimate of a target."""
        sums = machine_sums.on(self._backend)(
            np, x=inputs.x, columns=self._columns, factors=self._factors, similarity=self.similarity
        )
        if self.is_regression:
            return Responses((sums + self.offset).astype(np.float32).astype(np.float64)[:, None])
        with np.errstate(over="ignore"):
            return Responses(1.0 / (1.0 + np.exp(sums - self.offset)))

    @lazy
    def _columns(self) -> Floats:
        return np.ascontiguousarray(self.x.T)

    @lazy
    def _factors(self) -> Floats:
        if self.is_regression:
            return self.alpha[:, 0] - self.alpha[:, 1]
        return self.alpha[:, 0] * self.kind

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    def write(self, weights: Element) -> None:
        """Write the support vectors."""
        weights.set("fBparm", format_double(self.offset))
        weights.set("fGamma", format_double(self.similarity.gamma))
        if self.names_all_constants:
            weights.set("fGammaList", self.gamma_list)
            weights.set("fTheta", format_double(self.similarity.theta))
            weights.set("fOrder", str(self.similarity.order))
        weights.set("NSupVec", str(len(self.x)))
        rows = np.column_stack([self.number, self.kind, self.alpha, self.x]).astype(np.float64)
        form = "%.15e " * rows.shape[1]
        columns = str(rows.shape[1])
        for row in rows.tolist():
            vector = SubElement(weights, "SupportVector", Rows="1", Columns=columns)
            vector.text = raw_line(form % tuple(row))
        for tag, values in zip(("Maxima", "Minima"), self.limits.tolist(), strict=True):
            SubElement(weights, tag, {f"Var{i}": format_double(value) for i, value in enumerate(values)})

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the support vectors of a file."""
        n_variables = len(context.info.variables)
        table = tables(weights, cls.sinks)["SupportVector"]
        if read_integer(weights, "NSupVec") != len(table):
            found = weights.get("NSupVec")
            message = f"{where(weights)}: NSupVec={found!r}, but there are {len(table)} support vectors"
            raise WeightFileError(message)
        values = table.matrix(_BEFORE + n_variables)
        wrong = ~np.isfinite(values).all(axis=1) | ~np.isin(values[:, 1], (-1, 1))
        if wrong.any():
            row = int(np.argmax(wrong))
            message = (
                f"{table.where(row)}: expected finite numbers, the second -1 or 1, found "
                f"{values[row].tolist()}"
            )
            raise WeightFileError(message)
        limits = np.stack([_limits(weights, tag, n_variables) for tag in ("Maxima", "Minima")])
        has_all = weights.get("fGammaList") is not None
        gamma_list = weights.get("fGammaList") or ""
        constants: dict[str, Any] = {"gamma": _number(weights, "fGamma"), "gammas": gamma_list}
        if has_all:
            constants["theta"] = _number(weights, "fTheta")
            constants["order"] = read_integer(weights, "fOrder")
        try:
            similarity = similarity_of(context.option_values, n_variables, **constants)
        except OptionError as error:
            message = f"{where(weights)}: {error}"
            raise WeightFileError(message) from None
        return cls(
            np.ascontiguousarray(values[:, _BEFORE:]),
            values[:, 0].astype(np.int64),
            np.ascontiguousarray(values[:, 1]),
            np.ascontiguousarray(values[:, 2:_BEFORE]),
            float(np.float32(_number(weights, "fBparm"))),
            similarity,
            gamma_list,
            limits,
            context.analysis_type == "Regression",
            has_all,
        )

    def summary(self) -> Mapping[str, Any]:
        """Return how many support vectors there are."""
        return {
            "n_support_vectors": len(self.x),
            "n_signal": int(np.count_nonzero(self.kind < 0)),
            "offset": self.offset,
            "gamma": self.similarity.gamma,
        }


def _number(element: Element, name: str) -> float:
    text = element.get(name)
    try:
        value = float(text or "")
    except ValueError:
        value = np.nan
    if not np.isfinite(value) or not np.isfinite(np.float32(value)):
        message = f"{where(element)}: {name}={text!r} is no finite number"
        raise WeightFileError(message)
    return value


def _limits(weights: Element, tag: str, n_variables: int) -> Doubles:
    element = weights.find(tag)
    if element is None:
        message = f"{where(weights)} has no <{tag}>"
        raise WeightFileError(message)
    return np.array([_number(element, f"Var{i}") for i in range(n_variables)])
