"""Microseconds of ``reader->EvaluateMVA`` in the event loop of a C++ macro, beside a Reader's in Python.

Run as ``python benchmarks/macro_loop.py [n_events]`` in the environment of ``make test-root``. Methods are
trained on toy events first. They take turns, and the fastest of seven counts, for others wait.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from booked_methods import METHODS, train

MACRO = """
#include "TMVA/Reader.h"
#include <chrono>

void loop(int n)
{
   TMVA::Reader reader("Silent");
   Float_t x[4];
   for (int i = 0; i < 4; ++i)
      reader.AddVariable(Form("x%d", i), &x[i]);
   std::vector<std::string> tags = {TAGS};
   for (const auto &tag : tags)
      reader.BookMVA(tag + " method", "data/weights/job_" + tag + ".weights.xml");
   TRandom3 random(1);
   for (int turn = 0; turn < 8; ++turn) // the first one loads and compiles
      for (const auto &tag : tags) {
         const TString name = tag + " method";
         const auto start = std::chrono::steady_clock::now();
         double sum = 0;
         for (int event = 0; event < n; ++event) {
            for (auto &one : x)
               one = random.Rndm();
            sum += reader.EvaluateMVA(name);
         }
         const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
         const double each = 1e6 * seconds.count() / n;
         std::cout << "TIME " << turn << " " << tag << " " << each << " " << sum << std::endl;
      }
}
"""


def python_times(n: int) -> dict[str, float]:
    """Return the microseconds of one event in Python, buffers filled as scripts do."""
    from array import array

    import tmva_py as TMVA

    reader = TMVA.Reader("Silent")
    buffers = [array("f", [0.0]) for _ in range(4)]
    for i, buffer in enumerate(buffers):
        reader.AddVariable(f"x{i}", buffer)
    for title in METHODS:
        reader.BookMVA(f"{title} method", f"data/weights/job_{title}.weights.xml")
    rows = np.random.default_rng(2).random((n, 4)).tolist()
    times: dict[str, list[float]] = {title: [] for title in METHODS}
    for turn in range(8):
        for title, found in times.items():
            name = f"{title} method"
            start = time.perf_counter()
            for row in rows:
                for buffer, value in zip(buffers, row, strict=True):
                    buffer[0] = value
                reader.EvaluateMVA(name)
            if turn:
                found.append(1e6 * (time.perf_counter() - start) / n)
    return {title: min(found) for title, found in times.items()}


def macro_times(n: int) -> dict[str, float]:
    """Return the microseconds of one event in a macro."""
    tags = ", ".join(f'"{title}"' for title in METHODS)
    Path("loop.C").write_text(MACRO.replace("TAGS", tags))
    line = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        "from tmva_py.cli import main; main()",
        "run",
        "loop.C",
        str(n),
    ]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    times: dict[str, list[float]] = {title: [] for title in METHODS}
    for turn, title, microseconds in re.findall(r"TIME (\d+) (\w+) (\S+)", done.stdout):
        if int(turn):
            times[title].append(float(microseconds))
    return {title: min(found) for title, found in times.items()}


def main() -> None:
    """Print the table."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        train()
        in_macro, in_python = macro_times(n), python_times(n)
        os.chdir("/")
    print(f"{'method':<12}{'macro':>10}{'Python':>10}   microseconds an event")
    for title in METHODS:
        print(f"{title:<12}{in_macro[title]:>10.1f}{in_python[title]:>10.1f}")


if __name__ == "__main__":
    main()
