"""What a cross validation gives of one method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.graphs import roc_canvas, roc_graph, roc_multigraph
from tmva_py.booking.method_calls import MethodCalls
from tmva_py.evaluation import RocPoints
from tmva_py.message_log import MessageLog

_FIGURES = (
    *("Sig", "Sep", "Eff01", "Eff10", "Eff30", "EffArea"),
    *("TrainEff01", "TrainEff10", "TrainEff30"),
)


@dataclass(frozen=True)
class _MeanCurve:
    """The mean of several ROC curves."""

    sensitivity: npt.NDArray[np.float64]
    specificity: npt.NDArray[np.float64]

    @property
    def area(self) -> float:
        """The area under it."""
        return float(np.trapezoid(self.specificity, self.sensitivity))


class CrossValidationResult:
    """``TMVA::CrossValidationResult``: areas, curves and efficiencies of the folds, numbered from 0."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._areas: dict[int, float] = {}
        self._curves: list[tuple[str, RocPoints]] = []
        self._figures: dict[str, list[float]] = {name: [] for name in _FIGURES}

    def __repr__(self) -> str:
        return f"<CrossValidationResult of {self.title!r}, {len(self._areas)} folds>"

    def add_curve(self, fold: int, title: str, curve: RocPoints) -> None:
        """Take the ROC curve of a fold."""
        self._areas[fold] = curve.area
        self._curves.append((title, curve))

    def add_figures(self, fold: int, booked: MethodCalls) -> None:
        """Take the figures of a fold's method of two classes."""
        del fold
        figures = {
            "Sig": booked.GetSignificance(),
            "Sep": booked.GetSeparation(),
            "EffArea": booked.GetEfficiency(),
        }
        for name, value in (("01", 0.01), ("10", 0.1), ("30", 0.3)):
            figures[f"Eff{name}"] = booked.GetEfficiency(f"Efficiency:{value}")
            figures[f"TrainEff{name}"] = booked.GetTrainingEfficiency(f"Efficiency:{value}")
        for name, value in figures.items():
            self._figures[name].append(value)

    def GetROCValues(self) -> dict[int, float]:
        """Return the area under the ROC curve of each fold."""
        return dict(self._areas)

    def GetROCAverage(self) -> float:
        """Return the mean area; not a number without any."""
        return float(np.mean(list(self._areas.values()))) if self._areas else float("nan")

    def GetROCStandardDeviation(self) -> float:
        """Return the standard deviation of the areas, with a fold less in the denominator, as TMVA."""
        return float(np.std(list(self._areas.values()), ddof=1)) if len(self._areas) > 1 else float("nan")

    def GetROCCurves(self, fLegend: bool = True) -> Any:  # noqa: ARG002 - ROOT's signature
        """Return the ROC curves of the folds; with ROOT imported, a TMultiGraph."""
        return roc_multigraph(self._curves)

    def GetAvgROCCurve(self, numSamples: int = 100) -> Any:
        """Return the mean background rejection of the folds at equally spaced signal efficiencies."""
        return roc_graph(self._mean(numSamples), f"{self.title} (average)", axis_titles=True)

    def _mean(self, n_points: int) -> _MeanCurve:
        x = np.linspace(0, 1, n_points)
        rejections = []
        for _, curve in self._curves:
            order = np.argsort(curve.sensitivity, kind="stable")
            rejections.append(np.interp(x, curve.sensitivity[order], curve.specificity[order]))
        return _MeanCurve(x, np.mean(rejections, axis=0))

    def GetSigValues(self) -> list[float]:
        """Return the significance of each fold."""
        return list(self._figures["Sig"])

    def GetSepValues(self) -> list[float]:
        """Return the separation of each fold."""
        return list(self._figures["Sep"])

    def GetEff01Values(self) -> list[float]:
        """Return each fold's signal efficiency at a background efficiency of 0.01."""
        return list(self._figures["Eff01"])

    def GetEff10Values(self) -> list[float]:
        """Return each fold's signal efficiency at a background efficiency of 0.1."""
        return list(self._figures["Eff10"])

    def GetEff30Values(self) -> list[float]:
        """Return each fold's signal efficiency at a background efficiency of 0.3."""
        return list(self._figures["Eff30"])

    def GetEffAreaValues(self) -> list[float]:
        """Return each fold's area of the binned rejection curve."""
        return list(self._figures["EffArea"])

    def GetTrainEff01Values(self) -> list[float]:
        """Return each fold's efficiency "from training sample" at a background efficiency of 0.01."""
        return list(self._figures["TrainEff01"])

    def GetTrainEff10Values(self) -> list[float]:
        """Return each fold's efficiency "from training sample" at a background efficiency of 0.1."""
        return list(self._figures["TrainEff10"])

    def GetTrainEff30Values(self) -> list[float]:
        """Return each fold's efficiency "from training sample" at a background efficiency of 0.3."""
        return list(self._figures["TrainEff30"])

    def Print(self) -> None:
        """Print areas, their mean and their standard deviation, as TMVA does."""
        log = MessageLog("CrossValidation")
        log.header(" ==== Results ====")
        for fold, area in self._areas.items():
            log.info(f"Fold  {fold} ROC-Int : {area:.4f}")
        log.info("-" * 24)
        log.info(f"Average ROC-Int : {self.GetROCAverage():.4f}")
        log.info(f"Std-Dev ROC-Int : {self.GetROCStandardDeviation():.4f}")

    def Draw(self, name: object = "CrossValidation") -> Any:
        """Return a picture of the folds' curves; it has ``SaveAs``."""
        canvas = roc_canvas(str(name), self._curves, "Cross Validation ROC Curves")
        canvas.Draw()
        return canvas

    def DrawAvgROCCurve(self, drawFolds: bool = False, title: object = "") -> Any:
        """Return a picture of the mean curve, and of the folds' ones if they are wanted."""
        shown = str(title) or f"Cross Validation Average ROC Curve ({self.title})"
        curves = [(f"{self.title} (average)", self._mean(100)), *(self._curves if drawFolds else [])]
        canvas = roc_canvas(f"AvgROCCurve {self.title}", curves, shown)
        canvas.Draw()
        return canvas
