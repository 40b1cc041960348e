"""``tensorflow.keras`` where Keras is installed without TensorFlow."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tmva_py.pyroot.keras_names import has_keras, is_installed

SCRIPT = """
import ROOT
from ROOT import TMVA
import tensorflow as tf
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import Adam
import keras

assert Dense is keras.layers.Dense is tf.keras.layers.Dense
assert "tmva-pymva" in ROOT.gROOT.GetConfigFeatures()
assert ROOT.gSystem.GetFromPipe("root-config --has-tmva-pymva") == "yes"
model = Sequential()
model.add(Dense(8, activation="tanh", input_dim=2))
model.add(Dense(2, activation="softmax"))
optimizer = Adam(learning_rate=0.05)
model.compile(loss="categorical_crossentropy", optimizer=optimizer, weighted_metrics=["accuracy"])
model.save("model.keras")
model.summary()

import numpy as np
random = np.random.default_rng(1)
loader = TMVA.DataLoader("data")
loader.AddVariable("x")
loader.AddVariable("y")
for add, shift in ((loader.AddSignalTree, 1.5), (loader.AddBackgroundTree, -1.5)):
    add({"x": random.normal(shift, 1, 300), "y": random.normal(0, 1, 300)})
loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
factory = TMVA.Factory("job", "Silent:!DrawProgressBar:AnalysisType=Classification")
options = "!H:!V:FilenameModel=model.keras:FilenameTrainedModel=trained.keras:NumEpochs=5:BatchSize=20"
factory.BookMethod(loader, TMVA.Types.kPyKeras, "PyKeras", options)
factory.TrainAllMethods()
factory.TestAllMethods()
print("area", factory.GetROCIntegral(loader, "PyKeras"))
try:
    import tensorflow.data
except ImportError:
    print("nothing else")
"""


def test_a_folder_of_this_name_is_not_keras(tmp_path, monkeypatch):
    before = is_installed("keras")
    (tmp_path / "keras").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert is_installed("keras") == before


@pytest.mark.oracle
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is not None, reason="TensorFlow is installed")
def test_a_script_with_tensorflows_names(tmp_path):
    if not has_keras():
        pytest.skip("Keras is not installed")
    (tmp_path / "script.py").write_text(SCRIPT)
    line = [sys.executable, "-c", "from tmva_py.cli import main; main()", "run", "--no-root", "script.py"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    area = float(done.stdout.partition("\narea ")[2].split()[0])
    assert area > 0.9
    assert done.stdout.endswith("nothing else\n")
