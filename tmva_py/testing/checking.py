"""Every check of a kind, for one class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tmva_py.errors import OptionError, UnknownNameError, did_you_mean
from tmva_py.plugins import Registry, default_registry
from tmva_py.testing import (
    activation_checks,
    backend_checks,
    function_checks,
    layer_checks,
    loss_checks,
    method_checks,
    optimizer_checks,
    transformation_checks,
)
from tmva_py.testing.report import Check, Checklist, CheckReport
from tmva_py.testing.subject import Subject

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "layer": layer_checks.CHECKS,
    "backend": backend_checks.CHECKS,
    "method": method_checks.CHECKS,
    "optimizer": optimizer_checks.CHECKS,
    "loss": loss_checks.CHECKS,
    "regularization": function_checks.REGULARIZATION_CHECKS,
    "initializer": function_checks.INITIALIZER_CHECKS,
    "activation": activation_checks.CHECKS,
    "output": function_checks.OUTPUT_CHECKS,
    "transformation": transformation_checks.CHECKS,
}
"""What is checked of each kind, in this order."""


def check(
    kind: str,
    what: str | Callable[..., Any],
    *,
    input_shape: tuple[int, ...] | None = None,
    options: str | None = None,
    registry: Registry | None = None,
    raise_errors: bool = True,
) -> CheckReport:
    """Make every check of a plugin's class.

    Parameters
    ----------
    kind : str
        One of `tmva_py.plugins.KINDS`, as ``"layer"``.
    what : str or callable
        The name or the class; for a layer also a layout entry (``"PEEPHOLE|3|0|0|0|1"``) or what returns a
        new layer.
    input_shape : tuple of int, optional
        For a layer: the shape of one event; otherwise what fits is found by trial.
    options : str, optional
        For a method: its option string; otherwise the class's ``check_options``, or none.
    registry : Registry, optional
        Where names are looked up. By default the built-in classes and those of the distribution that
        provides `what`, so that no other plugin takes part.
    raise_errors : bool, default True
        Raise when a check fails; otherwise the report says so.

    Returns
    -------
    CheckReport
        One row for each check.

    Raises
    ------
    PluginCheckError
        A check failed; the message has every failure with its place, both numbers and the likely cause.

    Examples
    --------
    >>> check("layer", "DENSE|3|TANH", input_shape=(4,)).passed
    True
    """
    if kind not in CHECKS:
        message = f"unknown kind of plugin {kind!r}{did_you_mean(kind, CHECKS)}; known: {', '.join(CHECKS)}"
        raise UnknownNameError(message)
    for argument, value, of in (("input_shape", input_shape, "layer"), ("options", options, "method")):
        if value is not None and kind != of:
            message = f"{argument} {value!r} is for a {of}, not for a class of kind {kind}"
            raise OptionError(message)
    registry = _registry_of(kind, what) if registry is None else registry
    name = what if isinstance(what, str) else getattr(what, "__qualname__", type(what).__qualname__)
    checklist = Checklist(f"{kind} {name!r}")
    if kind == "layer":
        checklist.run(CHECKS[kind], layer_checks.LayerSubject(what, input_shape, registry))
        return checklist.report(raise_errors=raise_errors)
    subject: Subject[Any] = Subject.of(kind, what, registry)
    if kind == "method":
        method_checks.run_checks(checklist, subject, options)
    elif kind == "backend":
        backend_checks.run_checks(checklist, subject)
    else:
        checklist.run(CHECKS[kind], subject)
    return checklist.report(raise_errors=raise_errors)


def _registry_of(kind: str, what: object) -> Registry:
    """Return the process's registry, without the plugins of other distributions than that of a name."""
    registry = default_registry()
    name = str(what).split("|")[0].strip().casefold()
    distributions = {
        record.distribution
        for record in registry.records()
        if record.kind == kind and name in record.name.casefold().split("|")
    }
    return registry.only(distributions.pop()) if len(distributions) == 1 else registry
