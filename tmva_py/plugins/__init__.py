"""How layers, backends, methods and the other kinds of parts are found.

One pluggy hook per kind; a plugin's hook returns classes, and each class carries the names by which
option strings, the builder and weight files know it. The package's own modules have the same hooks.
"""

from __future__ import annotations

from tmva_py.plugins.hookspecs import hookimpl
from tmva_py.plugins.kinds import KINDS, KindSpec
from tmva_py.plugins.records import Failure, PluginRecord
from tmva_py.plugins.registry import Registry, default_registry

__all__ = ["KINDS", "Failure", "KindSpec", "PluginRecord", "Registry", "default_registry", "hookimpl"]
