"""A pretend device for tests without a GPU: it computes on the host and refuses what a GPU would refuse.

Arrays of NumPy are refused, and launches, matrix products and transfers are counted.
"""

from __future__ import annotations

from tmva_py.testing.strict.array import StrictArray
from tmva_py.testing.strict.backend import StrictBackend
from tmva_py.testing.strict.counts import DeviceCounts, StrictDeviceError
from tmva_py.testing.strict.device import StrictDevice

__all__ = ["DeviceCounts", "StrictArray", "StrictBackend", "StrictDevice", "StrictDeviceError"]
