"""The TMVA of this package in place of the one that an installed ROOT has, or lacks."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from tmva_py.pyroot.keras_names import has_keras
from tmva_py.pyroot.macro_commands import MACRO_ENDINGS, parse_command, say_interpreted
from tmva_py.pyroot.macros import connect
from tmva_py.pyroot.macros.data_frames import ComputeTemplate, free_loops
from tmva_py.pyroot.macros.installation import add_to_root, find_macro

# ROOT finds these by itself when a text needs them.
_EXPERIMENTAL = '#include "TMVA/RReader.hxx"\n#include "TMVA/RInferenceUtils.hxx"'


def install_into_root(*, batch: bool = True) -> Any:
    """Put this package into the module ROOT as ``ROOT.TMVA``, and return the module.

    Trees, files, histograms and canvases stay ROOT's own.

    Parameters
    ----------
    batch : bool, default True
        Whether windows stay closed, and ``gApplication.Run()`` returns.

    Raises
    ------
    ImportError
        ROOT is not installed.
    """
    import tmva_py

    root: Any = importlib.import_module("ROOT")
    if batch:
        root.gROOT.SetBatch(True)
    add_to_root(root)
    if sys.modules.get("ROOT.TMVA") is not tmva_py:
        free_loops(root)
    root.TMVA = tmva_py
    tmva_py.Experimental.Compute = ComputeTemplate(root)
    sys.modules["ROOT.TMVA"] = tmva_py
    _answer_questions(root)
    _give_objects_as_attributes(root.TDirectory)
    if batch:
        _let_run_return(root)
    return root


def _answer_questions(root: Any) -> None:
    """Let ROOT tell that it has TMVA, and give C++ its namespace when a text needs it."""
    cls: Any = root.TROOT
    if getattr(cls.GetConfigFeatures, "is_ours", False):
        return
    features = cls.GetConfigFeatures

    def config_features(self: Any) -> str:
        pymva = ["tmva-pymva"] if has_keras() else []
        return " ".join([str(features(self)), "tmva", "tmva-cpu", *pymva])

    config_features.is_ours = True  # type: ignore[attr-defined]
    cls.GetConfigFeatures = config_features
    for holder, name in (
        (cls, "ProcessLine"),
        (cls, "ProcessLineFast"),
        (cls, "ProcessLineSync"),
        (cls, "LoadMacro"),
        (cls, "Macro"),
        (root.TInterpreter, "Declare"),
        (root.TInterpreter, "ProcessLine"),
        (root.TInterpreter, "LoadMacro"),
        (root.TInterpreter, "ExecuteMacro"),
    ):
        setattr(holder, name, _with_namespace(getattr(holder, name), root))
    root.TSystem.CompileMacro = _with_interpreted_macros(root.TSystem.CompileMacro, root)


def _with_namespace(function: Any, root: Any) -> Any:
    """Return a function that prepares a text before it hands it over to ROOT's interpreter."""

    def call(self: Any, text: Any, *arguments: Any) -> Any:
        return function(self, _prepared(root, str(text)), *arguments)

    return call


def _prepared(root: Any, text: str) -> str:
    """Declare the namespace TMVA where a text, or the macro that it runs, names it; return what is to run."""
    command = parse_command(text)
    file = _find(root, command.file) if command else None
    code = file.read_text(errors="replace") if file else ""
    if "TMVA" not in text + code:
        return text
    connect()
    if "Experimental" in text + code and "#include" not in text:
        root.gInterpreter.Declare(_EXPERIMENTAL)
    if command and command.mode and file:
        return command.interpreted()
    return find_macro(root, text)


def _find(root: Any, name: str) -> Path | None:
    """Return the path of a file of C++ as ROOT finds it."""
    found = root.gSystem.Which(root.gROOT.GetMacroPath(), name) if name.endswith(MACRO_ENDINGS) else None
    return Path(str(found)) if found else None


def _with_interpreted_macros(function: Any, root: Any) -> Any:
    """Return ``CompileMacro`` for a macro that names TMVA as well, which is loaded and not compiled."""

    def compile_macro(self: Any, name: Any, *arguments: Any) -> int:
        file = _find(root, str(name))
        if file and "TMVA" in file.read_text(errors="replace"):
            say_interpreted(str(name), "+")
            return int(root.gROOT.LoadMacro(str(name)) == 0)
        return int(function(self, name, *arguments))

    return compile_macro


def _give_objects_as_attributes(cls: Any) -> None:
    """Let ``file.tree`` be ``file.Get("tree")``, as it was until ROOT 6.34."""

    def get(self: Any, name: str) -> Any:
        found = None if name.startswith("_") else self.Get(name)
        if not found:
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(message)
        return found

    if not hasattr(cls, "__getattr__"):
        cls.__getattr__ = get


def _let_run_return(root: Any) -> None:
    """Let ``gApplication.Run()``, which waits for windows to be closed, return at once."""

    def run(self: Any, *arguments: Any) -> None:
        del self, arguments

    for name in ("TApplication", "TRint"):
        getattr(root, name).Run = run
