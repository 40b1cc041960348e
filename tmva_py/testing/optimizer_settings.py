"""Whether what an optimiser is told has any effect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.functions.optimizers import Optimizer
from tmva_py.options import Option
from tmva_py.testing.overrides import ReferenceBackend
from tmva_py.testing.report import expect

Array = npt.NDArray[Any]

SIZE, STEPS = 11, 6
RATES = (0.01, 0.03)
MOMENTA = (0.0, 0.9)


def check_effects(cls: type[Optimizer]) -> str:
    """Compare some steps with two learning rates, two momenta and other values of each setting.

    Raises
    ------
    MismatchError
        Something has no effect, or the momentum has one although the class says otherwise.
    """
    usual = _walk(cls)
    expect(
        not np.array_equal(_walk(cls, learning_rate=RATES[1]), usual),
        f"learning_rate has no effect: after {STEPS} steps parameter[0] is {usual[0]:.9g} with {RATES[0]} "
        f"and with {RATES[1]}\n  likely cause: update does not use self.learning_rate",
    )
    moving = _walk(cls, momentum=MOMENTA[1])
    same = np.array_equal(moving, usual)
    expect(
        not (cls.uses_momentum and same),
        f"uses_momentum is true, but after {STEPS} steps parameter[0] is {usual[0]:.9g} with a momentum of "
        f"{MOMENTA[0]} and of {MOMENTA[1]}\n  likely cause: update does not use self.momentum",
    )
    expect(
        cls.uses_momentum or same,
        f"uses_momentum is false, but after {STEPS} steps parameter[0] is {usual[0]:.9g} with a momentum of "
        f"{MOMENTA[0]} and {moving[0]:.9g} with {MOMENTA[1]}: say uses_momentum = True",
    )
    for option in cls.options:
        tried = _values_without_effect(cls, option)
        expect(
            not tried,
            f"setting {option.name!r} has no effect: after {STEPS} steps parameter[0] is {usual[0]:.9g} "
            f"with {option.default} and with {', '.join(map(str, tried))}\n"
            f"  likely cause: update does not use self.settings[{option.name!r}]",
        )
    named = ("learning_rate", *(["momentum"] if cls.uses_momentum else []), *(o.name for o in cls.options))
    return ", ".join(named)


def _values_without_effect(cls: type[Optimizer], option: Option) -> list[float]:
    """Return the values of a setting that were tried in vain; none when one of them has an effect."""
    # A setting may matter only beside another, as that of a momentum that is zero by default.
    beside: list[dict[str, float]] = [{}, {"momentum": MOMENTA[1]}]
    beside += [
        {other.name: 1.0 if other.allows(1.0) else 0.5} for other in cls.options if other is not option
    ]
    tried = []
    for others in beside:
        for value in _other_values(float(option.default)):
            try:
                found, usual = _walk(cls, **others, **{option.name: value}), _walk(cls, **others)
            except Exception:  # noqa: BLE001 - a value that the optimiser refuses
                continue
            if not np.array_equal(found, usual):
                return []
            tried.append(value)
    return list(dict.fromkeys(tried))


def _other_values(default: float) -> Iterable[float]:
    """Return values of which one matters, whether the setting is a share, a tiny number or a count."""
    return dict.fromkeys(
        value
        for value in (default / 2, default + 0.125, 0.5, 0.0, 1.0, 2.0, 10 * default)
        if value != default
    )


def _walk(
    cls: type[Optimizer], *, learning_rate: float = RATES[0], momentum: float = MOMENTA[0], **settings: float
) -> Array:
    backend = ReferenceBackend("float64")
    made = cls(learning_rate=learning_rate, momentum=momentum, **settings)
    made.start(backend, SIZE)
    parameters = np.linspace(-1.0, 1.0, SIZE)
    random = np.random.default_rng(5)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            made.step(parameters, random.normal(size=SIZE))
    # Comparable also where a value leads to not-a-numbers.
    return np.nan_to_num(parameters, nan=1e300, posinf=1e301, neginf=-1e301)
