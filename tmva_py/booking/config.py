"""``TMVA.gConfig()``: TMVA's documented global settings, live objects with ROOT's names and defaults."""

from __future__ import annotations

import functools
from typing import Any

from tmva_py.errors import OptionError, did_you_mean


class _Settings:
    """Attributes that may be set; a name that does not exist is an error, not a new attribute."""

    def __setattr__(self, name: str, value: Any) -> None:
        known = [attribute for attribute in dir(type(self)) if attribute.startswith("f")]
        if name not in known:
            message = f"TMVA.gConfig() has no setting {name!r}{did_you_mean(name, known)}"
            message += f"\n  known here: {', '.join(known)}"
            raise OptionError(message)
        object.__setattr__(self, name, value)


class VariablePlotting(_Settings):
    """Binning of histograms and plots."""

    fTimesRMS: float = 8.0
    fNbins1D: int = 40
    fNbins2D: int = 300
    fMaxNumOfAllowedVariables: int = 200
    fMaxNumOfAllowedVariablesForScatterPlots: int = 20
    fNbinsMVAoutput: int = 40
    fNbinsXOfROCCurve: int = 100
    fUsePaperStyle: bool = False
    fPlotFormat: int = 0


class IONames(_Settings):
    """Where weight files go."""

    fWeightFileDirPrefix: str = ""
    fWeightFileDir: str = "weights"
    fWeightFileExtension: str = "weights"
    fOptionsReferenceFileDir: str = "optionInfo"


class Config:
    """TMVA's global settings.

    They hold for every factory of the process, as in TMVA; a factory reads them when it needs them.
    """

    def __init__(self) -> None:
        self.fVariablePlotting = VariablePlotting()
        self.fIONames = IONames()
        self._use_color = True
        self._silent = False
        self._draw_progress_bar = True
        self._n_workers = 1
        self._writes_options_reference = False

    @staticmethod
    def Instance() -> Config:
        """Return the settings, the same object every time."""
        return gConfig()

    def GetVariablePlotting(self) -> VariablePlotting:
        """Return the live settings of histograms and plots."""
        return self.fVariablePlotting

    def GetIONames(self) -> IONames:
        """Return the live settings of file names."""
        return self.fIONames

    def UseColor(self) -> bool:
        """Return whether logs may be coloured."""
        return self._use_color

    def SetUseColor(self, use: bool) -> None:
        """Set whether logs may be coloured."""
        self._use_color = use

    def IsSilent(self) -> bool:
        """Return whether factories made from now on are silent."""
        return self._silent

    def SetSilent(self, silent: bool) -> None:
        """Set whether factories made from now on are silent."""
        self._silent = silent

    def DrawProgressBar(self) -> bool:
        """Return whether training may draw a progress bar."""
        return self._draw_progress_bar

    def SetDrawProgressBar(self, draw: bool) -> None:
        """Set whether training may draw a progress bar."""
        self._draw_progress_bar = draw

    def GetNWorkers(self) -> int:
        """Return the number of worker processes."""
        return self._n_workers

    def SetNWorkers(self, count: int) -> None:
        """Set in how many processes cross-validation trains folds; 0 is one for each processor."""
        if int(count) < 0:
            message = f"TMVA.gConfig().SetNWorkers: expected 0 or more processes, got {count}"
            raise OptionError(message)
        self._n_workers = int(count)

    GetNumWorkers, SetNumWorkers = GetNWorkers, SetNWorkers

    def WriteOptionsReference(self) -> bool:
        """Return whether an options reference is requested."""
        return self._writes_options_reference

    def SetWriteOptionsReference(self, write: bool) -> None:
        """Set whether an options reference is requested."""
        self._writes_options_reference = write


@functools.cache
def gConfig() -> Config:
    """Return TMVA's global settings, the same object every time."""
    return Config()
