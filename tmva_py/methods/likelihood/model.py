"""What MethodLikelihood learns: two densities for each variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import WeightFileError
from tmva_py.histograms import PDF, has_old_smoothing, read_pdf, write_pdf
from tmva_py.kernels.densities import BELOW_ONE, END, SMALLEST, Densities, likelihood_ratios
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.weights import Numbers, Sinks
from tmva_py.xml_text import read_integer, where

_STEEPNESS = 15.0


@dataclass(frozen=True, eq=False)
class LikelihoodModel(Model):
    """The densities of all variables.

    Attributes
    ----------
    densities : tuple of pairs of PDF
        For each variable signal and background.
    transforms_output : bool
        Whether responses are spread by the inverse of a sigmoid.
    class_indices : tuple of int
        The classes whose transformations apply for signal and for background.
    """

    sinks: ClassVar[Sinks] = {"Histogram": Numbers("f8"), "HistogramBinning": Numbers("f8")}

    densities: tuple[tuple[PDF, PDF], ...]
    transforms_output: bool
    class_indices: tuple[int, int] = (0, 1)

    def respond(self, inputs: Inputs) -> Responses:
        """Return the likelihood ratios."""
        signal, background = (inputs.for_class(index) for index in self.class_indices)
        ratios = likelihood_ratios.on(self._backend)(
            self._backend.xp,
            signal=np.ascontiguousarray(signal, np.float32),
            background=np.ascontiguousarray(background, np.float32),
            densities=self._tables,
        )
        return Responses(self._spread(ratios))

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    @lazy
    def _tables(self) -> Densities:
        """The densities as the kernel takes them."""
        by_bin = np.array([_is_by_bin(pair) for pair in self.densities])
        lines = [[one.lines() for one in pair] for pair in self.densities]
        together = [one for pair in lines for one in pair]
        sizes = np.array([len(one.values) for one in together], np.int64)
        values, edges = [], []
        for pair, pair_by_bin in zip(self.densities, by_bin.tolist(), strict=True):
            for one in pair:
                table = one.table
                values.append(np.fmax(table.values, SMALLEST) if pair_by_bin else table.values)
                edges.append(table.axis.edges[:-1])
        return Densities(
            np.concatenate(values),
            np.concatenate([one.slopes for one in together]),
            np.concatenate(edges),
            (np.cumsum(sizes) - sizes).reshape(-1, 2),
            np.maximum(sizes.reshape(-1, 2) - np.where(by_bin, 1, 2)[:, None], 0),
            np.array([(pair[0].minimum, pair[0].maximum) for pair in self.densities], np.float64),
            np.array([[one.minimum for one in pair] for pair in lines], np.float64),
            np.array([[one.scale for one in pair] for pair in lines], np.float64),
            by_bin,
        )

    def factors(self, signal: Floats, background: Floats) -> tuple[Iterator[Doubles], Iterator[Doubles]]:
        """Return the densities at events, variable by variable, for signal and for background.

        Parameters
        ----------
        signal, background : ndarray of float32, shape (N, n_variables)
            The events after the transformations of the one and of the other.
        """
        return self._factors(signal, 0), self._factors(background, 1)

    def _factors(self, x: Floats, which: int) -> Iterator[Doubles]:
        for column, pair in zip(x.T, self.densities, strict=True):
            limits = pair[0]
            place = column.astype(np.float64)
            place[place >= limits.maximum] = limits.maximum - END
            np.maximum(place, limits.minimum, out=place)
            yield pair[which].value(place, SMALLEST, by_bin=_is_by_bin(pair))

    def ratio(self, signal: Doubles, background: Doubles) -> Doubles:
        """Return the response to products of densities."""
        signal, background = np.maximum(signal, SMALLEST), np.maximum(background, SMALLEST)
        ratio = signal / (signal + background)
        # Ratios between this one and 1 stay.
        ratio[ratio >= 1.0] = BELOW_ONE
        return self._spread(ratio)

    def _spread(self, ratio: Doubles) -> Doubles:
        if not self.transforms_output:
            return ratio
        result: Doubles = -np.log(1.0 / np.maximum(ratio, SMALLEST) - 1.0) / _STEEPNESS
        return result

    def write(self, weights: Element) -> None:
        """Write the histograms of the densities, before their smoothing."""
        weights.set("NVariables", str(len(self.densities)))
        weights.set("NClasses", "2")
        for variable, pair in enumerate(self.densities):
            for index, density in enumerate(pair):
                about = {"VarIndex": str(variable), "ClassIndex": str(index)}
                write_pdf(SubElement(weights, "PDFDescriptor", about), density)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the densities of a file."""
        n_variables = len(context.info.variables)
        if read_integer(weights, "NVariables") != n_variables:
            found = weights.get("NVariables")
            message = f"{where(weights)}: NVariables={found!r}, but the file has {n_variables} variables"
            raise WeightFileError(message)
        children = weights.findall("PDFDescriptor")
        if len(children) != 2 * n_variables:
            message = (
                f"{where(weights)}: expected {2 * n_variables} densities, two for each variable, found "
                f"{len(children)}"
            )
            raise WeightFileError(message)
        old = has_old_smoothing(context.general_info.get("ROOT Release", ""))
        densities = []
        for number, child in enumerate(children):
            place = tuple(read_integer(child, name) for name in ("VarIndex", "ClassIndex"))
            if place != divmod(number, 2) or len(child) != 1 or child[0].tag != "PDF":
                message = (
                    f"{where(child)}: expected a <PDF> of variable {number // 2} and class {number % 2}, "
                    f"found {[one.tag for one in child]} of {place}"
                )
                raise WeightFileError(message)
            densities.append(read_pdf(child[0], old_smoothing=old))
        return cls(
            tuple(zip(densities[::2], densities[1::2], strict=True)),
            context.option_values["TransformOutput"],
            class_indices(context.info.signal_class_index),
        )

    def summary(self) -> Mapping[str, Any]:
        """Return how the densities are made."""
        return {
            "interpolations": [[one.settings.interpolation for one in pair] for pair in self.densities],
            "bins": [[one.original.axis.n_bins for one in pair] for pair in self.densities],
        }


def class_indices(signal: int) -> tuple[int, int]:
    """Return the indices of signal and background."""
    return (1, 0) if signal == 1 else (0, 1)


def _is_by_bin(pair: tuple[PDF, PDF]) -> bool:
    """Return whether densities are their bins' contents; the signal's interpolation decides for both."""
    return pair[0].settings.interpolation == "Spline0"


def _product(factors: Iterator[Doubles] | Sequence[Doubles]) -> Doubles:
    result: Doubles | None = None
    for factor in factors:
        if result is None:
            result = factor
        else:
            result *= factor
    if result is None:
        message = "a likelihood without variables"
        raise ValueError(message)
    return result


def products_without_one(factors: Sequence[Doubles]) -> Iterator[Doubles]:
    """Yield the product of all factors, then the products without one of them, from the first to the last."""
    yield _product([one.copy() for one in factors])
    for left_out in range(len(factors)):
        others = [one.copy() for number, one in enumerate(factors) if number != left_out]
        yield _product(others) if others else np.ones_like(factors[0])
