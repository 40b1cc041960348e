"""Running a script that was written for ROOT: unedited, as ``__main__``, with its own arguments."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import ModuleType

from tmva_py.errors import BookingError
from tmva_py.message_log import MessageLog
from tmva_py.methods.weight_file import trusting_models
from tmva_py.pyroot.installing import install
from tmva_py.pyroot.macro_commands import MACRO_ENDINGS, parse_command
from tmva_py.pyroot.python2 import NAMES, read_source
from tmva_py.pyroot.python2_modules import python2_modules
from tmva_py.pyroot.tracebacks import print_error


def run_script(
    path: str | os.PathLike[str],
    arguments: Sequence[str] = (),
    *,
    root: bool | None = None,
    show_changes: bool = False,
    trust_model: bool = False,
) -> int:
    """Run a script or macro, and return its exit status.

    Parameters
    ----------
    path : path
        A script in Python, or a macro in C++ (``.C``, ``.cxx``, ``.cpp``), also with arguments:
        ``macro.C("BDT")``, ``macro.C+``.
    arguments : sequence of str
        What the script finds in ``sys.argv``.
    root : bool, optional
        Whether ROOT itself is used; by default if it is installed.
    show_changes : bool, default False
        Print what is changed of a script that Python 3 does not compile, and do not run it.
    trust_model : bool, default False
        Let code run that model files beside weight files have, such as those of PyTorch.

    Raises
    ------
    BookingError
        There is no such file, it is of another kind, or a macro fails.
    MissingExtraError
        ROOT is requested, or needed for a macro, and not installed.
    """
    with trusting_models() if trust_model else nullcontext():
        return _run(os.fspath(path), arguments, root=root, show_changes=show_changes)


def _run(text: str, arguments: Sequence[str], *, root: bool | None, show_changes: bool) -> int:
    command = parse_command(text)
    if command and Path(command.file).suffix in MACRO_ENDINGS:
        if show_changes:
            message = f"{text}: --show-changes is for scripts in Python; a macro is run as it is"
            raise BookingError(message)
        return _run_macro(text, arguments, root)
    file = Path(text)
    if not file.is_file():
        message = f"no script {text!r}"
        raise BookingError(message)
    if file.suffix in ("", ".py", ".py2", ".py3"):
        if show_changes:
            sys.stdout.write(read_source(file).changes(text) or f"{text} is run as it is\n")
            return 0
        install(root)
        return _run_python(file, arguments)
    message = f"{text}: expected a script in Python (.py) or a macro in C++ ({', '.join(MACRO_ENDINGS)})"
    raise BookingError(message)


def _run_macro(text: str, arguments: Sequence[str], root: bool | None) -> int:
    if root is False:
        message = f"{text}: C++ macros need ROOT's interpreter; leave out --no-root"
        raise BookingError(message)
    from tmva_py.pyroot.macros import run_macro

    run_macro(text, arguments)
    return 0


def _run_python(file: Path, arguments: Sequence[str]) -> int:
    source = read_source(file)
    if source.is_python2:
        log = MessageLog("tmva-py run", stream=sys.stderr)
        log.header(f"{file} is in Python 2 and is translated in memory; --show-changes shows how")
    code = source.compiled(str(file))
    with _as_main(file, arguments) as module, python2_modules(file.resolve().parent):
        vars(module).update(NAMES)
        try:
            exec(code, vars(module))
        except SystemExit as stop:
            return _status(stop.code)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - as Python itself, which prints it and ends with 1
            print_error(error, __file__)
            return 1
    return 0


@contextmanager
def _as_main(file: Path, arguments: Sequence[str]) -> Iterator[ModuleType]:
    """Let a script be the module ``__main__``, with its arguments and its folder first in the path."""
    module = ModuleType("__main__")
    module.__file__ = str(file)
    before = sys.argv, list(sys.path), sys.modules["__main__"]
    sys.argv = [str(file), *arguments]
    sys.path.insert(0, str(file.resolve().parent))
    sys.modules["__main__"] = module
    try:
        yield module
    finally:
        sys.argv, sys.path[:], sys.modules["__main__"] = before
        sys.stdout.flush()


def _status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)  # noqa: T201 - what Python does with sys.exit("text")
    return 1
