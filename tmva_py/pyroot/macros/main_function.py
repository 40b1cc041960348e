"""Macros that are programs: they have a ``main`` and no function of their file's name."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Sequence
from typing import Any


def runs_by_main(name: str, text: str) -> bool:
    """Return whether a macro has a ``main`` and no function of its file's name."""
    own, main = (rf"^[\w:<>*&\s]*\b{one}\s*\(" for one in (re.escape(name), "main"))
    return not re.search(own, text, re.MULTILINE) and bool(re.search(main, text, re.MULTILINE))


def run_main(root: Any, file: str, arguments: Sequence[str], status: ctypes.c_int) -> None:
    """Run a macro by its ``main``.

    ROOT's interpreter finds it before the process's own; under another name it would need a return.
    """
    path = os.path.abspath(file)
    texts = ", ".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in (path, *arguments))
    macro = f'#include "{path}"\n'
    call = (
        f"int tmva_py_run() {{ std::vector<std::string> texts{{{texts}}}; std::vector<char *> given; "
        "for (auto &one : texts) given.push_back(one.data()); "
        "return tmva_py_call(main, given); }"
    )
    helpers = (
        "inline int tmva_py_call(int (*function)(int, char **), std::vector<char *> &given) "
        "{ return function(given.size(), given.data()); }\n"
        "inline int tmva_py_call(int (*function)(), std::vector<char *> &) { return function(); }\n"
    )
    if root.gInterpreter.Declare(macro + helpers + call):
        root.gROOT.ProcessLine("tmva_py_run();", status)
    else:
        status.value = 1
