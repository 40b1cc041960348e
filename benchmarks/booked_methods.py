"""Weight files of the methods that scripts book most, trained on toy events."""

from __future__ import annotations

from pathlib import Path

import numpy as np

METHODS = {
    "Fisher": ("Fisher", "!H:!V"),
    "LD": ("LD", "!H:!V"),
    "BDT": ("BDT", "!H:!V:NTrees=850:MinNodeSize=2.5%:MaxDepth=3:AdaBoostBeta=0.5:nCuts=20"),
    "BDTG": ("BDT", "!H:!V:NTrees=1000:BoostType=Grad:Shrinkage=0.1:nCuts=20:MaxDepth=2"),
    "MLP": ("MLP", "!H:!V:NeuronType=tanh:VarTransform=N:NCycles=20:HiddenLayers=N+5:TestRate=5"),
    "Likelihood": ("Likelihood", "!H:!V:PDFInterpol=Spline2:NSmooth=1:NAvEvtPerBin=50"),
    "DNN": (
        "DL",
        "!H:!V:VarTransform=N:Layout=TANH|128,TANH|128,LINEAR:TrainingStrategy=LearningRate=1e-3,MaxEpochs=1",
    ),
}


def train(n_variables: int = 4) -> dict[str, Path]:
    """Train all on variables ``x0``, ``x1``, …; return the weight files, which the current folder gets."""
    import tmva_py as TMVA

    random = np.random.default_rng(1)
    names = [f"x{i}" for i in range(n_variables)]
    loader = TMVA.DataLoader("data")
    for name in names:
        loader.AddVariable(name)
    for add, shift in ((loader.AddSignalTree, 0.2), (loader.AddBackgroundTree, 0.0)):
        shifts = shift * np.arange(1, n_variables + 1) / n_variables
        add(
            {
                name: (random.random(4000) + one).astype(np.float32)
                for name, one in zip(names, shifts, strict=True)
            }
        )
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    factory = TMVA.Factory("job", None, "Silent:!DrawProgressBar:AnalysisType=Classification")
    for title, (method, options) in METHODS.items():
        factory.BookMethod(loader, method, title, options)
    factory.TrainAllMethods()
    return {title: Path(f"data/weights/job_{title}.weights.xml").resolve() for title in METHODS}
