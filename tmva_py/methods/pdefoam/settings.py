"""What ``<Weights>`` of MethodPDEFoam says beside the foams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.errors import WeightFileError
from tmva_py.methods.pdefoam.answers import KERNELS, SELECTIONS
from tmva_py.options import OptionValues
from tmva_py.xml_text import format_double, read_integer, shortened, where

EVENTS_PER_BIN = 10000
"""At so many points of full weight in each bin, a cell's density is known."""

_LARGEST = 1e15


@dataclass(frozen=True)
class Settings:
    """What ``<Weights>`` says; attributes are those of MethodPDEFoam's options."""

    is_separate: bool
    tail_cut: float
    volume_part: float
    n_cells: int
    n_samples: int
    n_bins: int
    compress: bool
    is_regression: bool
    n_min: int
    kernel: str
    selection: str
    fills_original: bool
    yes_or_no: bool
    error_cut: float = -1.0
    events_per_bin: int = EVENTS_PER_BIN

    @classmethod
    def of(cls, values: OptionValues, *, is_regression: bool) -> Self:
        """Return what a booking says; numbers are TMVA's Float_t."""
        return cls(
            values["SigBgSeparate"],
            float(np.float32(values["TailCut"])),
            float(np.float32(values["VolFrac"])),
            2 * values["nActiveCells"] - 1,
            values["nSampl"],
            values["nBin"],
            values["Compress"],
            is_regression,
            values["Nmin"],
            values["Kernel"],
            values["TargetSelection"],
            values["FillFoamWithOrigWeights"],
            values["UseYesNoCell"],
        )

    @property
    def sigma(self) -> float:
        """Width of the Gaussian."""
        return float(np.float32(self.volume_part / 2.0))

    def write(self, weights: Element) -> None:
        """Write the attributes."""
        about: dict[str, str | int | float] = {
            "SigBgSeparated": self.is_separate,
            "Frac": self.tail_cut,
            "DiscrErrCut": self.error_cut,
            "VolFrac": self.volume_part,
            "nCells": self.n_cells,
            "nSampl": self.n_samples,
            "nBin": self.n_bins,
            "EvPerBin": self.events_per_bin,
            "Compress": self.compress,
            "DoRegression": self.is_regression,
            "CutNmin": self.n_min > 0,
            "Nmin": self.n_min,
            "CutRMSmin": False,
            "RMSmin": 0.0,
            "Kernel": KERNELS.index(self.kernel),
            "TargetSelection": SELECTIONS.index(self.selection),
            "FillFoamWithOrigWeights": self.fills_original,
            "UseYesNoCell": self.yes_or_no,
        }
        for name, value in about.items():
            weights.set(name, format_double(value) if isinstance(value, float) else str(int(value)))

    @classmethod
    def read(cls, weights: Element) -> Self:
        """Return what the attributes say."""
        numbers = {
            name: _bounded(weights, name)
            for name in ("nCells", "nSampl", "nBin", "EvPerBin", "Nmin", "Kernel", "TargetSelection")
        }
        for name, known in (("Kernel", KERNELS), ("TargetSelection", SELECTIONS)):
            if numbers[name] >= len(known):
                message = f"{where(weights)}: {name}={numbers[name]}, expected at most {len(known) - 1}"
                raise WeightFileError(message)
        newer = {
            name: name in weights.attrib and _bounded(weights, name) > 0
            for name in ("FillFoamWithOrigWeights", "UseYesNoCell")
        }
        return cls(
            _bounded(weights, "SigBgSeparated") > 0,
            _double(weights, "Frac"),
            _double(weights, "VolFrac"),
            numbers["nCells"],
            numbers["nSampl"],
            numbers["nBin"],
            _bounded(weights, "Compress") > 0,
            _bounded(weights, "DoRegression") > 0,
            numbers["Nmin"],
            KERNELS[numbers["Kernel"]],
            SELECTIONS[numbers["TargetSelection"]],
            newer["FillFoamWithOrigWeights"],
            newer["UseYesNoCell"],
            _double(weights, "DiscrErrCut"),
            numbers["EvPerBin"],
        )


def foam_names(settings: Settings, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> list[str]:
    """Return how TMVA calls the foams of a method; a foam of many targets is known by `n_targets`."""
    if settings.is_regression:
        return ["MultiTargetRegressionFoam" if n_targets else "MonoTargetRegressionFoam"]
    if analysis_type == "Multiclass":
        return [f"MultiClassFoam{number}" for number in range(n_classes)]
    return ["SignalFoam", "BgFoam"] if settings.is_separate else ["DiscrFoam"]


def _bounded(weights: Element, name: str) -> int:
    found = read_integer(weights, name)
    if found > np.iinfo(np.int32).max:
        message = f"{where(weights)}: {name}={found} is too large"
        raise WeightFileError(message)
    return found


def _double(weights: Element, name: str) -> float:
    text = weights.get(name, "")
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not abs(value) < _LARGEST:
        message = f"{where(weights)}: {name}={shortened(text)} must be a number"
        raise WeightFileError(message)
    return value
