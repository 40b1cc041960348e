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

EVENTS, TURNS = 20, 300
"""Events of a turn, and turns of each method."""

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
            train()
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
