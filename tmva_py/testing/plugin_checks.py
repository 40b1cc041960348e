"""From a name to the checks of everything that has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tmva_py.errors import UnknownNameError, did_you_mean
from tmva_py.plugins import KINDS, Kind, PluginRecord, Registry, default_registry
from tmva_py.testing.activation_checks import check_activation
from tmva_py.testing.backend_checks import check_backend
from tmva_py.testing.function_checks import check_initializer, check_regularization
from tmva_py.testing.layer_checks import check_layer
from tmva_py.testing.loss_checks import check_loss
from tmva_py.testing.method_checks import check_method
from tmva_py.testing.optimizer_checks import check_optimizer
from tmva_py.testing.report import CheckReport, CheckRow
from tmva_py.testing.transformation_checks import check_transformation

CHECKS: dict[Kind, Callable[..., CheckReport]] = {
    "layer": check_layer,
    "backend": check_backend,
    "method": check_method,
    "optimizer": check_optimizer,
    "loss": check_loss,
    "regularization": check_regularization,
    "initializer": check_initializer,
    "activation": check_activation,
    "transformation": check_transformation,
}


def check_plugin(
    name: str,
    *,
    kind: Kind | None = None,
    layout: str | None = None,
    input_shape: tuple[int, ...] | None = None,
    options: str | None = None,
    registry: Registry | None = None,
) -> list[CheckReport]:
    """Check everything that is called `name`, or that a distribution of this name brings.

    Parameters
    ----------
    name : str
        A name as it stands in option strings (``"PEEPHOLE"``), or a distribution (``"tmva-py-peephole"``).
    kind : str, optional
        Check this kind only.
    layout, input_shape : optional
        For a layer: the entry and the shape of one event to check it with.
    options : str, optional
        For a method: its option string.
    registry : Registry, optional
        Where names are looked up; by default the process's own.

    Returns
    -------
    list of CheckReport
        One for each class; a plugin that failed to load is a report that failed.

    Raises
    ------
    UnknownNameError
        Nothing has this name.
    """
    registry = default_registry() if registry is None else registry
    kinds = KINDS if kind is None else (kind,)
    found = [(one, name) for one in kinds if registry.knows(one, name)]
    records = registry.records()
    if not found:
        found = [
            (one, record.name.split("|")[0])
            for record in records
            for one in kinds
            if record.kind == one and _same(record.distribution, name)
        ]
    failed = [
        _failed(record)
        for record in records
        if not record.kind and (_same(record.distribution, name) or _same(record.name, name))
    ]
    if not found and not failed:
        known = [part for one in kinds for part in registry.names(one)]
        known += sorted({record.distribution for record in records})
        what = kind or "layer, backend, method or other part"
        message = (
            f"no {what} and no distribution is called {name!r}{did_you_mean(name, known)}\n"
            "  `tmva-py plugins` lists what there is"
        )
        raise UnknownNameError(message)
    reports = []
    for one, found_name in found:
        arguments: dict[str, Any] = {}
        checked = found_name
        if one == "layer":
            checked, arguments["input_shape"] = layout or found_name, input_shape
        elif one == "method":
            arguments["options"] = options
        reports.append(CHECKS[one](checked, registry=registry, raise_errors=False, **arguments))
    return reports + failed


def _failed(record: PluginRecord) -> CheckReport:
    return CheckReport(
        f"plugin {record.name!r} of {record.distribution} {record.version}",
        (CheckRow("loading", "failed", record.status),),
    )


def _same(one: str, other: str) -> bool:
    return one.casefold().replace("_", "-") == other.casefold().replace("_", "-")
