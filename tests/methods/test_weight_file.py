"""Weight files to methods and back, with real files."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace

import numpy as np
import pytest
from golden import entry_of
from weight_files import NETWORK_CASES, SMALL, changed

from tmva_py.errors import TMVAWarning, WeightFileError, WeightFileNotFoundError
from tmva_py.methods.weight_file import read_weight_file, weight_text, write_weight_file
from tmva_py.weights import WeightFile
from tmva_py.weights.general_info import new_general_info

NUMBER = re.compile(r"-?\d\.\d+e[+-]\d\d")


def golden(shared, name):
    return shared / "golden" / name / "weights.xml"


@pytest.mark.parametrize("name", NETWORK_CASES)
def test_responses_of_root(shared, name):
    tolerance = entry_of(shared, name)["tolerance"]
    method = read_weight_file(golden(shared, name))
    with np.load(golden(shared, name).parent / "events.npz") as events:
        x, expected = events["X"], events["response"]
    response = method.evaluate(x)
    assert response.shape == expected.shape
    np.testing.assert_allclose(response, expected, **tolerance)
    # One by one the same network answers within its float32.
    singly = np.concatenate([method.evaluate(x[i : i + 1]) for i in range(0, len(x), 97)])
    np.testing.assert_allclose(singly, response[::97], rtol=1e-5, atol=2e-7)


@pytest.mark.parametrize("name", NETWORK_CASES)
def test_a_real_file_is_written_again(shared, name, tmp_path):
    original = golden(shared, name)
    method = read_weight_file(original)
    path = tmp_path / original.name
    write_weight_file(method, path)
    for line_number, (was, now) in enumerate(
        zip(original.read_text().split("\n"), path.read_text().split("\n"), strict=True), start=1
    ):
        if NUMBER.fullmatch((was.split() or [""])[0]):  # a line of a matrix
            assert re.sub(NUMBER, "#", was) == re.sub(NUMBER, "#", now), line_number
            dtype = np.float64 if name.startswith("dnn") else np.float32
            np.testing.assert_array_equal(np.array(was.split(), dtype), np.array(now.split(), dtype))
        else:
            assert was == now, line_number
    again = read_weight_file(path)
    assert np.array_equal(again.model.network.parameters, method.model.network.parameters)
    # From the second writing on the text stays.
    assert weight_text(again) == path.read_text()


def test_general_information_of_a_new_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    method = replace(read_weight_file(SMALL), general_info=new_general_info(1600, 0.001, "Classification"))
    assert (method.n_training_events, method.training_time) == (1600, 0.001)
    write_weight_file(method, "a.xml")
    found = WeightFile.read("a.xml")
    assert list(found.general_info) == [
        "TMVA Release", "ROOT Release", "Creator", "Date", "Host", "Dir", "Training events", "TrainingTime",
        "AnalysisType",
    ]  # fmt: skip
    assert found.general_info["Dir"] == str(tmp_path)
    assert found.general_info["Training events"] == "1600"
    assert found.general_info["TrainingTime"] == "1.00000000e-03"
    assert re.fullmatch(r"\S+ \(tmva_py \S+\)", found.general_info["Creator"])
    assert re.fullmatch(
        r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}", found.general_info["Date"]
    )


def test_options_of_a_file():
    text = changed(
        '<Option name="V" modified="Yes">False</Option>',
        '<Option name="Normalise" modified="No">False</Option><Option name="V" modified="Yes">True</Option>',
    )
    method = read_weight_file(text)
    assert method.option_values["Layout"] == "DENSE|2|TANH,LINEAR"
    assert method.option_values.given == {"V", "Layout"}
    assert "Normalise" not in method.option_values
    written = weight_text(method)
    assert '<Option name="VerbosityLevel" modified="No">Verbose</Option>' in written
    assert '<Option name="RandomSeed" modified="No">0</Option>' in written
    assert "Normalise" not in written


def test_unknown_options_and_attributes_are_named_and_left_out():
    text = changed('<Option name="V"', '<Option name="Layuot" modified="No">x</Option><Option name="V"')
    with pytest.warns(TMVAWarning, match="unknown options Layuot are left out; did you mean 'Layout'"):
        read_weight_file(text)
    text = changed('Width="2" Act', 'Widht="7" Width="2" Act').replace("<Biases", "<Extra/><Biases", 1)
    with pytest.warns(TMVAWarning) as caught:
        read_weight_file(text)
    assert [str(warning.message) for warning in caught] == [
        "DL 'small': not known and left out: attribute 'Widht' of <DenseLayer> (line 24); "
        "did you mean 'Width'?; element <Extra> (line 28) in <DenseLayer> (line 24)"
    ]


def test_known_results_of_the_small_network():
    x = np.array([[0.5, 1.0, -2.0], [3.0, 0.0, 1.0]])
    hidden = np.tanh(x @ [[0.5, 1.0], [-1.0, 2.0], [0.25, -0.5]] + [0.1, -0.2])
    expected = 1 / (1 + np.exp(-(hidden @ [1.5, -2.5] + 0.3)))
    np.testing.assert_allclose(read_weight_file(SMALL).evaluate(x), expected, rtol=1e-6)


def test_no_number_as_output_is_minus_999():
    with pytest.warns(
        TMVAWarning, match="numbers that are not finite, or variances below 0, in b of layer 1"
    ):
        method = read_weight_file(changed("        0.3\n", "        nan\n"))
    response = method.evaluate([[1.0, 2.0, 3.0]])
    assert response.tolist() == [-999.0]


def test_a_network_without_output_layer_answers_with_its_first_output():
    text = SMALL[: SMALL.index('    <DenseLayer Width="1"')] + "  </Weights>\n</MethodSetup>\n"
    method = read_weight_file(text.replace('NetDepth="2"', 'NetDepth="1"'))
    hidden = np.tanh(np.float32(0.5 - 2.0 + 0.75 + 0.1))
    np.testing.assert_allclose(method.evaluate([[1.0, 2.0, 3.0]]), [1 / (1 + np.exp(-hidden))], rtol=1e-6)


def test_titles_and_expressions_are_escaped(tmp_path):
    method = read_weight_file(SMALL)
    method = replace(method, title="a<b & \"c\" 'd' é\n")
    method.info.variables[0].expression = "x<1&&y>2?'a':\"b\""
    write_weight_file(method, tmp_path / "a.xml")
    found = WeightFile.read(tmp_path / "a.xml")
    assert found.title == method.title
    assert found.info.variables[0].expression == method.info.variables[0].expression
    assert 'Method="DL::a&lt;b &amp; &quot;c&quot; &apos;d&apos; é&#10;"' in (tmp_path / "a.xml").read_text()
    method = replace(method, title="bad\x00")
    with pytest.raises(WeightFileError, match=r"character '\\x00' at position 7 cannot be in a weight file"):
        write_weight_file(method, tmp_path / "a.xml")
    assert WeightFile.read(tmp_path / "a.xml").title == found.title


def test_hidden_spectators_are_not_written():
    text = changed(
        '<Spectators NSpec="0"/>',
        '<Spectators NSpec="2"><Spectator SpecIndex="0" Expression="s"/>'
        '<Spectator SpecIndex="1" Expression="hidden" Type="C"/></Spectators>',
    )
    written = weight_text(read_weight_file(text))
    assert '<Spectators NSpec="1">' in written
    assert "hidden" not in written


def test_missing_file(tmp_path):
    (tmp_path / "other.weights.xml").write_text("x")
    with pytest.raises(
        WeightFileNotFoundError,
        match=r"unable to open input weight file '.*a\.xml'; weight files there: other\.weights\.xml",
    ):
        read_weight_file(tmp_path / "a.xml")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        read_weight_file(tmp_path / "nowhere" / "a.xml")


def test_reading_gives_no_warnings_by_itself(shared):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in NETWORK_CASES:
            read_weight_file(golden(shared, name))


def test_a_trained_method_is_the_same_when_read_back(tmp_path):
    """Through a factory: transformed variables, an array of them, a backend that ROOT does not know."""
    import tmva_py as TMVA

    random = np.random.default_rng(3)
    events = {
        name: {"x": random.standard_normal(300) + shift, "seq": random.standard_normal((300, 6)) + shift}
        for name, shift in (("Signal", 0.5), ("Background", -0.5))
    }
    factory = TMVA.Factory("job", None, "!V:Silent:!DrawProgressBar:AnalysisType=Classification")
    loader = TMVA.DataLoader(str(tmp_path / "dataset"))
    loader.AddVariablesArray("seq", 6)
    loader.AddSignalTree(events["Signal"], 1.0)
    loader.AddBackgroundTree(events["Background"], 1.0)
    loader.PrepareTrainingAndTestTree("", "nTrain_Signal=200:nTrain_Background=200:!V")
    for title, layout in (("LSTM", "LSTM|4|2|3|0|1,RESHAPE|FLAT,LINEAR"), ("GRU", "GRU|4|2|3|0|0|1,LINEAR")):
        factory.BookMethod(
            loader, TMVA.Types.kDL, title,
            f"!H:!V:RandomSeed=1:VarTransform=N:InputLayout=3|2:Layout={layout}:Architecture=NUMPY:"
            "TrainingStrategy=MaxEpochs=2,BatchSize=50,ConvergenceSteps=5,TestRepetitions=1",
        )  # fmt: skip
    factory.TrainAllMethods()
    x = random.standard_normal((20, 6)).astype(np.float32)
    for title in ("LSTM", "GRU"):
        path = tmp_path / "dataset" / "weights" / f"job_{title}.weights.xml"
        found = WeightFile.read(path)
        options = {option.name: (option.text, option.modified) for option in found.options}
        assert options["Architecture"] == ("CPU", True)
        assert options["InputLayout"] == ("3|2", True)
        assert options["ValidationSize"] == ("20%", False)
        assert [one.internal_name for one in found.info.variables] == [f"seq[{i}]" for i in range(6)]
        assert found.transformation_names == ["Normalize"]
        assert 'BatchDepth="50" BatchHeight="3" BatchWidth="2"' in path.read_text()
        method = read_weight_file(path)
        assert weight_text(method) == path.read_text()
        responses = method.evaluate(x)
        assert np.ptp(responses) > 0
        np.testing.assert_array_equal(TMVA.evaluate(path, {"seq": x}), responses)
