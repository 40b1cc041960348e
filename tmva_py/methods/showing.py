"""What a method shows of itself: what it is, its inputs, and the options that are not the usual ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tmva_py.data import AnalysisType, DataSetInfo
from tmva_py.html_tables import html_table
from tmva_py.options import OptionValues

_MOST_INPUTS = 5
_LONGEST_LINE = 160
_LONGEST_TEXT = 400


def line_of(what: str, info: DataSetInfo, analysis_type: AnalysisType, options: OptionValues) -> str:
    """Return one line: analysis, the first variables, and the options that differ from their defaults."""
    labels = [one.label for one in info.variables]
    more = ", …" if len(labels) > _MOST_INPUTS else ""
    inputs = f"{len(labels)} variables ({', '.join(labels[:_MOST_INPUTS])}{more})"
    settings = ":".join(f"{name}={_text(value)}" for name, (value, _) in options.changed().items())
    return ", ".join(
        [f"{what}: {analysis_type} of {inputs}", *([_cut(settings, _LONGEST_LINE)] if settings else [])]
    )


def table_of(
    caption: str, info: DataSetInfo, options: OptionValues, facts: Iterable[tuple[str, object]] = ()
) -> str:
    """Return a table of facts, inputs, and options beside their defaults; every text is escaped."""
    rows: list[Sequence[object]] = [("", name, value, "") for name, value in facts]
    for kind, listed in (
        ("variable", info.variables),
        ("spectator", info.spectators),
        ("target", info.targets),
    ):
        rows += [(kind, one.label, one.expression, "") for one in listed]
    rows += [
        ("option", name, _cut(_text(value), _LONGEST_TEXT), _cut(_text(usual), _LONGEST_TEXT))
        for name, (value, usual) in options.changed().items()
    ]
    return html_table(caption, ("", "name", "value", "default"), rows)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
