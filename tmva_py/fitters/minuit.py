"""Minuit's MIGRAD, by iminuit where it is installed, else SciPy's ways to a minimum."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tmva_py.fitters.base import MOST, Doubles, Estimator, FitResult, Fitter, middle
from tmva_py.fitters.interval import Interval
from tmva_py.options import Option

Function = Callable[[Doubles], float]


class MinuitFitter(Fitter):
    """Follows the slope down from a start; finds the nearest minimum."""

    options = (
        Option(
            "ErrorLevel",
            float,
            1.0,
            minimum=1e-10,
            doc="by how much the value rises at one error: 1 for χ², 0.5 for ln L",
        ),
        Option("PrintLevel", int, -1, doc="how much Minuit prints, from -1"),
        Option("FitStrategy", int, 2, minimum=0, below=3, doc="0 is fast, 2 is careful"),
        Option("PrintWarnings", bool, False, doc="let Minuit warn"),
        Option("UseImprove", bool, True, doc="look for a lower minimum beside the first"),
        Option("UseMinos", bool, True, doc="look along each parameter for a lower minimum"),
        Option("SetBatch", bool, False, doc="write no lines"),
        Option("MaxCalls", int, 1000, minimum=1, below=MOST, doc="values of the estimator, roughly"),
        Option("Tolerance", float, 0.1, minimum=0, doc="how near to the minimum is near enough"),
    )

    @property
    def expected_sets(self) -> int:
        """The largest number of calls."""
        return int(self.values["MaxCalls"])

    def run(
        self, estimator: Estimator, ranges: Sequence[Interval], start: Doubles | None = None
    ) -> FitResult:
        """Return the minimum that is found from the start."""
        if not self.values["SetBatch"]:
            self.log.info("<MinuitFitter> Fitting, please be patient ... ")
        parameters = np.array(middle(ranges) if start is None else start, np.float64)
        free = [number for number, one in enumerate(ranges) if one.width > 0]
        first, low, high = (
            np.array(one)[free]
            for one in (parameters, [one.minimum for one in ranges], [one.maximum for one in ranges])
        )
        best = FitResult(parameters.copy(), float(estimator(parameters[None, :])[0]))

        def function(values: Doubles) -> float:
            nonlocal best
            inside = np.minimum(np.maximum(values, low), high)
            # Where a function is flat, Minuit may ask for what is no number.
            if np.isnan(inside).any():
                inside = np.where(np.isnan(inside), first, inside)
            parameters[free] = inside
            value = float(estimator(parameters[None, :])[0])
            if value < best.value:
                best = FitResult(parameters.copy(), value)
            return value

        if free:
            fit = _with_iminuit if importlib.util.find_spec("iminuit") else _with_scipy
            fit(function, [ranges[number] for number in free], parameters[free], self.values)
        return best


def _with_iminuit(function: Function, ranges: Sequence[Interval], start: Doubles, options: Any) -> None:
    from iminuit import Minuit

    minuit = Minuit(function, start)
    minuit.limits = [(one.minimum, one.maximum) for one in ranges]
    minuit.errors = [one.width / 100.0 for one in ranges]
    minuit.errordef = options["ErrorLevel"]
    minuit.print_level = max(0, options["PrintLevel"])
    minuit.strategy = options["FitStrategy"]
    minuit.tol = options["Tolerance"]
    minuit.migrad(ncall=options["MaxCalls"])
    if options["UseImprove"]:
        minuit.simplex(ncall=options["MaxCalls"])
        minuit.migrad(ncall=options["MaxCalls"])
    if options["UseMinos"] and minuit.valid:
        minuit.minos(ncall=500)


def _with_scipy(function: Function, ranges: Sequence[Interval], start: Doubles, options: Any) -> None:
    from scipy.optimize import minimize

    bounds = [(one.minimum, one.maximum) for one in ranges]
    calls = options["MaxCalls"]
    found = minimize(function, start, method="L-BFGS-B", bounds=bounds, options={"maxfun": calls})
    if options["UseImprove"]:
        minimize(
            function, found.x, method="Nelder-Mead", bounds=bounds,
            options={"maxfev": calls, "xatol": 1e-8, "fatol": 1e-10},
        )  # fmt: skip
