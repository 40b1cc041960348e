"""``tmva-py check-plugin``: every check of the plugin kit, as a table."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tmva_py.errors import OptionError, TMVAWarning
from tmva_py.plugins import KINDS

if TYPE_CHECKING:
    from tmva_py.testing import CheckReport

FAILED = 1
"""The exit code when a check failed."""


class ShapeType(click.ParamType):  # type: ignore[type-arg]
    """The shape of one event: ``4``, ``10x30`` or ``3,32,32``."""

    name = "shape"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Return the lengths."""
        if isinstance(value, tuple):
            return value
        parts = re.split(r"[x,|]", str(value))
        if not all(part.isascii() and part.isdecimal() and int(part) for part in parts):
            self.fail(f"expected whole numbers of at least 1, as 10x30, got {value!r}", param, ctx)
        return tuple(int(part) for part in parts)


@click.command(name="check-plugin")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(tuple(KINDS)), help="Check one kind only.")
@click.option("--layout", help="For a layer: the layout entry to check, as 'PEEPHOLE|3|0|0|0|1'.")
@click.option("--shape", type=ShapeType(), help="For a layer: the shape of one event, as 10x30.")
@click.option("--options", help="For a method: its option string.")
@click.option("--strict", is_flag=True, help="A check that was skipped counts as failed.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of rows.")
def command(
    names: tuple[str, ...],
    kind: Any,
    layout: str | None,
    shape: tuple[int, ...] | None,
    options: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Check what is called NAME, or all that the distribution NAME provides; several may be given.

    Gradients by finite differences, precision, independent events, threads, a strict device, weight files,
    options and their errors, kernel overrides. The exit code is 1 when a check fails, with --strict also when
    one is skipped.
    """
    if len(names) > 1 and any(given is not None for given in (layout, shape, options)):
        message = "--layout, --shape and --options go with one NAME"
        raise click.UsageError(message)
    from tmva_py.testing import check_plugin

    with warnings.catch_warnings():
        # A plugin that failed to load has a row of its own.
        warnings.simplefilter("ignore", TMVAWarning)
        try:
            reports = [
                report
                for name in dict.fromkeys(names)
                for report in check_plugin(name, kind=kind, layout=layout, input_shape=shape, options=options)
            ]
        except OptionError as error:
            raise click.UsageError(str(error)) from None
    if as_json:
        rows = [
            {"subject": report.subject, "check": row.check, "status": row.status, "detail": row.detail}
            for report in reports
            for row in report.rows
        ]
        click.echo(json.dumps(rows, indent=2))
    else:
        click.echo(table_of(reports, shutil.get_terminal_size((110, 24)).columns))
    skipped = any(row.status == "skipped" for report in reports for row in report.rows)
    if not all(report.passed for report in reports) or (strict and skipped):
        raise SystemExit(FAILED)


def table_of(reports: Sequence[CheckReport], width: int = 110) -> str:
    """Return the reports as tables of text: check, status, detail.

    Parameters
    ----------
    reports : sequence of CheckReport
        What to show.
    width : int, default 110
        Characters in a line.
    """
    lines: list[str] = []
    for report in reports:
        lines += [report.subject, "-" * len(report.subject)]
        first = max(len(row.check) for row in report.rows)
        second = max(len(row.status) for row in report.rows)
        room = max(40, width - first - second - 4)
        for row in report.rows:
            parts = [part for line in row.detail.split("\n") for part in _wrapped(line, room)] or [""]
            for number, part in enumerate(parts):
                check, status = (row.check, row.status) if not number else ("", "")
                lines.append(f"{check:<{first}}  {status:<{second}}  {part}".rstrip())
        failed, skipped = (
            sum(row.status == status for row in report.rows) for status in ("failed", "skipped")
        )
        closing = f"{failed} failed" if failed else "all passed" if not skipped else f"{skipped} not checked"
        lines += [closing, ""]
    return "\n".join(lines).rstrip()


def _wrapped(line: str, room: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, room, subsequent_indent=indent, break_long_words=False) or [""]
