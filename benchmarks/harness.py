"""What the benchmarks of networks share: networks in both spellings, machine and threads.

All sides run in one process and take turns, so that what else the machine does meets all of them; the median
counts. They do the same work: shuffle, gather each batch, forward, loss, backward, Adam, the loss read back.
"""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from turns import processor

from tmva_py.network import NetworkBuilder

# Rows, columns and inner length of a matrix product, and how often it is done.
Product = tuple[int, int, int, int]
ADAM_FORMS = {"plain": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}


@dataclass(frozen=True)
class Case:
    """One network in both spellings.

    `products` are the matrix products that a training step needs, `forward_products` those of a prediction.
    """

    name: str
    input_shape: tuple[int, ...]
    batch_size: int
    events: int
    ours: Callable[[NetworkBuilder], NetworkBuilder]
    theirs: Callable[[], nn.Module]
    products: tuple[Product, ...] = ()
    forward_products: tuple[Product, ...] = ()


class Recurrent(nn.Module):
    """A recurrent layer of PyTorch and what follows it."""

    def __init__(self, recurrent: nn.Module, head: nn.Module, *, sequence: bool) -> None:
        super().__init__()
        self.recurrent, self.head, self.sequence = recurrent, head, sequence

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the head makes of all states, or of the last."""
        out, _ = self.recurrent(x)
        return self.head(out if self.sequence else out[:, -1])


def sample(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return random events and classes."""
    random = np.random.default_rng(1)
    x = random.normal(size=(case.events, *case.input_shape)).astype(np.float32)
    return x, (random.random(case.events) > 0.5).astype(np.float32)


class Ours:
    """Training with tmva_py."""

    def __init__(self, case: Case, backend: str = "cpu") -> None:
        self.case = case
        self.network = case.ours(NetworkBuilder(case.input_shape, backend=backend, seed=1)).build()
        self.x, self.y = sample(case)

    def run(self, epochs: int) -> float:
        """Return the seconds of the epochs themselves, setting up left out: that is in an epoch before."""
        history = self.network.fit(
            self.x,
            self.y,
            batch_size=self.case.batch_size,
            max_epochs=1 + epochs,
            validation=0,
            progress=False,
        )
        return sum(record.seconds for record in history.epochs[1:])


class Theirs:
    """The same in PyTorch, as its users write it."""

    def __init__(self, case: Case, adam: Mapping[str, bool]) -> None:
        torch.manual_seed(1)
        self.case = case
        self.model = case.theirs()
        self.loss = nn.BCEWithLogitsLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, **adam)
        x, y = sample(case)
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)[:, None]

    def run(self, epochs: int) -> float:
        """Return the seconds of the epochs."""
        started = time.perf_counter()
        batch = self.case.batch_size
        for _ in range(epochs):
            order, total = torch.randperm(len(self.x)), 0.0
            for start in range(0, len(self.x) - batch + 1, batch):
                index = order[start : start + batch]
                self.optimizer.zero_grad()
                loss = self.loss(self.model(self.x[index]), self.y[index])
                loss.backward()
                self.optimizer.step()
                total += loss.item()
        return time.perf_counter() - started


def fastest_adam(case: Case) -> str:
    """Return which of PyTorch's forms of Adam is the fastest for a case."""
    sides = {name: Theirs(case, options) for name, options in ADAM_FORMS.items()}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(4):
        for name, side in sides.items():
            seconds = side.run(1)
            if number:
                times[name].append(seconds)
    return min(times, key=lambda name: min(times[name]))


@contextlib.contextmanager
def threads(count: int) -> Iterator[None]:
    """Let every side use so many threads."""
    from threadpoolctl import threadpool_limits

    from tmva_py.kernels.numba.threads import thread_limit

    torch.set_num_threads(count)
    with thread_limit(count), threadpool_limits(count):
        yield


def machine() -> str:
    """Return processor, system and versions in one line."""
    import numba
    from threadpoolctl import threadpool_info

    blas = next((pool for pool in threadpool_info() if pool["user_api"] == "blas"), {})
    return (
        f"{processor()}, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {blas.get('internal_api')} {blas.get('version')} "
        f"({blas.get('architecture')}), numba {numba.__version__}, PyTorch {torch.__version__}"
    )
