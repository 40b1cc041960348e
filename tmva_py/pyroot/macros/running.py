"""Running C++ macros with ROOT's own interpreter."""

from __future__ import annotations

import ctypes
import functools
import importlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from tmva_py.errors import BookingError, MissingExtraError, TMVAError
from tmva_py.pyroot.keras_names import is_installed
from tmva_py.pyroot.macro_commands import parse_command, say_interpreted
from tmva_py.pyroot.macros.bridge import Bridge
from tmva_py.pyroot.macros.installation import SOURCES, add_to_root
from tmva_py.pyroot.macros.main_function import run_main, runs_by_main
from tmva_py.pyroot.macros.named import declarations_for, lines_of_missing

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFuUlL]*")
_WORDS = ("true", "false", "kTRUE", "kFALSE", "nullptr")


def run_macro(path: str | os.PathLike[str], arguments: Sequence[str] = ()) -> None:
    """Run a macro; its namespace TMVA is this package.

    Parameters
    ----------
    path : path
        The macro, also with arguments as ROOT takes them: ``macro.C("BDT", 3)``. One to be compiled,
        ``macro.C+``, is interpreted.
    arguments : sequence of str
        More arguments: numbers, ``true`` and ``false`` go as they are, others as texts.

    Raises
    ------
    BookingError
        There is no such macro, or it cannot be compiled.
    MissingExtraError
        ROOT is not installed.
    """
    command = parse_command(os.fspath(path))
    file = os.fspath(path) if command is None else command.file
    if command is None or not Path(file).is_file():
        message = f"no macro {file!r}"
        raise BookingError(message)
    if command.mode:
        say_interpreted(file, command.mode)
    listed = [command.arguments] if command.arguments else []
    listed += [literal(one) for one in arguments]
    root = import_root(file)
    bridge = connect()
    text = Path(file).read_text(errors="replace")
    root.gInterpreter.Declare(declarations_for(text))
    status = ctypes.c_int(0)
    try:
        if runs_by_main(Path(file).stem, text):
            run_main(root, file, arguments, status)
        else:
            root.gROOT.ProcessLine(f".x {os.path.abspath(file)}({', '.join(listed)})", status)
    except Exception as error:  # noqa: BLE001 - whatever a macro throws
        _raise(file, error, None if bridge is None else bridge.error)
    if status.value:
        import tmva_py

        said = f"{file}: ROOT could not run the macro; what it says is above"
        message = "\n  ".join([said, *lines_of_missing(tmva_py, text)])
        raise BookingError(message)


def _raise(file: str, thrown: Exception, raised: BaseException | None) -> NoReturn:
    """Raise what a macro has thrown, as the exception of Python that it comes from if there is one."""
    text = re.sub(r"^long TROOT::ProcessLine\(.*?=>\s*", "", str(thrown), flags=re.DOTALL)
    if raised is None or str(raised) not in text:
        message = f"{file}: {text}"
        raise BookingError(message) from thrown
    if isinstance(raised, TMVAError) or not isinstance(raised, Exception):
        raise raised from None
    message = f"{file}: {type(raised).__name__}: {raised}"
    raise BookingError(message) from raised


def literal(argument: str) -> str:
    """Return an argument as C++ writes it."""
    is_text = not (_NUMBER.fullmatch(argument) or argument in _WORDS or argument[:1] == '"')
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"' if is_text else argument


def import_root(macro: str) -> Any:
    """Return ROOT, in batch mode."""
    try:
        root: Any = importlib.import_module("ROOT")
    except ImportError:
        root = None
    if not hasattr(root, "gInterpreter"):  # not there, or what stands in for it
        message = (
            f"{macro}: C++ macros need ROOT's interpreter: pip install root (TMVA need not be part of it)"
        )
        raise MissingExtraError(message)
    root.gROOT.SetBatch(True)
    return root


class _Connection:
    """ROOT's interpreter and what answers it, from the first use on."""

    def __init__(self) -> None:
        self.bridge: Bridge | None = None
        self._is_made = False

    def make(self) -> None:
        """Declare the namespace TMVA; what ROOT calls meanwhile finds this begun."""
        if self._is_made:
            return
        self._is_made = True
        import tmva_py

        root = importlib.import_module("ROOT")
        add_to_root(root)
        defined = ["R__HAS_TMVACPU", *(["R__HAS_PYMVA"] if is_installed("tensorflow") else [])]
        root.gInterpreter.Declare("".join(f"#define {name}\n" for name in defined))
        _declare(root, SOURCES / "tmva.h")
        self.bridge = Bridge(tmva_py, int(root.gInterpreter.Calc("(Longptr_t)&TMVA::Bridge::functions()")))


@functools.cache
def _connection() -> _Connection:
    return _Connection()


def connect() -> Bridge | None:
    """Declare the namespace TMVA to ROOT's interpreter, at the first call, and answer what it calls."""
    connection = _connection()
    connection.make()
    return connection.bridge


def _declare(root: Any, header: Path) -> None:
    if not root.gInterpreter.Declare(f'#include "{header}"'):
        message = f"ROOT's interpreter does not accept {header}; what it says is above"
        raise BookingError(message)
