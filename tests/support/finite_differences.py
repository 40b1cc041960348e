"""Numerical derivatives: central differences with Richardson's extrapolation, in double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

# Three step sizes h, h/2, h/4 cancel the errors of order h² and h⁴: h⁶·f⁽⁷⁾/(64·7!) is left, below 1e-12 for
# the functions here, about what rounding adds (1e-16·|f|/h).
STEP = 2.0**-6
# Gradients smaller than this are compared absolutely: little but the rounding is left of the difference.
FLOOR = 1e-2


def derivative(value: Callable[[], float], move: Callable[[float], None]) -> float:
    """Return d value/d s at s = 0, where ``move(s)`` sets the place."""

    def central(step: float) -> float:
        move(step)
        above = value()
        move(-step)
        return (above - value()) / (2 * step)

    first, second, third = (central(STEP / 2**k) for k in range(3))
    move(0.0)
    better = [(4 * second - first) / 3, (4 * third - second) / 3]
    return (16 * better[1] - better[0]) / 15


def worst_error(
    value: Callable[[], float],
    array: npt.NDArray[Any],
    gradient: npt.NDArray[Any],
    *,
    components: int = 6,
    seed: int = 0,
) -> float:
    """Return the largest relative error of `gradient`, the derivative of ``value()`` by `array`.

    Compared are a random selection of components (all, when there are no more than `components`), and the
    derivative along one random direction, in which every component takes part.
    """
    assert array.shape == gradient.shape, (array.shape, gradient.shape)
    random = np.random.default_rng(seed)
    start = array.copy()
    flat = np.arange(array.size)
    if array.size > components:
        flat = random.choice(array.size, components, replace=False)
    worst = 0.0
    scale = max(float(np.abs(gradient).max()), FLOOR)
    for number in flat:
        index = np.unravel_index(number, array.shape)

        def move(step: float, index: tuple[Any, ...] = index) -> None:
            array[index] = start[index] + step

        worst = max(worst, abs(derivative(value, move) - gradient[index]) / scale)
    direction = random.normal(size=array.shape)
    direction /= np.linalg.norm(direction)

    def move_all(step: float) -> None:
        array[...] = start + step * direction

    along = float((gradient * direction).sum())
    worst = max(worst, abs(derivative(value, move_all) - along) / scale)
    array[...] = start
    return worst
