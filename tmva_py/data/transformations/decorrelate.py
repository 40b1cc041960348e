"""``VarTransform=D``: linear correlations are removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data.products import product_in_order
from tmva_py.data.statistics import centred_covariance
from tmva_py.data.transformations.base import Floats, VariableTransformation
from tmva_py.errors import TrainingError, WeightFileError, warn
from tmva_py.plugins import hookimpl
from tmva_py.xml_text import MatrixStyle, add_matrix, read_matrix

Doubles = npt.NDArray[np.float64]

_STYLE = MatrixStyle(digits=15, blanks=1)
# A combination of values, each divided by its own spread, that varies less than this is no variable of its
# own but float32's rounding, which has a variance of some 1e-15.
_SMALLEST_VARIANCE = 1e-13
_NOTEWORTHY_COMPONENT = 0.01


class DecorrelateTransformation(VariableTransformation):
    r"""Multiplication by the inverse square root of the covariance matrix.

    .. math:: y = C^{-1/2} x, \quad C^{-1/2} = S\, \mathrm{diag}(\lambda_i^{-1/2})\, S^T

    with the eigenvalues :math:`\lambda` and eigenvectors :math:`S` of the weighted covariance :math:`C`. The
    covariance of the result is the unit matrix. No mean is subtracted.

    Attributes
    ----------
    matrices : ndarray of float64, shape (n_sets, k, k)
        :math:`C^{-1/2}` for each class and, last, for all classes.

    Notes
    -----
    TMVA leaves variables alone when there are more than 200 and stops later; here any number is taken. TMVA
    has no inverse.
    """

    names: ClassVar[tuple[str, ...]] = ("D", "Deco", "Decorrelate", "Decorrelation")
    xml_name: ClassVar[str] = "Decorrelation"
    short_name: ClassVar[str] = "Deco"
    mixes_values: ClassVar[bool] = True
    preparation: ClassVar[str] = "Preparing the Decorrelation transformation..."

    def __init__(self, reference_class: int | None = None) -> None:
        super().__init__(reference_class)
        self.matrices: Doubles = np.empty((0, 0, 0))
        self._inverses: dict[int, Doubles] = {}

    def fit(
        self,
        values: Floats,
        weight: npt.NDArray[np.float64],
        class_index: npt.NDArray[np.int32],
        n_classes: int,
    ) -> None:
        """Compute the covariances, in double precision, and their inverse square roots.

        A singular one is an error that names the dependent variables; in a set that is not used it is a
        warning, and the pseudo-inverse is stored.
        """
        masks = self.learnable_sets(values, class_index, n_classes)
        used = self.set_index(len(masks))
        covariances = [centred_covariance(values[mask], weight[mask]) for mask in masks]
        totals = [float(np.sum(weight[mask])) for mask in masks]
        faults = [self._fault(*pair) for pair in zip(covariances, totals, strict=True)]
        found = {index: fault for index, fault in enumerate(faults) if fault}
        for index in sorted(found, key=lambda index: index != used):
            message = f"transformation D: the covariance of {self.set_name(index, len(masks))} {found[index]}"
            if index == used:
                raise TrainingError(message)
            message = f"{message}; it is not used here, and weight files will hold its pseudo-inverse"
            warn(message)
        matrices = [
            _inverse_square_root(covariance, singular=index in found)
            for index, covariance in enumerate(covariances)
        ]
        # What a weight file holds, so that the method answers alike before and after it is written.
        self.matrices = np.array([float(f"{value:.15e}") for value in np.ravel(matrices)]).reshape(
            np.shape(matrices)
        )
        self._inverses = {}

    def _fault(self, covariance: Doubles, total_weight: float) -> str:
        """Return what is wrong with a covariance, an empty text if nothing is."""
        variance = np.diag(covariance)
        negative = "is not that of a distribution, because of negative event weights"
        advice = "option IgnoreNegWeightsInTraining leaves them out"
        if not total_weight > 0:
            return f"cannot be computed: the sum of event weights is {total_weight:g}; {advice}"
        if (variance < 0).any():
            return f"{negative}: {self.value_name(int(variance.argmin()))} has a negative variance; {advice}"
        constant = [self.value_name(column) for column in np.flatnonzero(variance == 0).tolist()]
        if constant:
            verb = "has" if len(constant) == 1 else "have"
            return f"is singular: {_listed(constant)} {verb} one value throughout; leave it out"
        spread = np.sqrt(variance)
        eigenvalues, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
        if eigenvalues[0] < -_SMALLEST_VARIANCE:
            return f"{negative}; {advice}"
        dependent = [
            _listed([self.value_name(column) for column in np.flatnonzero(np.abs(vector) > limit).tolist()])
            for value, vector in zip(eigenvalues, vectors.T, strict=True)
            if value <= _SMALLEST_VARIANCE
            for limit in [_NOTEWORTHY_COMPONENT * np.abs(vector).max()]
        ]
        if dependent:
            several = " and so are ".join(dependent)
            return f"is singular: {several} are linearly dependent; leave one of them out"
        if not np.linalg.eigvalsh(covariance)[0] > 0:
            return (
                "cannot be inverted: the variables' scales differ too much; normalise them first, as in N,D"
            )
        return ""

    def transform(self, values: Floats) -> Floats:
        """Return the decorrelated values; the product is taken in double precision."""
        matrix = self.matrices[self.set_index(len(self.matrices))]
        result: Floats = product_in_order(values, matrix.T).astype(np.float32)
        return result

    def inverse(self, values: Floats) -> Floats:
        """Return the values before `transform`."""
        index = self.set_index(len(self.matrices))
        if index not in self._inverses:
            self._inverses[index] = np.linalg.pinv(self.matrices[index])
        result: Floats = product_in_order(values, self._inverses[index].T).astype(np.float32)
        return result

    def write_xml(self, element: Element) -> None:
        """Add a ``<Matrix>`` for each set."""
        for matrix in self.matrices:
            add_matrix(element, "Matrix", matrix, _STYLE)

    def read_xml(self, element: Element, n_values: int) -> None:
        """Read the matrices."""
        children = element.findall("Matrix")
        if not children:
            message = "<Transform Name='Decorrelation'>: expected a <Matrix> for each class, found none"
            raise WeightFileError(message)
        for child in children:
            found = (child.get("Rows"), child.get("Columns"))
            if found != (str(n_values), str(n_values)):
                message = (
                    f"<Transform Name='Decorrelation'><Matrix>: expected {n_values} rows and columns, one "
                    f"for each selected value, found Rows={found[0]!r} Columns={found[1]!r}"
                )
                raise WeightFileError(message)
        shape = (n_values, n_values)
        self.matrices = np.array(
            [read_matrix(child, shape, style=_STYLE, dtype=np.float64) for child in children]
        )
        if not np.isfinite(self.matrices).all():
            message = "<Transform Name='Decorrelation'><Matrix>: a number is not finite"
            raise WeightFileError(message)
        self._inverses = {}


def _inverse_square_root(covariance: Doubles, *, singular: bool) -> Doubles:
    eigenvalues, vectors = np.linalg.eigh(np.nan_to_num(covariance, nan=0.0, posinf=0.0, neginf=0.0))
    smallest = len(eigenvalues) * np.finfo(np.float64).eps * max(eigenvalues[-1], 0.0) if singular else 0.0
    usable = eigenvalues > smallest
    factors = np.where(usable, 1.0 / np.sqrt(np.where(usable, eigenvalues, 1.0)), 0.0)
    inverse: Doubles = (vectors * factors) @ vectors.T
    return inverse


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@hookimpl
def tmva_py_transformations() -> Sequence[type]:
    """Offer the transformation."""
    return [DecorrelateTransformation]
