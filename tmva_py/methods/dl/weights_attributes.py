"""What a ``<Weights>`` element says of a network beside its layers."""

from __future__ import annotations

from dataclasses import dataclass

Shape3 = tuple[int, int, int]


@dataclass(frozen=True)
class WeightsAttributes:
    """The attributes of ``<Weights>``, kept so that a file that is read and written again stays what it was.

    Attributes
    ----------
    input_layout : tuple of int
        ``InputDepth``, ``InputHeight``, ``InputWidth``.
    batch_size : int
        ``BatchSize`` of the stored network: 1 in every file of ROOT.
    batch_layout : tuple of int
        ``BatchDepth``, ``BatchHeight``, ``BatchWidth`` of the training.
    loss : str
        ``LossFunction``: ``C``, ``R``, ``S``, or a plugin's.
    initialization : str
        ``Initialization``: ``G``, ``U``, ``X``, ``F``, ``I``, ``Z``, or a plugin's.
    regularization : str
        ``Regularization``: ``0``, ``1`` or ``2``.
    output : str
        ``OutputFunction``: ``I``, ``S`` or ``M``.
    weight_decay : float
        ``WeightDecay`` of the first training phase.
    """

    input_layout: Shape3
    batch_size: int
    batch_layout: Shape3
    loss: str
    initialization: str
    regularization: str
    output: str
    weight_decay: float
