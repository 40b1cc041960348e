"""Seeds of dropout masks that stand on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Array = Any

# A seed is below this number.
SEEDS = 2**63


class DeviceSeeds:
    """Takes the place of a generator where a step is repeated by the device alone.

    A number that the host draws would be the same in every repetition; these are read when the mask is made,
    from arrays that another kernel has filled by then.

    Parameters
    ----------
    seeds : sequence of Array
        The places of the seeds, (1,) each, in the order in which the layers of a step ask for them.
    """

    def __init__(self, seeds: Sequence[Array]) -> None:
        self._seeds = tuple(seeds)
        self._asked = 0

    def start_step(self) -> None:
        """Begin with the first place again."""
        self._asked = 0

    def next(self) -> Array:
        """Return the place of the next seed."""
        self._asked += 1
        return self._seeds[self._asked - 1]
