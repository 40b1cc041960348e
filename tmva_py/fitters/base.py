"""What a fitter is."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from tmva_py.fitters.interval import Interval
from tmva_py.message_log import MessageLog
from tmva_py.options import Option

Doubles = npt.NDArray[np.float64]

MOST = 2**31
"""ROOT's whole numbers are below this one."""

Estimator: TypeAlias = Callable[[Doubles], Doubles]
"""Gives the values of sets of parameters (N, n_parameters), in order: each may depend on those before.

It may put better parameters into the place of those that it gets; the fitter goes on with these.
"""


@dataclass(frozen=True)
class FitResult:
    """The best parameters that a fitter has found, and the estimator's value there."""

    parameters: Doubles
    value: float


class Fitter(ABC):
    """A way to search for the smallest value of an estimator.

    A fitter hands over as many sets of parameters at once as its random numbers allow without knowing their
    values: for a whole generation, or for all samples.

    Parameters
    ----------
    values : mapping
        A value for each of `options`.
    log : MessageLog
        Where lines go.
    owner : str
        Who fits, for messages.
    """

    options: ClassVar[tuple[Option, ...]] = ()
    """The fitter's own options."""

    def __init__(self, values: Mapping[str, Any], *, log: MessageLog, owner: str = "") -> None:
        self.values = values
        self.log = log
        self.owner = owner
        self.check()

    @property
    @abstractmethod
    def expected_sets(self) -> int:
        """How many sets of parameters are looked at, roughly."""

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Tell at the end how long it took, with TMVA's line."""
        start = time.perf_counter()
        yield
        self.log.info(f"Elapsed time: {time.perf_counter() - start:.3g} sec{' ' * 28}")

    def check(self) -> None:  # noqa: B027 - a hook, empty on purpose
        """Raise an `OptionError` if the options do not go together."""

    @abstractmethod
    def run(
        self, estimator: Estimator, ranges: Sequence[Interval], start: Doubles | None = None
    ) -> FitResult:
        """Return the best parameters.

        Parameters
        ----------
        estimator : callable
            What shall be small.
        ranges : sequence of Interval
            Where each parameter may be.
        start : ndarray, optional
            Where to begin, for fitters that begin somewhere; by default the middle of the ranges.
        """


def middle(ranges: Sequence[Interval]) -> Doubles:
    """Return the middle of the ranges."""
    return np.array([one.middle for one in ranges])
