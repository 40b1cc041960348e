"""What MethodPDEFoam learns: foams, and how they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from tmva_py.backends import Backend, make_backend
from tmva_py.data import AnalysisType
from tmva_py.errors import WeightFileError
from tmva_py.kernels.linear import rounded_sums
from tmva_py.lazy import lazy
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import Doubles, Floats, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.pdefoam.answers import SELECTIONS, Answers
from tmva_py.methods.pdefoam.foam import Foam
from tmva_py.methods.pdefoam.foam_file import find_foam_file, foam_path, read_foams, write_foams
from tmva_py.methods.pdefoam.foam_text import TAG, write_foam
from tmva_py.methods.pdefoam.foam_text import read_foams as read_foams_of_text
from tmva_py.methods.pdefoam.settings import Settings, foam_names
from tmva_py.weights import Sinks
from tmva_py.xml_text import format_double, where

_BLOCK = 1 << 16
_NOTHING = 1e-10


@dataclass(frozen=True, eq=False)
class PDEFoamModel(Model):
    """Foams.

    Attributes
    ----------
    foams : tuple of Foam
        One; or one each for signal and background, or for each class.
    settings : Settings
        How they answer.
    analysis_type : {"Classification", "Multiclass", "Regression"}
        What was learnt.
    """

    sinks: ClassVar[Sinks] = {}

    foams: tuple[Foam, ...]
    settings: Settings
    analysis_type: AnalysisType

    @lazy
    def _answers(self) -> list[Answers]:
        settings = self.settings
        return [Answers(foam, self._backend, settings.kernel, settings.sigma) for foam in self.foams]

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    def respond(self, inputs: Inputs) -> Responses:
        """Return the part of signal, with its error; the share of each class; or the targets."""
        x = np.ascontiguousarray(inputs.x, np.float32)
        blocks = [x[first : first + _BLOCK] for first in range(0, max(1, len(x)), _BLOCK)]
        if self.analysis_type == "Classification":
            found = [self._signal_part(block) for block in blocks]
            values, errors = (np.concatenate(parts) for parts in zip(*found, strict=True))
            if self.settings.yes_or_no:
                values = np.where(values < 0.5, -1.0, 1.0)
            return Responses(values, errors)
        find = self._targets if self.analysis_type == "Regression" else self._shares
        return Responses(np.concatenate([find(block) for block in blocks]).astype(np.float64))

    def _signal_part(self, x: Floats) -> tuple[Doubles, Doubles]:
        if not self.settings.is_separate:
            found = self._answers[0].of(x, self.foams[0].values).astype(np.float64)
            return found[:, 0], found[:, 1]
        both = [
            answers.of(x, np.stack([answers.foam.densities, answers.foam.values[:, 0]], axis=1))
            for answers in self._answers
        ]
        signal, background = (one.astype(np.float64) for one in both)
        density = signal[:, 0] + background[:, 0]
        part = np.where(density > 0, signal[:, 0] / np.where(density > 0, density, 1.0), 0.5)
        return part, _part_error(signal[:, 1], background[:, 1])

    def _shares(self, x: Floats) -> Floats:
        values = np.concatenate(
            [answers.of(x, answers.foam.values[:, :1]) for answers in self._answers], axis=1
        )
        beside = (values[:, :, None] - values[:, None, :]).astype(np.float64)
        np.exp(beside, out=beside)
        own = np.arange(values.shape[1])
        beside[:, own, own] = 0.0
        norm = rounded_sums.at_hand(np, terms=beside)
        shares: Floats = (1.0 / (1.0 + norm.astype(np.float64))).astype(np.float32)
        return shares

    def _targets(self, x: Floats) -> Floats:
        answers, foam = self._answers[0], self.foams[0]
        if foam.kind == "MultiTarget":
            return answers.targets(x, SELECTIONS[foam.selector])
        return answers.of(x, foam.values[:, :1])

    # --- weight files ----------------------------------------------------------------------------------

    def write(self, weights: Element) -> None:
        """Write attributes and ranges, and the foams; those of a file of its own are taken out again."""
        self.settings.write(weights)
        first = self.foams[0]
        for tag, ends in (("Xmin", first.minimum), ("Xmax", first.maximum)):
            for index, value in enumerate(ends.tolist()):
                SubElement(weights, tag, Index=str(index), Value=format_double(value))
        for foam in self.foams:
            write_foam(foam, weights)

    def write_files(self, weights: Element, path: Path, log: MessageLog) -> None:
        """Write the file of foams beside a weight file, as TMVA does."""
        for element in weights.findall(TAG):
            weights.remove(element)
        file = foam_path(path)
        for foam in self.foams:
            log.info(f"writing foam {foam.name} to file")
        write_foams(file, self.foams, compress=self.settings.compress)
        log.info(f"Foams written to file: {file}")

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the foams in the element, or else in the file beside the weight file.

        Raises
        ------
        WeightFileError
            The element or a foam is damaged, or does not fit variables and classes.
        WeightFileNotFoundError
            There is no file of foams.
        """
        settings = Settings.read(weights)
        info, analysis = context.info, context.analysis_type
        if settings.is_regression != (analysis == "Regression"):
            message = f"{where(weights)}: DoRegression={settings.is_regression:d} in a file of {analysis}"
            raise WeightFileError(message)
        is_multi = settings.is_regression and bool(context.option_values["MultiTargetRegression"])
        n_targets = len(info.targets) if is_multi else 0
        names = foam_names(settings, analysis, len(info.classes), n_targets)
        foams = read_foams_of_text(weights, names) or read_foams(find_foam_file(context), names)
        expected = len(info.variables) + n_targets
        kinds = _kinds(settings, is_multi=is_multi)
        for foam in foams:
            if foam.n_dimensions != expected:
                what = f"{foam.n_dimensions} dimensions, expected {expected}"
                message = f"{where(weights)}: foam {foam.name} has {what}"
                raise WeightFileError(message)
            if foam.kind not in kinds:
                message = f"{where(weights)}: foam {foam.name} is of kind {foam.kind}, expected {kinds[0]}"
                raise WeightFileError(message)
            if foam.kind == "MultiTarget" and foam.selector >= len(SELECTIONS):
                message = f"{where(weights)}: foam {foam.name} has the target selection {foam.selector}"
                raise WeightFileError(message)
        return cls(tuple(foams), settings, analysis)

    def summary(self) -> Mapping[str, Any]:
        """Return how many cells there are, and how they answer."""
        return {
            "foams": {foam.name: len(foam.active) for foam in self.foams},
            "kernel": self.settings.kernel,
        }


def _kinds(settings: Settings, *, is_multi: bool) -> tuple[str, ...]:
    if settings.is_regression:
        return ("MultiTarget",) if is_multi else ("Target",)
    return ("Event",) if settings.is_separate else ("Discriminant", "DecisionTree")


def _part_error(signal: Doubles, background: Doubles) -> Doubles:
    """Return the error of the part of signal, of events counted in a cell of each foam."""
    with np.errstate(all="ignore"):
        errors = [np.where(one == 0, 1.0, np.sqrt(one)) for one in (signal, background)]
        square = (signal + background) * (signal + background)
        first, second = background / square * errors[0], signal / square * errors[1]
        some = (signal > _NOTHING) | (background > _NOTHING)
        return np.where(some, np.sqrt(first * first + second * second), 1.0)
