"""Microseconds of ``reader->EvaluateMVA`` for one event, method by method: in Python, and in a C++ macro.

Run as ``python benchmarks/macro_loop.py [n_events]``; the macro needs ROOT (``make test-root``), without it
its column is empty. Methods are trained on toy events first. They take turns, and the fastest of seven
counts, for others wait.
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

_DENSITY = "!H:!V:NSmooth=1:NAvEvtPerBin=50"
METHODS = {
    "Cuts": ("Cuts", "!H:!V:FitMethod=MC:EffSel:SampleSize=2000"),
    "Fisher": ("Fisher", "!H:!V"),
    "FisherD": ("Fisher", "!H:!V:VarTransform=D"),
    "FisherG": ("Fisher", "!H:!V:VarTransform=G"),
    "BoostedFisher": ("Fisher", "!H:!V:Boost_Num=20:Boost_Transform=log:Boost_Type=AdaBoost"),
    "LD": ("LD", "!H:!V"),
    "HMatrix": ("HMatrix", "!H:!V"),
    "FDA": (
        "FDA",
        "!H:!V:Formula=(0)+(1)*x0+(2)*x1:ParRanges=(-1,1);(-10,10);(-10,10):FitMethod=MC:SampleSize=1000",
    ),
    "Likelihood": ("Likelihood", f"{_DENSITY}:PDFInterpol=Spline2"),
    "LikelihoodBins": ("Likelihood", f"{_DENSITY}:PDFInterpol=Spline0"),
    "LikelihoodD": ("Likelihood", f"{_DENSITY}:PDFInterpol=Spline2:VarTransform=D"),
    "LikelihoodPCA": ("Likelihood", f"{_DENSITY}:PDFInterpol=Spline2:VarTransform=P"),
    "BDT": ("BDT", "!H:!V:NTrees=850:MinNodeSize=2.5%:MaxDepth=3:AdaBoostBeta=0.5:nCuts=20"),
    "BDTG": ("BDT", "!H:!V:NTrees=1000:BoostType=Grad:Shrinkage=0.1:nCuts=20:MaxDepth=2"),
    "BDTD": ("BDT", "!H:!V:NTrees=400:MinNodeSize=5%:MaxDepth=3:nCuts=20:VarTransform=D"),
    "BDTF": ("BDT", "!H:!V:NTrees=50:MinNodeSize=2.5%:UseFisherCuts:MaxDepth=3:nCuts=20"),
    "RuleFit": ("RuleFit", "!H:!V:NTrees=20:GDNSteps=100"),
    "MLP": ("MLP", "!H:!V:NeuronType=tanh:VarTransform=N:NCycles=20:HiddenLayers=N+5:TestRate=5"),
    "DNN": (
        "DL",
        "!H:!V:VarTransform=N:Layout=TANH|128,TANH|128,LINEAR:TrainingStrategy=LearningRate=1e-3,MaxEpochs=1",
    ),
    "SVM": ("SVM", "!H:!V:Gamma=0.25:Tol=0.01:VarTransform=N"),
    "KNN": ("KNN", "!H:!V:nkNN=20:ScaleFrac=0.8:UseKernel=F:UseWeight=T"),
    "PDERS": ("PDERS", "!H:!V:NEventsMin=400:NEventsMax=600"),
    "PDEFoam": ("PDEFoam", "!H:!V:nActiveCells=500:nSampl=500:Nmin=100"),
    "Category": ("Category", ""),
}
CATEGORIES = {"abs(eta) <= 1.3": "Fisher", "abs(eta) > 1.3": "LD"}
"""Of the last one: its regions, by a spectator, and their methods."""
MACRO = """
#include "TMVA/Reader.h"
#include <chrono>

void loop(int n)
{
   TMVA::Reader reader("Silent");
   Float_t x[4];
   for (int i = 0; i < 4; ++i)
      reader.AddVariable(Form("x%d", i), &x[i]);
   Float_t eta = 0;
   reader.AddSpectator("eta", &eta);
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
            eta = 3 * random.Rndm();
            sum += reader.EvaluateMVA(name, tag == "Cuts" ? 0.7 : 0);
         }
         const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
         const double each = 1e6 * seconds.count() / n;
         std::cout << "TIME " << turn << " " << tag << " " << each << " " << sum << std::endl;
      }
}
"""


def train() -> None:
    """Write weight files of all methods."""
    import tmva_py as TMVA

    random = np.random.default_rng(1)
    loader = TMVA.DataLoader("data")
    for name in ("x0", "x1", "x2", "x3"):
        loader.AddVariable(name)
    loader.AddSpectator("eta")
    for add, shift in ((loader.AddSignalTree, 0.2), (loader.AddBackgroundTree, 0.0)):
        columns = {f"x{i}": random.random(4000) + shift * (i + 1) / 4 for i in range(4)}
        add(
            {
                name: values.astype(np.float32)
                for name, values in (columns | {"eta": random.random(4000) * 3}).items()
            }
        )
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    factory = TMVA.Factory("job", None, "Silent:!DrawProgressBar:AnalysisType=Classification")
    for title, (method, options) in METHODS.items():
        booked = factory.BookMethod(loader, method, title, options)
        if method == "Category":
            for cut, kind in CATEGORIES.items():
                booked.AddMethod(cut, "x0:x1:x2:x3", kind, f"{title}_{kind}", "!H:!V")
    factory.TrainAllMethods()


def python_times(n: int) -> dict[str, float]:
    """Return the microseconds of one event in Python, buffers filled as scripts do."""
    from array import array

    import tmva_py as TMVA

    reader = TMVA.Reader("Silent")
    buffers = [array("f", [0.0]) for _ in range(4)]
    for i, buffer in enumerate(buffers):
        reader.AddVariable(f"x{i}", buffer)
    buffers.append(array("f", [0.0]))
    reader.AddSpectator("eta", buffers[-1])
    for title in METHODS:
        reader.BookMVA(f"{title} method", f"data/weights/job_{title}.weights.xml")
    rows = (np.random.default_rng(2).random((n, 5)) * np.array([1, 1, 1, 1, 3])).tolist()
    times: dict[str, list[float]] = {title: [] for title in METHODS}
    for turn in range(8):
        for title, found in times.items():
            arguments = (f"{title} method", 0.7) if title == "Cuts" else (f"{title} method",)
            start = time.perf_counter()
            for row in rows:
                for buffer, value in zip(buffers, row, strict=True):
                    buffer[0] = value
                reader.EvaluateMVA(*arguments)
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


def times_of_methods(n: int) -> dict[str, tuple[float, float | None]]:
    """Return the microseconds of one event in Python and in a macro, None where ROOT is not installed."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            train()
            in_macro = macro_times(n) if importlib.util.find_spec("ROOT") else {}
            in_python = python_times(n)
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
    print(table(times_of_methods(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)))


if __name__ == "__main__":
    main()
