"""``gROOT``, ``gApplication`` and what else answers for ROOT as a whole."""

from __future__ import annotations

import importlib
import os
import re
import time
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from tmva_py.errors import DataError
from tmva_py.pyroot.standin.messages import kError, kFatal, kInfo, kWarning, show
from tmva_py.pyroot.standin.missing import needs_root
from tmva_py.pyroot.standin.objects import NullPointer, TList, TNamed, TObject
from tmva_py.pyroot.standin.session import session
from tmva_py.pyroot.standin.system import VERSION, features
from tmva_py.pyroot.standin.text import TString

_GUI = re.compile(
    r"(?:\.[xX]\s+)?(?:TMVA::)?(TMVA\w*Gui|variables|correlations|mvas|efficiencies)(?:\.C)?\+*\s*\((.*)\)\s*;?\s*"
)
_LEVEL = re.compile(r"(?:ROOT::|int\s+|Int_t\s+)?gErrorIgnoreLevel\s*=\s*(\w+)\s*;?\s*")
_LEVELS = {"kInfo": kInfo, "kWarning": kWarning, "kError": kError, "kFatal": kFatal}
_LOAD = re.compile(r"\.L\s+\S*TMVA\w*(?:Gui)?\.C\+*\s*;?|\.L\s+libTMVA\S*\s*;?|#include\s.*", re.DOTALL)
_BATCH = re.compile(r"gROOT\s*->\s*SetBatch\s*\(\s*(\w*)\s*\)\s*;?")
_CD = re.compile(r"gROOT\s*->\s*(?:cd|Reset)\s*\(.*\)\s*;?")
_ROOT_FILES = ("TMVAGui.C", "TMVARegGui.C", "TMVAMultiClassGui.C", "TMVAlogon.C", "tmvaglob.C")


class TROOT(TNamed):
    """``gROOT``."""

    def __init__(self) -> None:
        super().__init__("root", "The ROOT of EVERYTHING")

    def GetConfigFeatures(self) -> str:
        """Return the parts of ROOT that scripts ask for."""
        return features()

    def GetVersion(self) -> str:
        return VERSION

    def GetVersionInt(self) -> int:
        return 64000

    def GetVersionCode(self) -> int:
        return 6 << 16 | 40 << 8

    def SetBatch(self, batch: bool = True) -> None:
        session().is_batch = bool(batch)

    def IsBatch(self) -> bool:
        """Return True: there are no windows."""
        return True

    def Reset(self, option: object = "") -> None:
        """Do nothing, as in compiled code."""

    ForceStyle = SetWebDisplay = SetMacroPath = SetEscape = SetInterrupt = SetMustClean = Reset

    def SetStyle(self, name: object = "Modern") -> None:
        """Do nothing: pictures have one style."""

    def GetStyle(self, name: object) -> Any:
        from tmva_py.pyroot.standin.style import gStyle

        return gStyle

    def GetMacroPath(self) -> str:
        return "."

    def cd(self, path: object = "") -> bool:
        text = str(path or "")
        file = next((one for one in session().files if text.startswith(one.GetName())), None)
        if file is not None:
            return bool(file.cd(text.partition(":/")[2]))
        session().directory = session().top
        return True

    def GetListOfCanvases(self) -> TList:
        return TList(session().canvases)

    def GetListOfFiles(self) -> TList:
        return TList(session().files)

    def FindObject(self, name: object) -> Any:
        found = session().find(str(name))
        return NullPointer(f"there is no object {str(name)!r}") if found is None else found

    FindObjectAny = Get = FindObject

    def GetRootSys(self) -> str:
        return os.environ.get("ROOTSYS", "")

    def GetTutorialDir(self) -> TString:
        """Return the folder of ROOT's tutorials: of ``$ROOTSYS``, or of an installed ROOT.

        Raises
        ------
        DataError
            There is none.
        """
        folders = [Path(os.environ["ROOTSYS"]) / "tutorials"] if os.environ.get("ROOTSYS") else []
        found = PathFinder.find_spec("ROOT")
        if found is not None and found.origin:
            folders.append(Path(found.origin).parent / "tutorials")
        for folder in folders:
            if folder.is_dir():
                return TString(str(folder))
        message = (
            "gROOT.GetTutorialDir(): there are no tutorials; set ROOTSYS to a folder that has "
            "tutorials/machine_learning/data"
        )
        raise DataError(message)

    GetTutorialsDir = GetTutorialDir

    def LoadMacro(self, path: object, *more: Any) -> int:
        """Load TMVA's own macros, whose functions are here; others are C++."""
        name = os.path.basename(str(path)).rstrip("+")
        if name in _ROOT_FILES:
            return 0
        call = f"gROOT.LoadMacro({str(path)!r})"
        raise needs_root(call)

    Macro = LoadMacro

    def ProcessLine(self, line: object, *more: Any) -> int:
        """Do what a line of C++ says, of those that booking scripts have; others need ROOT."""
        text = str(line).strip()
        gui = _GUI.fullmatch(text)
        if gui:
            _draw_gui(gui[1], [one.strip(" \"'") for one in gui[2].split(",") if one.strip()])
        elif level := _LEVEL.fullmatch(text):
            session().ignored_below = _LEVELS.get(level[1]) or int(level[1])
        elif batch := _BATCH.fullmatch(text):
            self.SetBatch(batch[1] not in ("false", "kFALSE", "0"))
        elif text and not (_LOAD.fullmatch(text) or _CD.fullmatch(text) or text in (".q", ";")):
            call = f"gROOT.ProcessLine({text!r})"
            raise needs_root(call)
        return 0

    ProcessLineSync = ProcessLineFast = ProcessLine

    def Time(self, flag: int = 1) -> None:
        """Do nothing."""


def _draw_gui(name: str, arguments: list[str]) -> None:
    gui = getattr(importlib.import_module("tmva_py"), name, None)
    if gui is None:
        raise needs_root(name)
    gui(*arguments)


gROOT = TROOT()


class TApplication(TObject):
    """``gApplication``: there is no window to wait for."""

    def __init__(self, *arguments: Any) -> None:
        self.ReturnFromRun = True

    def Run(self, returns: bool = False) -> None:
        """Return at once."""

    def Terminate(self, status: int = 0) -> None:
        raise SystemExit(status)

    def SetReturnFromRun(self, returns: bool) -> None:
        """Do nothing: it always returns."""


TRint = TApplication
gApplication = TApplication()


class TStopwatch(TObject):
    """Measures time."""

    def __init__(self) -> None:
        self._real = self._cpu = 0.0
        self.Start()

    def Start(self, reset: bool = True) -> None:
        if reset:
            self._real = self._cpu = 0.0
        self._since: tuple[float, float] | None = (time.perf_counter(), time.process_time())

    def Continue(self) -> None:
        self.Start(reset=False)

    def Stop(self) -> None:
        if self._since is not None:
            self._real += time.perf_counter() - self._since[0]
            self._cpu += time.process_time() - self._since[1]
            self._since = None

    def Reset(self) -> None:
        self._real, self._cpu, self._since = 0.0, 0.0, None

    def RealTime(self) -> float:
        self.Stop()
        return self._real

    def CpuTime(self) -> float:
        self.Stop()
        return self._cpu

    def Print(self, option: object = "") -> None:
        self.Stop()
        show(f"Real time {self._real:.3f} s, CP time {self._cpu:.3f}")


def EnableImplicitMT(n_threads: int = 0) -> None:
    """Remember a number of threads: numpy and numba have their own."""
    session().n_threads = int(n_threads) or (os.cpu_count() or 1)


def DisableImplicitMT() -> None:
    session().n_threads = 0


def IsImplicitMTEnabled() -> bool:
    return session().n_threads > 0


def GetThreadPoolSize() -> int:
    return session().n_threads


GetImplicitMTPoolSize = GetThreadPoolSize


def EnableThreadSafety() -> None:
    """Do nothing."""


def SetOwnership(*arguments: Any) -> None:
    """Do nothing: Python deletes objects."""


SetMemoryPolicy = SetSignalPolicy = SetOwnership


class _PyConfig:
    """``ROOT.PyConfig``: takes every setting."""

    IgnoreCommandLineOptions = False
    DisableRootLogon = False
    StartGuiThread = False
    ShutDown = False


PyConfig = _PyConfig()


class Double(float):
    """A number, as old PyROOT passed it by reference."""


class Long(int):
    """A whole number, as old PyROOT passed it by reference."""
