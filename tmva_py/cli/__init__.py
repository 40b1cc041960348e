"""The command ``tmva-py``."""

from __future__ import annotations

from tmva_py.cli.group import main

__all__ = ["main"]
