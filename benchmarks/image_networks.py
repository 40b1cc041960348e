"""Networks with convolutions and batch normalisation, in our spelling and in PyTorch's."""

from __future__ import annotations

from torch import nn

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
