"""What an initialiser is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt


class Initializer(ABC):
    """A rule for the first values of a weight matrix; biases start at zero whatever the rule.

    Values are drawn on the host in double precision, so that every backend starts from the same ones.

    Attributes
    ----------
    names : tuple of str
        The names that stand in ``WeightInitialization=`` and ``initializer=``.
    code : str
        The letter that stands for it in weight files (``Initialization="X"``).
    """

    names: ClassVar[tuple[str, ...]]
    code: ClassVar[str]

    @abstractmethod
    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Return a float64 matrix of `rows` (outputs) by `columns` (inputs)."""
