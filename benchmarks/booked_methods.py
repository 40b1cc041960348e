"""Weight files of the methods that scripts book most, trained on toy events."""

from __future__ import annotations

from collections.abc import Mapping
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

EVERY_METHOD = METHODS | {
    "Cuts": ("Cuts", "!H:!V:FitMethod=MC:EffSel:SampleSize=2000"),
    "FisherD": ("Fisher", "!H:!V:VarTransform=D"),
    "FisherG": ("Fisher", "!H:!V:VarTransform=G"),
    "BoostedFisher": ("Fisher", "!H:!V:Boost_Num=20:Boost_Transform=log:Boost_Type=AdaBoost"),
    "HMatrix": ("HMatrix", "!H:!V"),
    "FDA": (
        "FDA",
        "!H:!V:Formula=(0)+(1)*x0+(2)*x1:ParRanges=(-1,1);(-10,10);(-10,10):FitMethod=MC:SampleSize=1000",
    ),
    "LikelihoodBins": ("Likelihood", "!H:!V:NSmooth=1:NAvEvtPerBin=50:PDFInterpol=Spline0"),
    "LikelihoodD": ("Likelihood", "!H:!V:NSmooth=1:NAvEvtPerBin=50:PDFInterpol=Spline2:VarTransform=D"),
    "LikelihoodPCA": ("Likelihood", "!H:!V:NSmooth=1:NAvEvtPerBin=50:PDFInterpol=Spline2:VarTransform=P"),
    "BDTD": ("BDT", "!H:!V:NTrees=400:MinNodeSize=5%:MaxDepth=3:nCuts=20:VarTransform=D"),
    "BDTF": ("BDT", "!H:!V:NTrees=50:MinNodeSize=2.5%:UseFisherCuts:MaxDepth=3:nCuts=20"),
    "RuleFit": ("RuleFit", "!H:!V:NTrees=20:GDNSteps=100"),
    "SVM": ("SVM", "!H:!V:Gamma=0.25:Tol=0.01:VarTransform=N"),
    "KNN": ("KNN", "!H:!V:nkNN=20:ScaleFrac=0.8:UseKernel=F:UseWeight=T"),
    "PDERS": ("PDERS", "!H:!V:NEventsMin=400:NEventsMax=600"),
    "PDEFoam": ("PDEFoam", "!H:!V:nActiveCells=500:nSampl=500:Nmin=100"),
    "Category": ("Category", ""),
}
"""All methods for two classes, also after transformations of their variables."""

CATEGORIES = {"abs(eta) <= 1.3": "Fisher", "abs(eta) > 1.3": "LD"}
"""Of the last one: its regions, by a spectator, and their methods."""


def train(n_variables: int = 4, methods: Mapping[str, tuple[str, str]] = METHODS) -> dict[str, Path]:
    """Train methods on variables ``x0``, ``x1``, …; return the weight files, which the current folder gets.

    With a Category there is a spectator ``eta``.
    """
    import tmva_py as TMVA

    random = np.random.default_rng(1)
    names = [f"x{i}" for i in range(n_variables)]
    loader = TMVA.DataLoader("data")
    for name in names:
        loader.AddVariable(name)
    spectators = ["eta"] if "Category" in methods else []
    for name in spectators:
        loader.AddSpectator(name)
    for add, shift in ((loader.AddSignalTree, 0.2), (loader.AddBackgroundTree, 0.0)):
        shifts = shift * np.arange(1, n_variables + 1) / n_variables
        columns = {name: random.random(4000) + one for name, one in zip(names, shifts, strict=True)}
        columns |= {name: 3.0 * random.random(4000) for name in spectators}
        add({name: values.astype(np.float32) for name, values in columns.items()})
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    factory = TMVA.Factory("job", None, "Silent:!DrawProgressBar:AnalysisType=Classification")
    for title, (method, options) in methods.items():
        booked = factory.BookMethod(loader, method, title, options)
        if method == "Category" and booked is not None:
            for cut, kind in CATEGORIES.items():
                booked.AddMethod(cut, ":".join(names), kind, f"{title}_{kind}", "!H:!V")
    factory.TrainAllMethods()
    return {title: Path(f"data/weights/job_{title}.weights.xml").resolve() for title in methods}
