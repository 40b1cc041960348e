"""Progress of a training on the terminal and in notebooks."""

from __future__ import annotations

import html
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, Self

from tmva_py.network.history import EpochRecord


class ProgressDisplay(Protocol):
    """What a display has to understand: `Trainer` calls it."""

    def __enter__(self) -> Self:
        """Start to show."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to show."""
        ...

    def start_phase(self, number: int, total: int, max_epochs: int) -> None:
        """Begin phase `number` of `total`."""
        ...

    def epoch_done(self, record: EpochRecord, best_loss: float | None) -> None:
        """Show that an epoch has ended."""
        ...


class NoProgress:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def start_phase(self, number: int, total: int, max_epochs: int) -> None:
        """Do nothing."""

    def epoch_done(self, record: EpochRecord, best_loss: float | None) -> None:
        """Do nothing."""


class RichProgress:
    """A bar on standard error with the losses beside it."""

    def __init__(self, title: str) -> None:
        # Imported here: the bar is the only user, and importing rich takes longer than most of this package.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._title = title
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[losses]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            # Lines of the log are put above the bar on a terminal; in a file they stay where they belong.
            redirect_stdout=sys.stdout.isatty(),
        )
        self._task: Any = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def start_phase(self, number: int, total: int, max_epochs: int) -> None:
        """Begin a new bar."""
        description = self._title if total == 1 else f"{self._title} phase {number}/{total}"
        self._task = self._progress.add_task(description, total=max_epochs, losses="")

    def epoch_done(self, record: EpochRecord, best_loss: float | None) -> None:
        """Move the bar by one epoch."""
        self._progress.update(self._task, advance=1, losses=losses_text(record, best_loss))


def losses_text(record: EpochRecord, best_loss: float | None) -> str:
    """Return the losses of an epoch as a bar shows them."""
    losses = f"loss {record.training_loss:.4f}"
    if record.validation_loss is not None:
        losses += f", validation {record.validation_loss:.4f}"
    return losses if best_loss is None else f"{losses} (best {best_loss:.4f})"


class NotebookProgress(NoProgress):
    """A bar in a notebook's output, which moves in its place."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._handle: Any = None
        self._most = 1

    def start_phase(self, number: int, total: int, max_epochs: int) -> None:
        """Begin a new bar."""
        self._most = max_epochs
        self._phase = self._title if total == 1 else f"{self._title} phase {number}/{total}"
        display = importlib.import_module("IPython.display").display
        self._handle = display(self._content(0, ""), raw=True, display_id=True)

    def epoch_done(self, record: EpochRecord, best_loss: float | None) -> None:
        """Move the bar by one epoch."""
        if self._handle is not None:
            self._handle.update(self._content(record.epoch, losses_text(record, best_loss)), raw=True)

    def _content(self, epoch: int, losses: str) -> dict[str, str]:
        bar = f'<progress value="{epoch}" max="{self._most}"></progress>'
        counted = f"{epoch}/{self._most} {losses}"
        shown = f"{html.escape(self._phase)} {bar} {html.escape(counted)}"
        return {"text/plain": f"{self._phase} {counted}", "text/html": shown}


def in_notebook() -> bool:
    """Return whether the program runs in a notebook's kernel, whose output is HTML."""
    find = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = None if find is None else find()
    return shell is not None and hasattr(shell, "kernel")


def make_progress(wanted: bool, title: str = "training") -> ProgressDisplay:
    """Return a bar if it is wanted and there is a notebook or a terminal, else what shows nothing."""
    if wanted and in_notebook():
        return NotebookProgress(title)
    return RichProgress(title) if wanted and sys.stderr.isatty() else NoProgress()


@contextmanager
def progress_bar(wanted: bool, title: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar of `total` steps if it is wanted and standard error is a terminal; yield what moves it."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)
