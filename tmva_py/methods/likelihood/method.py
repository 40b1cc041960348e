"""MethodLikelihood, booked as ``Types.kLikelihood``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet
from tmva_py.errors import warn
from tmva_py.histograms import (
    PDF,
    Axis,
    FileObject,
    Histogram,
    MakesFileObject,
    PDFSettings,
    separation,
)
from tmva_py.methods.inputs import Doubles, TrainingData
from tmva_py.methods.likelihood.model import LikelihoodModel, class_indices, products_without_one
from tmva_py.methods.likelihood.monitoring import density_objects
from tmva_py.methods.likelihood.options import (
    CLASS_ENDINGS,
    FILE_OPTIONS,
    LIKELIHOOD_OPTIONS,
    density_options,
    settings_of,
)
from tmva_py.methods.likelihood.validation import log_densities
from tmva_py.methods.method import Method
from tmva_py.methods.releases import RELEASES
from tmva_py.options import OptionString, OptionValues
from tmva_py.plugins import hookimpl

_NAMES = ("sig", "bgd")
_END = 1e-10
# Histograms of responses in the ranking.
_RANKING_AXIS = Axis(80, 0.0, 1.0)
_BLOCK = 4096


class MethodLikelihood(Method):
    """Likelihood ratio: the densities of all variables multiplied, signal against signal and background.

    Each variable's distribution in signal and in background is a histogram, smoothed and interpolated. An
    event's response is the product of its signal densities, divided by the sum of this and of that of the
    background. It would be the best there is if the variables were independent of each other; of
    correlations it sees nothing, and ``VarTransform=D`` (each class by its own correlations) or ``PCA``
    removes linear ones only.

    What matters most: that the densities look like the distributions, for each variable. Bins
    (``NAvEvtPerBin``, ``Nbins``), smoothing (``NSmooth``) and interpolation (``PDFInterpol``) are set for all
    or for one, as ``NSmoothSig[0]=20``; the output file shows what they do. ``PDFInterpol=KDE`` needs no
    bins; adaptive kernels may show ripples, so look at the others too. Responses gather at 0 and 1;
    ``TransformOutput`` spreads them.
    """

    names = ("Likelihood",)
    type_name = "Likelihood"
    model = LikelihoodModel
    options = LIKELIHOOD_OPTIONS
    file_options = FILE_OPTIONS
    ranking_discriminator = "Delta Separation"

    density_values: OptionValues
    """The options of the densities."""

    _settings: tuple[tuple[PDFSettings, PDFSettings], ...]
    _densities: tuple[tuple[PDF, PDF], ...] = ()
    _rank: Callable[[], list[tuple[str, float]]] | None = None

    def read_further_options(self, options: OptionString, values: OptionValues) -> None:
        """Read the options of the densities."""
        del values
        self.density_values = options.parse(density_options(len(self.info.variables)))

    def process_options(self, dataset: DataSet | None) -> None:
        """Settle how each density is made."""
        del dataset
        self.signal_reference_cut = 0.0 if self.option_values["TransformOutput"] else 0.5
        pairs = (
            [settings_of(self.density_values, number, ending) for ending in CLASS_ENDINGS]
            for number in range(len(self.info.variables))
        )
        self._settings = tuple((signal, background) for signal, background in pairs)

    def train(self, dataset: TrainingData) -> LikelihoodModel:
        """Return the densities of the training events."""
        indices = class_indices(self.info.signal_class_index)
        is_signal = dataset.training.class_index == self.info.signal_class_index
        by_class = [dataset.for_class(index).training.x for index in indices]
        fewest = min(int(np.count_nonzero(is_signal)), int(np.count_nonzero(~is_signal)))
        self.log.info("Filling reference histograms")
        # The weight of an event is single precision here.
        weights = dataset.training.weight.astype(np.float32)
        filled = []
        for number, settings in enumerate(self._settings):
            columns = [x[:, number].astype(np.float64) for x in by_class]
            low = min(float(column.min()) for column in columns)
            high = max(float(column.max()) for column in columns)
            histograms = []
            for which, chosen in enumerate((is_signal, ~is_signal)):
                axis, end = self._axis(number, low, high, settings[which].bins_for(fewest))
                values = columns[which][chosen]
                values = np.where(values >= end, end - _END, values)
                histograms.append(Histogram.fill(axis, values, weights[chosen], in_single=True))
            filled.append(histograms)
        self.log.info("Building PDF out of reference histograms")
        self._densities = tuple(
            (self._density(number, 0, signal), self._density(number, 1, background))
            for number, (signal, background) in enumerate(filled)
        )
        for line in (line for pair in self._densities for one in pair for line in one.remarks()):
            self.log.warning(line)
            warn(f"{self.owner}: {line}")
        for variable, pair in zip(self.info.variables, self._densities, strict=True):
            log_densities(pair, variable.label, self.log)
        model = LikelihoodModel(self._densities, self.option_values["TransformOutput"], indices)
        self._rank = partial(
            self._ranking, model, by_class[0], by_class[1], is_signal, dataset.training.weight
        )
        return model

    def _axis(self, number: int, low: float, high: float, n_bins: int) -> tuple[Axis, float]:
        """Return the bins of a variable, and the value that is not reached any more."""
        if self.info.variables[number].type != "I":
            axis = Axis.around(n_bins, low, high)
            return axis, axis.maximum
        # A bin for each whole number.
        first, last = round(low), round(high + 1)
        return Axis(last - first, float(first), float(last)), high + 1

    def _density(self, number: int, which: int, histogram: Histogram) -> PDF:
        ending, variable = _NAMES[which], self.info.variables[number]
        stem = f"{variable.internal_name}_{ending}"
        release = RELEASES[self.option_values["Release"]]
        if not release.names_variables_alone:
            data_set = "" if variable.type == "I" else f"{self.info.name}_"
            stem = f"{data_set}{self.title}_{stem}"
        return PDF(
            histogram,
            self._settings[number][which],
            name=f"{self.title} PDF {CLASS_ENDINGS[which]}[{number}]",
            histogram_name=f"{stem}_original",
            old_smoothing=release.smooths_as_root_5,
        )

    def monitoring(self) -> Mapping[str, FileObject | MakesFileObject]:
        """Return the histograms of each variable: as filled, smoothed, and the density."""
        shown: dict[str, FileObject | MakesFileObject] = {}
        for variable, pair in zip(self.info.variables, self._densities, strict=False):
            shown |= density_objects(variable.internal_name, pair)
        return shown

    def _ranking(
        self,
        model: LikelihoodModel,
        signal: npt.NDArray[np.float32],
        background: npt.NDArray[np.float32],
        is_signal: npt.NDArray[np.bool_],
        weight: Doubles,
    ) -> list[tuple[str, float]]:
        """Return how much smaller the separation of the training responses is without each variable."""
        n_variables = len(model.densities)
        responses = np.empty((n_variables + 1, len(weight)))
        for start in range(0, len(weight), _BLOCK):
            block = slice(start, start + _BLOCK)
            both = (list(factors) for factors in model.factors(signal[block], background[block]))
            products = zip(*(products_without_one(factors) for factors in both), strict=True)
            for number, (of_signal, of_background) in enumerate(products):
                responses[number, block] = model.ratio(of_signal, of_background)
        separations = [
            separation(
                *(
                    Histogram.fill(_RANKING_AXIS, response[chosen], weight[chosen], in_single=True)
                    for chosen in (is_signal, ~is_signal)
                )
            )
            for response in responses
        ]
        return [
            (variable.internal_name, separations[0] - without)
            for variable, without in zip(self.info.variables, separations[1:], strict=True)
        ]

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return how much less signal and background are separated without each variable."""
        return None if self._rank is None else self._rank()


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodLikelihood]
