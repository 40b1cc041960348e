"""Initialisers of weight matrices: the base class and TMVA's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.plugins import hookimpl


class Initializer(ABC):
    """A rule for the first values of a weight matrix; biases start at zero whatever the rule.

    Values are drawn on the host in double precision, so that every backend starts from the same ones.

    Attributes
    ----------
    names : tuple of str
        The names in ``WeightInitialization=`` and ``initializer=``.
    code : str
        The letter in weight files (``Initialization="X"``).
    """

    names: ClassVar[tuple[str, ...]]
    code: ClassVar[str]

    @abstractmethod
    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Return a float64 matrix of `rows` (outputs) by `columns` (inputs)."""


class GaussInitializer(Initializer):
    """Normal with standard deviation √(2/columns)."""

    names = ("GAUSS",)
    code = "G"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Draw by this rule."""
        return random.normal(0.0, np.sqrt(2.0 / columns), (rows, columns))


class UniformInitializer(Initializer):
    """Uniform between ±√(2/columns)."""

    names = ("UNIFORM",)
    code = "U"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Draw by this rule."""
        limit = np.sqrt(2.0 / columns)
        return random.uniform(-limit, limit, (rows, columns))


class XavierInitializer(Initializer):
    """Normal with s = √(6/(columns + rows)), drawn again beyond 2 s.

    ROOT's comment says √(2/(n+m)); its code has 6, as here.
    """

    names = ("XAVIER",)
    code = "X"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Draw by this rule."""
        scale = float(np.sqrt(6.0 / (columns + rows)))
        values = random.normal(0.0, 1.0, (rows, columns))
        while (outside := np.abs(values) > 2.0).any():
            values[outside] = random.normal(0.0, 1.0, int(outside.sum()))
        values *= scale
        return values


class XavierUniformInitializer(Initializer):
    """Uniform between ±√(6/(columns + rows))."""

    names = ("XAVIERUNIFORM",)
    code = "F"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Draw by this rule."""
        limit = np.sqrt(6.0 / (columns + rows))
        return random.uniform(-limit, limit, (rows, columns))


class IdentityInitializer(Initializer):
    """Ones on the diagonal, else zero."""

    names = ("IDENTITY",)
    code = "I"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Draw by this rule."""
        return np.eye(rows, columns)


class ZeroInitializer(Initializer):
    """All zero."""

    names = ("ZERO",)
    code = "Z"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Draw by this rule."""
        # Weight files are read into networks of zeros: single precision saves memory.
        return np.zeros((rows, columns), np.float32)


@hookimpl
def tmva_py_initializers() -> Sequence[type]:
    """Return the initialisers."""
    return [
        GaussInitializer,
        UniformInitializer,
        XavierInitializer,
        XavierUniformInitializer,
        IdentityInitializer,
        ZeroInitializer,
    ]
