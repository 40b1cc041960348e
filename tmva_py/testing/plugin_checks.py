"""From a name to the checks of everything that has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tmva_py.errors import OptionError, UnknownNameError, did_you_mean
from tmva_py.plugins import KINDS, Kind, PluginRecord, Registry, default_registry
from tmva_py.testing.activation_checks import check_activation
from tmva_py.testing.backend_checks import check_backend
from tmva_py.testing.function_checks import check_initializer, check_regularization
from tmva_py.testing.layer_checks import check_layer
from tmva_py.testing.loss_checks import check_loss
from tmva_py.testing.method_checks import check_method
from tmva_py.testing.optimizer_checks import check_optimizer
from tmva_py.testing.report import CheckReport, CheckRow, describe_error
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
        Nothing has this name; the message has the plugins that failed to load.
    OptionError
        An argument is of no use for what has this name: a layout entry of another layer, options of a method.
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
        _failed(failure.owner.record(describe_error(failure.cause)))
        for failure in registry.failed()
        if _same(failure.owner.distribution, name) or _same(failure.owner.plugin, name)
    ]
    failed += [
        _failed(record)
        for record in records
        if not record.kind
        and record.status.startswith("not loaded")
        and (_same(record.distribution, name) or _same(record.name, name))
    ]
    if not found and not failed:
        known = [part for one in kinds for part in registry.names(one)]
        known += sorted({record.distribution for record in records})
        what = kind or "layer, backend, method or other part"
        message = (
            f"no {what} and no distribution is called {name!r}{did_you_mean(name, known)}\n"
            "  `tmva-py plugins` lists what there is"
        )
        raise UnknownNameError("\n  ".join([message, *registry.failures()]))
    _expect_fitting_arguments(found, name, registry, layout=layout, input_shape=input_shape, options=options)
    reports = []
    for one, found_name in found:
        arguments: dict[str, Any] = {}
        checked = found_name
        if one == "layer":
            meant = layout is not None and _is_entry_of(layout, found_name, registry)
            checked = layout if layout is not None and meant else found_name
            arguments["input_shape"] = input_shape
        elif one == "method":
            arguments["options"] = options
        reports.append(CHECKS[one](checked, registry=registry, raise_errors=False, **arguments))
    return reports + failed


def _expect_fitting_arguments(
    found: Sequence[tuple[Kind, str]],
    name: str,
    registry: Registry,
    *,
    layout: str | None,
    input_shape: tuple[int, ...] | None,
    options: str | None,
) -> None:
    kinds = {one for one, _ in found}
    what = f"{name!r} is {' and '.join(f'of kind {one}' for one in sorted(kinds)) or 'not loaded'}"
    for given, argument, kind in (
        (layout, "layout", "layer"),
        (input_shape, "shape", "layer"),
        (options, "options", "method"),
    ):
        if given is not None and kind not in kinds:
            message = f"{argument} {given!r} is for a {kind}, but {what}"
            raise OptionError(message)
    layers = [layer for one, layer in found if one == "layer"]
    if layout is not None and not any(_is_entry_of(layout, layer, registry) for layer in layers):
        message = (
            f"layout {layout!r} is an entry of {layout.split('|')[0]!r}, but what is checked is "
            f"{' and '.join(map(repr, layers))}; write {layers[0]}|..."
        )
        raise OptionError(message)


def _is_entry_of(layout: str, layer: str, registry: Registry) -> bool:
    """Return whether a layout entry begins with a name of a layer."""
    keyword = layout.split("|")[0].strip()
    return registry.knows("layer", keyword) and registry.find("layer", keyword) is registry.find(
        "layer", layer
    )


def _failed(record: PluginRecord) -> CheckReport:
    return CheckReport(
        f"plugin {record.name!r} of {record.distribution} {record.version}",
        (CheckRow("loading", "failed", record.status),),
    )


def _same(one: str, other: str) -> bool:
    return one.casefold().replace("_", "-") == other.casefold().replace("_", "-")
