"""What the uniform and the Gauss transformation share: cumulative distributions by value and class."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data.transformations.base import Floats, VariableTransformation
from tmva_py.data.transformations.cumulative_fit import fit_cumulative
from tmva_py.errors import WeightFileError, warn
from tmva_py.histograms import PDF, Histogram, PDFSettings, read_pdf, write_pdf
from tmva_py.histograms.density_tables import DensityTables
from tmva_py.histograms.pdf import SMALLEST_VALUE
from tmva_py.xml_text import read_integer, where

Doubles = npt.NDArray[np.float64]

# TMVA writes 10e-10 for the margin.
SMALLEST_FRACTION, LARGEST_FRACTION = 1e-9, 1.0 - 1e-9
SETTINGS = PDFSettings(interpolation="Spline1", fine_factor=0.0, has_kernel=False)


class CumulativeTransformation(VariableTransformation):
    """Each value becomes a function of the fraction of training events below it.

    Attributes
    ----------
    distributions : list of list of PDF
        For each selected value those of each class and, last, of all classes.
    """

    xml_name: ClassVar[str] = "Gauss"
    flat_or_gauss: ClassVar[str] = ""
    """How weight files tell the two apart."""

    preparation: ClassVar[str] = "Preparing the Gaussian transformation..."

    def __init__(self, reference_class: int | None = None) -> None:
        super().__init__(reference_class)
        self.distributions: list[list[PDF]] = []
        self._known_tables: tuple[int | None, list[list[PDF]], DensityTables] | None = None

    @abstractmethod
    def from_fraction(self, fraction: Doubles) -> Doubles:
        """Return the transformed values for fractions in [1e-9, 1 - 1e-9]; may change its argument."""

    @abstractmethod
    def to_fraction(self, transformed: Doubles) -> Doubles:
        """Return the fractions for transformed values."""

    def fit(
        self,
        values: Floats,
        weight: npt.NDArray[np.float64],
        class_index: npt.NDArray[np.int32],
        n_classes: int,
    ) -> None:
        """Fit the distributions.

        A value that is always the same has no distribution, nor has one of two or three different values that
        smoothing wipes out. As in TMVA it becomes a constant; a warning says so if this set is used.
        """
        masks = self.learnable_sets(values, class_index, n_classes)
        used = self.set_index(len(masks))
        single_weight = weight.astype(np.float32)
        self.distributions = []
        for column in range(values.shape[1]):
            one = np.ascontiguousarray(values[:, column])
            order = np.argsort(one, kind="stable")
            fitted = []
            for index, mask in enumerate(masks):
                places = np.cumsum(mask) - 1
                fractions = fit_cumulative(one[mask], single_weight[mask], places[order[mask[order]]])
                fitted.append(cumulative_distribution(fractions, column, index))
            self.distributions.append(fitted)
        empty = [self.value_name(i) for i, fitted in enumerate(self.distributions) if fitted[used].is_empty]
        if empty:
            name = self.names[0]
            text = (
                f"transformation {name}: {', '.join(empty)} has too few different values in "
                f"{self.set_name(used, len(masks))}; nothing is left of it after smoothing, and every event "
                f"will get the same value, as in TMVA. Leave it out, as in {name}(other,names)"
            )
            warn(text)

    def transform(self, values: Floats) -> Floats:
        """Return the transformed values."""
        fraction = self._tables.value(values.T, SMALLEST_VALUE)
        np.minimum(np.maximum(fraction, SMALLEST_FRACTION, out=fraction), LARGEST_FRACTION, out=fraction)
        result = np.empty(values.shape, np.float32)
        result[:] = self.from_fraction(fraction).T
        return result

    @property
    def _tables(self) -> DensityTables:
        """The distributions in use, to be read together; a copy for another class has others."""
        index, known = self.reference_class, self._known_tables
        if known is None or known[0] != index or known[1] is not self.distributions:
            known = index, self.distributions, DensityTables([one.lines() for one in self._used()])
            self._known_tables = known
        return known[2]

    def inverse(self, values: Floats) -> Floats:
        """Return the values before `transform`, to within a bin of the table (1/10000 of the range)."""
        result = np.empty(values.shape, np.float32)
        for column, distribution in enumerate(self._used()):
            result[:, column] = distribution.inverse(self.to_fraction(values[:, column].astype(np.float64)))
        return result

    def _used(self) -> list[PDF]:
        return [fitted[self.set_index(len(fitted))] for fitted in self.distributions]

    def write_xml(self, element: Element) -> None:
        """Add ``FlatOrGauss`` and a ``<Variable>`` with the distributions for each value."""
        element.set("FlatOrGauss", self.flat_or_gauss)
        for column, fitted in enumerate(self.distributions):
            variable = SubElement(element, "Variable", VarIndex=str(column))
            for index, distribution in enumerate(fitted):
                write_pdf(SubElement(variable, f"CumulativePDF_cls{index}"), distribution)

    def read_xml(self, element: Element, n_values: int) -> None:
        """Read the distributions."""
        children = sorted(element.findall("Variable"), key=lambda child: read_integer(child, "VarIndex"))
        if [read_integer(child, "VarIndex") for child in children] != list(range(n_values)):
            found = ", ".join(child.get("VarIndex", "") for child in children) or "none"
            message = (
                f"<Transform Name='Gauss'>: expected a <Variable> for each of the {n_values} selected "
                f"values, VarIndex from 0 to {n_values - 1}, found {found}"
            )
            raise WeightFileError(message)
        self.distributions = []
        for child in children:
            if not len(child):
                message = f"{where(child)}: expected a <CumulativePDF_cls0>, found nothing"
                raise WeightFileError(message)
            self.distributions.append([_read_distribution(one) for one in child])


def cumulative_distribution(fractions: Histogram, column: int, set_index: int) -> PDF:
    """Return the curve through the fractions of events up to each bin, under the names of weight files."""
    return PDF(
        fractions,
        SETTINGS,
        name=f"GaussTransform var{column} cls{set_index}",
        histogram_name=f"Cumulative_Var{column}_cls{set_index}_original",
        normalised=False,
    )


def _read_distribution(element: Element) -> PDF:
    pdf = element.find("PDF")
    if pdf is None:
        message = f"{where(element)}: expected a <PDF>, found none"
        raise WeightFileError(message)
    return read_pdf(pdf, normalised=False)
