"""TMVA's layout texts: the row of layers, the shape of an event, the shape of a batch."""

from __future__ import annotations

from tmva_py.layouts.input_layout import check_event_counts, parse_batch_layout, parse_input_layout
from tmva_py.layouts.layout import LayerSpec, layers_from_layout, network_input_shape, parse_layout

__all__ = [
    "LayerSpec",
    "check_event_counts",
    "layers_from_layout",
    "network_input_shape",
    "parse_batch_layout",
    "parse_input_layout",
    "parse_layout",
]
