"""Which plugins are installed, and which of them are loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import metadata

from tmva_py.errors import did_you_mean
from tmva_py.plugins.records import Source

ENTRY_POINT_GROUP = "tmva_py"
RESTRICT_VARIABLE = "TMVA_PY_PLUGINS"
STRICT_VARIABLE = "TMVA_PY_STRICT_PLUGINS"

Installed = tuple[Source, metadata.EntryPoint]


def installed_plugins() -> list[Installed]:
    """Return the entry points of group ``tmva_py`` with their distributions; none is imported."""
    try:
        found = list(metadata.entry_points(group=ENTRY_POINT_GROUP))
    except Exception:  # noqa: BLE001 - one damaged entry_points.txt anywhere stops importlib.metadata
        found = list(_entry_points_one_by_one())
    return [(_source(entry_point), entry_point) for entry_point in found]


def split_by_restriction(
    installed: list[Installed], environment: Mapping[str, str]
) -> tuple[list[Installed], list[Source], list[str]]:
    """Apply ``TMVA_PY_PLUGINS``: what to load, what is left out, a sentence for each unknown name."""
    text = environment.get(RESTRICT_VARIABLE)
    if text is None:
        return installed, [], []
    listed = [name for name in (part.strip() for part in text.split(",")) if name]
    wanted, left_out, used = [], [], set()
    for source, entry_point in installed:
        keys = {source.plugin, f"{source.distribution}:{source.plugin}"} & set(listed)
        used |= keys
        if keys:
            wanted.append((source, entry_point))
        else:
            left_out.append(source)
    names = sorted({source.plugin for source, _ in installed})
    complaints = [
        f"{RESTRICT_VARIABLE} lists {name!r}, but no installed plugin has this name"
        f"{did_you_mean(name, names)}; installed: {', '.join(names) or 'none'}"
        for name in dict.fromkeys(listed)
        if name not in used
    ]
    return wanted, left_out, complaints


def is_strict(environment: Mapping[str, str]) -> bool:
    """Return whether ``TMVA_PY_STRICT_PLUGINS`` makes errors of warnings."""
    return environment.get(STRICT_VARIABLE, "").strip() not in ("", "0")


def _entry_points_one_by_one() -> Iterator[metadata.EntryPoint]:
    seen = set()
    for distribution in metadata.distributions():
        try:
            entry_points = list(distribution.entry_points.select(group=ENTRY_POINT_GROUP))
            name = str(distribution.metadata["Name"]).casefold()
        except Exception:  # noqa: BLE001 - nothing of ours that can be read
            continue
        # The first copy on the path shadows a later one, as it does for imports.
        if entry_points and name not in seen:
            seen.add(name)
            yield from entry_points


def _source(entry_point: metadata.EntryPoint) -> Source:
    name = version = None
    if entry_point.dist is not None:
        try:
            described = entry_point.dist.metadata
            name, version = described["Name"], described["Version"]
        except Exception:  # noqa: BLE001 - a damaged METADATA must not stop the others
            name = version = None
    return Source(entry_point.name, name or "unknown distribution", version or "-", entry_point.value)
