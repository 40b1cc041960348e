"""The kit for authors of plugins: complete checks, from pytest or the command line.

`check` makes every check of a kind, raises `PluginCheckError` with all failures, and returns a `CheckReport`;
``tmva-py check-plugin NAME`` prints the same as a table. `tmva_py.testing.strict` is a pretend device.
"""

from __future__ import annotations

from tmva_py.testing.checking import check
from tmva_py.testing.plugin_checks import check_plugin
from tmva_py.testing.report import CheckReport, CheckRow, PluginCheckError

__all__ = ["CheckReport", "CheckRow", "PluginCheckError", "check", "check_plugin"]
