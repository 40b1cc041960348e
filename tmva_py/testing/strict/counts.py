"""What the pretend device counts, and its error."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

from tmva_py.errors import TMVAError

Event = Literal["launches", "matrix_products", "to_device", "to_host", "synchronizations"]


class StrictDeviceError(TMVAError, TypeError, AttributeError):
    """Something that a GPU would refuse, or do only with a hidden transfer."""


@dataclass
class DeviceCounts:
    """What a device was asked to do.

    Attributes
    ----------
    launches : int
        Kernels started, matrix products apart: every function of ``xp`` that computes or copies is one.
    matrix_products : int
        Products of matrices.
    to_device, to_host : int
        Transfers of arrays.
    synchronizations : int
        Waits for the device, those that an operation hides (a boolean mask as an index) among them.
    """

    launches: int = 0
    matrix_products: int = 0
    to_device: int = 0
    to_host: int = 0
    synchronizations: int = 0

    def minus(self, other: DeviceCounts) -> DeviceCounts:
        """Return what came on top of `other`."""
        return DeviceCounts(
            **{field.name: getattr(self, field.name) - getattr(other, field.name) for field in fields(self)}
        )


def describe(array: Any) -> str:
    """Return shape and dtype of an array, for messages."""
    return f"shape {tuple(array.shape)}, {array.dtype}"
