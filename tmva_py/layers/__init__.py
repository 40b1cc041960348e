"""Layers, one class a file, named as TMVA names them."""

from __future__ import annotations

from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context, LayerState
from tmva_py.layers.parameters import ParameterStore

__all__ = ["Context", "LayerState", "ParameterStore", "VGeneralLayer"]
