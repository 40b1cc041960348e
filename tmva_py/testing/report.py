"""What a check found, as rows of a table and as an error for pytest."""

from __future__ import annotations

import functools
import sysconfig
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tmva_py.errors import PluginError, TMVAError

Status = Literal["ok", "failed", "note", "skipped"]

_PACKAGE = Path(__file__).resolve().parent.parent
_LIBRARIES = Path(sysconfig.get_path("stdlib")).resolve()


class MismatchError(TMVAError):
    """A check found something wrong; the text says what, where, and the likely cause."""


@dataclass(frozen=True)
class CheckRow:
    """One check.

    Attributes
    ----------
    check : str
        What was checked.
    status : {"ok", "failed", "note", "skipped"}
        A note informs and never fails.
    detail : str
        Figures of a check that passed, the reason of one that did not; may have several lines.
    """

    check: str
    status: Status
    detail: str


@dataclass(frozen=True)
class CheckReport:
    """Everything that was checked of one class.

    Attributes
    ----------
    subject : str
        Kind and name, as ``layer 'PEEPHOLE'``.
    rows : tuple of CheckRow
        In the order in which they were checked.
    """

    subject: str
    rows: tuple[CheckRow, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    @property
    def failures(self) -> tuple[CheckRow, ...]:
        """The rows that failed."""
        return tuple(row for row in self.rows if row.status == "failed")

    def text(self) -> str:
        """Return the failures, or a line that all is well."""
        if self.passed:
            return f"{self.subject}: {len(self.rows)} checks, none failed"
        lines = [f"{self.subject}: {len(self.failures)} of {len(self.rows)} checks failed"]
        for row in self.failures:
            detail = row.detail.replace("\n", "\n    ")
            lines.append(f"  {row.check}: {detail}")
        return "\n".join(lines)


class PluginCheckError(TMVAError, AssertionError):
    """A plugin failed a check.

    Attributes
    ----------
    report : CheckReport
        All rows.
    """

    def __init__(self, report: CheckReport) -> None:
        super().__init__(report.text())
        self.report = report


class Check(NamedTuple):
    """An entry of a kind's table: its function returns figures for the report, or raises `MismatchError`.

    After a `needed` one that failed the others are skipped; a `note` informs and never fails.
    """

    title: str
    function: Callable[[Any], str | None]
    needed: bool = False
    note: bool = False


class Checklist:
    """Runs checks one after the other and keeps what they say; one that fails does not stop the others."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.rows: list[CheckRow] = []

    def run(self, checks: Iterable[Check], subject: Any, suffix: str = "") -> None:
        """Run a table of checks on `subject`."""
        missing = ""
        for one in checks:
            title, function = f"{one.title}{suffix}", functools.partial(one.function, subject)
            if missing and not one.note:
                self.skip(title, f"{missing!r} failed")
            elif one.note and not missing:
                self.note(title, function)
            elif not one.note and not self.check(title, function) and one.needed:
                missing = title

    def check(self, name: str, function: Callable[[], str | None]) -> bool:
        """Run a check and return whether it passed."""
        try:
            detail = function() or ""
        except MismatchError as found:
            self.rows.append(CheckRow(name, "failed", str(found)))
            return False
        except (Exception, SystemExit) as error:  # noqa: BLE001 - third-party code may raise anything
            self.rows.append(CheckRow(name, "failed", describe_error(error)))
            return False
        self.rows.append(CheckRow(name, "ok", detail))
        return True

    def note(self, name: str, function: Callable[[], str | None]) -> None:
        """Run something that informs; when it fails it says so and nothing else happens."""
        try:
            detail = function() or ""
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
            detail = str(error) if isinstance(error, MismatchError) else describe_error(error)
        if detail:
            self.rows.append(CheckRow(name, "note", detail))

    def skip(self, name: str, reason: str) -> None:
        """Say why a check was not made."""
        self.rows.append(CheckRow(name, "skipped", reason))

    def report(self, *, raise_errors: bool) -> CheckReport:
        """Return the report, or raise `PluginCheckError` when something failed and `raise_errors` is set."""
        found = CheckReport(self.subject, tuple(self.rows))
        if raise_errors and not found.passed:
            raise PluginCheckError(found)
        return found


def expect(condition: object, message: str) -> None:
    """Raise `MismatchError` with `message` unless `condition` holds."""
    if not condition:
        raise MismatchError(message)


def describe_error(error: BaseException) -> str:
    """Return type, message and the innermost line of the plugin that an error came through."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename:
        # The file that does not compile has no line of its own in the traceback.
        line = (error.text or "").strip()
        return f"{text}\nat {Path(error.filename).name}:{error.lineno}: {line}"
    place = None
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename).resolve()
        own = _PACKAGE in path.parents
        library = _LIBRARIES in path.parents or "site-packages" in path.parts[:-2]
        if not own and not library and path.exists():
            place = frame
    if place is None:
        frames = traceback.extract_tb(error.__traceback__)
        outside = [
            frame
            for frame in frames
            if _PACKAGE / "testing" not in Path(frame.filename).parents and Path(frame.filename).exists()
        ]
        # The registry's own complaints say which class or hook they are about.
        place = outside[-1] if outside and not isinstance(error, PluginError) else None
    if place is not None:
        text += f"\nat {Path(place.filename).name}:{place.lineno} in {place.name}: {place.line}"
    return text
