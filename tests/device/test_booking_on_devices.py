"""A booking that trains on a device: the same weights and the same ranking as on the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from devices import DEVICES, make_device
from pretend_cuda import PretendCupyBackend

import tmva_py as TMVA
from tmva_py.backends.cupy_backend import CupyBackend
from tmva_py.plugins import Registry, hookimpl
from tmva_py.testing.strict import StrictBackend

LAYOUT = "InputLayout=4|2:Layout=LSTM|5|2|4|0|1,RESHAPE|FLAT,DENSE|6|TANH,LINEAR"
STRATEGY = "TrainingStrategy=LearningRate=1e-2,BatchSize=20,MaxEpochs=4,TestRepetitions=1,Optimizer=ADAM"


def named(base: type[Any]) -> type[Any]:
    """Return the backend under a name of its own."""
    return type("Named", (base,), {"names": ("mydevice",)})


def registry(base: type[Any]) -> Registry:
    class Plugin:
        @hookimpl
        def tmva_py_backends(self) -> list[type]:
            return [named(base)]

    return Registry([Plugin()], load_entry_points=False)


def book(folder: Path, architecture: str, known: Registry) -> tuple[float, Any]:
    """Return the ROC integral and the responses of the weight file."""
    random = np.random.default_rng(1)
    trees = [{f"v{n}": random.normal(0.4 * sign, 1, 200) for n in range(8)} for sign in (1, -1)]
    factory = TMVA.Factory("job", None, "!V:Silent:AnalysisType=Classification", registry=known)
    loader = TMVA.DataLoader(str(folder / "dataset"))
    for name in trees[0]:
        loader.AddVariable(name, "F")
    loader.AddSignalTree(trees[0])
    loader.AddBackgroundTree(trees[1])
    loader.PrepareTrainingAndTestTree("", "SplitMode=Alternate:NormMode=None:!V")
    options = f"!H:!V:RandomSeed=3:Architecture={architecture}:ValidationSize=0.2:{LAYOUT}:{STRATEGY}"
    factory.BookMethod(loader, TMVA.Types.kDL, "Net", options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    weights = next(Path(folder).rglob("*.weights.xml"))
    text = weights.read_text(encoding="utf-8")
    assert ">CPU<" in text or ">GPU<" in text
    values = np.column_stack(list(trees[0].values()))
    return factory.GetROCIntegral(loader, "Net"), TMVA.evaluate(weights, values)


@pytest.mark.parametrize("device", DEVICES)
def test_same_ranking(device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = type(make_device(device))
    assert base in (StrictBackend, PretendCupyBackend, CupyBackend)
    known = registry(base)
    answers = []
    for architecture in ("MYDEVICE", "NUMPY"):
        folder = tmp_path / architecture
        folder.mkdir()
        monkeypatch.chdir(folder)
        answers.append(book(folder, architecture, known))
    assert answers[0][0] == pytest.approx(answers[1][0], abs=2e-3)
    assert answers[0][0] > 0.8
    np.testing.assert_allclose(answers[0][1], answers[1][1], rtol=0, atol=1e-4)
