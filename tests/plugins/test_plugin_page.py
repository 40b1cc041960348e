"""docs/plugins.md: the tutorial works from its own files, and every hook has an example that runs."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from distributions import SitePackages
from documents import Block, blocks_of

import tmva_py as TMVA
from tmva_py import Network
from tmva_py.kernels import Memory
from tmva_py.layers import Context, LayerState, LayerXML, ParameterStore
from tmva_py.methods import Inputs, Model
from tmva_py.plugins import KINDS, Registry
from tmva_py.testing import check

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plugins.md"
HOOKS = {kind.hook for kind in KINDS.values()}
LAYER, METHOD = "A layer in 20 lines", "A method in one file"
CHECKING = "Checking a plugin"
READING = "How a method's weights are read"


def blocks(heading: str, language: str = "python") -> list[Block]:
    return [block for block in blocks_of(PAGE, language) if block.heading == heading]


def plugin_of(hook: str) -> SimpleNamespace:
    """Run the example with a hook as a module would be imported."""
    names: dict[str, Any] = {"__name__": f"example_of_{hook}"}
    (block,) = (block for block in blocks_of(PAGE, "python") if f"def {hook}()" in block.text)
    exec(compile(block.text, hook, "exec"), names)
    return SimpleNamespace(**names)


def registry_of(hook: str) -> Registry:
    return Registry([plugin_of(hook)], load_entry_points=False, environment={"TMVA_PY_STRICT_PLUGINS": "1"})


def test_the_reference_has_every_hook_and_no_other():
    headings = [line[4:] for line in PAGE.read_text().splitlines() if line.startswith("### ")]
    assert headings == [kind.hook for kind in KINDS.values()]


# What a class may have although its base does not mention it.
BESIDE_THE_BASE = {
    "layer": {"check_layouts"},
}


def base_of(kind: str) -> type:
    """Return what classes of a kind derive from."""
    module, name = KINDS[kind].base.split(":")
    return getattr(importlib.import_module(module), name)


def members_of(cls: type) -> set[str]:
    """Return the public members of a class and its bases, those that methods set among them."""
    found: set[str] = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("tmva_py."):
            continue
        found |= {*vars(base), *inspect.get_annotations(base)}
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(base)))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found |= {node.attr} if getattr(node.value, "id", "") == "self" else set()
    return {name for name in found if not name.startswith("_")}


def rows_after(text: str, header: str) -> set[str]:
    """Return the members in the first column of the table below a header row."""
    table = text.split(f"{header}\n", 1)[1].split("\n\n", 1)[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(?:\w+\(self\)\.)?(\w+)", cell)}


def section_of(kind: str) -> str:
    _, text = PAGE.read_text(encoding="utf-8").split(f"### {KINDS[kind].hook}\n")
    return text.split("\n### ")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_has_every_member(kind):
    found = rows_after(section_of(kind), "| member | | |")
    assert found == members_of(base_of(kind)) | BESIDE_THE_BASE.get(kind, set())


@pytest.mark.parametrize(
    ("header", "classes", "within"),
    [
        ("| member of `store` | |", [ParameterStore], set()),
        # `memory` is named with what it gives only: `memory(self).array`.
        ("| member of `context` | |", [Context, LayerState, Memory], {"memory"}),
    ],
)
def test_the_reference_has_what_a_layer_is_given(header, classes, within):
    expected = {name for cls in classes for name in members_of(cls)}
    assert rows_after(section_of("layer"), header) | within == expected


def test_the_reference_has_the_element_in_weight_files():
    assert rows_after(section_of("layer"), "| argument of `LayerXML` | |") == members_of(LayerXML)


@pytest.mark.parametrize(
    ("header", "cls"), [("| member of a model | | |", Model), ("| member of `inputs` | |", Inputs)]
)
def test_the_reference_has_models_and_what_they_are_given(header, cls):
    assert rows_after(section_of("method"), header) == members_of(cls)


def test_every_hook_has_an_example():
    for hook in HOOKS:
        assert len([block for block in blocks_of(PAGE, "python") if f"def {hook}()" in block.text]) == 1


def test_the_method_is_booked_written_and_read(tmp_path):
    site = SitePackages(tmp_path)
    file, script = blocks(METHOD)
    site.add("tmva-py-means", "0.1.0", "means", "tmva_py_means", file.text)
    site.output(
        f"import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    {indented(script.text)}"
    )
    assert "Means::mine" in (tmp_path / "dataset/weights/job_mine.weights.xml").read_text()


def indented(code: str) -> str:
    return code.replace("\n", "\n    ")


def test_the_tutorial(tmp_path):
    site = SitePackages(tmp_path)
    project = tomllib.loads(blocks(LAYER, "toml")[0].text)
    ((entry_point, module),) = project["project"]["entry-points"]["tmva_py"].items()
    file, *scripts = blocks(LAYER)
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["include"] == [f"{module}.py"]
    site.add(project["project"]["name"], project["project"]["version"], entry_point, module, file.text)
    use, test = scripts
    site.output(use.text)
    site.output(f"{test.text}\ntest_leaky()")
    table = site.output("from tmva_py.cli import main; main(['check-plugin', 'LEAKY'])")
    shown = blocks(LAYER, "text")[0].text
    assert rows_of(table) == rows_of(shown)
    code = [line for block in (*blocks(LAYER, "toml"), file, *scripts) for line in block.text.splitlines()]
    assert len(code) < 80


def rows_of(table: str) -> list[list[str]]:
    """Return check and status of each row; what else stands there depends on the machine."""
    rows = [re.match(r"(\S.*?)  +(ok|note|failed|skipped)  ", line) for line in table.splitlines()]
    return [list(row.groups()) for row in rows if row]


def test_the_page_checks_with_the_strict_device():
    (block,) = blocks(CHECKING)
    exec(compile(block.text, CHECKING, "exec"), {})


EXAMPLES = {
    "backend": "array-api-strict",
    "method": "Means",
    "optimizer": "SIGNSGD",
    "loss": "LOGCOSH",
    "regularization": "ELASTIC",
    "initializer": "HE",
    "activation": "SWISH",
    "output": "EXPONENTIAL",
    "transformation": "C",
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_example_of_a_hook_passes_the_complete_check(kind):
    assert check(kind, EXAMPLES[kind], registry=registry_of(KINDS[kind].hook)).passed


def test_the_tutorial_is_the_example(project):
    folder = project / "examples" / "tmva-py-leaky"
    example = tomllib.loads((folder / "pyproject.toml").read_text())
    shown = tomllib.loads(blocks(LAYER, "toml")[0].text)
    for key in ("name", "version", "dependencies", "entry-points"):
        assert example["project"][key] == shown["project"][key]
    assert (example["build-system"], example["tool"]["hatch"]) == (
        shown["build-system"],
        shown["tool"]["hatch"],
    )
    source = (folder / "tmva_py_leaky.py").read_text()
    for line in blocks(LAYER)[0].text.splitlines():
        if "self.backend.xp.where" in line or "names, xml" in line or "options = " in line:
            assert line in source


def fit(registry: Registry, layout: str = "DENSE|8|TANH,LINEAR", **arguments: Any) -> Network:
    random = np.random.default_rng(1)
    x = random.normal(size=(400, 3))
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).astype(float)
    network_arguments = {
        name: arguments.pop(name) for name in ("backend", "initializer") if name in arguments
    }
    net = Network.from_layout(layout, input_layout="3", seed=1, registry=registry, **network_arguments)
    history = net.fit(
        x, y, **{"learning_rate": 0.01, "batch_size": 40, "max_epochs": 15, "progress": False, **arguments}
    )
    assert history.best_loss is not None
    assert history.initial_loss is not None
    assert history.best_loss < 0.95 * history.initial_loss
    return net


def test_the_backend():
    registry = registry_of("tmva_py_backends")
    net = fit(registry, "DENSE|8|RELU,LINEAR", backend="array-api-strict")
    assert type(net.parameters).__module__.startswith("array_api_strict")


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("optimizer", {"optimizer": "SIGNSGD", "optimizer_options": {"decay": 0.1}}),
        ("loss", {"loss": "LOGCOSH"}),
        ("regularization", {"regularization": "ELASTIC", "weight_decay": 1e-3}),
        ("initializer", {"initializer": "HE"}),
    ],
)
def test_a_function_trains(kind, arguments):
    fit(registry_of(KINDS[kind].hook), **arguments)


def test_the_activation_trains_and_its_gradient_is_right():
    registry = registry_of("tmva_py_activations")
    fit(registry, "DENSE|8|SWISH,LINEAR")
    net = Network.from_layout("DENSE|4|SWISH", input_layout="3", seed=1, dtype="float64", registry=registry)
    x, step = np.random.default_rng(2).normal(size=(5, 3)), 1e-5
    net.forward(x, training=True)
    d_x = net.backward(np.ones((5, 4)))
    numeric = np.empty_like(x)
    for place in np.ndindex(x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        numeric[place] = (net.forward(moved[0]).sum() - net.forward(moved[1]).sum()) / (2 * step)
    np.testing.assert_allclose(d_x, numeric, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", ["loss", "regularization"])
def test_a_gradient_is_the_derivative_of_the_value(name):
    registry = registry_of(KINDS[name].hook)
    backend = registry.find("backend", "numpy")("float64")
    random = np.random.default_rng(3)
    x, target, step = random.normal(size=(4, 2)), random.normal(size=(4, 2)), 1e-6
    if name == "loss":
        weight = random.normal(size=(4, 1))
        loss = registry.find("loss", "LOGCOSH")()

        def value(z):
            return loss.total(backend, output=z, target=target, weight=weight) / 4

        gradient = np.empty_like(x)
        loss.total(backend, output=x, target=target, weight=weight, gradient=gradient)
    else:
        penalty = registry.find("regularization", "ELASTIC")()

        def value(z):
            return 0.3 * penalty.penalty(np, z)

        gradient = np.zeros_like(x)
        penalty.add_gradient(np, weights=x, weight_decay=0.3, gradient=gradient)
    for place in np.ndindex(x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        assert (value(moved[0]) - value(moved[1])) / (2 * step) == pytest.approx(gradient[place], abs=1e-8)


def book(
    registry: Registry, method: Any, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> float:
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(4)
    signal, background = ({"a": random.normal(m, 1, 500), "b": random.normal(5 - m, 1, 500)} for m in (1, 0))
    factory = TMVA.Factory("job", None, "!V:Silent:AnalysisType=Classification", registry=registry)
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("a")
    loader.AddVariable("b")
    loader.AddSignalTree(signal)
    loader.AddBackgroundTree(background)
    loader.PrepareTrainingAndTestTree("", "nTrain_Signal=250:nTrain_Background=250:SplitMode=Random:!V")
    factory.BookMethod(loader, method, "mine", options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory.GetROCIntegral(loader, "mine")


def test_the_transformation_is_booked_written_and_read(tmp_path, monkeypatch):
    options = "!H:!V:VarTransform=C:Layout=DENSE|8|TANH,LINEAR:RandomSeed=1"
    options += ":TrainingStrategy=LearningRate=1e-2,BatchSize=50,MaxEpochs=15,TestRepetitions=1"
    area = book(registry_of("tmva_py_transformations"), TMVA.Types.kDL, options, tmp_path, monkeypatch)
    assert area > 0.85
    assert 'Name="Centre"' in (tmp_path / "dataset/weights/job_mine.weights.xml").read_text()
