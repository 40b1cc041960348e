"""Cuts before the trees: events beyond them are all of one class (``DoPreselection``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.xml_text import format_double, shortened, where


@dataclass(frozen=True, eq=False)
class Preselection:
    """Up to four cuts on each variable.

    Attributes
    ----------
    is_cut : ndarray of bool, shape (n_variables, 4)
        Which cuts there are, in the order of `KINDS`.
    cut : ndarray of float64, shape (n_variables, 4)
        Where they are.
    """

    is_cut: npt.NDArray[np.bool_]
    cut: Doubles

    KINDS: ClassVar[tuple[tuple[str, bool, float], ...]] = (
        ("LowBkg", True, -1.0),
        ("LowSig", True, 1.0),
        ("HighBkg", False, -1.0),
        ("HighSig", False, 1.0),
    )
    """How a cut is called in weight files, whether events below it meet it, and the answer to those."""

    def answers(self, x: Floats) -> Doubles:
        """Return −1 or 1 for events that meet a cut, the last one that they meet; 0 for the others."""
        variables, below, answer, cut = self._cuts
        values = x[:, variables].astype(np.float64)
        result = np.zeros(len(x))
        for number, is_met in enumerate(np.where(below, values < cut, values > cut).T):
            result[is_met] = answer[number]
        return result

    @lazy
    def _cuts(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Doubles, Doubles]:
        """The variables of the cuts, whether events below meet them, the answers, and where they are."""
        variables, kinds = np.nonzero(self.is_cut)
        below, answer = (np.array([kind[place] for kind in self.KINDS])[kinds] for place in (1, 2))
        return variables, below, answer, self.cut[variables, kinds]

    def write(self, weights: Element) -> None:
        """Add the attributes."""
        for variable, (is_cut, cut) in enumerate(zip(self.is_cut.tolist(), self.cut.tolist(), strict=True)):
            for place, (kind, _, _) in enumerate(self.KINDS):
                name = f"Preselection{kind}Var{variable}"
                weights.set(name, str(int(is_cut[place])))
                weights.set(f"{name}Value", format_double(cut[place]))

    @classmethod
    def read(cls, weights: Element, n_variables: int) -> Self | None:
        """Return the cuts of a ``<Weights>`` element, None if it has none.

        Raises
        ------
        WeightFileError
            A cut is missing or is no number.
        """
        if "PreselectionLowBkgVar0" not in weights.attrib:
            return None
        values = np.array(
            [
                [
                    (
                        _number(weights, f"Preselection{kind}Var{variable}"),
                        _number(weights, f"Preselection{kind}Var{variable}Value"),
                    )
                    for kind, _, _ in cls.KINDS
                ]
                for variable in range(n_variables)
            ]
        )
        return cls(values[..., 0] != 0, np.ascontiguousarray(values[..., 1]))


def _number(weights: Element, name: str) -> float:
    text = weights.get(name)
    try:
        return float(text or "")
    except ValueError:
        found = "it is missing" if text is None else f"got {shortened(text)}"
        message = f"{where(weights)}: attribute {name}: expected a number, {found}"
        raise WeightFileError(message) from None
