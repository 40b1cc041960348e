"""From a name to the checks of everything that has it."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.errors import OptionError, UnknownNameError, did_you_mean
from tmva_py.plugins import KINDS, PluginRecord, Registry, default_registry
from tmva_py.testing.checking import check
from tmva_py.testing.report import CheckReport, CheckRow, describe_error


def check_plugin(
    name: str,
    *,
    kind: str | None = None,
    layout: str | None = None,
    input_shape: tuple[int, ...] | None = None,
    options: str | None = None,
    registry: Registry | None = None,
) -> list[CheckReport]:
    """Check everything that is called `name`, or that a distribution of this name provides.

    What other plugins provide takes no part, so that one that is broken does not matter.

    Parameters
    ----------
    name : str
        A name as in option strings (``"PEEPHOLE"``), or a distribution (``"tmva-py-peephole"``).
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
    kinds = tuple(KINDS) if kind is None else (kind,)
    records = registry.records()
    matching = [one for one in records if one.kind in kinds and _has_name(one, name)]
    for one in {one.kind for one in matching if one.status != "ok"}:
        registry.find(one, name)  # raises where two classes have the name
    matching = matching or [one for one in records if one.kind in kinds and _same(one.distribution, name)]
    found = [
        (one.kind, name if _has_name(one, name) else one.name.split("|")[0], registry.only(one.distribution))
        for one in matching
    ]
    failed = [
        _failed(failure.source.record(describe_error(failure.cause)))
        for failure in registry.failures()
        if _same(failure.source.distribution, name) or _same(failure.source.plugin, name)
    ]
    failed += [
        _failed(record)
        for record in records
        if not record.kind
        and record.status.startswith("not loaded")
        and (_same(record.distribution, name) or _same(record.name, name))
    ]
    if not found and not failed:
        known = [part for one in records if one.kind in kinds for part in one.name.split("|")]
        known += sorted({record.distribution for record in records})
        what = kind or "layer, backend, method or other part"
        message = (
            f"no {what} and no distribution is called {name!r}{did_you_mean(name, known)}\n"
            "  `tmva-py plugins` lists what there is"
        )
        raise UnknownNameError("\n  ".join([message, *map(str, registry.failures())]))
    _expect_fitting_arguments(found, name, layout=layout, input_shape=input_shape, options=options)
    reports = []
    for one, found_name, only in found:
        checked = layout if layout is not None and _is_entry_of(layout, found_name, only) else found_name
        reports.append(
            check(
                one,
                checked if one == "layer" else found_name,
                input_shape=input_shape if one == "layer" else None,
                options=options if one == "method" else None,
                registry=only,
                raise_errors=False,
            )
        )
    return reports + failed


def _expect_fitting_arguments(
    found: Sequence[tuple[str, str, Registry]],
    name: str,
    *,
    layout: str | None,
    input_shape: tuple[int, ...] | None,
    options: str | None,
) -> None:
    kinds = {one for one, _, _ in found}
    what = f"{name!r} is {' and '.join(f'of kind {one}' for one in sorted(kinds)) or 'not loaded'}"
    for given, argument, kind in (
        (layout, "layout", "layer"),
        (input_shape, "shape", "layer"),
        (options, "options", "method"),
    ):
        if given is not None and kind not in kinds:
            message = f"{argument} {given!r} is for a {kind}, but {what}"
            raise OptionError(message)
    layers = [(layer, registry) for one, layer, registry in found if one == "layer"]
    if layout is not None and not any(_is_entry_of(layout, *layer) for layer in layers):
        message = (
            f"layout {layout!r} is an entry of {layout.split('|')[0]!r}, but what is checked is "
            f"{' and '.join(repr(layer) for layer, _ in layers)}; write {layers[0][0]}|..."
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


def _has_name(record: PluginRecord, name: str) -> bool:
    return name.casefold() in record.name.casefold().split("|")


def _same(one: str, other: str) -> bool:
    return one.casefold().replace("_", "-") == other.casefold().replace("_", "-")
