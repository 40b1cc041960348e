"""A backend that brings the kernel of a single step has it called by the reference of the whole sequence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.kernels import Kernel
from tmva_py.kernels.gru import gru_cell_backward, gru_cell_forward
from tmva_py.kernels.lstm import lstm_cell_backward, lstm_cell_forward, lstm_forward
from tmva_py.kernels.rnn import rnn_cell_backward, rnn_cell_forward
from tmva_py.network import Network, NetworkBuilder


class OwnCells(NumpyBackend):
    """NumPy's arrays without its kernels."""

    names = ("own_cells",)
    kernel_sets = ("own_cells",)


class Listed(NumpyBackend):
    """Its sets in a list, which the contract has as a tuple."""

    names = ("listed",)
    kernel_sets: Any = ["own_cells", "numpy"]  # noqa: RUF012 - that it is a list is the point


class ReferenceOnly(NumpyBackend):
    """No kernels at all."""

    names = ("reference_only",)
    kernel_sets = ()


CELLS = {
    "lstm": (lstm_cell_forward, lstm_cell_backward),
    "gru": (gru_cell_forward, gru_cell_backward),
    "rnn": (rnn_cell_forward, rnn_cell_backward),
}
STEPS = 5


def passed(layer: str, backend: NumpyBackend) -> tuple[Network, Any]:
    """Return a network after a forward and a backward pass, and the gradient of its input."""
    net: Network = getattr(NetworkBuilder((STEPS, 3), backend=backend, seed=1), layer)(4).build()
    x = np.random.default_rng(0).normal(size=(6, STEPS, 3))
    out = net.forward(x, training=True)
    return net, net.backward(np.cos(out))


@pytest.mark.parametrize("layer", CELLS)
def test_a_step_of_ones_own(layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counted(cell: Kernel[..., Any]) -> Any:
        def run(xp: Any, **arguments: Any) -> Any:
            calls.append(cell.reference.__name__)
            return cell.reference(xp, **arguments)

        return run

    for cell in CELLS[layer]:
        monkeypatch.setitem(cell._overrides, "own_cells", counted(cell))
    net, d_x = passed(layer, OwnCells("float64"))
    assert calls == [f"{layer}_cell_forward"] * STEPS + [f"{layer}_cell_backward"] * STEPS
    expected, expected_d_x = passed(layer, ReferenceOnly("float64"))
    np.testing.assert_array_equal(net.gradients, expected.gradients)
    np.testing.assert_array_equal(d_x, expected_d_x)


def test_sets_in_a_list() -> None:
    for cells in CELLS.values():
        for cell in cells:
            assert cell.on(Listed()) is cell.reference
    assert lstm_forward.on(Listed()) is lstm_forward.overrides["numpy"]
