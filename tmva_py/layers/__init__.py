"""Layers, one class in each file, named as in TMVA."""

from __future__ import annotations

from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context, LayerState
from tmva_py.layers.dropout import drop_input
from tmva_py.layers.parameters import ParameterStore
from tmva_py.layers.xml import LayerXML

__all__ = ["Context", "LayerState", "LayerXML", "ParameterStore", "VGeneralLayer", "drop_input"]
