"""What notebooks show: tables of networks and histories, curves, and a bar that moves in its place."""

from __future__ import annotations

import copy
import pickle
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from weight_files import SMALL

import tmva_py
from tmva_py.network import NetworkBuilder
from tmva_py.network.progress import NotebookProgress, make_progress

X = np.random.default_rng(0).normal(size=(40, 3))


def trained(**settings: Any) -> Any:
    network = NetworkBuilder(3, seed=1).dense(4, "TANH").dense(1).build()
    given = {"batch_size": 8, "max_epochs": 12, "learning_rate": 0.01, "progress": False, **settings}
    return network, network.fit(X, X[:, 0] > 0, **given)


def test_tables() -> None:
    network, history = trained()
    table = network._repr_html_()
    for text in (
        "<td>DENSE|4|TANH</td><td>(3,)</td><td>(4,)</td><td>16</td>",
        "<td>21</td>",
        "float32, seed 1",
    ):
        assert text in table
    table = history._repr_html_()
    assert table.count("<tr>") == 11
    assert "History: 12 epochs, ended by epochs, epoch" in table


def test_curves() -> None:
    mpl.use("agg")
    _, history = trained(test_repetitions=3)
    axes = history.plot()
    training, validation = axes.get_lines()[:2]
    np.testing.assert_array_equal(training.get_ydata(), history.training_loss)
    np.testing.assert_array_equal(validation.get_xdata(), [3, 6, 9, 12])
    np.testing.assert_array_equal(validation.get_ydata(), history.validation_loss)
    assert all(tick == round(tick) for tick in axes.get_xticks())
    assert history.plot(axes) is axes
    mpl.pyplot.close("all")


def test_a_bar_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def display(content: dict[str, str], *, raw: bool, display_id: bool) -> Any:
        assert raw
        assert display_id
        shown.append(content["text/html"])
        return SimpleNamespace(update=lambda content, **_: shown.append(content["text/html"]))

    ipython, displays = ModuleType("IPython"), ModuleType("IPython.display")
    vars(ipython)["get_ipython"] = lambda: SimpleNamespace(kernel=1)
    vars(displays)["display"] = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", displays)
    assert isinstance(make_progress(True), NotebookProgress)
    trained(progress=True, max_epochs=3)
    assert len(shown) == 4
    assert '<progress value="3" max="3"></progress> 3/3 loss 0.' in shown[-1]
    vars(ipython)["get_ipython"] = lambda: SimpleNamespace()
    assert not isinstance(make_progress(True), NotebookProgress)


def test_readers_and_loaders() -> None:
    reader = tmva_py.Reader(["a", "second := b+1", "c"], "Silent")
    reader.BookMVA("tag", SMALL)
    assert repr(reader) == "<Reader of 3 variables, methods: 'tag' (DL::small)>"
    assert "<td>second</td><td>b+1</td>" in reader._repr_html_()
    expected = reader.EvaluateMVA([0.1, 0.2, 0.3], "tag")
    for again in (pickle.loads(pickle.dumps(reader)), copy.deepcopy(reader)):
        assert again.EvaluateMVA([0.1, 0.2, 0.3], "tag") == expected
        again.BookMVA("other", SMALL)
    assert "other" not in repr(reader)
    assert repr(tmva_py.Factory("job", "!V:Silent")) == "<Factory 'job': 0 methods>"
    loader = tmva_py.DataLoader("d")
    loader.AddVariable("x", "F")
    assert repr(loader) == "<DataLoader 'd': 1 variables, classes none yet>"
    assert "<td>variable</td><td>x</td>" in loader._repr_html_()
