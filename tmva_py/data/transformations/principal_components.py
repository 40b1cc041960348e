"""``VarTransform=P``: principal components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data.products import product_in_order
from tmva_py.data.statistics import centred_covariance
from tmva_py.data.transformations.base import Floats, VariableTransformation
from tmva_py.data.transformations.symmetric_eigen import symmetric_eigen
from tmva_py.errors import TrainingError, WeightFileError
from tmva_py.plugins import hookimpl
from tmva_py.xml_text import MatrixStyle, format_values, raw_line, read_integer, read_values

Doubles = npt.NDArray[np.float64]

_STYLE = MatrixStyle(digits=8, blanks=1)
_CLASS_TEXTS = ("Signal", "Background")


class PrincipalComponentsTransformation(VariableTransformation):
    r"""Rotation to the principal axes, those of largest variance first.

    .. math:: y_i = \sum_j (x_j - \bar x_j) E_{ji}

    Mean and covariance count every event once, whatever its weight, as ROOT's ``TPrincipal`` does.

    Attributes
    ----------
    means : ndarray of float64, shape (n_sets, k)
        The means for each class and, last, for all classes.
    eigenvectors : ndarray of float64, shape (n_sets, k, k)
        The eigenvectors as columns, with ROOT's signs.

    Notes
    -----
    TMVA's inverse adds every mean to every variable; here it is the inverse. TMVA leaves more than 200
    variables alone and stops later; here any number is taken.
    """

    names: ClassVar[tuple[str, ...]] = ("P", "PCA")
    xml_name: ClassVar[str] = "PCA"
    short_name: ClassVar[str] = "PCA"
    mixes_values: ClassVar[bool] = True
    preparation: ClassVar[str] = "Preparing the Principle Component (PCA) transformation..."

    def __init__(self, reference_class: int | None = None) -> None:
        super().__init__(reference_class)
        self.means: Doubles = np.empty((0, 0))
        self.eigenvectors: Doubles = np.empty((0, 0, 0))
        self._inverses: dict[int, Doubles] = {}

    def fit(
        self,
        values: Floats,
        weight: npt.NDArray[np.float64],  # noqa: ARG002 - every event counts once
        class_index: npt.NDArray[np.int32],
        n_classes: int,
    ) -> None:
        """Compute means and eigenvectors."""
        if values.shape[1] < 2:
            name = self.value_name(0)
            message = (
                f"transformation P: cannot find principal components of {name} alone; it takes at least two"
            )
            raise TrainingError(message)
        means, eigenvectors = [], []
        for mask in self.learnable_sets(values, class_index, n_classes):
            chosen = values[mask]
            means.append(chosen.mean(axis=0, dtype=np.float64))
            covariance = centred_covariance(chosen, np.ones(len(chosen)))
            eigenvectors.append(symmetric_eigen(covariance / (np.trace(covariance) or 1.0))[1])
        # What a weight file holds, so that the method answers alike before and after it is written.
        self.means, self.eigenvectors = _as_written(np.array(means)), _as_written(np.array(eigenvectors))
        self._inverses = {}

    def transform(self, values: Floats) -> Floats:
        """Return the components; the sums are taken in double precision."""
        index = self.set_index(len(self.means))
        centred = values - self.means[index]
        result: Floats = product_in_order(centred, self.eigenvectors[index]).astype(np.float32)
        return result

    def inverse(self, values: Floats) -> Floats:
        """Return the values before `transform`."""
        index = self.set_index(len(self.means))
        if index not in self._inverses:
            # The nine digits in a file leave the matrix not quite orthogonal.
            self._inverses[index] = np.linalg.pinv(self.eigenvectors[index])
        centred = product_in_order(values, self._inverses[index])
        result: Floats = (centred + self.means[index]).astype(np.float32)
        return result

    def write_xml(self, element: Element) -> None:
        """Add ``<Statistics>`` with the means and ``<Eigenvectors>``, row by row, for each set."""
        size = str(self.means.shape[1])
        for index, means in enumerate(self.means):
            child = SubElement(element, "Statistics", _attributes(index), NRows=size)
            child.text = raw_line(format_values(means, _STYLE))
        for index, vectors in enumerate(self.eigenvectors):
            child = SubElement(element, "Eigenvectors", _attributes(index), NRows=size, NCols=size)
            child.text = raw_line(format_values(vectors, _STYLE))

    def read_xml(self, element: Element, n_values: int) -> None:
        """Read means and eigenvectors."""
        means = self._read_sets(element, "Statistics", n_values, n_values)
        vectors = self._read_sets(element, "Eigenvectors", n_values, n_values**2)
        if not means or len(means) != len(vectors):
            message = (
                "<Transform Name='PCA'>: expected as many <Statistics> as <Eigenvectors>, at least one, "
                f"found {len(means)} and {len(vectors)}"
            )
            raise WeightFileError(message)
        self.means = np.array(means)
        self.eigenvectors = np.array(vectors).reshape(-1, n_values, n_values)
        if not (np.isfinite(self.means).all() and np.isfinite(self.eigenvectors).all()):
            message = "<Transform Name='PCA'>: a mean or a component of an eigenvector is not finite"
            raise WeightFileError(message)
        self._inverses = {}

    @staticmethod
    def _read_sets(element: Element, tag: str, n_rows: int, count: int) -> list[Doubles]:
        children = sorted(element.findall(tag), key=lambda child: read_integer(child, "ClassIndex"))
        for child in children:
            if read_integer(child, "NRows") != n_rows:
                message = (
                    f"<Transform Name='PCA'><{tag} ClassIndex={child.get('ClassIndex')!r}>: expected "
                    f"{n_rows} rows, one for each selected value, found {child.get('NRows')}"
                )
                raise WeightFileError(message)
        return [read_values(child, count, dtype=np.float64) for child in children]


def _attributes(index: int) -> dict[str, str]:
    # TMVA's words, whatever the classes are called and however many there are.
    text = _CLASS_TEXTS[index] if index < len(_CLASS_TEXTS) else "Combined"
    return {"Class": text, "ClassIndex": str(index)}


def _as_written(values: Doubles) -> Doubles:
    return np.array([float(f"{value:.8e}") for value in values.ravel()]).reshape(values.shape)


@hookimpl
def tmva_py_transformations() -> Sequence[type]:
    """Offer the transformation."""
    return [PrincipalComponentsTransformation]
