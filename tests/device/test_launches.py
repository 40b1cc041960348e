"""How many kernels a training step starts: bounded for each time step, and fixed for whole nets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pretend_cuda import PretendCupyBackend

from tmva_py import Network
from tmva_py.functions.losses import CrossEntropy
from tmva_py.functions.optimizers import Adam


def step(layout: str, shape: str, batch: int = 8) -> tuple[Any, Any]:
    """Return the counts of a forward and a backward pass, the second ones of a net: the plans are made."""
    backend = PretendCupyBackend("float32")
    net = Network.from_layout(layout, input_layout=shape, seed=1, dtype="float32", backend=backend)
    x = backend.asarray(np.ones((batch, *net.input_shape)))
    d_out = backend.asarray(np.ones((batch, 1)))
    for _ in range(2):
        with backend.counting() as forward:
            net.forward(x, training=True)
        with backend.counting() as backward:
            net.backward(d_out)
    return forward, backward


# Launches and matrix products of a time step, forward and backward.
STEPS = {
    "LSTM|4|3|{steps}|0|{sequence}": ((1, 1), (1, 1)),
    "RNN|4|3|{steps}|0|{sequence}": ((1, 1), (1, 1)),
    "GRU|4|3|{steps}|0|{sequence}|0": ((2, 2), (2, 2)),
    "GRU|4|3|{steps}|0|{sequence}|1": ((1, 1), (1, 1)),
}


@pytest.mark.parametrize("sequence", [0, 1])
@pytest.mark.parametrize("layout", STEPS)
def test_launches_of_a_time_step(layout: str, sequence: int) -> None:
    seen = []
    for steps in (5, 6):
        text = layout.format(steps=steps, sequence=sequence) + ",RESHAPE|FLAT,DENSE|1|LINEAR"
        seen.append(step(text, f"{steps}|3"))
    for direction, expected in enumerate(STEPS[layout]):
        fewer, more = (counts[direction] for counts in seen)
        found = (more.launches - fewer.launches, more.matrix_products - fewer.matrix_products)
        assert found == expected
        assert found[0] <= 3


# Launches and matrix products of whole training steps.
WHOLE_STEPS = [
    ("LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR", "10|30", 39, 30),
    ("DENSE|64|TANH,DENSE|64|TANH,DENSE|64|TANH,DENSE|64|TANH,LINEAR", "7", 16, 18),
    (
        "CONV|10|3|3|1|1|1|1|RELU,CONV|10|3|3|1|1|1|1|RELU,MAXPOOL|2|2|1|1,RESHAPE|FLAT,"
        "DENSE|100|RELU,LINEAR",
        "1|16|16",
        29,
        12,
    ),
]


@pytest.mark.parametrize(("layout", "shape", "launches", "products"), WHOLE_STEPS)
def test_launches_of_a_training_step(layout: str, shape: str, launches: int, products: int) -> None:
    """Batch, forward, loss, backward, optimiser: a number that grows is a kernel that came apart."""
    backend = PretendCupyBackend("float32")
    net = Network.from_layout(layout, input_layout=shape, seed=1, dtype="float32", backend=backend)
    x, y = np.random.default_rng(0).normal(size=(64, *net.input_shape)), np.arange(64) % 2
    counts = []
    for events in (48, 64):  # a batch more in each of two epochs
        with backend.counting() as seen:
            net.fit(x[:events], y[:events], batch_size=16, max_epochs=2, validation=0, progress=False)
        counts.append(seen)
    more = counts[1].minus(counts[0])
    assert (more.to_device, more.to_host, more.synchronizations) == (0, 0, 0)
    assert (more.launches / 2, more.matrix_products / 2) == (launches, products)


def test_the_page_has_these_figures(project: Path) -> None:
    page = " ".join((project / "docs" / "gpu.md").read_text(encoding="utf-8").split())
    layout, _, launches, products = WHOLE_STEPS[0]
    assert f"(`{layout}`) takes {launches} launches and {products} products" in page


def test_losses_and_optimisers_are_one_launch() -> None:
    backend = PretendCupyBackend("float32")
    output, target, gradient = (backend.asarray(np.ones((9, 2))) for _ in range(3))
    optimizer = Adam(learning_rate=0.1)
    optimizer.start(backend, 18)
    with backend.counting() as counts:
        CrossEntropy().total(backend, output=output, target=target, gradient=gradient)
        optimizer.step(output.reshape(-1), gradient.reshape(-1))
    assert (counts.launches, counts.matrix_products) == (2, 0)
