"""What MethodPDERS learns: the training events, and how those in a box around an event answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import WeightFileError
from tmva_py.kernels.boxes import Limits, adaptive_boxes
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.pders.kernels import kernel_values
from tmva_py.methods.pders.tree import Shape
from tmva_py.options import OptionValues
from tmva_py.weights import Column, Rows, Sinks, Table, tables
from tmva_py.xml_text import format_double, raw_line, where

Array = npt.NDArray[Any]

_NOTHING = 1e-20
# Distances at once.
_BLOCK = 1 << 18
_LEFT, _RIGHT = 1, 2
# A box that has not come to an end by then will not.
_MOST_STEPS = 10_000


@dataclass(frozen=True)
class Settings:
    """How boxes are made; attributes are those of MethodPDERS's options."""

    mode: str
    kernel: str
    size: float
    least: float
    most: float
    n_steps: int
    start: float
    sigma: float

    @classmethod
    def of(cls, values: OptionValues, *, as_booked: bool) -> Self:
        """Return what the options say; after reading a file TMVA knows neither mode nor kernel any more."""
        return cls(
            values["VolumeRangeMode"] if as_booked else "Adaptive",
            values["KernelEstimator"] if as_booked else "Box",
            values["DeltaFrac"],
            values["NEventsMin"],
            values["NEventsMax"],
            int(np.nan_to_num(np.clip(values["MaxVIterations"], 0, _MOST_STEPS))),
            values["InitialScale"],
            values["GaussSigma"],
        )


@dataclass(frozen=True, eq=False)
class PDERSModel(Model):
    """Training events in the order of their search tree.

    Attributes
    ----------
    x : ndarray of float32, shape (n, n_variables)
        Variables.
    targets : ndarray of float32, shape (n, n_targets)
        Regression targets.
    weight : ndarray of float32, shape (n,)
        Weights.
    class_index : ndarray of int32, shape (n,)
        Classes.
    shape : Shape
        The tree.
    settings : Settings
        How they answer.
    is_regression : bool
        Whether the target is estimated.
    signal_index : int
        Which class is the signal.
    keeps_mode : bool
        Whether its weight file answers with the booked mode and kernel.
    """

    sinks: ClassVar[Sinks] = {
        "BinaryTree": Rows(unused=("type",)),
        "Node": Rows(
            {
                "pos": Column("i1", choices=("s", "l", "r")),
                "selector": Column("i2"),
                "weight": Column("f8"),
                "type": Column("i4"),
            },
            inside="BinaryTree",
            tree=True,
            text="f4",
            unused=("depth", "NVars"),
        ),
    }

    x: Floats
    targets: Floats
    weight: Floats
    class_index: Array
    shape: Shape
    settings: Settings
    is_regression: bool
    signal_index: int = 0
    keeps_mode: bool = False

    def respond(self, inputs: Inputs) -> Responses:
        """Return the part of signal in a box around each event, or the mean of the target in it."""
        x = np.ascontiguousarray(inputs.x, np.float32)
        step = max(1, _BLOCK // len(self.x))
        parts = [self._answers(x[start : start + step]) for start in range(0, len(x), step)]
        values = np.concatenate(parts) if parts else np.empty(0)
        return Responses(values[:, None] if self.is_regression else values)

    def _answers(self, x: Floats) -> Doubles:
        if self.settings.mode == "Adaptive":
            finite = np.isfinite(x).all(axis=1)
            factors, sums = np.ones(len(x)), np.zeros((len(x), len(self._amounts)))
            factors[finite], sums[finite] = adaptive_boxes.on(self._backend)(
                self._backend.xp,
                queries=np.ascontiguousarray(x[finite]),
                columns=self._columns,
                weight=self._double_weight,
                half=self._half,
                limits=self._limits,
                amounts=self._amounts,
            )
            if self.settings.kernel != "Box":
                lower, upper = self._faces(x, factors[:, None])
                sums = self._sums(x, lower, upper, self._inside(lower, upper), np.ones(len(x)))
        elif self.settings.mode == "kNN":
            sums = self._sums(x, *self._nearest(x))
        else:
            lower, upper = self._faces(x, 1.0)
            sums = self._sums(x, lower, upper, self._inside(lower, upper), np.ones(len(x)))
        if self.is_regression:
            # TMVA adds up in single precision; of 200 events that is some 1e-6.
            target, total = sums.T
            mean = target / np.where(total != 0, total, 1.0)
            return np.where(total != 0, mean, 0.0).astype(np.float32).astype(np.float64)
        signal, background = np.maximum(sums, 0.0).T
        scales = self._scales
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = (background * scales[1] / (signal * scales[0])).astype(np.float32).astype(np.float64)
            response = 1.0 / (ratio + 1.0)
        response = np.where(signal < _NOTHING, 0.0, response)
        response = np.where(background < _NOTHING, 1.0, response)
        return np.where((signal < _NOTHING) & (background < _NOTHING), 0.5, response)

    def _faces(self, x: Floats, factor: Doubles | float) -> tuple[Doubles, Doubles]:
        center, half = x.astype(np.float64), self._half * factor
        return center - half, center + half

    def _sums(self, x: Floats, lower: Doubles, upper: Doubles, inside: Array, farthest: Doubles) -> Doubles:
        """Return what the events inside amount to by their distance, (N, 2)."""
        kernel = self.settings.kernel
        if kernel == "Box":
            values = np.ones(inside.shape)
        else:
            distance = self._distances(x.astype(np.float64), 2.0 / (upper - lower))
            inside = inside & ~(distance > 1)
            sigma = self.settings.sigma
            values = kernel_values(kernel, distance, x.shape[1], sigma=sigma, farthest=farthest)
        parts = [
            np.add.accumulate(np.where(inside, values * amount, 0.0), axis=1)[:, -1]
            for amount in self._amounts
        ]
        return np.stack(parts, axis=1)

    def _inside(self, lower: Doubles, upper: Doubles) -> Array:
        inside = np.ones((len(lower), len(self.x)), bool)
        for column, low, high in zip(self._columns, lower.T, upper.T, strict=True):
            inside &= (low[:, None] < column) & (high[:, None] >= column)
        return inside

    def _nearest(self, x: Floats) -> tuple[Doubles, Doubles, Array, Doubles]:
        """Return boxes that hold some number of events, of which the nearest count."""
        least, most = int(self.settings.least), int(self.settings.most)
        center = x.astype(np.float64)
        lower, upper = self._faces(x, 1.0)
        inside = self._inside(lower, upper)
        rows = np.arange(len(center))
        for _ in range(self.settings.n_steps):
            count = inside[rows].sum(axis=1)
            rows = rows[(count < least) | (count > most)]
            if not len(rows):
                break
            factor = np.where(inside[rows].sum(axis=1) < least, 2.0, np.float64(np.float32(0.1)))[:, None]
            low, high = lower[rows], upper[rows]
            lower[rows] = 0.5 * (low * (1.0 + factor) + high * (1.0 - factor))
            upper[rows] = 0.5 * (low * (1.0 - factor) + high * (1.0 + factor))
            inside[rows] = self._inside(lower[rows], upper[rows])
        # Where there are too many still, TMVA has stopped looking after so many, the upper ones of its tree.
        order = self.shape.breadth_first()
        ordered = inside[:, order]
        ordered &= np.cumsum(ordered, axis=1) <= most + 1
        inside = np.zeros_like(inside)
        inside[:, order] = ordered
        distance = np.where(inside, self._distances(center, 1.0 / (upper - lower)), np.inf)
        farthest = np.partition(distance, min(least, distance.shape[1]) - 1, axis=1)[:, least - 1]
        enough = inside.sum(axis=1) >= least
        return lower, upper, inside & (distance <= farthest[:, None]) & enough[:, None], farthest

    def _distances(self, center: Doubles, units: Doubles) -> Doubles:
        total = np.zeros((len(center), len(self.x)))
        with np.errstate(all="ignore"):
            for column, middle, unit in zip(self._columns, center.T, units.T, strict=True):
                away = unit[:, None] * (column.astype(np.float64) - middle[:, None])
                total += away * away
            distance: Doubles = np.sqrt(total / self.x.shape[1])
            return distance

    # --- what is looked at -----------------------------------------------------------------------------

    @lazy
    def _columns(self) -> Floats:
        return np.ascontiguousarray(self.x.T)

    @lazy
    def _double_weight(self) -> Doubles:
        return self.weight.astype(np.float64)

    @lazy
    def _is_signal(self) -> Array:
        found: Array = self.class_index == self.signal_index
        return found

    @lazy
    def _amounts(self) -> Doubles:
        """What is added up, (2, n): weights of signal and background, or of targets and all."""
        weight = self._double_weight
        if self.is_regression:
            return np.stack([weight * self.targets[:, 0], weight])
        return np.stack([np.where(self._is_signal, weight, 0.0), np.where(self._is_signal, 0.0, weight)])

    @lazy
    def _half(self) -> Doubles:
        return self._size.astype(np.float64) * 0.5

    @property
    def _limits(self) -> Limits:
        settings = self.settings
        return Limits(settings.least, settings.most, settings.start, settings.n_steps)

    @lazy
    def _scales(self) -> tuple[float, float]:
        """One over the weight of signal and of background, in single precision; 1 where there is none."""
        of_signal = self.class_index == 0
        sums = (float(self._double_weight[chosen].sum()) for chosen in (of_signal, ~of_signal))
        signal, background = (float(np.float32(1.0 / one)) if one > 0 else 1.0 for one in sums)
        return signal, background

    @lazy
    def _size(self) -> Floats:
        """The boxes' size in each variable, before they are changed."""
        factor, settings = np.float32(self.settings.size), self.settings
        if settings.mode == "Unscaled":
            return np.full(self.x.shape[1], float(factor), np.float32)
        if settings.mode == "MinMax":
            ranges = self.x.max(axis=0).astype(np.float64) - self.x.min(axis=0)
            scaled: Floats = (ranges * float(factor)).astype(np.float32)
            return scaled
        first = self.class_index == 0
        spreads = [self._spread(chosen) for chosen in (first, ~first)]
        mean = spreads[0] if self.is_regression else (spreads[0] + spreads[1]) * np.float32(0.5)
        size: Floats = mean * factor
        return size

    def _spread(self, chosen: Array) -> Floats:
        x, weight = self.x[chosen], self._double_weight[chosen]
        total = weight.sum()
        if total == 0:
            return np.zeros(x.shape[1], np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            mean = (weight @ x.astype(np.float64) / total).astype(np.float32)
            squares = weight @ (x * x).astype(np.float64) / total
            spread: Floats = np.sqrt(squares - (mean * mean).astype(np.float64)).astype(np.float32)
            return spread

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    def problem(self) -> str | None:
        """Return why these events cannot answer, or None."""
        settings = self.settings
        if settings.n_steps < 1:
            return "MaxVIterations must be above 0"
        if not (np.isfinite(self._size) & (self._size > 0)).all():
            variable = int(np.argmin(np.isfinite(self._size) & (self._size > 0)))
            return (
                f"boxes have no size in variable number {variable} (from 0): it is constant, DeltaFrac is "
                "not above 0, or weights are negative; leave the variable out, or book with "
                "VolumeRangeMode=Unscaled"
            )
        if settings.mode == "kNN":
            if not 1 <= settings.least <= settings.most or settings.least > len(self.x):
                return (
                    f"NEventsMin={settings.least:g} and NEventsMax={settings.most:g} must be from 1 to the "
                    f"number of events, {len(self.x)}, the smaller one first"
                )
        elif settings.mode == "Adaptive":
            total = float(self._double_weight.sum())
            if np.float32(total) < np.float32(settings.least):
                return (
                    f"NEventsMin={settings.least:g} is more than the weights of all events, {total:g}; make "
                    "it smaller"
                )
        return None

    # --- weight files ----------------------------------------------------------------------------------

    def write(self, weights: Element) -> None:
        """Write the tree."""
        if self.keeps_mode:
            # ROOT passes by what it does not know.
            weights.set("AnswerAsBooked", "True")
        root = SubElement(weights, "BinaryTree", type="BinarySearchTree")
        n_variables = self.x.shape[1]
        values = np.concatenate([self.x, self.targets], axis=1).astype(np.float64)
        form = " %.16e" * values.shape[1]
        depth, is_right = self.shape.depth.tolist(), self.shape.is_right.tolist()
        rows = zip(values.tolist(), self._double_weight.tolist(), self.class_index.tolist(), strict=True)
        path: list[Element] = [root]
        for number, (row, weight, kind) in enumerate(rows):
            level = depth[number]
            del path[level + 1 :]
            about = {
                "pos": "s" if number == 0 else "lr"[is_right[number]],
                "depth": str(level),
                "selector": str(level % n_variables),
                "weight": format_double(weight),
                "type": str(kind),
                "NVars": str(n_variables),
            }
            node = SubElement(path[level], "Node", about)
            has_children = number + 1 < len(depth) and depth[number + 1] > level
            node.text = raw_line(form % tuple(row)) if has_children else form % tuple(row)
            path.append(node)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the events of a file."""
        info, is_regression = context.info, context.analysis_type == "Regression"
        n_variables, n_targets = len(info.variables), len(info.targets) if is_regression else 0
        found = tables(weights, cls.sinks)
        nodes = found["Node"]
        if len(found["BinaryTree"]) != 1 or not len(nodes):
            message = f"{where(weights)}: expected one <BinaryTree> with nodes"
            raise WeightFileError(message)
        values = nodes.matrix(n_variables + n_targets)
        _check_nodes(nodes, values, n_variables)
        as_booked = weights.get("AnswerAsBooked") == "True"
        x, targets = np.split(values, [n_variables], axis=1)
        model = cls(
            np.ascontiguousarray(x),
            np.ascontiguousarray(targets),
            nodes["weight"].astype(np.float32),
            nodes["type"],
            Shape(nodes.depths.astype(np.int64), nodes["pos"] == _RIGHT),
            Settings.of(context.option_values, as_booked=as_booked),
            is_regression,
            info.signal_class_index if not is_regression else 0,
            as_booked,
        )
        if (problem := model.problem()) is not None:
            message = f"{where(weights)}: {problem}"
            raise WeightFileError(message)
        return model

    def summary(self) -> Mapping[str, Any]:
        """Return how many events there are, and the size of the boxes."""
        return {
            "n_events": len(self.x),
            "mode": self.settings.mode,
            "kernel": self.settings.kernel,
            "sizes": self._size.astype(np.float64).tolist(),
        }


def _check_nodes(nodes: Table, values: Array, n_variables: int) -> None:
    inner = np.arange(len(nodes)) > 0
    wrong = (
        ~np.isfinite(values).all(axis=1)
        | ~(np.abs(nodes["weight"]) < np.finfo(np.float32).max)
        | ((nodes["pos"] == 0) == inner)
        | (nodes["selector"] != nodes.depths % n_variables)
        | ((nodes.parents < 0) == inner)
    )
    for place in (_LEFT, _RIGHT):
        nodes.children("pos", place)
    if wrong.any():
        row = int(np.argmax(wrong))
        message = (
            f"{nodes.where(row)}: expected finite numbers, pos='s' in the root alone and the selector "
            f"{int(nodes.depths[row]) % n_variables}"
        )
        raise WeightFileError(message)
