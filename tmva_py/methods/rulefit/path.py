"""The search for the coefficients: the threshold that leads to the smallest error, and the path to it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tmva_py.backends import Backend
from tmva_py.errors import TrainingError
from tmva_py.kernels.rule_path import Paths, Targets, Terms, Walk, follow_paths, path_values
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.rulefit.sample import Sample, in_order, variance
from tmva_py.methods.rulefit.settings import MOST_TAUS, TAU_STEPS
from tmva_py.options import OptionValues

# Steps from one look at the error to the next.
_STRIDE = 100
# So few thresholds left end the search.
_FEW = 3
# So many times the risk may grow.
_MOST_BAD = 3
# Errors that say whether it still falls.
_LAST_ERRORS = 5
_LARGE = 1e32
_LINE = "-" * 64


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients at the smallest error.

    Attributes
    ----------
    offset : float
        The constant.
    rules, linear : ndarray of float64
        Of the rules and of the linear terms.
    tau, error : float
        The threshold, and the error on the other events.
    step : int
        Where on the path it was.
    """

    offset: float
    rules: Doubles
    linear: Doubles
    tau: float
    error: float
    step: int


class PathSearch:
    """Follows paths on the first events and measures the error on the last ones.

    Raises
    ------
    TrainingError
        The weights of either do not add up to more than 0.
    """

    def __init__(
        self,
        sample: Sample,
        terms: Terms,
        norms: Doubles,
        values: OptionValues,
        log: MessageLog,
        backend: Backend,
    ) -> None:
        self._values, self._log, self._backend = values, log, backend
        n = len(sample)
        n_path = int((n - 1) * values["GDPathEveFrac"]) + 1
        first = n - 1 - int((n - 1) * values["GDValidEveFrac"])
        truth = np.where(sample.is_signal, 1.0, -1.0)
        self._path, self._perf = (
            _Part(
                Terms(
                    np.ascontiguousarray(terms.passes[:, chosen]),
                    np.ascontiguousarray(terms.linear[:, chosen]),
                ),
                truth[chosen],
                sample.weight[chosen],
            )
            for chosen in (slice(0, n_path), slice(first, n))
        )
        for name, part in (("first", self._path), ("last", self._perf)):
            if not part.total > 0:
                message = (
                    f"the weights of the {name} {len(part.weight)} training events, by which coefficients "
                    f"are found, add up to {part.total:g}; mix the events or change GDPathEveFrac"
                )
                raise TrainingError(message)
        path = self._path
        averages = np.array([in_order(path.weight[row != 0]) for row in path.terms.passes]) / path.total
        self._walk = Walk(values["GDStep"], norms, averages, searches=True)
        self._targets = Targets(path.truth, path.weight, 2.0 / path.total)
        self._start = -in_order(path.weight * path.truth) / path.total

    def run(self, advance: Callable[[], None]) -> Fit:
        """Return the coefficients; `advance` is called after each step."""
        self._log.info(
            "GD path scan - the scan stops when the max num. of steps is reached or a min is found"
        )
        n_rules, n_linear = len(self._path.terms.passes), len(self._path.terms.linear)
        tau = self._values["GDTau"]
        searches = tau < 0
        n_taus = min(int(1.0 / self._values["GDTauPrec"]) + 1, MOST_TAUS)
        taus = np.arange(n_taus) * (1.0 / (n_taus - 1)) if searches else np.array([tau])
        paths = Paths(
            np.minimum(taus, 1.0) if searches else taus,
            np.full(len(taus), self._start),
            np.zeros((len(taus), n_rules)),
            np.zeros((len(taus), n_linear)),
        )
        if searches:
            paths = self._find_tau(paths)
        self._log.info("Fitting model...")
        start = time.perf_counter()
        fit, reason, last = self._follow(paths, advance)
        log = self._log
        log.info(f"Minimisation elapsed time : {time.perf_counter() - start:.3g} sec{' ' * 22}")
        log.info(_LINE)
        log.info(f"Found minimum at step {fit.step + 1} with error = {fit.error:g}")
        log.info(f"Reason for ending loop: {reason}")
        log.info(_LINE)
        if fit.step / (TAU_STEPS * searches + self._values["GDNSteps"]) < 0.05:
            log.warning("Reached minimum early in the search")
            log.warning("Check results and maybe decrease GDStep size")
        x, y = np.array(last).T
        if len(x) * float(np.cumsum(x * y)[-1]) - float(np.cumsum(x)[-1]) * float(np.cumsum(y)[-1]) < 0:
            log.info("The error rate was still decreasing at the end of the path")
            log.info("Increase number of steps (GDNSteps).")
        return fit

    def _find_tau(self, paths: Paths) -> Paths:
        """Follow all thresholds; leave those behind that are worse than the best by a deviation of all."""
        self._log.info("Estimating the cutoff parameter tau. The estimated time is a pessimistic maximum.")
        start = time.perf_counter()
        left = np.arange(len(paths.threshold))
        best, done = 0, 0
        while done < TAU_STEPS and (done == 0 or len(left) > _FEW):
            n_steps = 1 if done == 0 else _STRIDE - done % _STRIDE
            chosen = Paths(*(one[left] for one in paths))
            self._steps(chosen, self._walk, n_steps)
            for all_of, own in zip(paths, chosen, strict=True):
                all_of[left] = own
            done += n_steps
            errors = self._risks(self._perf, chosen, apart=True)
            place = int(np.argmin(np.where(np.isnan(errors), np.inf, errors)))
            best = int(left[place])
            spread = variance(in_order(errors * errors), in_order(errors), len(errors))
            with np.errstate(invalid="ignore"):
                left = left[~(errors > errors[place] + np.sqrt(spread))]
        found = Paths(*(one[best : best + 1].copy() for one in paths))
        elapsed = f"{time.perf_counter() - start:.3g} sec"
        self._log.info(f"Best path found with tau = {found.threshold[0]:4.4f} after {elapsed}{' ' * 6}")
        return found

    def _follow(
        self, paths: Paths, advance: Callable[[], None]
    ) -> tuple[Fit, str, list[tuple[float, float]]]:
        """Return the best place of a path, why it ends, and the last errors by length of the path."""
        values = self._values
        walk = self._walk._replace(searches=False)
        most = values["GDNSteps"]
        stride = min(_STRIDE, most)
        best: Fit | None = None
        smallest, before, n_bad, error = _LARGE, _LARGE, 0, 0.0
        last: deque[tuple[float, float]] = deque(maxlen=_LAST_ERRORS)
        done = 0

        def here() -> Fit:
            return Fit(
                float(paths.offset[0]), paths.rules[0].copy(), paths.linear[0].copy(),
                float(paths.threshold[0]), error, done - 1,
            )  # fmt: skip

        while True:
            n_steps = min(1 if done == 0 else stride - done % stride, most - done)
            self._steps(paths, walk, n_steps)
            done += n_steps
            for _ in range(n_steps):
                advance()
            if done == 1 or done % stride == 0:
                risk = float(self._risks(self._path, paths, apart=False)[0])
                if risk > before:
                    n_bad += 1
                    self._log.warning("Risk(i+1)>=Risk(i) in path")
                    if n_bad > _MOST_BAD:
                        self._log.warning("Chaotic behaviour of risk evolution")
                        self._log.warning("--- STOPPING MINIMISATION ---")
                        self._log.warning("This may be OK if minimum is already found")
                is_flat = risk > before and n_bad > _MOST_BAD
                before = risk
                error = float(self._risks(self._perf, paths, apart=False)[0])
                if error <= smallest:
                    smallest, best = error, here()
                last.append(((done - 1) * walk.step, error))
                if error > values["GDErrScale"] * smallest:
                    return best or here(), "clear minima found", list(last)
                if is_flat:
                    return best or here(), "chaotic behaviour of risk", list(last)
            if done == most:
                return best or here(), "end of loop reached", list(last)

    def _steps(self, paths: Paths, walk: Walk, n_steps: int) -> None:
        follow_paths.on(self._backend)(
            self._backend.xp,
            terms=self._path.terms,
            targets=self._targets,
            walk=walk,
            paths=paths,
            n_steps=n_steps,
        )

    def _risks(self, part: _Part, paths: Paths, *, apart: bool) -> Doubles:
        """Return the squared error on each path, with responses kept between -1 and 1."""
        answers = path_values.on(self._backend)(self._backend.xp, terms=part.terms, paths=paths, apart=apart)
        away = part.truth - np.clip(answers, -1.0, 1.0)
        result: Doubles = np.cumsum(away * away * part.weight, axis=1)[:, -1] / part.total
        return result


class _Part:
    """Some of the events."""

    def __init__(self, terms: Terms, truth: Doubles, weight: Doubles) -> None:
        self.terms, self.truth, self.weight = terms, truth, weight
        self.total = in_order(weight)
