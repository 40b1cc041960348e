"""The process in which one checkout of this project trains and predicts; `compare.py` is the other end."""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from processes import serve


class Checkout:
    """The networks of `cases.py`, as the checkout in the first argument builds and runs them."""

    def __init__(self) -> None:
        checkout = Path(sys.argv[1])
        # The checkout's own package, cases and harness, not those beside this file.
        sys.path[:0] = [str(checkout / "benchmarks"), str(checkout)]
        import harness
        from cases import all_cases

        import tmva_py

        assert Path(tmva_py.__file__).parents[1] == checkout.resolve(), tmva_py.__file__
        self.harness = harness
        self.cases = {case.name: case for case in all_cases()}
        self.threads = contextlib.ExitStack()
        self.threads.enter_context(harness.threads(int(sys.argv[2])))
        self.side: Any = None
        self.x: Any = None

    def names(self) -> list[str]:
        """Return the names of the networks."""
        return list(self.cases)

    def build(self, name: str, backend: str) -> None:
        """Build a network; one run of everything compiles what is compiled."""
        self.side = self.harness.Ours(self.cases[name], backend)
        self.x = self.harness.sample(self.cases[name])[0]
        self.train()
        self.predict(1)

    def train(self) -> float:
        """Return the seconds of a training step."""
        case = self.side.case
        return float(self.side.run(1)) / (case.events // case.batch_size)

    def predict(self, events: int) -> float:
        """Return the seconds of a prediction."""
        x, often = self.x[:events], 20 if events == 1 else 3
        times = []
        for _ in range(often):
            started = time.perf_counter()
            self.side.network.predict(x)
            times.append(time.perf_counter() - started)
        return statistics.median(times)


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    serve(Checkout)
