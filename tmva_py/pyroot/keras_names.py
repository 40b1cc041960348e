"""``tensorflow.keras`` for scripts where Keras is installed and TensorFlow is not: the same names."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def has_keras() -> bool:
    """Return whether a script that imports ``tensorflow.keras`` finds it."""
    if "tensorflow" in sys.modules:  # None for what may not be imported
        return sys.modules["tensorflow"] is not None
    return is_installed("tensorflow") or is_installed("keras")


def is_installed(name: str) -> bool:
    """Return whether a library itself is there, not what stands for it."""
    finders = [one for one in sys.meta_path if hasattr(one, "find_spec") and not isinstance(one, KerasNames)]
    found = (one.find_spec(name, None, None) for one in finders)
    # A folder of this name beside the script, as there is one beside ROOT's tutorials, has no origin.
    return any(one is not None and one.origin is not None for one in found)


class KerasNames(MetaPathFinder):
    """Finds ``tensorflow.keras`` and its modules, for scripts that use nothing else of TensorFlow."""

    def __init__(self) -> None:
        self._rests = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a module of Keras under its name in TensorFlow."""
        del path, target
        first, _, inside = fullname.partition(".")
        is_keras = not inside or inside == "keras" or inside.startswith("keras.")
        if self._rests or first != "tensorflow" or not is_keras:
            return None
        if not inside:
            if is_installed("tensorflow") or not is_installed("keras"):
                return None
            self._rests = True
            try:
                _settle_keras()
            finally:
                self._rests = False
        return ModuleSpec(fullname, _KerasLoader(), is_package=True)


def _settle_keras() -> None:
    """Import Keras, and let it find out for good that TensorFlow is not there."""
    from tmva_py.methods.python.keras_files import import_keras

    import_keras("for tensorflow.keras")
    try:
        utilities: Any = importlib.import_module("keras.src.utils.module_utils")
    except ImportError:
        return
    for name in ("tensorflow", "gfile"):
        getattr(getattr(utilities, name, None), "available", None)


class _KerasLoader(Loader):
    """Fills a module with the names of Keras' one."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Copy the names; ``tensorflow`` itself has none but ``keras``."""
        _, _, inside = module.__name__.partition(".")
        if not inside:
            importlib.import_module("tensorflow.keras")
            return
        for name, value in vars(importlib.import_module(inside)).items():
            if not name.startswith("__"):
                setattr(module, name, value)
