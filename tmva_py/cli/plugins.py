"""``tmva-py plugins``: what is registered, by whom, and what failed to load."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence

import click

from tmva_py.plugins import KINDS, PluginRecord, default_registry

_COLUMNS = ("kind", "name", "class", "distribution", "version", "status")


@click.command(name="plugins")
@click.option("--kind", type=click.Choice(tuple(KINDS)), help="List one kind only.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of records.")
def command(kind: str | None, as_json: bool) -> None:
    """List what is registered, by whom, and what failed to load."""
    # What failed has no kind and is listed always: it may be what is looked for.
    records = [record for record in default_registry().records() if kind is None or record.kind in ("", kind)]
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(record) for record in records], indent=2))
    elif sys.stdout.isatty():
        _print_table(records)
    else:
        click.echo(plain_table(records))


def plain_table(records: Sequence[PluginRecord]) -> str:
    """Return the records as columns of text, the header first.

    Parameters
    ----------
    records : sequence of PluginRecord
        What to list.
    """
    rows = [_COLUMNS, *(_cells(record) for record in records)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cells(record: PluginRecord) -> tuple[str, ...]:
    # A failure may have a message of several lines; a row has one.
    return tuple(
        " ".join(cell.split()) or "-"
        for cell in (
            record.kind,
            record.name,
            record.class_name,
            record.distribution,
            record.version,
            record.status,
        )
    )


def _print_table(records: Sequence[PluginRecord]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*_COLUMNS)
    for record in records:
        style = "" if record.status == "ok" else "red"
        table.add_row(*(Text(cell, style=style, overflow="fold") for cell in _cells(record)))
    Console().print(table)
