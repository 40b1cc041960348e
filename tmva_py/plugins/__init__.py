"""How layers, backends, methods and the other kinds of parts are found.

One pluggy hook per kind; a plugin's hook returns classes, and each class carries the names by which
option strings, the builder and weight files know it. The package's own parts come through the same
hooks as a stranger's.
"""

from __future__ import annotations

from tmva_py.plugins.hookspecs import KINDS, Kind, hookimpl
from tmva_py.plugins.records import PluginRecord
from tmva_py.plugins.registry import Registry, default_registry

__all__ = ["KINDS", "Kind", "PluginRecord", "Registry", "default_registry", "hookimpl"]
