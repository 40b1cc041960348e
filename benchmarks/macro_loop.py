"""Microseconds of ``reader->EvaluateMVA`` for one event, method by method: in Python, and in a C++ macro.

Run as ``python benchmarks/macro_loop.py [turns]``; the macro needs ROOT (``make test-root``), without it
its column is empty. Methods are trained on toy events first. They take turns, some events each, and the
fastest turn counts: it is over before the machine does something else.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from booked_methods import EVERY_METHOD as METHODS
from booked_methods import train

EVENTS, TURNS = 20, 300
"""Events of a turn, and turns of each method."""

MACRO = """
#include "TMVA/Reader.h"
#include <chrono>

void loop(int n, int turns)
{
   TMVA::Reader reader("Silent");
   Float_t x[4], eta = 0;
   for (int i = 0; i < 4; ++i)
      reader.AddVariable(Form("x%d", i), &x[i]);
   reader.AddSpectator("eta", &eta);
   std::vector<std::string> tags = {TAGS};
   for (const auto &tag : tags)
      reader.BookMVA(tag + " method", "data/weights/job_" + tag + ".weights.xml");
   TRandom3 random(1);
   std::map<std::string, double> best;
   for (int turn = 0; turn < turns; ++turn)
      for (const auto &tag : tags) {
         const TString name = tag + " method";
         const double aux = tag == "Cuts" ? 0.7 : 0;
         const auto start = std::chrono::steady_clock::now();
         for (int event = 0; event < n; ++event) {
            for (auto &one : x)
               one = random.Rndm();
            eta = 3 * random.Rndm();
            reader.EvaluateMVA(name, aux);
         }
         const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
         best[tag] = turn ? std::min(best[tag], time.count() / n) : time.count() / n;
      }
   for (const auto &one : best)
      std::cout << "TIME " << one.first << " " << one.second << std::endl;
}
"""


def python_times(turns: int) -> dict[str, float]:
    """Return the microseconds of one event in Python, buffers filled as scripts do."""
    from array import array

    import tmva_py as TMVA

    reader = TMVA.Reader("Silent")
    buffers = [array("f", [0.0]) for _ in range(5)]
    for i, buffer in enumerate(buffers[:4]):
        reader.AddVariable(f"x{i}", buffer)
    reader.AddSpectator("eta", buffers[4])
    for title in METHODS:
        reader.BookMVA(f"{title} method", f"data/weights/job_{title}.weights.xml")
    rows = (np.random.default_rng(2).random((EVENTS, 5)) * np.array([1, 1, 1, 1, 3])).tolist()
    best = dict.fromkeys(METHODS, float("inf"))
    for _ in range(turns):
        for title in METHODS:
            arguments = (f"{title} method", 0.7) if title == "Cuts" else (f"{title} method",)
            start = time.perf_counter()
            for row in rows:
                for buffer, value in zip(buffers, row, strict=True):
                    buffer[0] = value
                reader.EvaluateMVA(*arguments)
            best[title] = min(best[title], 1e6 * (time.perf_counter() - start) / EVENTS)
    return best


def macro_times(turns: int) -> dict[str, float]:
    """Return the microseconds of one event in a macro."""
    tags = ", ".join(f'"{title}"' for title in METHODS)
    Path("loop.C").write_text(MACRO.replace("TAGS", tags))
    code = "from tmva_py.cli import main; main()"
    line = [sys.executable, "-W", "ignore", "-c", code, "run", "loop.C", str(EVENTS), str(turns)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    found = re.findall(r"TIME (\w+) (\S+)", done.stdout)
    return {title: float(microseconds) for title, microseconds in found}


def times_of_methods(turns: int) -> dict[str, tuple[float, float | None]]:
    """Return the microseconds of one event in Python and in a macro, None where ROOT is not installed."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            train(methods=METHODS)
            in_macro = macro_times(turns) if importlib.util.find_spec("ROOT") else {}
            in_python = python_times(turns)
        finally:
            os.chdir(before)
    return {title: (in_python[title], in_macro.get(title)) for title in METHODS}


def table(times: dict[str, tuple[float, float | None]]) -> str:
    """Return the times as a table in Markdown."""
    lines = ["| method | options | Python (µs) | macro (µs) |", "|---|---|---:|---:|"]
    for title, (in_python, in_macro) in times.items():
        kind, options = METHODS[title]
        shown = options.removeprefix("!H:!V").removeprefix(":").replace("|", "\\|")
        said = f"{kind} `{shown}`" if shown else kind
        lines.append(
            f"| {title} | {said} | {in_python:.1f} | {'–' if in_macro is None else f'{in_macro:.1f}'} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    print(table(times_of_methods(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS)))


if __name__ == "__main__":
    main()
