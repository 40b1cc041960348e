"""What MethodKNN learns: the training events, and how the nearest of them answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import DataError, WeightFileError
from tmva_py.kernels.linear import rounded_sums
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.knn.local_discriminant import signal_probability
from tmva_py.methods.knn.neighbours import Neighbours
from tmva_py.methods.knn.scaling import Scaling, trimmed
from tmva_py.methods.model import Model, ReadContext
from tmva_py.options import OptionValues
from tmva_py.weights import Column, Rows, Sinks, tables
from tmva_py.xml_text import format_double, read_integer, where

Array = npt.NDArray[Any]

SIGNAL, BACKGROUND = 1, 2
"""What weight files call the classes."""

# TMVA looks for more than it uses.
_SPARE = 2
_BLOCK = 2048


@dataclass(frozen=True)
class Settings:
    """How the nearest events answer; attributes are those of MethodKNN's options."""

    n_nearest: int
    scale_fraction: float
    balance_depth: int
    sigma_factor: float
    kernel: str
    uses_weight: bool
    uses_lda: bool
    trims: bool

    @classmethod
    def of(cls, values: OptionValues) -> Self:
        """Return what the options say; `kernel` is empty without one."""
        return cls(
            values["nkNN"],
            values["ScaleFrac"],
            values["BalanceDepth"],
            values["SigmaFact"],
            values["Kernel"] if values["UseKernel"] else "",
            values["UseWeight"],
            values["UseLDA"],
            values["Trim"],
        )

    @property
    def n_wanted(self) -> int:
        """How many events are looked for."""
        return self.n_nearest + _SPARE


@dataclass(frozen=True, eq=False)
class KNNModel(Model):
    """Training events.

    Attributes
    ----------
    x : ndarray of float32, shape (n, n_variables)
        Variables.
    targets : ndarray of float32, shape (n, n_targets)
        Regression targets.
    weight : ndarray of float64, shape (n,)
        Weights.
    kind : ndarray of int8, shape (n,)
        `SIGNAL` or `BACKGROUND`.
    settings : Settings
        How they answer.
    is_regression : bool
        Whether targets are estimated.
    """

    sinks: ClassVar[Sinks] = {"Event": Rows({"Type": Column("i1"), "Weight": Column("f8")}, text="f4")}

    x: Floats
    targets: Floats
    weight: Doubles
    kind: Array
    settings: Settings
    is_regression: bool

    def respond(self, inputs: Inputs) -> Responses:
        """Return the part of signal among the nearest events, or the mean of their targets."""
        x = inputs.x
        parts = [self._answers(x[start : start + _BLOCK], start) for start in range(0, len(x), _BLOCK)]
        if not parts:
            return Responses(np.empty((0, self.targets.shape[1])) if self.is_regression else np.empty(0))
        return Responses(parts[0] if len(parts) == 1 else np.concatenate(parts))

    def _answers(self, x: Floats, first: int) -> Doubles:
        queries = self.scaling.apply(x)
        numbers, distances = self._neighbours.nearest(queries, self.settings.n_wanted, self._backend)
        if self.is_regression:
            return self._means(numbers)
        if self.settings.uses_lda:
            return signal_probability(queries, self._scaled[numbers], self._is_signal[numbers])
        n = self.settings.n_nearest
        used = numbers[:, :n]
        if not self.settings.uses_weight:
            share: Doubles = self._is_signal[used].sum(axis=1) / float(n)
            return share
        if not self.settings.kernel:
            weight, of_signal = self._weight[used], self._signal_weight[used]
        else:
            weight = self._weight[used] * self._kernel(x, numbers, distances, first)
            of_signal = np.where(self._is_signal[used], weight, 0.0)
        # One after the other, as TMVA adds.
        total, signal = (np.add.accumulate(one, axis=1)[:, -1] for one in (weight, of_signal))
        if np.count_nonzero(total > 0) != len(total):
            event = first + int(np.argmax(~(total > 0)))
            message = (
                f"KNN: the nearest events of event {event} have no weight with Kernel={self.settings.kernel}"
            )
            raise DataError(message)
        return signal / total

    def _kernel(self, x: Floats, numbers: Array, distances: Floats, first: int) -> Doubles:
        n = self.settings.n_nearest
        far = distances.astype(np.float64)
        # Events at the same place say nothing of the width.
        counts = (far > 0) & (np.cumsum(far > 0, axis=1) <= n)
        if not counts.any(axis=1).all():
            event = first + int(np.argmin(counts.any(axis=1)))
            message = (
                f"KNN: all nearest events of event {event} are at its own place, so that a kernel has no "
                "width; book with UseKernel=False"
            )
            raise DataError(message)
        if self.settings.kernel == "Poln":
            radius = np.where(counts, far, 0.0).max(axis=1)
            part = np.sqrt(far[:, :n]) * (1.0 / np.sqrt(radius))[:, None]
            return np.where(part < 1.0, (1.0 - part * part * part) ** 3, 0.0)
        # TMVA compares events in units of the variables' widths with a query that is not.
        with np.errstate(over="ignore", invalid="ignore"):
            away = (self._scaled[numbers] - x[:, None, :]).astype(np.float64)
            squares = away * away
            sums = np.add.accumulate(np.where(counts[:, :, None], squares, 0.0), axis=1)[:, -1]
            sigma = abs(self.settings.sigma_factor) * np.sqrt(sums / counts.sum(axis=1)[:, None])
            if not (sigma > 0).all():
                event = first + int(np.argmin((sigma > 0).all(axis=1)))
                message = (
                    f"KNN: a variable has the same value in event {event} and all that are near it, so that "
                    "a Gaussian kernel has no width; book with Kernel=Poln, or without that variable"
                )
                raise DataError(message)
            exponent = np.zeros((len(squares), n))
            for variable in range(squares.shape[2]):
                width = sigma[:, variable, None]
                exponent += squares[:, :n, variable] / (2.0 * width * width)
            return np.exp(-exponent)

    def _means(self, numbers: Array) -> Doubles:
        used = numbers[:, : self.settings.n_nearest]
        targets = self._targets[used]
        if self.settings.uses_weight:
            weights = self._weight[used]
            terms: Array = targets * weights[:, :, None]
            total = np.add.accumulate(weights, axis=1)[:, -1]
        else:
            terms, total = targets, np.full(len(used), float(used.shape[1]))
        # Sums of targets are single precision in TMVA, those of weights are not; one after the other.
        sums = rounded_sums.on(self._backend)(np, terms=terms)
        means: Doubles = (sums / total[:, None]).astype(np.float32).astype(np.float64)
        return means

    # --- what is looked at -----------------------------------------------------------------------------

    @lazy
    def _kept(self) -> Array:
        return trimmed(self.kind) if self.settings.trims else np.arange(len(self.kind))

    @lazy
    def scaling(self) -> Scaling:
        """The units of the variables."""
        return Scaling.of(self.x[self._kept], self.settings.scale_fraction)

    @lazy
    def _scaled(self) -> Floats:
        return self.scaling.apply(self.x[self._kept])

    @lazy
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._scaled, self._weight > 0, self.settings.balance_depth)

    @lazy
    def _weight(self) -> Doubles:
        return self.weight[self._kept]

    @lazy
    def _targets(self) -> Floats:
        return self.targets[self._kept]

    @lazy
    def _is_signal(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self.kind[self._kept] == SIGNAL
        return found

    @lazy
    def _signal_weight(self) -> Doubles:
        return np.where(self._is_signal, self._weight, 0.0)

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    def problem(self) -> str | None:
        """Return why these events cannot answer, or None."""
        if not np.isfinite(self.x).all():
            return "events have values that are not finite"
        if (problem := self.scaling.problem()) is not None:
            return problem
        if self._neighbours.n_points < self.settings.n_wanted:
            return (
                f"nkNN={self.settings.n_nearest} needs {self.settings.n_wanted} events of positive weight, "
                f"there are {self._neighbours.n_points}"
            )
        return None

    # --- weight files ----------------------------------------------------------------------------------

    def write(self, weights: Element) -> None:
        """Write the events."""
        weights.set("NEvents", str(len(self.x)))
        weights.set("NVar", str(self.x.shape[1]))
        weights.set("NTgt", str(self.targets.shape[1]))
        values = np.concatenate([self.x, self.targets], axis=1).astype(np.float64)
        form = " ".join(["%.16e"] * values.shape[1])
        rows = zip(values.tolist(), self.kind.tolist(), self.weight.tolist(), strict=True)
        for row, kind, weight in rows:
            event = SubElement(weights, "Event", Type=str(kind), Weight=format_double(weight))
            event.text = form % tuple(row)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the events of a file."""
        is_regression = context.analysis_type == "Regression"
        sizes = len(context.info.variables), len(context.info.targets) if is_regression else 0
        for name, size in zip(("NVar", "NTgt"), sizes, strict=True):
            if read_integer(weights, name) != size:
                message = f"{where(weights)}: {name}={weights.get(name)!r}, expected {size}"
                raise WeightFileError(message)
        table = tables(weights, cls.sinks)["Event"]
        if read_integer(weights, "NEvents") != len(table):
            found = weights.get("NEvents")
            message = f"{where(weights)}: NEvents={found!r}, but there are {len(table)} events"
            raise WeightFileError(message)
        values, kind, weight = table.matrix(sum(sizes)), table["Type"], table["Weight"]
        wrong = ~np.isin(kind, (SIGNAL, BACKGROUND)) | ~np.isfinite(values).all(axis=1) | ~np.isfinite(weight)
        if wrong.any():
            row = int(np.argmax(wrong))
            message = (
                f"{table.where(row)}: expected Type 1 or 2 and finite numbers, found Type {kind[row]}, "
                f"Weight {weight[row]:g} and {values[row].tolist()}"
            )
            raise WeightFileError(message)
        x, targets = np.split(values, [sizes[0]], axis=1)
        settings = Settings.of(context.option_values)
        model = cls(
            np.ascontiguousarray(x), np.ascontiguousarray(targets), weight, kind, settings, is_regression
        )
        if settings.n_nearest < 1 or settings.balance_depth < 1:
            problem: str | None = "nkNN and BalanceDepth must be above 0"
        else:
            problem = model.problem()
        if problem is not None:
            message = f"{where(weights)}: {problem}"
            raise WeightFileError(message)
        return model

    def summary(self) -> Mapping[str, Any]:
        """Return how many events there are, and the units of the variables."""
        counts = [int(np.count_nonzero(self.kind == kind)) for kind in (SIGNAL, BACKGROUND)]
        return {
            "n_events": len(self.x),
            "n_signal": counts[0],
            "n_background": counts[1],
            "scales": self.scaling.widths.tolist(),
        }
