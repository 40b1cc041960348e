"""The kit for authors of plugins: a pretend device, and (from pytest or the command line) complete checks.

`StrictBackend` computes on the host but behaves as a device: arrays of NumPy are refused, and transfers and
launches are counted.
"""

from __future__ import annotations

from tmva_py.testing.strict_array import StrictArray
from tmva_py.testing.strict_backend import StrictBackend
from tmva_py.testing.strict_device import DeviceCounts, StrictDevice, StrictDeviceError

__all__ = ["DeviceCounts", "StrictArray", "StrictBackend", "StrictDevice", "StrictDeviceError"]
