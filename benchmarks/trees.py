"""Time of reading trees of PyROOT, in a file and in memory, against uproot on the same file; needs ROOT.

Run as ``python benchmarks/trees.py [n_events] [n_branches]`` in the environment of ``make test-root``;
the default is 1,000,000 events of 10 floats. Shown are the best of five readings.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import uproot

from tmva_py.trees import open_tree

N_REPEATED = 5


def best(read: Callable[[], Any]) -> float:
    times = []
    for _ in range(N_REPEATED):
        start = time.perf_counter()
        read()
        times.append(time.perf_counter() - start)
    return min(times)


def main(n_events: int = 1_000_000, n_branches: int = 10) -> None:
    import ROOT

    rng = np.random.default_rng(1)
    columns = {f"x{i}": rng.normal(size=n_events).astype(np.float32) for i in range(n_branches)}
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "events.root")
        ROOT.RDF.FromNumpy(columns).Snapshot("T", path)
        file = ROOT.TFile(path)
        in_file = file.Get("T")
        ROOT.gROOT.cd()
        in_memory = in_file.CloneTree(-1)
        in_memory.SetDirectory(ROOT.nullptr)

        def with_uproot() -> Any:
            with uproot.open(path) as opened:
                return opened["T"].arrays(library="np")

        def ours(tree: Any) -> Callable[[], Any]:
            return lambda: open_tree(tree).read(columns)

        assert all(np.array_equal(ours(in_memory)()[name].content, columns[name]) for name in columns)
        reference = best(with_uproot)
        print(f"{n_events} events x {n_branches} floats\nuproot                {reference:.3f} s")
        for what, tree in (
            ("path", f"{path}:T"),
            ("PyROOT, in a file", in_file),
            ("PyROOT, in memory", in_memory),
        ):
            seconds = best(ours(tree))
            print(f"{what:21} {seconds:.3f} s  {seconds / reference:.2f} x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
