"""What is printed of an error in a script: its own lines, without those of this package where it refuses."""

from __future__ import annotations

import sys
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tmva_py.errors import TMVAError

_PACKAGE = str(Path(__file__).parent.parent)
_LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
# Functions of this package between a script and Python itself: for missing names, and for modules.
_BETWEEN = ("__getattr__", "exec_module")


def print_error(error: BaseException, started_in: str) -> None:
    """Print a traceback that begins in the script, which the file `started_in` has run."""
    trace = _without_first(error.__traceback__, started_in)
    shown = traceback.TracebackException(type(error), error, trace)
    refuses = isinstance(error, (TMVAError, OSError))
    frames = list(_frames(shown.stack, refuses=refuses))
    is_ours = refuses and frames[-1:] != list(shown.stack[-1:])
    shown.stack = traceback.StackSummary.from_list(frames)
    if not isinstance(error, TMVAError):
        sys.stderr.write("".join(shown.format(chain=not is_ours)))
        return
    lines = ["Traceback (most recent call last):\n", *shown.stack.format()]
    lines.append(f"{type(error).__name__}: {error}\n")
    sys.stderr.write("".join(lines))


def _without_first(trace: TracebackType | None, path: str) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename == path:
        trace = trace.tb_next
    return trace


def _frames(stack: traceback.StackSummary, *, refuses: bool) -> Iterator[traceback.FrameSummary]:
    """Leave out this package's frames, and those of libraries that it calls."""
    is_within = False
    for frame in stack:
        is_ours = frame.filename.startswith(_PACKAGE)
        if is_ours and (refuses or frame.name in _BETWEEN):
            is_within = refuses
        elif not (is_within and frame.filename.startswith(_LIBRARIES)):
            is_within = False
            yield frame
