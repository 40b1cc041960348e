"""What methods show of themselves: what they are, their inputs, and options that differ from the defaults."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

import tmva_py as TMVA
from tmva_py.booking.booked_method import BookedMethod
from tmva_py.methods.weight_file import read_weight_file


class Cells(HTMLParser):
    """The texts of a table's cells, row by row; a tag that no table has is a mistake."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.caption = ""
        self._tag = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        assert tag in ("table", "caption", "tr", "td", "th"), tag
        self._tag = tag
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        if self._tag == "caption":
            self.caption += data
        else:
            self.rows[-1][-1] += data


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    loader = TMVA.DataLoader("set")
    loader.AddVariable("inside := a<b", "F")
    loader.AddVariable("a", "F")
    loader.AddSpectator("b", "F")
    for name, shift in (("Signal", 0.5), ("Background", -0.5)):
        loader.AddTree({"a": random.normal(shift, 1, 200), "b": random.normal(0, 1, 200)}, name)
    factory = TMVA.Factory("job", "Silent:AnalysisType=Classification")
    return factory, loader


def booked(job, options: str = "NTrees=7:MaxDepth=2:Shrinkage=0.25") -> BookedMethod:
    factory, loader = job
    found = factory.BookMethod(loader, "BDT", "<b>", options)
    assert found is not None
    return found


def test_a_booked_method(job):
    found = booked(job)
    assert repr(found) == (
        "<BookedMethod BDT::<b> on 'set', not trained: Classification of 2 variables (inside, a), "
        "NTrees=7:MaxDepth=2:Shrinkage=0.25:UseNvars=2>"
    )
    cells = Cells(found._repr_html_())
    assert cells.caption == "BookedMethod BDT::<b>"
    assert cells.rows == [
        ["", "name", "value", "default"],
        ["", "data set", "set", ""],
        ["", "analysis", "Classification", ""],
        ["", "classes", "Signal, Background", ""],
        ["", "stage", "not trained", ""],
        ["variable", "inside", "a<b", ""],
        ["variable", "a", "a", ""],
        ["spectator", "b", "b", ""],
        ["option", "NTrees", "7", "800"],
        ["option", "MaxDepth", "2", "3"],
        ["option", "Shrinkage", "0.25", "1"],
        ["option", "UseNvars", "2", "0"],  # settled by the method: the root of the number of variables
    ]
    assert "<b>" not in found._repr_html_()
    assert "a&lt;b" in found._repr_html_()


def test_it_says_how_far_it_is_and_the_file_says_the_same(job):
    factory, _ = job
    found = booked(job)
    factory.TrainAllMethods()
    assert ", trained: Classification" in repr(found)
    factory.TestAllMethods()
    assert ", trained and tested: Classification" in repr(found)
    assert ["", "weight file", found.GetWeightFileName(), ""] in Cells(found._repr_html_()).rows

    reader = TMVA.Reader("Silent")
    for name in ("inside := a<b", "a"):
        reader.AddVariable(name, np.zeros(1, np.float32))
    reader.AddSpectator("b", np.zeros(1, np.float32))
    trained = reader.BookMVA("tag", found.GetWeightFileName())
    assert repr(trained) == (
        "<TrainedMethod BDT::<b>: Classification of 2 variables (inside, a), "
        "NTrees=7:MaxDepth=2:Shrinkage=0.25:UseNvars=2>"
    )
    rows = Cells(trained._repr_html_()).rows
    assert rows[1:4] == [
        ["", "analysis", "Classification", ""],
        ["", "classes", "Signal, Background", ""],
        ["", "training events", "200", ""],
    ]
    assert rows[-4:] == [
        ["option", "NTrees", "7", "800"],
        ["option", "MaxDepth", "2", "3"],
        ["option", "Shrinkage", "0.25", "1"],
        ["option", "UseNvars", "2", "0"],  # settled by the method: the root of the number of variables
    ]


def test_long_things_are_cut(tmp_path):
    layout = ",".join(["TANH|7"] * 200)
    network = TMVA.NetworkBuilder(30, seed=1).dense(1).build()
    network.save(tmp_path / "net.xml")
    text = (tmp_path / "net.xml").read_text()
    assert "Layout" in text
    trained = read_weight_file(
        text.replace('name="Layout" modified="Yes">', f'name="Layout" modified="Yes">{layout},')
    )
    assert len(repr(trained)) < 400
    assert "30 variables (var0, var1, var2, var3, var4, …)" in repr(trained)
    longest = max((value for _, _, value, _ in Cells(trained._repr_html_()).rows), key=len)
    assert len(longest) == 401
    assert longest.endswith("…")


def test_a_method_alone(job):
    method = booked(job, "NTrees=7").method
    assert repr(method) == "<MethodBDT '<b>': Classification of 2 variables (inside, a), NTrees=7:UseNvars=2>"
    assert ["option", "NTrees", "7", "800"] in Cells(method._repr_html_()).rows
