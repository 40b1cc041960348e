"""The fitters by the value of ``FitMethod``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tmva_py.fitters.annealing import AnnealingFitter
from tmva_py.fitters.base import Fitter
from tmva_py.fitters.genetic import GeneticFitter
from tmva_py.fitters.minuit import MinuitFitter
from tmva_py.fitters.monte_carlo import MonteCarloFitter

FITTERS: Mapping[str, type[Fitter]] = MappingProxyType(
    {"GA": GeneticFitter, "SA": AnnealingFitter, "MC": MonteCarloFitter, "MINUIT": MinuitFitter}
)
"""By the name in option strings."""
