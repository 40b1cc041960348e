"""A folder that stands for what of TMVA a ROOT installation has: headers, libraries and a root-config."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tmva_py.pyroot.keras_names import has_keras

SOURCES = Path(__file__).with_name("cpp")
"""The C++ of this package."""

PICTURES = (
    *("annconvergencetest", "BDT", "BDT_Reg", "BDTControlPlots", "BoostControlPlots", "compareanapp"),
    *("CorrGui", "CorrGuiMultiClass", "CorrGuiRegression", "correlations", "correlationsMultiClass"),
    *("correlationscatters", "correlationscattersMultiClass", "deviations", "efficiencies"),
    *("efficienciesMulticlass1vs1", "efficienciesMulticlass1vsRest"),
    *("likelihoodrefs", "MovieMaker", "mvaeffs", "mvas", "mvasMulticlass", "mvaweights", "network"),
    *("paracoor", "PlotFoams", "probas", "regression_averagedevs", "rulevis", "rulevisCorr"),
    *("rulevisHists", "training_history", "variables", "variablesMultiClass"),
)
"""TMVA's macros that draw; each has a header of its name."""
# There the package of networks has the other name.
_IN_PYTHON = {"network": "draw_network"}
_EXPERIMENTAL = ("RReader.hxx", "RTensor.hxx", "RTensorUtils.hxx", "RInferenceUtils.hxx")
_LIBRARIES = ("libTMVA", "libTMVAGui", "libPyMVA", "libTMVA.1", "libTMVAUtils")
GUI_NAMES = ("TMVAGui", "TMVARegGui", "TMVAMultiClassGui")
"""TMVA's windows."""
# What older releases have outside the namespace.
_GUI_MACRO = '#include "{header}"\nusing TMVA::{name};\n'
GUI_MACROS = {
    "TMVAlogon.C": "void TMVAlogon() {}\n",
    **{f"{name}.C": _GUI_MACRO.format(header=SOURCES / "tmva.h", name=name) for name in GUI_NAMES},
}
_ROOT_CONFIG = """#!/bin/sh
case "$1" in
  --has-tmva|--has-tmva-cpu) echo yes;;
  --has-tmva-pymva) echo {has_pymva};;
  --has-tmva*) echo no;;
  *) exec "{root_config}" "$@";;
esac
"""


def find_macro(root: Any, text: str) -> str:
    """Return a macro's path: this package's, where it is one of TMVA's own that is not there."""
    name = os.path.basename(text)
    is_ours = name in GUI_MACROS and not os.path.exists(text)
    return str(_folder_of(str(root.__path__[0])) / "macros" / name) if is_ours else text


def add_to_root(root: Any) -> None:
    """Let ROOT find headers, libraries, macros and the root-config of a `make_folder`.

    Parameters
    ----------
    root : module
        ROOT.
    """
    folder = _folder_of(str(root.__path__[0]))
    if str(folder) in os.environ["PATH"]:
        return
    root.gInterpreter.AddIncludePath(str(folder / "include"))
    root.gSystem.AddDynamicPath(str(folder / "lib"))
    root.gROOT.SetMacroPath(f"{root.gROOT.GetMacroPath()}:{folder / 'macros'}")
    os.environ["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # Files that a macro leaves open would be closed after the memory of their classes is gone.
    atexit.register(root.gROOT.CloseFiles)
    # Python's environment is C++'s only where it is set there.
    root.gSystem.Setenv("PATH", os.environ["PATH"])


@functools.cache
def _folder_of(root_folder: str) -> Path:
    return make_folder(Path(root_folder))


def make_folder(root_folder: Path) -> Path:
    """Return a new folder with ``include``, ``lib``, ``bin`` and ``macros``; it is removed at the end.

    Parameters
    ----------
    root_folder : path
        The ROOT installation.
    """
    folder = Path(tempfile.mkdtemp(prefix="tmva_py_root_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    headers = folder / "include" / "TMVA"
    headers.mkdir(parents=True)
    for name in (SOURCES / "headers.txt").read_text().split():
        (headers / f"{name}.h").write_text(f'#include "{SOURCES / "tmva.h"}"\n')
    for name in PICTURES:
        python_name = _IN_PYTHON.get(name, name)
        macro = f"TMVA_PY_PICTURE({name}, {python_name})"
        lines = ("#pragma once", f'#include "{SOURCES / "pictures.h"}"', macro, "")
        (headers / f"{name}.h").write_text("\n".join(lines))
    both = [f'#include "TMVA/{name}.h"\n' for name in PICTURES if name.startswith("efficienciesMulticlass")]
    (headers / "efficienciesMulticlass.h").write_text("".join(both))
    for name in _EXPERIMENTAL:
        (headers / name).write_text(f'#include "{SOURCES / "experimental.h"}"\n')
    for place in (folder / "include", folder / "macros"):
        place.mkdir(exist_ok=True)
        for name, text in GUI_MACROS.items():
            (place / name).write_text(text)
    _make_libraries(folder / "lib", root_folder)
    program = folder / "bin" / "root-config"
    program.parent.mkdir()
    program.write_text(
        _ROOT_CONFIG.format(
            has_pymva="yes" if has_keras() else "no", root_config=root_folder / "bin" / "root-config"
        )
    )
    program.chmod(0o755)
    return folder


def _make_libraries(folder: Path, root_folder: Path) -> None:
    """Make links to a library that is loaded anyway: loading one of them does nothing."""
    folder.mkdir()
    loaded = root_folder / "lib" / "libCore.so"
    if loaded.exists():
        for name in _LIBRARIES:
            os.symlink(loaded, folder / f"{name}.so")
