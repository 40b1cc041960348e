"""Keras's names of other releases and in TensorFlow, for scripts where Keras 3 alone is installed."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from tmva_py.message_log import MessageLog

_LAYERS = (
    *("core", "convolutional", "pooling", "normalization", "noise", "recurrent", "embeddings"),
    *("advanced_activations", "local", "merge", "wrappers"),
)
# Modules of Keras 1 and 2, by those that have their names today.
_MOVED = {
    **{f"keras.layers.{name}": "keras.layers" for name in _LAYERS},
    **{"keras.utils.np_utils": "keras.utils", "keras.utils.vis_utils": "keras.utils"},
    "keras.initializations": "keras.initializers",
}
_BACKENDS = ("tensorflow", "jax", "torch")


def has_keras() -> bool:
    """Return whether a script that imports ``tensorflow.keras`` finds it."""
    if "tensorflow" in sys.modules:  # None for what may not be imported
        return sys.modules["tensorflow"] is not None
    return is_installed("tensorflow") or is_installed("keras")


def is_installed(name: str) -> bool:
    """Return whether a library itself is there, not what stands for it."""
    ours = (KerasNames, KerasBackend)
    finders = [one for one in sys.meta_path if hasattr(one, "find_spec") and not isinstance(one, ours)]
    found = (one.find_spec(name, None, None) for one in finders)
    # A folder of this name beside the script, as there is one beside ROOT's tutorials, has no origin.
    return any(one is not None and one.origin is not None for one in found)


def choose_backend() -> None:
    """Let Keras compute with what is installed where the script asks for what is not, such as Theano."""
    asked = os.environ.get("KERAS_BACKEND", "tensorflow")
    installed = [name for name in _BACKENDS if is_installed(name)]
    if installed and asked not in installed:
        if "KERAS_BACKEND" in os.environ:
            log = MessageLog("tmva-py run", stream=sys.stderr)
            log.header(f"Keras does not compute with {asked} here, but with {installed[0]}")
        os.environ["KERAS_BACKEND"] = installed[0]


class KerasBackend(MetaPathFinder):
    """Finds nothing; asked first, it knows when a script imports Keras."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Settle what Keras computes with."""
        del path, target
        if fullname == "keras":
            choose_backend()
        return None


class KerasNames(MetaPathFinder):
    """Finds what Keras has no more, and ``tensorflow.keras`` for scripts with no more of TensorFlow.

    It is asked last: what is there is found before.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a module of Keras under its old name, or its name in TensorFlow."""
        del path, target
        if fullname in _MOVED:
            return ModuleSpec(fullname, _KerasLoader(_MOVED[fullname]))
        first, _, inside = fullname.partition(".")
        is_keras = not inside or inside == "keras" or inside.startswith("keras.")
        if first != "tensorflow" or not is_keras:
            return None
        if not inside and (is_installed("tensorflow") or not is_installed("keras")):
            return None
        return ModuleSpec(fullname, _KerasLoader(inside), is_package=True)


def _settle_keras() -> None:
    """Import Keras, and let it find out for good that TensorFlow is not there."""
    from tmva_py.methods.python.keras_files import import_keras

    stand_in = sys.modules["tensorflow"]
    sys.modules["tensorflow"] = None  # type: ignore[assignment] # Python's way to say that it is not there
    try:
        import_keras("for tensorflow.keras")
        utilities: Any = importlib.import_module("keras.src.utils.module_utils")
        for name in ("tensorflow", "gfile"):
            getattr(getattr(utilities, name, None), "available", None)
    except ModuleNotFoundError:  # another Keras has no such utilities
        return
    finally:
        sys.modules["tensorflow"] = stand_in


class _KerasLoader(Loader):
    """Fills a module with the names of one of Keras."""

    def __init__(self, source: str) -> None:
        self._source = source

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Copy the names; ``tensorflow`` itself has none but ``keras``."""
        if not self._source:
            # Only now: who asks whether TensorFlow is there, as PyTorch does, may be what Keras imports.
            _settle_keras()
            importlib.import_module("tensorflow.keras")
            return
        for name, value in vars(importlib.import_module(self._source)).items():
            if not name.startswith("__"):
                setattr(module, name, value)
