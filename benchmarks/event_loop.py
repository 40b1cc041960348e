"""Loops over the entries of a tree, with PyROOT and with the stand-in: events per second.

Run as ``python benchmarks/event_loop.py`` in an environment with ROOT's wheel; without it the stand-in runs
alone. Each side is a process of its own; they take turns, and the best of the rounds counts. In the rows
with a method the stand-in also asks a Reader for its response to each event; PyROOT, beside it, only reads.
What is loaded or compiled once is so in a first pass over some entries.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import uproot
from booked_methods import METHODS, train
from turns import processor

EVENTS = 500_000
# Of the trees' branches the first ones are used; ROOT's GetEntry reads all, as in most scripts.
VARIABLES = 8
ROUNDS = 5
RESPONSE = 'reader.EvaluateMVA("method")'


@dataclass(frozen=True)
class Loop:
    """What a script writes: the statements, whether the buffers are tied to branches, which part is read.

    And of how many branches the tree is.
    """

    text: str
    bound: bool = False
    part: int = 1
    branches: int = VARIABLES


# Buffers tied to branches, attributes of the tree, attributes in a loop over it, also copied to buffers, and
# a tree that is filled from buffers.
_READ = "for i in range(n):\n    tree.GetEntry(i)\n    s += buffers[0][0]"
LOOPS = {
    "GetEntry, buffers": Loop(_READ, bound=True),
    "GetEntry, buffers, 24 branches": Loop(_READ, bound=True, branches=24),
    "GetEntry, attributes": Loop(
        "for i in range(n):\n    tree.GetEntry(i)\n    s += tree.x0 + tree.x1", part=4
    ),
    "for event in tree": Loop("for event in tree:\n    s += event.x0"),
    "for event in tree, copied": Loop(
        "\n    ".join(
            [
                "for event in tree:",
                *(f"buffers[{i}][0] = event.x{i}" for i in range(VARIABLES)),
                "s += buffers[0][0]",
            ]
        )
    ),
    "GetEntry and Fill": Loop(
        "for i in range(n):\n    tree.GetEntry(i)\n    out[0] = buffers[0][0]\n    copy.Fill()",
        bound=True,
        part=4,
    ),
}
# Those that also run with a Reader, whose response takes the place of a buffer's value.
WITH_READER = ("GetEntry, buffers", "GetEntry, buffers, 24 branches", "for event in tree, copied")
SIDE = """
import sys, time
from array import array
from tmva_py.pyroot import install
install(root={root})
import ROOT
ROOT.gROOT.SetBatch(True)
file = ROOT.TFile.Open({path!r})
tree = file.Get("tree")
n = tree.GetEntries() // {part}
buffers = [array("f", [0.0]) for _ in range({variables})]
if {bound}:
    for number, buffer in enumerate(buffers):
        tree.SetBranchAddress(f"x{{number}}", buffer)
target = ROOT.TFile.Open({path!r} + ".out", "RECREATE")
out = array("f", [0.0])
copy = ROOT.TTree("copy", "copy")
copy.Branch("out", out, "out/F")
reader = ROOT.TMVA.Reader("Silent")
if {weights!r}:
    for number, buffer in enumerate(buffers):
        reader.AddVariable(f"x{{number}}", buffer)
    reader.BookMVA("method", {weights!r})
    for i in range(5000):
        tree.GetEntry(i)
        for number, buffer in enumerate(buffers):
            buffer[0] = getattr(tree, f"x{{number}}")
        reader.EvaluateMVA("method")
s = 0.0
started = time.perf_counter()
{loop}
print(time.perf_counter() - started)
"""


def seconds(path: Path, loop: Loop, *, root: bool, weights: str = "") -> float:
    """Return how long a loop takes in a process of its own."""
    text = loop.text.replace("buffers[0][0]", RESPONSE) if weights else loop.text
    # The copy into the first buffer stays.
    text = text.replace(f"{RESPONSE} =", "buffers[0][0] =")
    given = {"path": str(path), "variables": VARIABLES, "bound": loop.bound, "part": loop.part}
    side = SIDE.format(root=root, loop=text, weights=weights, **given)
    done = subprocess.run([sys.executable, "-c", side], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def best(rounds: int, path: Path, loop: Loop, sides: dict[str, tuple[bool, str]]) -> dict[str, float]:
    """Return the seconds of each side, the least of some rounds in which they take turns."""
    found = dict.fromkeys(sides, float("inf"))
    for _ in range(rounds):
        for side, (root, weights) in sides.items():
            found[side] = min(found[side], seconds(path, loop, root=root, weights=weights))
    return found


def main() -> None:
    """Print events per second of each loop and side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="loops whose names hold this text")
    arguments = parser.parse_args()
    from tmva_py.pyroot.installing import is_installed

    roots = {"PyROOT": (True, "")} if is_installed() else {}
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for number in sorted({loop.branches for loop in LOOPS.values()}):
            paths[number] = Path(folder) / f"{number}.root"
            columns = {f"x{i}": random.random(arguments.events).astype(np.float32) for i in range(number)}
            with uproot.recreate(paths[number]) as file:
                file.mktree("tree", {name: "float32" for name in columns}).extend(columns)
        os.chdir(folder)
        files = train(VARIABLES)
        print(f"{arguments.events} events of {VARIABLES} variables, {processor()}")
        print(f"{'million events/s':44}{'PyROOT':>12}{'stand-in':>12}{'time / PyROOT':>16}")
        for name, loop in LOOPS.items():
            if arguments.only not in name:
                continue
            rows = {name: ""}
            if name in WITH_READER:
                rows |= {f"{name}, {title}": str(files[title]) for title in METHODS}
            sides = roots | {row: (False, weights) for row, weights in rows.items()}
            found = best(arguments.rounds, paths[loop.branches], loop, sides)
            millions = arguments.events / loop.part / 1e6
            for row in rows:
                rates = [
                    f"{millions / found[side]:12.3f}" if side in found else " " * 12
                    for side in ("PyROOT", row)
                ]
                ratio = f"{found[row] / found['PyROOT']:16.2f}" if roots else ""
                print(f"{row:44}{''.join(rates)}{ratio}", flush=True)
        os.chdir("/")


if __name__ == "__main__":
    main()
