"""Log lines in TMVA's format."""

from __future__ import annotations

import sys
from typing import Literal, TextIO

SOURCE_WIDTH = 25
"""Columns in front of the colon."""

_BOLD, _RED, _RESET = "\033[1m", "\033[1;31m", "\033[0m"


class MessageLog:
    r"""Writes lines as TMVA's message logger does.

    A header line shows the source in its first 25 columns, an information line 25 blanks, any other line its
    level; then come a colon, a blank and the text. Every line of a text with several lines gets the prefix.

    Parameters
    ----------
    source : str
        Who speaks, such as ``"DataSetFactory"``; longer than 25 characters, it is cut and ends in dots.
    silent : bool, default False
        Write nothing at all; may be changed later.
    stream : text file, optional
        Where lines go; by default `sys.stdout` as it is at the time of each call.
    colour : bool, default False
        Use terminal colours, if the stream is a terminal.

    Examples
    --------
    >>> log = MessageLog("Factory")
    >>> log.header("Booking method: BDT")
    Factory                  : Booking method: BDT
    >>> log.info("a\nb")
                             : a
                             : b
    """

    def __init__(
        self, source: str, *, silent: bool = False, stream: TextIO | None = None, colour: bool = False
    ) -> None:
        self.source = source
        self.silent = silent
        self.colour = colour
        self._stream = stream

    def for_source(self, source: str) -> MessageLog:
        """Return a log for another source that writes to the same place in the same manner."""
        return MessageLog(source, silent=self.silent, stream=self._stream, colour=self.colour)

    def header(self, text: str) -> None:
        """Write a line that shows the source."""
        self._write(self._short_source(), text, _BOLD)

    def info(self, text: str = "") -> None:
        """Write a line with blanks in place of the source."""
        self._write("", text, "")

    def plain(self, text: str) -> None:
        """Write a line as it is, for what ROOT prints past its logger."""
        if not self.silent:
            (sys.stdout if self._stream is None else self._stream).write(f"{text}\n")

    def warning(self, text: str) -> None:
        """Write a line marked as a warning."""
        self._level("WARNING", text)

    def error(self, text: str) -> None:
        """Write a line marked as an error; the work goes on."""
        self._level("ERROR", text)

    def _level(self, level: Literal["WARNING", "ERROR"], text: str) -> None:
        self._write(f"<{level}>", text, _RED)

    def _short_source(self) -> str:
        return self.source if len(self.source) <= SOURCE_WIDTH else f"{self.source[: SOURCE_WIDTH - 3]}..."

    def _write(self, prefix: str, text: str, style: str) -> None:
        if self.silent:
            return
        stream = sys.stdout if self._stream is None else self._stream
        styled = bool(style) and self.colour and stream.isatty()
        for line in text.split("\n"):
            whole = f"{prefix:<{SOURCE_WIDTH}}: {line}"
            stream.write(f"{style}{whole}{_RESET}\n" if styled else f"{whole}\n")
