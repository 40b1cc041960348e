"""Histograms, scatter plots and profiles of variables and targets, as TMVA's PlotVariables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from tmva_py.booking.config import gConfig
from tmva_py.data import DataSetInfo, Events, VariableInfo
from tmva_py.evaluation import variable_axis
from tmva_py.histograms import Axis, FileObject, Histogram, Histogram2D, MakesFileObject, Profile
from tmva_py.lazy import lazy

Objects = dict[str, FileObject | MakesFileObject]


@dataclass(frozen=True)
class VariablePlots:
    """What a sample looks like after a chain of transformations.

    Attributes
    ----------
    info : DataSetInfo
        Names, titles and units.
    events : Events
        Transformed.
    chain_name : str
        Short name of the chain, ``"Norm"``; empty if axis titles need not tell it.
    suffix : str
        End of the names: ``"_Norm"`` in ``InputVariables_Norm``, empty in a method's folder.
    """

    info: DataSetInfo
    events: Events
    chain_name: str = ""
    suffix: str = ""

    @lazy
    def columns(self) -> list[tuple[VariableInfo, np.ndarray, bool]]:
        """Each variable and each target, its values, and whether it is a target."""
        events = self.events
        variables = [(one, events.x[:, i], False) for i, one in enumerate(self.info.variables)]
        targets = [(one, events.targets[:, i], True) for i, one in enumerate(self.info.targets)]
        return variables + targets

    @property
    def n_scatter_plots(self) -> int:
        """Pairs of variables and targets."""
        count = len(self.columns)
        return count * (count - 1) // 2

    @property
    def has_scatter_plots(self) -> bool:
        """Whether there are few enough variables for scatter plots."""
        limit = gConfig().GetVariablePlotting().fMaxNumOfAllowedVariablesForScatterPlots
        return len(self.columns) <= limit

    def histogram(self, column: int, class_index: int) -> Histogram:
        """Return the histogram of a variable or target for one class; the axis is that of all classes."""
        _, values, _ = self.columns[column]
        chosen = self._of_class(class_index)
        return Histogram.fill(self._axes[column], values[chosen], self._weight[chosen])

    def class_histograms(self, column: int) -> list[Histogram]:
        """Return the histograms of each class."""
        return [self.histogram(column, one) for one in range(len(self.info.classes))]

    def objects(self) -> Objects:
        """Return what belongs into a folder by name, in TMVA's order."""
        objects: Objects = {}
        for column, (one, _, is_target) in enumerate(self.columns):
            axis = self._axes[column]
            for index, class_name in enumerate(self.info.classes):
                name = f"{one.internal_name}__{self._class(class_name, is_target)}{self.suffix}"
                y_title = f"dN_{{ }}/^{{ }}{axis.bin_width:.3g} {one.unit}"
                objects[name] = self.histogram(column, index).with_titles(
                    one.title, self._axis_title(one), y_title
                )
        if self.has_scatter_plots:
            self._add_pairs(objects)
        return objects

    def _add_pairs(self, objects: Objects) -> None:
        for i, (one, _, is_target) in enumerate(self.columns):
            for j, (other, _, other_is_target) in enumerate(self.columns[i + 1 :], start=i + 1):
                # TMVA fills variables against targets for its ranking but does not write them.
                if is_target != other_is_target:
                    continue
                for index, class_name in enumerate(self.info.classes):
                    shown = self._class(class_name, is_target)
                    ending = f"{other.internal_name}_vs_{one.internal_name}_{shown}{self.suffix}"
                    title = f"{other.title} versus {one.title} ({shown}){self.suffix}"
                    # Made when written: each has 90000 cells, and the events need less memory.
                    objects[f"CorrelationPlots/scat_{ending}"] = partial(self.scatter, i, j, index, title)
                    objects[f"CorrelationPlots/prof_{ending}"] = partial(self._profile, i, j, index, title)

    def scatter(self, i: int, j: int, class_index: int, title: str = "") -> Histogram2D:
        """Return column `j` versus column `i` for one class."""
        n_bins = gConfig().GetVariablePlotting().fNbins2D
        chosen = self._of_class(class_index)
        x, y = self.columns[i][1], self.columns[j][1]
        x_axis, y_axis = self._whole_range(i, n_bins), self._whole_range(j, n_bins)
        return Histogram2D.fill(x_axis, y_axis, x[chosen], y[chosen], self._weight[chosen], title=title)

    def _profile(self, i: int, j: int, class_index: int, title: str) -> Profile:
        chosen = self._of_class(class_index)
        (_, x, _), (other, y, _) = self.columns[i], self.columns[j]
        return Profile.fill(
            self._whole_range(i, gConfig().GetVariablePlotting().fNbins1D),
            x[chosen],
            y[chosen],
            self._weight[chosen],
            title=f"profile {title}",
            y_title=self._axis_title(other),
        )

    @lazy
    def _axes(self) -> list[Axis]:
        plotting = gConfig().GetVariablePlotting()
        return [
            variable_axis(
                values,
                self.events.weight,
                whole_numbers=one.type == "I",
                n_bins=plotting.fNbins1D,
                range_in_rms=plotting.fTimesRMS,
            )
            for one, values, _ in self.columns
        ]

    @lazy
    def _weight(self) -> np.ndarray:
        # TMVA fills with a Float_t.
        return self.events.weight.astype(np.float32)

    def _of_class(self, index: int) -> np.ndarray:
        chosen: np.ndarray = self.events.class_index == index
        return chosen

    def _class(self, name: str, is_target: bool) -> str:
        return f"{name}_target" if is_target and len(self.info.targets) == 1 else name

    def _axis_title(self, one: VariableInfo) -> str:
        title = f"{one.title} ({self.chain_name})" if self.chain_name else one.title
        return f"{title}  [{one.unit}]" if one.unit else title

    def _whole_range(self, column: int, n_bins: int) -> Axis:
        """Return an axis from the smallest value to the largest, which lies above it."""
        one, values, _ = self.columns[column]
        return Axis.around(n_bins, float(values.min()), float(values.max()), self._axis_title(one))
