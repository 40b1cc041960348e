"""The example plugin, installed with pip into a fresh environment and used there in every way."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent


def test_the_environment_has_the_installed_package(environment, tmp_path):
    code = "import tmva_py, tmva_py_leaky; print(tmva_py.__file__); print(tmva_py_leaky.__file__)"
    for line in environment.python(code, where=tmp_path).split():
        assert Path(line).is_relative_to(environment.folder)


def test_the_plugins_own_tests_pass(environment, tmp_path, project):
    tests = project / "examples" / "tmva-py-leaky" / "tests"
    assert "passed" in environment.pytest(tests, where=tmp_path)


def test_it_passes_the_complete_check(environment, tmp_path):
    assert environment.run("tmva-py", "check-plugin", "LEAKY", where=tmp_path).rstrip().endswith("all passed")


def test_the_command_lists_it(environment, tmp_path):
    rows = json.loads(environment.run("tmva-py", "plugins", "--kind", "layer", "--json", where=tmp_path))
    row = next(row for row in rows if row["name"] == "LEAKY")
    assert row == {
        "kind": "layer",
        "name": "LEAKY",
        "class_name": "tmva_py_leaky.TLeakyLayer",
        "distribution": "tmva-py-leaky",
        "version": "0.1.0",
        "status": "ok",
    }
    assert "tmva-py-leaky" in environment.run("tmva-py", "plugins", where=tmp_path)


TRAIN = """
import numpy as np
from tmva_py import Network, NetworkBuilder

LAYOUT = "LEAKY|0.1,DENSE|16|LINEAR,LEAKY|0.1,LINEAR"

def events(n, seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 4))
    return x, (np.abs(x[:, 0]) + x[:, 1] > 0.8).astype(float)

def train(network):
    x, y = events(1000, 1)
    history = network.fit(x, y, learning_rate=1e-2, batch_size=50, max_epochs=15, progress=False)
    assert history.best_loss < 0.6 * history.initial_loss, history
    return network
"""


def test_a_network_from_a_layout_trains_saves_and_comes_back(environment, tmp_path):
    code = """
    network = train(Network.from_layout(LAYOUT, input_layout="4", seed=1))
    network.save("net.npz")
    """
    environment.python(
        dedent(TRAIN) + dedent(code) + "print(network.predict(events(9, 2)[0]).tolist())", where=tmp_path
    )
    # Another process, which has not imported the plugin, reads it.
    code = """
    import sys
    import numpy as np
    from tmva_py import Network
    network = Network.load("net.npz")
    print([layer.describe() for layer in network.layers], "tmva_py_leaky" in sys.modules)
    """
    text = environment.python(code, where=tmp_path)
    assert text.strip() == "['LEAKY|0.1', 'DENSE|16|LINEAR', 'LEAKY|0.1', 'DENSE|1|LINEAR'] True"


def test_the_builder_makes_the_same_network(environment, tmp_path):
    code = """
    from tmva_py_leaky import TLeakyLayer
    builder = NetworkBuilder(4, seed=1).layer(TLeakyLayer(0.1)).dense(16).layer(TLeakyLayer(0.1))
    built = builder.dense(1).build()
    written = Network.from_layout(LAYOUT, input_layout="4", seed=1)
    x = events(100, 3)[0]
    np.testing.assert_array_equal(train(built).predict(x), train(written).predict(x))
    built.save("net.npz")
    np.testing.assert_array_equal(Network.load("net.npz").predict(x), built.predict(x))
    """
    environment.python(dedent(TRAIN) + dedent(code), where=tmp_path)


def test_a_booking_script_trains_writes_and_reads_it(environment, tmp_path):
    code = """
    import pathlib
    import tmva_py as TMVA
    x, y = events(2000, 1)
    columns = {f"v{i}": x[:, i].astype(np.float32) for i in range(4)}
    signal = {name: values[y == 1] for name, values in columns.items()}
    background = {name: values[y == 0] for name, values in columns.items()}
    factory = TMVA.Factory("job", None, "!V:Silent:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset")
    for name in columns:
        loader.AddVariable(name)
    loader.AddSignalTree(signal)
    loader.AddBackgroundTree(background)
    loader.PrepareTrainingAndTestTree("", "nTrain_Signal=600:nTrain_Background=600:SplitMode=Random:!V")
    factory.BookMethod(
        loader, TMVA.Types.kDL, "Leaky",
        "!H:!V:VarTransform=N:InputLayout=4:Layout=LEAKY|0.1,DENSE|16|LINEAR,LEAKY|0.1,LINEAR:RandomSeed=1"
        ":TrainingStrategy=LearningRate=1e-2,BatchSize=50,MaxEpochs=15,TestRepetitions=1,Optimizer=ADAM",
    )
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    assert factory.GetROCIntegral(loader, "Leaky") > 0.9
    text = pathlib.Path("dataset/weights/job_Leaky.weights.xml").read_text()
    assert text.count("<LeakyLayer Slope=") == 2, text
    response = TMVA.evaluate("dataset/weights/job_Leaky.weights.xml", x[:5].astype(np.float32))
    np.save("events.npy", x[:5]); np.save("response.npy", response)
    """
    environment.python(dedent(TRAIN) + dedent(code), where=tmp_path)
    code = """
    from array import array
    import numpy as np
    import tmva_py as TMVA
    events, expected = np.load("events.npy").astype(np.float32), np.load("response.npy")
    reader = TMVA.Reader("!Color:Silent")
    values = [array("f", [0.0]) for _ in range(4)]
    for number, value in enumerate(values):
        reader.AddVariable(f"v{number}", value)
    reader.BookMVA("Leaky", "dataset/weights/job_Leaky.weights.xml")
    for event, answer in zip(events, expected):
        for value, number in zip(values, event):
            value[0] = number
        assert abs(reader.EvaluateMVA("Leaky") - answer) < 1e-6
    """
    environment.python(code, where=tmp_path)


def test_without_the_plugin_the_file_says_what_is_missing(environment, tmp_path):
    code = """
    import os
    Network.from_layout("LEAKY|0.1,LINEAR", input_layout="4", seed=1).save("net.npz")
    os.environ["TMVA_PY_PLUGINS"] = ""
    from tmva_py.errors import UnknownNameError
    from tmva_py.plugins import Registry
    try:
        Network.load("net.npz", registry=Registry())
    except UnknownNameError as error:
        print(error)
    """
    text = environment.python(dedent(TRAIN) + dedent(code), where=tmp_path)
    assert "unknown layer 'LEAKY'" in text
    assert "tmva-py-leaky 0.1.0 (plugin 'leaky') is not loaded: TMVA_PY_PLUGINS leaves it out" in text
