"""Random arguments for every kernel that has overrides; a new kernel adds a line to `ARGUMENTS`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tmva_py import kernels
from tmva_py.kernels import Kernel, Memory

# (time steps, batch, state size, input width)
SHAPES = [(1, 1, 1, 1), (3, 1, 2, 1), (1, 4, 3, 2), (2, 3, 1, 4), (5, 7, 4, 3), (10, 16, 10, 6)]

Arguments = dict[str, Any]


def all_kernels() -> dict[str, Kernel[..., Any]]:
    """Return every kernel by module and name."""
    found = {}
    for module in pkgutil.iter_modules(kernels.__path__):
        content = vars(importlib.import_module(f"{kernels.__name__}.{module.name}"))
        found.update(
            {f"{module.name}.{name}": value for name, value in content.items() if isinstance(value, Kernel)}
        )
    return found


class Draw:
    """Random arguments in one precision."""

    def __init__(self, dtype: str, seed: int = 5) -> None:
        self.dtype = np.dtype(dtype)
        self.random = np.random.default_rng(seed)

    def array(self, *shape: int, scale: float = 0.8) -> Any:
        return self.random.normal(0.0, scale, shape).astype(self.dtype)

    def empty(self, *shape: int) -> Any:
        return np.full(shape, np.nan, self.dtype)

    def memory(self) -> Memory:
        return Memory(lambda shape: np.full(shape, np.nan, self.dtype))


def forward_arguments(draw: Draw, gates: int, states: tuple[str, ...]) -> Iterator[Arguments]:
    for steps, batch, size, width in SHAPES:
        yield {
            "x": draw.array(steps, batch, width),
            "W": draw.array(gates * size, width),
            "U": draw.array(gates * size, size),
            "b": draw.array(gates * size),
            "memory": draw.memory(),
            **{name: draw.array(size, batch) for name in states},
        }


def backward_arguments(
    draw: Draw, gates: int, states: tuple[str, ...], forward: Kernel[..., Any], trace: str, **further: Any
) -> Iterator[Arguments]:
    for number, arguments in enumerate(forward_arguments(draw, gates, states)):
        steps, batch, _ = arguments["x"].shape
        size = arguments["U"].shape[1]
        for outputs, final in ((True, False), (False, True), (True, True), (False, False)):
            last = {f"d_{name[0]}_last": draw.array(size, batch) if final else None for name in states}
            yield {
                "d_h": draw.array(steps, size, batch) if outputs else None,
                **last,
                "x": arguments["x"],
                "W": arguments["W"],
                "U": arguments["U"],
                trace: forward(np, **arguments, **further),
                "d_W": draw.empty(*arguments["W"].shape),
                "d_U": draw.empty(*arguments["U"].shape),
                "d_b": draw.empty(*arguments["b"].shape),
                "memory": draw.memory(),
                "input_gradient": number % 2 == 0 or final,
                **further,
            }


def gather_arguments(draw: Draw) -> Iterator[Arguments]:
    for shape in ((4,), (4, 1), (9, 3), (6, 2, 3)):
        index = draw.random.permutation(shape[0])[: max(1, shape[0] // 2)]
        yield {"source": draw.array(*shape), "index": index, "out": draw.empty(len(index), *shape[1:])}


def gru(draw: Draw) -> Iterator[Arguments]:
    for after in (False, True):
        for arguments in forward_arguments(draw, 3, ("h_0",)):
            yield {**arguments, "reset_after": after}


def gru_back(draw: Draw) -> Iterator[Arguments]:
    for after in (False, True):
        forward = all_kernels()["gru.gru_forward"]
        yield from backward_arguments(draw, 3, ("h_0",), forward, "trace", reset_after=after)


ARGUMENTS: dict[str, Callable[[Draw], Iterator[Arguments]]] = {
    "gather.gather": gather_arguments,
    "rnn.rnn_forward": lambda draw: forward_arguments(draw, 1, ("h_0",)),
    "rnn.rnn_backward": lambda draw: backward_arguments(
        draw, 1, ("h_0",), all_kernels()["rnn.rnn_forward"], "h"
    ),
    "lstm.lstm_forward": lambda draw: forward_arguments(draw, 4, ("h_0", "c_0")),
    "lstm.lstm_backward": lambda draw: backward_arguments(
        draw, 4, ("h_0", "c_0"), all_kernels()["lstm.lstm_forward"], "trace"
    ),
    "gru.gru_forward": gru,
    "gru.gru_backward": gru_back,
}
