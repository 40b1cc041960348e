"""Loops over the entries of a tree, with PyROOT and with the stand-in: events per second, without evaluation.

Run as ``python benchmarks/event_loop.py`` in an environment with ROOT's wheel; without it the stand-in runs
alone. Each side is a process of its own; they take turns, and the best of the rounds counts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import uproot
from turns import processor

EVENTS = 500_000
VARIABLES = 8
ROUNDS = 5
# What scripts write: buffers tied to branches, attributes of the tree, attributes in a loop over it, and a
# tree that is filled from buffers.
LOOPS = {
    "GetEntry, buffers": """
for i in range(n):
    tree.GetEntry(i)
    s += buffers[0][0]
""",
    "GetEntry, attributes": """
for i in range(n // 4):
    tree.GetEntry(i)
    s += tree.x0 + tree.x1
""",
    "for event in tree": """
for event in tree:
    s += event.x0
""",
    "GetEntry and Fill": """
for i in range(n // 4):
    tree.GetEntry(i)
    out[0] = buffers[0][0]
    copy.Fill()
""",
}
SIDE = """
import sys, time
from array import array
from tmva_py.pyroot import install
install(root={root})
import ROOT
ROOT.gROOT.SetBatch(True)
file = ROOT.TFile.Open({path!r})
tree = file.Get("tree")
n = tree.GetEntries()
buffers = [array("f", [0.0]) for _ in range({variables})]
if {bound}:
    for number, buffer in enumerate(buffers):
        tree.SetBranchAddress(f"x{{number}}", buffer)
target = ROOT.TFile.Open({path!r} + ".out", "RECREATE")
out = array("f", [0.0])
copy = ROOT.TTree("copy", "copy")
copy.Branch("out", out, "out/F")
s = 0.0
started = time.perf_counter()
{loop}
print(time.perf_counter() - started)
"""


def seconds(path: Path, loop: str, *, root: bool) -> float:
    """Return how long a loop takes in a process of its own."""
    text = SIDE.format(
        root=root, path=str(path), variables=VARIABLES, bound="buffers" in loop, loop=LOOPS[loop]
    )
    if "for event" in loop:
        text = text.replace("SetBranchAddress(", "GetBranch(").replace(", buffer)", ")")
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Print events per second of each loop and side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="loops whose names hold this text")
    arguments = parser.parse_args()
    from tmva_py.pyroot.installing import is_installed

    sides = {"PyROOT": True, "stand-in": False} if is_installed() else {"stand-in": False}
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tree.root"
        columns = {f"x{i}": random.normal(size=arguments.events).astype(np.float32) for i in range(VARIABLES)}
        with uproot.recreate(path) as file:
            file.mktree("tree", {name: "float32" for name in columns}).extend(columns)
        print(f"{arguments.events} events of {VARIABLES} variables, {processor()}")
        print(f"{'million events/s':24}" + "".join(f"{side:>12}" for side in sides) + "   ratio")
        for loop in (one for one in LOOPS if arguments.only in one):
            n_events = arguments.events // (4 if "// 4" in LOOPS[loop] else 1)
            best = dict.fromkeys(sides, float("inf"))
            for _ in range(arguments.rounds):
                for side, root in sides.items():
                    best[side] = min(best[side], seconds(path, loop, root=root))
            rates = "".join(f"{n_events / best[side] / 1e6:12.3f}" for side in sides)
            ratio = f"{best['stand-in'] / best['PyROOT']:8.2f}" if len(sides) == 2 else ""
            print(f"{loop:24}{rates}{ratio}")


if __name__ == "__main__":
    main()
