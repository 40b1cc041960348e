"""Which plugins are installed, and which of them are to be loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import metadata

from tmva_py.errors import did_you_mean
from tmva_py.plugins.records import Owner

ENTRY_POINT_GROUP = "tmva_py"
RESTRICT_VARIABLE = "TMVA_PY_PLUGINS"
STRICT_VARIABLE = "TMVA_PY_STRICT_PLUGINS"

Installed = tuple[Owner, metadata.EntryPoint]


def installed_plugins() -> list[Installed]:
    """Return the entry points of group ``tmva_py`` with their distributions; none is imported."""
    try:
        found = list(metadata.entry_points(group=ENTRY_POINT_GROUP))
    except Exception:  # noqa: BLE001 - one damaged entry_points.txt anywhere stops importlib.metadata
        found = list(_entry_points_one_by_one())
    return [(_owner(entry_point), entry_point) for entry_point in found]


def split_by_restriction(
    installed: list[Installed], environment: Mapping[str, str]
) -> tuple[list[Installed], list[Owner], list[str]]:
    """Apply ``TMVA_PY_PLUGINS``.

    Parameters
    ----------
    installed : list
        What `installed_plugins` returned.
    environment : mapping
        Where the variable is read: names of entry points (or ``distribution:name``) separated by commas;
        empty loads none, not set loads all.

    Returns
    -------
    wanted : list
        The entry points to load.
    left_out : list of Owner
        The others.
    complaints : list of str
        One sentence for each listed name that no installed plugin has.
    """
    text = environment.get(RESTRICT_VARIABLE)
    if text is None:
        return installed, [], []
    listed = [name for name in (part.strip() for part in text.split(",")) if name]
    wanted, left_out, used = [], [], set()
    for owner, entry_point in installed:
        keys = {owner.plugin, f"{owner.distribution}:{owner.plugin}"} & set(listed)
        used |= keys
        if keys:
            wanted.append((owner, entry_point))
        else:
            left_out.append(owner)
    names = sorted({owner.plugin for owner, _ in installed})
    complaints = [
        f"{RESTRICT_VARIABLE} lists {name!r}, but no installed plugin has this name"
        f"{did_you_mean(name, names)}; installed: {', '.join(names) or 'none'}"
        for name in dict.fromkeys(listed)
        if name not in used
    ]
    return wanted, left_out, complaints


def is_strict(environment: Mapping[str, str]) -> bool:
    """Return whether ``TMVA_PY_STRICT_PLUGINS`` asks for an error instead of a warning."""
    return environment.get(STRICT_VARIABLE, "").strip() not in ("", "0")


def _entry_points_one_by_one() -> Iterator[metadata.EntryPoint]:
    seen = set()
    for distribution in metadata.distributions():
        try:
            entry_points = list(distribution.entry_points.select(group=ENTRY_POINT_GROUP))
            name = str(distribution.metadata["Name"]).casefold()
        except Exception:  # noqa: BLE001 - not one of ours that can be read
            continue
        # The first copy on the path shadows a later one, as it does for imports.
        if entry_points and name not in seen:
            seen.add(name)
            yield from entry_points


def _owner(entry_point: metadata.EntryPoint) -> Owner:
    name = version = None
    if entry_point.dist is not None:
        try:
            described = entry_point.dist.metadata
            name, version = described["Name"], described["Version"]
        except Exception:  # noqa: BLE001 - a damaged METADATA must not stop the others
            name = version = None
    return Owner(entry_point.name, name or "unknown distribution", version or "-", entry_point.value)
