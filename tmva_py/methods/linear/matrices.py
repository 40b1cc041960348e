"""What the linear methods share: inverses of matrices, and coefficients applied, shown, written and read."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSetInfo
from tmva_py.data.products import product_in_order
from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import TrainingError, WeightFileError, warn
from tmva_py.evaluation.correlation_tables import value_lines
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.xml_text import read_integer, shortened, where

ALMOST_SINGULAR = 1e-23
SINGULAR = 1e-119
"""Determinants below which TMVA warns, and refuses to go on."""


def inverted(matrix: Doubles, *, owner: str, what: str, log: MessageLog) -> Doubles:
    """Return the inverse of a matrix of sums over the training events.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        The matrix.
    owner, what : str
        The method, and which matrix it is, for messages.
    log : MessageLog
        Where TMVA's line of a warning goes.

    Raises
    ------
    TrainingError
        The matrix is singular, or not a matrix of numbers.
    """
    if not np.isfinite(matrix).all():
        message = (
            f"{owner}: {what} has values that are not finite: variables or weights are too large, or the "
            "weights of a class add up to 0"
        )
        raise TrainingError(message)
    determinant = abs(float(np.linalg.det(matrix)))
    cause = "are there variables that are constant, or sums of others"
    if determinant < SINGULAR:
        message = (
            f"{owner}: {what} is singular, its determinant is {determinant:g}: {cause}? Leave them out, or "
            "bring variables of very small numbers to another unit"
        )
        raise TrainingError(message)
    if determinant < ALMOST_SINGULAR:
        text = f"{what} is almost singular, its determinant is {determinant:g}: {cause}?"
        log.warning(text)
        warn(f"{owner}: {text}")
    return np.asarray(np.linalg.inv(matrix), np.float64)


def log_coefficients(
    kind: str,
    coefficients: Sequence[float],
    info: DataSetInfo,
    transformations: TransformationChain,
    log: MessageLog,
) -> None:
    """Show the offset, which comes first in `coefficients`, and the variables' coefficients as TMVA does."""
    log.header(f"Results for {kind} coefficients:")
    if transformations.steps:
        # TMVA's spelling.
        log.info("NOTE: The coefficients must be applied to TRANFORMED variables")
        log.info(f"{' ' * (6 if kind == 'LD' else 2)}List of the transformation: ")
        for step in transformations.steps:
            log.info(f"  -- {step.transformation.short_name}")
    names = [*(variable.label for variable in info.variables), "(offset)"]
    values = [*coefficients[1:], coefficients[0]]
    log.info("\n".join(value_lines(values, names, "Variable", "Coefficient")))


def weighted_sum(x: Floats, coefficients: npt.ArrayLike) -> Doubles:
    """Return offset and coefficients applied to events, added one variable after the other."""
    values = np.asarray(coefficients, np.float64)
    return product_in_order(x, values[1:, None], values[0])[:, 0]


def read_coefficients(weights: Element, shape: tuple[int, int], place: tuple[str, str]) -> Doubles:
    """Return the coefficients in ``<Coefficient>`` children.

    Parameters
    ----------
    weights : Element
        ``<Weights>``.
    shape : tuple of int
        How many rows and columns there must be.
    place : tuple of str
        The attributes that have row and column; an empty one stands for 0.

    Raises
    ------
    WeightFileError
        A coefficient is missing, there twice, out of range, or not a finite number.
    """
    children = weights.findall("Coefficient")
    if len(children) != shape[0] * shape[1]:
        message = (
            f"{where(weights)}: expected {shape[0] * shape[1]} coefficients, one for each variable and an "
            f"offset, found {len(children)}"
        )
        raise WeightFileError(message)
    found = np.full(shape, np.nan)
    for child in children:
        row, column = (read_integer(child, name) if name else 0 for name in place)
        if row >= shape[0] or column >= shape[1] or not np.isnan(found[row, column]):
            message = f"{where(child)}: a coefficient beyond {shape[1] - 1}, or one that is there twice"
            raise WeightFileError(message)
        text = child.get("Value", "")
        try:
            found[row, column] = float(text)
        except ValueError:
            found[row, column] = np.nan
        if not np.isfinite(found[row, column]):
            message = f"{where(child)}: Value={shortened(text)} must be a finite number"
            raise WeightFileError(message)
    return found
