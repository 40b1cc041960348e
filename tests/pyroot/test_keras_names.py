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


OLD_SCRIPT = """
import os
os.environ["KERAS_BACKEND"] = "theano"
import ROOT
from keras.layers.core import Dense, Dropout
from keras.layers.normalization import BatchNormalization
from keras.layers.advanced_activations import LeakyReLU
from keras.utils.np_utils import to_categorical
from keras import initializations
import keras
assert (Dense, LeakyReLU) == (keras.layers.Dense, keras.layers.LeakyReLU)
print(keras.backend(), initializations.glorot)
try:
    import keras.layers.no_such_thing
except ImportError:
    print("nothing else")
"""


def test_names_of_old_keras(tmp_path):
    """A script of Keras 2 with Theano, where a library with Keras 3's names and JAX is all that there is."""
    for path, text in {
        "jax/__init__.py": "",
        "keras/__init__.py": "import os\ndef backend():\n    return os.environ['KERAS_BACKEND']\n"
        "assert backend() == 'jax'\nfrom keras import layers, utils, initializers\n",
        "keras/layers/__init__.py": "Dense, Dropout, BatchNormalization, LeakyReLU = 1, 2, 3, 4\n",
        "keras/utils/__init__.py": "to_categorical = 5\n",
        "keras/initializers/__init__.py": "glorot = 6\n",
    }.items():
        file = tmp_path / "libraries" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "script.py").write_text(OLD_SCRIPT)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'libraries')!r})\n"
        "for name in ('tensorflow', 'torch'): sys.modules[name] = None\n"
        "import tmva_py.pyroot.keras_names as names\n"
        "there = names.is_installed\n"
        "names.is_installed = lambda name: name not in ('tensorflow', 'torch') and there(name)\n"
        "from tmva_py.cli import main; main()"
    )
    line = [sys.executable, "-c", code, "run", "--no-root", "script.py"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=300)
    assert done.stdout == "jax 6\nnothing else\n", done.stderr
    assert done.stderr == "tmva-py run              : Keras does not compute with theano here, but with jax\n"


def test_to_ask_for_tensorflow_imports_nothing():
    """PyTorch asks while it is imported, and Keras imports PyTorch."""
    text = (
        "import importlib.util, sys; from tmva_py.pyroot import install; install(False)\n"
        "importlib.util.find_spec('tensorflow'); print('keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert done.stdout == "False\n", done.stderr
