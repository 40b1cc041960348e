"""Densities of the response of every method, in its weight file: what `Reader` makes of them, by counting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tmva_py as TMVA

OPTIONS = {
    "BDT": "NTrees=20",
    "CFMlpANN": "NCycles=3000",  # after few cycles responses are too close to one another for TMVA's splines
    "DL": "Layout=TANH|5,LINEAR:RandomSeed=1:TrainingStrategy=MaxEpochs=5,BatchSize=50",
    "DT": "!UseYesNoLeaf:MaxDepth=8:MinNodeSize=1%",
    "FDA": "Formula=(0)+(1)*x0+(2)*x1:ParRanges=(-1,1);(-1,1);(-1,1):FitMethod=MINUIT",
    "Fisher": "",
    "HMatrix": "",
    "KNN": "nkNN=50",
    "LD": "",
    "Likelihood": "TransformOutput",
    "MLP": "NCycles=20:VarTransform=N:CalculateErrors",
    "PDEFoam": "nActiveCells=100:nSampl=500:VolFrac=0.2:Nmin=20",
    "PDERS": "",
    "RuleFit": "",
    "SVM": "C=0.1:VarTransform=Norm",
    "TMlpANN": "NCycles=20:LearningMethod=BFGS",
    "Boost": "Boost_Num=3:Boost_Transform=linear",
    "Category": "",
}
# They estimate the error of a response, as in TMVA.
WITH_ERRORS = {"MLP", "PDEFoam"}
# Splines leave out what single bins do: of 2000 events an area of 0.01, of few different responses more.
AREA = 0.05
MEAN = 0.05


def events(shift: float, seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: random.normal(shift, 1, 2000).astype(np.float32) for name in "xyz"}


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("kind", OPTIONS)
def test_probability_and_rarity(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rarity of background is flat, and events of a probability are signal as often as it says."""
    monkeypatch.chdir(tmp_path)
    signal, background = events(0.5, 1), events(-0.5, 2)
    factory = TMVA.Factory("job", None, "!V:Silent:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset")
    reader = TMVA.Reader("!Color:Silent")
    for name in "xyz":
        loader.AddVariable(name)
        reader.AddVariable(name, np.zeros(1, np.float32))
    loader.AddSignalTree(signal)
    loader.AddBackgroundTree(background)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    options = f"CreateMVAPdfs:{OPTIONS[kind]}"
    booked = factory.BookMethod(loader, "Fisher" if kind == "Boost" else kind, "M", options)
    if kind == "Category":
        booked.AddMethod("x>0", "", TMVA.Types.kLD, "right", "")
        booked.AddMethod("x<=0", "", TMVA.Types.kLD, "left", "")
    factory.TrainAllMethods()
    reader.BookMVA("M", "dataset/weights/job_M.weights.xml")
    x = np.concatenate([np.stack(list(one.values()), axis=1) for one in (signal, background)])
    is_signal = np.arange(len(x)) < len(x) // 2
    response = reader.EvaluateMVA(x, "M")
    rarity = reader.GetRarity("M", response)
    assert rarity[~is_signal].mean() == pytest.approx(0.5, abs=MEAN)
    below = np.searchsorted(np.sort(response[~is_signal]), response, side="right") / (~is_signal).sum()
    assert np.abs(rarity - below).mean() < AREA
    probability = reader.GetProba("M", 0.5, response)
    assert probability.min() >= 0
    assert probability.max() <= 1
    for low, high in ((0.0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1.01)):
        chosen = (probability >= low) & (probability < high)
        if chosen.sum() > 100:
            assert probability[chosen].mean() == pytest.approx(is_signal[chosen].mean(), abs=2 * MEAN)
    assert reader.GetProba("M", 0.5) == pytest.approx(
        float(reader.GetProba("M", 0.5, reader.EvaluateMVA("M"))), abs=1e-12
    )
    errors = reader.GetMVAErrorLower(), reader.GetMVAErrorUpper()
    if kind in WITH_ERRORS:
        assert min(errors) > 0
        assert max(errors) < 1
    else:
        assert errors == (-1, -1)
