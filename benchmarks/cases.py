"""The networks that the speed benchmarks measure, with the matrix products that each needs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import image_networks
from harness import Case, Product, Recurrent
from torch import nn

from tmva_py.network import NetworkBuilder

# (events, time steps, input width, state width)
RECURRENT_SHAPES = (
    (1, 10, 30, 10),
    (32, 10, 30, 10),
    (100, 10, 30, 10),
    (256, 20, 6, 20),
    (100, 20, 8, 32),
    (256, 20, 16, 64),
    (100, 100, 8, 32),
    (1024, 30, 16, 64),
    (512, 50, 32, 128),
    (64, 50, 64, 256),
    (64, 100, 123, 320),
)
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
MODULES = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}


def recurrent_layer(builder: NetworkBuilder, kind: str, size: int, *, sequence: bool) -> NetworkBuilder:
    if kind == "LSTM":
        return builder.lstm(size, return_sequence=sequence)
    if kind == "GRU":
        # The form that PyTorch has.
        return builder.gru(size, reset_gate_after=True, return_sequence=sequence)
    return builder.rnn(size, return_sequence=sequence)


def recurrent_products(kind: str, shape: Sequence[int]) -> tuple[tuple[Product, ...], tuple[Product, ...]]:
    """Return the products of a training step and of a prediction; the input needs no gradient."""
    batch, steps, width, size = shape
    rows = GATES[kind] * size
    forward = ((rows, steps * batch, width, 1), (rows, batch, size, steps))
    backward = ((size, batch, rows, steps), (rows, width, steps * batch, 1), (rows, size, steps * batch, 1))
    return forward + backward, forward


def dense_products(batch: int, widths: Sequence[int]) -> tuple[tuple[Product, ...], tuple[Product, ...]]:
    forward = tuple((batch, o, i, 1) for i, o in itertools.pairwise(widths))
    weights = tuple((o, i, batch, 1) for i, o in itertools.pairwise(widths))
    inputs = tuple((batch, i, o, 1) for i, o in itertools.pairwise(widths[1:]))
    return forward + weights + inputs, forward


def recurrent_case(kind: str, shape: tuple[int, int, int, int]) -> Case:
    batch, steps, width, size = shape
    products, forward = recurrent_products(kind, shape)
    # Epochs of a step at least, and of some milliseconds.
    count = max(1, min(40, int(1e9 / (batch * steps * size * (size + width) * GATES[kind] * 6))))
    return Case(
        f"{kind} {batch}, {steps}, {width}, {size}",
        (steps, width),
        batch,
        batch * count,
        lambda builder: recurrent_layer(builder, kind, size, sequence=False).dense(1),
        lambda: Recurrent(MODULES[kind](width, size, batch_first=True), nn.Linear(size, 1), sequence=False),
        products,
        forward,
    )


def tutorial_case(kind: str) -> Case:
    products, forward = recurrent_products(kind, (100, 10, 30, 10))
    head, head_forward = dense_products(100, (100, 64, 1))
    # The flattened sequence needs its gradient too.
    return Case(
        f"{kind} of ROOT's tutorial, 100",
        (10, 30),
        100,
        4000,
        lambda builder: (
            recurrent_layer(builder, kind, 10, sequence=True).flatten().dense(64, "TANH").dense(1)
        ),
        lambda: Recurrent(
            MODULES[kind](30, 10, batch_first=True),
            nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.Tanh(), nn.Linear(64, 1)),
            sequence=True,
        ),
        (*products, *head, (100, 100, 64, 1)),
        (*forward, *head_forward),
    )


def dense_case(width: int, layers: int, size: int, batch: int) -> Case:
    widths = (width, *[size] * layers, 1)
    products, forward = dense_products(batch, widths)

    def theirs() -> nn.Module:
        parts: list[nn.Module] = []
        for before, after in itertools.pairwise(widths[:-1]):
            parts += [nn.Linear(before, after), nn.Tanh()]
        return nn.Sequential(*parts, nn.Linear(size, 1))

    def ours(builder: NetworkBuilder) -> NetworkBuilder:
        for _ in range(layers):
            builder = builder.dense(size, "TANH")
        return builder.dense(1)

    name, steps = f"dense {width}-{layers}x{size}-1, {batch}", max(2, 40 * 64 // size)
    return Case(name, (width,), batch, min(40, steps) * batch, ours, theirs, products, forward)


def tutorial_image_case() -> Case:
    batch = 100
    convolutions = ((10, 256 * batch, 9, 1), (10, 256 * batch, 90, 1))
    back = ((10, 9, 256 * batch, 1), (10, 90, 256 * batch, 1), (90, 256 * batch, 10, 1))
    head, head_forward = dense_products(batch, (2250, 100, 1))
    return Case(
        f"CNN of ROOT's tutorial, {batch}",
        (1, 16, 16),
        batch,
        10 * batch,
        image_networks.tutorial_ours,
        image_networks.tutorial_theirs,
        (*convolutions, *back, *head, (batch, 2250, 100, 1)),
        (*convolutions, *head_forward),
    )


def strided_image_case() -> Case:
    batch = 100
    convolution, back = (16, 64 * batch, 48, 1), (16, 48, 64 * batch, 1)
    head, head_forward = dense_products(batch, (256, 32, 1))
    return Case(
        f"CNN with strides, {batch}",
        (3, 16, 16),
        batch,
        40 * batch,
        image_networks.strided_ours,
        image_networks.strided_theirs,
        (convolution, back, *head, (batch, 256, 32, 1)),
        (convolution, *head_forward),
    )


def normalised_case() -> Case:
    batch = 100
    products, forward = dense_products(batch, (64, 64, 64, 64, 64, 1))
    return Case(
        f"dense 64-4x64-1 with batch norm, {batch}",
        (64,),
        batch,
        40 * batch,
        image_networks.normalised_ours,
        image_networks.normalised_theirs,
        products,
        forward,
    )


def all_cases() -> list[Case]:
    return [
        *(dense_case(width, 4, 64, batch) for width in (7, 64) for batch in (32, 128, 1024)),
        *(dense_case(4, 3, size, batch) for size in (128, 256, 512) for batch in (32, 128, 1000)),
        *(tutorial_case(kind) for kind in GATES),
        *(recurrent_case(kind, shape) for kind in GATES for shape in RECURRENT_SHAPES),
        tutorial_image_case(),
        strided_image_case(),
        normalised_case(),
    ]
