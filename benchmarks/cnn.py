"""Events per second in training networks with convolutions and batch normalisation, against PyTorch.

As train.py, with the same rules. Run as ``python benchmarks/cnn.py``.
"""

from __future__ import annotations

import torch
from harness import Case
from torch import nn
from train import main

from tmva_py.network import NetworkBuilder


def tutorial_ours(builder: NetworkBuilder) -> NetworkBuilder:
    """Return the network of ROOT's tutorial TMVA_CNN_Classification."""
    builder = builder.conv(10, 3, padding=1, activation="RELU").batch_norm()
    builder = builder.conv(10, 3, padding=1, activation="RELU").maxpool(2)
    return builder.flatten().dense(100, "RELU").dense(1)


def tutorial_theirs() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 10, 3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(10),
        nn.Conv2d(10, 10, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2, stride=1),
        nn.Flatten(),
        nn.Linear(10 * 15 * 15, 100),
        nn.ReLU(),
        nn.Linear(100, 1),
    )


def strided_ours(builder: NetworkBuilder) -> NetworkBuilder:
    """Return a network whose windows do not overlap much, as current ones have."""
    builder = builder.conv(16, 4, stride=2, padding=1, activation="RELU").maxpool(2, stride=2)
    return builder.flatten().dense(32, "RELU").dense(1)


def strided_theirs() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 16, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 4 * 4, 32),
        nn.ReLU(),
        nn.Linear(32, 1),
    )


def normalised_ours(builder: NetworkBuilder) -> NetworkBuilder:
    for _ in range(4):
        builder = builder.dense(64, "RELU").batch_norm()
    return builder.dense(1)


def normalised_theirs() -> nn.Module:
    parts: list[nn.Module] = []
    for _ in range(4):
        parts += [nn.Linear(64, 64), nn.ReLU(), nn.BatchNorm1d(64)]
    return nn.Sequential(*parts, nn.Linear(64, 1))


CASES = (
    Case(
        "CNN tutorial: 16x16, conv 10, batch norm, conv 10, pool 2, dense 100, dense 1, relu; batch 100",
        (1, 16, 16),
        100,
        2000,
        1.0,
        tutorial_ours,
        tutorial_theirs,
    ),
    Case(
        "CNN strided: 3x16x16, conv 16 of 4x4 stride 2, pool 2 stride 2, dense 32, dense 1, relu; batch 100",
        (3, 16, 16),
        100,
        4000,
        0.0,
        strided_ours,
        strided_theirs,
    ),
    Case(
        "dense 64-64-64-64-64-1 with batch norm, relu; batch 100",
        (64,),
        100,
        12800,
        1.5,
        normalised_ours,
        normalised_theirs,
    ),
)

if __name__ == "__main__":
    torch.manual_seed(1)
    main(CASES)
