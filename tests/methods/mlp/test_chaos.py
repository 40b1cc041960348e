"""A training of ROOT 6.33 on another kind of machine: as near to ours as rounding lets two trainings be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from weight_files import golden_weights

from tmva_py.booking.data_loader import DataLoader
from tmva_py.message_log import MessageLog
from tmva_py.methods.mlp.method import MethodMLP
from tmva_py.methods.mlp.network import NetworkShape
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file

CLASSES = {"Signal": "TreeS", "bg0": "TreeB0", "bg1": "TreeB1", "bg2": "TreeB2"}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_several_classes_of_root_6_33(shared: Path, monkeypatch: pytest.MonkeyPatch, figures) -> None:
    """1000 epochs of back-propagation, on a Mac: its processor rounds a·b + c once, its tanh is another.

    How far that may lead is measured: in trainings that begin one bit beside TMVA's first weights.
    """
    case = "multiclass_mlp_stored"
    golden = read_weight_file(golden_weights(shared, case))
    loader = DataLoader("dataset")
    for variable in golden.info.variables:
        loader.AddVariable(variable.expression, "F")
    for name, tree in CLASSES.items():
        loader.AddTree(f"{shared / 'data' / 'tmva_multiclass_example.root'}:{tree}", name, 1.0)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:NormMode=NumEvents:!V:SplitLibrary=libc++")
    data = loader.data_set(MessageLog("data", silent=True))
    options = "!H:!V:NeuronType=tanh:NCycles=1000:HiddenLayers=N+5,5:TestRate=5:EstimatorType=MSE"
    with np.load(shared / "golden" / case / "events.npz") as events:
        x, expected = events["X"][~events["edge"]], events["response"][~events["edge"]]

    def response() -> np.ndarray:
        method = MethodMLP("MLP", data.info, "Multiclass", options, log=MessageLog("MLP", silent=True))
        return train_method(method, data).evaluate(x)

    ours = response()
    first_weights = NetworkShape.first_weights
    apart = []
    for direction in (-3.0, 3.0):
        monkeypatch.setattr(
            NetworkShape,
            "first_weights",
            lambda *arguments, to=direction: np.nextafter(first_weights(*arguments), to),
        )
        apart.append(np.abs(response() - ours))
    found = np.abs(ours - expected)
    bits = np.maximum(*apart)
    figures.note("MLP of ROOT 6.33: largest difference", float(found.max()))
    figures.note("MLP, one bit in the first weights: largest difference", float(bits.max()))
    assert found.max() < bits.max()
    assert found.mean() < bits.mean()
