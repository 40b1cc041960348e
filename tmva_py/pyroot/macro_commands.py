"""What runs a file of C++: ``.x macro.C+(3)``, its path, the ``+`` that lets ROOT compile it, and more."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from tmva_py.message_log import MessageLog

MACRO_ENDINGS = (".C", ".cxx", ".cpp", ".cc", ".c")
"""Endings of macros' names."""

_FORM = re.compile(
    r"(?P<command>\s*\.[xXLU]\s+)?(?P<file>\S.*?\.\w+)(?P<mode>\+{1,2}[A-Za-z-]*)?"
    r"\s*(\((?P<arguments>.*)\)\s*;?)?\s*",
    re.DOTALL,
)


@dataclass(frozen=True)
class MacroCommand:
    """A command of ROOT that runs or loads a macro.

    Attributes
    ----------
    command : str
        ``.x``, ``.L`` or nothing.
    file : str
        The path.
    mode : str
        How ROOT is to compile it, such as ``+`` or ``++g``; nothing where it is interpreted.
    arguments : str or None
        What is in parentheses.
    """

    command: str
    file: str
    mode: str = ""
    arguments: str | None = None

    def interpreted(self) -> str:
        """Return the command without compilation, after one line that says so."""
        if self.mode:
            say_interpreted(self.file, self.mode)
        arguments = "" if self.arguments is None else f"({self.arguments})"
        return f"{self.command} {self.file}".strip() + arguments


def parse_command(text: str) -> MacroCommand | None:
    """Return a command, or a path alone; None where the text is neither.

    Examples
    --------
    >>> parse_command('.x train.C++g("BDT")')
    MacroCommand(command='.x', file='train.C', mode='++g', arguments='"BDT"')
    """
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    arguments = found["arguments"]
    return MacroCommand(
        (found["command"] or "").strip(),
        found["file"],
        found["mode"] or "",
        None if arguments is None else arguments.strip(),
    )


def say_interpreted(file: str, mode: str) -> None:
    """Write that a macro is not compiled."""
    log = MessageLog("tmva-py run", stream=sys.stderr)
    log.header(f"{file}{mode} is not compiled: ROOT's interpreter runs {file}, by its just-in-time compiler")
