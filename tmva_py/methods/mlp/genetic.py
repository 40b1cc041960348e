"""Training by a genetic algorithm: sets of weights mate and mutate."""

from __future__ import annotations

import numpy as np

from tmva_py.data import DataSetInfo
from tmva_py.errors import TrainingError
from tmva_py.fitters import GeneticFitter, Interval
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.methods.mlp.sample import Sample
from tmva_py.methods.mlp.training import Network
from tmva_py.methods.releases import Release

# Where weights may be.
_LARGEST_WEIGHT = 5.0


def weight_ranges(x: Floats, n_weights: int, info: DataSetInfo, release: Release) -> list[Interval]:
    """Return where each weight may be.

    In TMVA the first weights, as many as there are variables, are between 0 and the length of a variable's
    range, all others are 0.
    """
    if not release.searches_in_variable_ranges:
        return [Interval(-_LARGEST_WEIGHT, _LARGEST_WEIGHT)] * n_weights
    lengths = (x.max(axis=0) - x.min(axis=0)).astype(np.float64).tolist()[: len(info.variables)]
    return [Interval(0.0, length) for length in (*lengths, *[0.0] * n_weights)[:n_weights]]


def train_genetically(
    network: Network, sample: Sample, ranges: list[Interval], fitter: GeneticFitter, log: MessageLog
) -> None:
    """Give the network the best weights that are found; Ctrl-C ends the search with those so far.

    Raises
    ------
    TrainingError
        No set of weights has an estimator that is a number.
    """
    log.info("Minimizing Estimator with GA")
    smallest, best = np.inf, network.weights

    def estimators(sets: Doubles) -> Doubles:
        nonlocal smallest, best
        values = np.empty(len(sets))
        for number, weights in enumerate(sets):
            network.weights = np.ascontiguousarray(weights, np.float64)
            values[number] = network.estimator(sample)
            if values[number] < smallest:
                smallest, best = values[number], network.weights.copy()
        return values

    try:
        fitter.run(estimators, ranges)
    except KeyboardInterrupt:
        if not np.isfinite(smallest):
            raise
        log.warning("interrupted: the search ends with the weights so far")
    if not np.isfinite(smallest):
        message = "no set of weights has an estimator that is a number; try VarTransform=N"
        raise TrainingError(message)
    network.weights = best
    log.info(f"GA: estimator after optimization: {smallest:g}")
