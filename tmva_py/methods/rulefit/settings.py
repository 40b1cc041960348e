"""What a booking of MethodRuleFit asks for: options within their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tmva_py.errors import OptionError, warn
from tmva_py.message_log import MessageLog
from tmva_py.options import OptionValues

TAU_STEPS = 1000
"""Steps at most for finding the threshold."""

MOST_TAUS = 100000
"""Thresholds at most that are tried, from 0 to 1."""


def settle(values: OptionValues, owner: str, log: MessageLog) -> OptionValues:
    """Return the options with those out of their range replaced, as TMVA does.

    Raises
    ------
    OptionError
        A value with which nothing can be trained.

    Warns
    -----
    TMVAWarning
        A value is replaced.
    """
    settled: dict[str, Any] = {}

    def check(name: str, low: float, high: float, default: float | None = None) -> None:
        value = values[name]
        if low <= value <= high:
            return
        is_above = value > high
        instead = default if default is not None else high if is_above else low
        settled[name] = type(value)(instead)
        side, kind = "above" if is_above else "below", "new" if default is None else "default"
        shown = _SHOWN.get(name, name)
        log.warning(f"Option <{shown}> {side} allowed range. Reset to {kind} value = {instead:g}")
        warn(f"{owner}: {name}={value:g} is {side} its range, {low:g} to {high:g}; {instead:g} is used")

    check("nTrees", 0, 100000, 20)
    check("MinImp", 0.0, 1.0, 0.0)
    check("GDTauPrec", 1e-5, 0.5)
    check("GDStep", 0.0, 100.0, 0.01)
    check("GDErrScale", 1.0, 100.0, 1.1)
    check("GDPathEveFrac", 0.01, 0.9, 0.5)
    rest = 1.0 - settled.get("GDPathEveFrac", values["GDPathEveFrac"])
    check("GDValidEveFrac", 0.01, rest, rest)
    check("fEventsMin", 0.0, 1.0)
    check("fEventsMax", settled.get("fEventsMin", values["fEventsMin"]), 1.0)
    if values["GDNSteps"] < 1:
        message = f"{owner}: GDNSteps={values['GDNSteps']}, expected 1 or more"
        raise OptionError(message)
    if not 0 <= values["LinQuantile"] < 0.5:
        message = f"{owner}: LinQuantile={values['LinQuantile']:g}, expected 0 to less than 0.5"
        raise OptionError(message)
    return values.updated(settled)


_SHOWN: Mapping[str, str] = {"GDStep": "GDPathStep"}
"""Names of options in TMVA's messages where they are others."""
