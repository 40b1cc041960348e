"""What MethodCuts learns: cuts for each bin of the signal efficiency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self
from xml.etree.ElementTree import Comment, Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError
from tmva_py.histograms import Axis
from tmva_py.kernels.cuts import rounded_down
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.xml_text import format_double, read_integer, shortened, where

N_BINS = 100
NO_CUTS = -0.1
"""Background efficiency of a bin for which no cuts were found."""

FIT_METHODS = ("MC", "GA", "SA", "MINUIT", "EventScan", "MCEvents")
"""By their numbers in weight files."""
_EFF_METHODS = ("EffSel", "EffPDF")
_MOST_BINS = 100_000


class WorkingPoint(NamedTuple):
    """Cuts, and the efficiencies that they were chosen for."""

    signal_efficiency: float
    """The lower edge of their bin."""
    background_efficiency: float
    low: Doubles
    high: Doubles


@dataclass(frozen=True, eq=False)
class CutsModel(Model):
    """Cuts by bins of the signal efficiency; an event passes if low < x ≤ high for all variables.

    Attributes
    ----------
    low, high : ndarray of float64, shape (n_bins, n_variables)
        The cuts.
    background : ndarray of float64, shape (n_bins,)
        Background efficiency in the training sample; −0.1 where no cuts were found.
    fit_method : str
        How the cuts were looked for.
    old_axis : bool
        Whether bins are found as by ROOT before 6.38, which takes 0.7 for the bin above it.
    eff_method : str
        How efficiencies were computed.
    """

    has_response = False

    low: Doubles
    high: Doubles
    background: Doubles
    fit_method: str
    old_axis: bool
    eff_method: str = "EffSel"

    def __post_init__(self) -> None:
        for one in (self.low, self.high, self.background):
            one.flags.writeable = False

    def respond(self, inputs: Inputs) -> Responses:
        """Return 1 for events that pass the cuts of the requested signal efficiency, and 0 for all others."""
        wanted = inputs.working_point
        if wanted is None or not wanted > 0:
            return Responses(np.zeros(len(inputs)))
        # TMVA takes the number of the bin, counted from 1, as an index from 0.
        point = min(self._bin(wanted), len(self.background) - 1)
        return Responses(self._selected(inputs, point).astype(np.float64))

    def selections(self, inputs: Inputs) -> Iterator[npt.NDArray[np.bool_]]:
        """Yield the events that the cuts of each bin select."""
        for point in range(len(self.background)):
            yield self._selected(inputs, point)

    def at(self, signal_efficiency: float) -> WorkingPoint:
        """Return the cuts of the bin in which a signal efficiency lies, as ``MethodCuts::GetCuts`` does."""
        number = self._bin(signal_efficiency)
        n_bins = len(self.background)
        point = min(max(number - 1, 0), n_bins - 1)
        background = float(self.background[point]) if 1 <= number <= n_bins else 0.0
        return WorkingPoint(self._edge(number), background, self.low[point], self.high[point])

    def _bin(self, signal_efficiency: float) -> int:
        return Axis(len(self.background), 0.0, 1.0).bin_of(signal_efficiency, old=self.old_axis)

    def _edge(self, number: int) -> float:
        """Return the lower edge of a bin, counted from 1."""
        return (number - 1) * (1.0 / len(self.background))

    def _selected(self, inputs: Inputs, point: int) -> npt.NDArray[np.bool_]:
        low, high = self._edges
        chosen: npt.NDArray[np.bool_] = ((inputs.x > low[point]) & (inputs.x <= high[point])).all(axis=1)
        return chosen

    @lazy
    def _edges(self) -> tuple[Floats, Floats]:
        """The cuts as float32, which single precision passes exactly if it passes the doubles."""
        with np.errstate(over="ignore"):
            return rounded_down(np, self.low), rounded_down(np, self.high)

    # --- weight files ----------------------------------------------------------------------------------

    def write(self, weights: Element) -> None:
        """Write the cuts."""
        n_variables = self.low.shape[1]
        weights.set("OptimisationMethod", str(_EFF_METHODS.index(self.eff_method)))
        weights.set("FitMethod", str(FIT_METHODS.index(self.fit_method)))
        weights.set("nbins", str(len(self.background)))
        comment = Comment(
            f"Below are the optimised cuts for {n_variables} variables: Format: ibin(hist) effS effB "
            "cutMin[ivar=0] cutMax[ivar=0] ... cutMin[ivar=n-1] cutMax[ivar=n-1]"
        )
        weights.append(comment)
        for point, background in enumerate(self.background.tolist()):
            one = SubElement(
                weights,
                "Bin",
                ibin=str(point + 1),
                effS=format_double(self._edge(point + 1)),
                effB=format_double(background),
            )
            cuts = SubElement(one, "Cuts")
            for variable in range(n_variables):
                cuts.set(f"cutMin_{variable}", format_double(self.low[point, variable]))
                cuts.set(f"cutMax_{variable}", format_double(self.high[point, variable]))

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the cuts of a ``<Weights>`` element."""
        n_bins, n_variables = read_integer(weights, "nbins", minimum=1), len(context.info.variables)
        bins = weights.findall("Bin")
        if len(bins) != n_bins:
            message = f"{where(weights)}: nbins={n_bins}, but there are {len(bins)} <Bin>"
            raise WeightFileError(message)
        if n_bins > _MOST_BINS:
            message = f"{where(weights)}: nbins={n_bins}, expected at most {_MOST_BINS}"
            raise WeightFileError(message)
        low, high = np.zeros((2, n_bins, n_variables))
        background = np.full(n_bins, np.nan)
        for one in bins:
            number = read_integer(one, "ibin", minimum=1)
            if number > n_bins or not np.isnan(background[number - 1]):
                found = "twice there" if number <= n_bins else f"not one of the {n_bins} bins"
                message = f"{where(one)}: ibin={number} is {found}"
                raise WeightFileError(message)
            background[number - 1] = np.float32(_number(one, "effB"))
            cuts = one.find("Cuts")
            if cuts is None:
                message = f"{where(one)} has no <Cuts>"
                raise WeightFileError(message)
            for variable in range(n_variables):
                low[number - 1, variable] = _number(cuts, f"cutMin_{variable}")
                high[number - 1, variable] = _number(cuts, f"cutMax_{variable}")
        return cls(
            low,
            high,
            background,
            _choice(weights, "FitMethod", FIT_METHODS),
            has_old_axis(context.general_info.get("ROOT Release", "")),
            _choice(weights, "OptimisationMethod", _EFF_METHODS),
        )

    def summary(self) -> Mapping[str, Any]:
        """Return how the cuts were found, and how many there are."""
        filled = self.background >= 0
        return {
            "fit_method": self.fit_method,
            "n_bins": len(filled),
            "bins_without_cuts": int((~filled).sum()),
            "background_efficiency": {
                f"signal efficiency {edge:.1f}": float(f"{self.at(edge + 1e-4).background_efficiency:.6g}")
                for edge in (0.1, 0.3, 0.5, 0.7, 0.9)
            },
        }


def has_old_axis(root_release: str) -> bool:
    """Return whether the ROOT that wrote a file puts 0.7 into the bin above it.

    Examples
    --------
    >>> has_old_axis("5.32/01 [335873]"), has_old_axis("6.40/00 [403456]")
    (True, False)
    """
    numbers = root_release.strip().partition("/")[0].partition(" ")[0].split(".")[:2]
    if len(numbers) < 2 or not all(one.isdecimal() and len(one) < 5 for one in numbers):
        return False
    return tuple(map(int, numbers)) < (6, 38)


def _number(element: Element, attribute: str) -> float:
    text = element.get(attribute)
    if text is None:
        message = f"{where(element)} has no attribute {attribute!r}"
        raise WeightFileError(message)
    try:
        # Python would take underscores, which ROOT does not.
        value = np.nan if "_" in text or not text.isascii() else float(text)
    except ValueError:
        value = np.nan
    if np.isnan(value):
        message = f"{where(element)}: {attribute}={shortened(text)} must be a number"
        raise WeightFileError(message)
    return float(value)


def _choice(element: Element, attribute: str, choices: tuple[str, ...]) -> str:
    number = read_integer(element, attribute)
    if number >= len(choices):
        known = ", ".join(f"{place} for {name}" for place, name in enumerate(choices))
        message = f"{where(element)}: {attribute}={number}, expected {known}"
        raise WeightFileError(message)
    return choices[number]
