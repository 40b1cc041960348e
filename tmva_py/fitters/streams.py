"""ROOT's random numbers one at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tmva_py.data.random_numbers import RootRandom

_BLOCK = 4096
# Constants of W. Hörmann and G. Derflinger, OR Spektrum 12 (1990) 181, with the names of their paper.
_C1, _C2, _C3 = 1.448242853, 3.307147487, 1.46754004
_D1, _D2 = 1.036467755, 5.295844968
_D3 = 3.631288474
_HM, _ZM, _HP, _ZP = 0.483941449, 0.107981933, 4.132731354, 18.52161694
_PHLN, _HM1, _HP1, _HZM, _HZMP = 0.4515827053, 0.516058551, 3.132731354, 0.375959516, 0.591923442
_AS, _BS, _CS, _B, _X0 = 0.8853395638, 0.2452635696, 0.2770276848, 0.5029324303, 0.4571828819
_YM, _S, _T = 0.187308492, 0.7270572718, 0.03895759111


def uniform_stream(random: RootRandom) -> Iterator[float]:
    """Yield what calls of ``TRandom3.Rndm`` give; nothing else may draw from `random` meanwhile."""
    while True:
        yield from random.uniform(_BLOCK).tolist()


def gaussian(draws: Iterator[float], mean: float, sigma: float) -> float:
    """Return what ``TRandom3.Gaus`` gives: the acceptance-complement method."""
    return mean + sigma * _standard(draws)


def _standard(draws: Iterator[float]) -> float:
    y = next(draws)
    if y > _HM1:
        return _HP * y - _HP1
    if y < _ZM:
        first = _ZP * y - 1
        return 1 + first if first > 0 else -1 + first
    if y < _HM:
        first = next(draws)
        first = first - 1 + first
        z = 2 - first if first > 0 else -2 - first
        if (_C1 - y) * (_C3 + abs(z)) < _C2:
            return z
        x = first * first
        if (y + _D1) * (_D3 + x) < _D2:
            return first
        if _HZMP - y < math.exp(-(z * z + _PHLN) / 2):
            return z
        if y + _HZM < math.exp(-(x + _PHLN) / 2):
            return first
    while True:
        x = next(draws)
        y = _YM * next(draws)
        z = _X0 - _S * x - y
        if z > 0:
            found = 2 + y / x
        else:
            x = 1 - x
            y = _YM - y
            found = -(2 + y / x)
        if (y - _AS + x) * (_CS + x) + _BS < 0:
            return found
        if y < x + _T and found * found < 4 * (_B - math.log(x)):
            return found
