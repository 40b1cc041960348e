"""The finder that gives ``import ROOT`` its module: ROOT with this package's TMVA, or the stand-in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from tmva_py.errors import MissingExtraError
from tmva_py.pyroot.keras_names import KerasBackend, KerasNames


class RootFinder(MetaPathFinder):
    """Finds the module ``ROOT``.

    Parameters
    ----------
    root : bool or None
        Whether it is the installed ROOT; None takes it if it is there.
    """

    def __init__(self, root: bool | None = None) -> None:
        self._root = root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where ``ROOT`` comes from; of other modules nothing is known."""
        del path, target
        if fullname != "ROOT":
            return None
        found = None if self._root is False else _installed()
        if found is None or found.loader is None:
            return ModuleSpec("ROOT", _StandInLoader(), is_package=True)
        found.loader = _RealLoader(found.loader)
        return found


class _StandInLoader(Loader):
    """Makes the stand-in."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module."""
        del spec
        from tmva_py.pyroot.standin.module import make_root

        return make_root()

    def exec_module(self, module: ModuleType) -> None:
        """Add the module TMVA."""
        sys.modules["ROOT.TMVA"] = module.TMVA


class _RealLoader(Loader):
    """Loads ROOT, and puts this package's TMVA into it."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return the module that ROOT's own loader makes."""
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Run ROOT's own code, then change TMVA."""
        self._loader.exec_module(module)
        _change_installed()


def install(root: bool | None = None) -> None:
    """Let ``import ROOT`` give a module with this package's TMVA.

    Parameters
    ----------
    root : bool, optional
        True for the installed ROOT, False for the stand-in; by default ROOT if it is installed.

    Raises
    ------
    MissingExtraError
        ROOT is wanted and not installed.
    """
    if root and not is_installed():
        message = "ROOT is not installed: pip install root, or leave out --root to run without it"
        raise MissingExtraError(message)
    uninstall()
    if "ROOT" in sys.modules and root is not False:
        _change_installed()
    else:
        for name in ("ROOT", "ROOT.TMVA"):
            sys.modules.pop(name, None)
    sys.meta_path.insert(0, RootFinder(root))
    sys.meta_path.insert(0, KerasBackend())
    sys.meta_path.append(KerasNames())


def uninstall() -> None:
    """Undo `install`: a stand-in is forgotten; what was changed in ROOT stays."""
    ours = (RootFinder, KerasNames, KerasBackend)
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, ours)]
    spec = getattr(sys.modules.get("ROOT"), "__spec__", None)
    if isinstance(getattr(spec, "loader", None), _StandInLoader):
        from tmva_py.pyroot.standin.session import session

        for name in ("ROOT", "ROOT.TMVA"):
            sys.modules.pop(name, None)
        session.cache_clear()


def is_installed() -> bool:
    """Return whether ROOT itself is installed."""
    return _installed() is not None


def _installed() -> ModuleSpec | None:
    for finder in sys.meta_path:
        if isinstance(finder, RootFinder):
            continue
        find = getattr(finder, "find_spec", None)
        found: ModuleSpec | None = find("ROOT", None, None) if find else None
        # A folder without code, such as one called ROOT beside the script, is not ROOT.
        if found is not None and found.loader is not None and found.origin is not None:
            return found
    return None


def _change_installed() -> None:
    from tmva_py.pyroot.real_root import install_into_root

    install_into_root()
