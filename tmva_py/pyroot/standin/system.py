"""``gSystem``: files, variables of the environment and commands, by Python."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import Any

from tmva_py.pyroot.keras_names import has_keras
from tmva_py.pyroot.standin.objects import TNamed
from tmva_py.pyroot.standin.text import TString

VERSION = "6.40/00"

_ROOT_CONFIG = re.compile(r"\s*root-config\s+(.*?)\s*")


def features() -> str:
    """Return what booking scripts ask for of ROOT's parts, and is here."""
    return "imt tmva tmva-cpu" + (" tmva-pymva" if has_keras() else "")


def root_config(arguments: str) -> str:
    """Return what ``root-config`` would print, if TMVA were part of ROOT."""
    answers = []
    for one in arguments.split():
        if one.startswith("--has-"):
            answers.append("yes" if one.removeprefix("--has-") in features().split() else "no")
        elif one == "--features":
            answers.append(features())
        elif one == "--version":
            answers.append(VERSION)
        else:
            answers.append("")
    return " ".join(answers)


class TSystem(TNamed):
    """``gSystem``."""

    def __init__(self) -> None:
        super().__init__("Unix", "Unix System")

    def AccessPathName(self, path: object, mode: int = 0) -> bool:
        """Return whether a file cannot be reached, as in ROOT."""
        return not os.path.exists(self.ExpandPathName(path))

    def Load(self, library: object, *more: Any) -> int:
        """Load nothing: there are no libraries."""
        return 0

    def GetFromPipe(self, command: object) -> TString:
        """Return what a command prints; ``root-config`` is answered without running it."""
        match = _ROOT_CONFIG.fullmatch(str(command))
        if match:
            return TString(root_config(match[1]))
        done = subprocess.run(str(command), shell=True, stdout=subprocess.PIPE, text=True, check=False)
        return TString(done.stdout.rstrip("\n"))

    def Exec(self, command: object) -> int:
        """Run a command of the shell."""
        sys.stdout.flush()
        return subprocess.run(str(command), shell=True, check=False).returncode

    def Setenv(self, name: object, value: object) -> None:
        os.environ[str(name)] = str(value)

    def Unsetenv(self, name: object) -> None:
        os.environ.pop(str(name), None)

    def Getenv(self, name: object) -> str | None:
        return os.environ.get(str(name))

    def ExpandPathName(self, path: object) -> str:
        text = re.sub(r"\$\((\w+)\)", r"${\1}", str(path))
        return os.path.expanduser(os.path.expandvars(text))

    def GetDirName(self, path: object) -> TString:
        return TString(os.path.dirname(str(path)) or ".")

    DirName = GetDirName

    def BaseName(self, path: object) -> str:
        return os.path.basename(str(path))

    def ConcatFileName(self, folder: object, name: object) -> str:
        return os.path.join(str(folder), str(name))

    def mkdir(self, path: object, recursive: bool = False) -> int:
        if os.path.isdir(str(path)):
            return -1
        (os.makedirs if recursive else os.mkdir)(str(path))
        return 0

    MakeDirectory = mkdir

    def Unlink(self, path: object) -> int:
        if not os.path.exists(str(path)):
            return -1
        os.remove(str(path))
        return 0

    def Rename(self, old: object, new: object) -> int:
        os.replace(str(old), str(new))
        return 0

    def CopyFile(self, old: object, new: object, overwrite: bool = False) -> int:
        import shutil

        if os.path.exists(str(new)) and not overwrite:
            return -2
        shutil.copyfile(str(old), str(new))
        return 0

    def pwd(self) -> str:
        return os.getcwd()

    WorkingDirectory = GetWorkingDirectory = pwd

    def ChangeDirectory(self, path: object) -> bool:
        os.chdir(str(path))
        return True

    cd = ChangeDirectory

    def HostName(self) -> str:
        import socket

        return socket.gethostname()

    def GetPid(self) -> int:
        return os.getpid()

    def Sleep(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    def ProcessEvents(self) -> bool:
        return False

    def Exit(self, status: int = 0, *more: Any) -> None:
        raise SystemExit(int(status))

    def AddIncludePath(self, path: object) -> None:
        """Do nothing: nothing is compiled."""

    AddDynamicPath = AddLinkedLibs = SetIncludePath = AddIncludePath


gSystem = TSystem()
