"""The example plugin, installed with pip into a fresh environment and used there through every door."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sysconfig
import venv
from pathlib import Path
from textwrap import dedent

import pytest


class Environment:
    """A virtual environment and what runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scripts = folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: str | Path, where: Path) -> str:
        """Run a program of the environment and return its output."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TMVA_PY_", "PYTHON", "VIRTUAL"))
        }
        done = subprocess.run(
            [self.scripts / command[0], *command[1:]],
            cwd=where,
            env=clean,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            message = f"{command[0]}: exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
            raise AssertionError(message)
        return done.stdout

    def python(self, source: str, *, where: Path) -> str:
        """Run Python code with warnings as errors."""
        script = where / "script.py"
        script.write_text(dedent(source), encoding="utf-8")
        return self.run("python", "-W", "error", script, where=where)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Environment:
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, with_pip=True)
    made = Environment(folder)
    site = Path(
        made.run(
            "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", where=folder
        ).strip()
    )
    # The checkout and the plugin are built and installed by pip; only what they need (NumPy
    # and the like) comes from the environment that runs the tests, behind everything of the fresh one.
    isolated = []
    if importlib.util.find_spec("hatchling"):
        (site / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        isolated = ["--no-build-isolation"]
    plugin = project / "examples" / "tmva-py-leaky"
    install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
        "--no-warn-conflicts",
    ]
    made.run("python", *install, *isolated, project, plugin, where=folder)
    (site / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return made


def test_the_environment_has_the_installed_package(environment, tmp_path):
    code = "import tmva_py, tmva_py_leaky; print(tmva_py.__file__); print(tmva_py_leaky.__file__)"
    for line in environment.python(code, where=tmp_path).split():
        assert Path(line).is_relative_to(environment.folder)


def test_the_plugins_own_tests_pass(environment, tmp_path, project):
    tests = project / "examples" / "tmva-py-leaky" / "tests"
    assert "passed" in environment.run(
        "python",
        "-m",
        "pytest",
        "-q",
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        tmp_path,
        tests,
        where=tmp_path,
    )


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
