"""The random numbers of CFMlpANN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_PART, _DIGITS = np.uint64(4096), np.uint64(12)
# Factor and first state, as three digits of 12 bits each.
_FACTOR = (3823, 4006, 2903)
# Not quite powers of two: the constants have nine digits.
_WEIGHTS = (2.44140625e-4, 5.96046448e-8, 1.45519152e-11)


class CongruentialRandom:
    """A generator modulo 2³⁶ (K. D. Senne, J. Stochastics 1 (1974) 215), in its first state."""

    def __init__(self) -> None:
        first, second, third = _FACTOR
        self._factor = (first << 24) + (second << 12) + third
        self._state = self._factor

    def uniform(self, count: int) -> npt.NDArray[np.float64]:
        """Return the next numbers, between 0 and 1."""
        # Products are taken modulo 2⁶⁴, of which 2³⁶ is a divisor.
        factors = np.full(count, self._factor, np.uint64)
        if count:
            factors[0] = np.uint64(self._state * self._factor % 2**64)
        states = np.multiply.accumulate(factors) % np.uint64(2**36)
        if count:
            self._state = int(states[-1])
        low = states % _PART
        middle = (states >> _DIGITS) % _PART
        high = states >> np.uint64(24)
        digits = (one.astype(np.float64) for one in (high, middle, low))
        terms = [weight * one for weight, one in zip(_WEIGHTS, digits, strict=True)]
        numbers: npt.NDArray[np.float64] = terms[0] + terms[1] + terms[2]
        return numbers
