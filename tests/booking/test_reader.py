"""``TMVA.Reader``."""

from __future__ import annotations

import ctypes
import time
import warnings
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from golden import entry_of
from small_jobs import make_job
from weight_files import NETWORK_CASES, SMALL, changed

import tmva_py as TMVA
from tmva_py.errors import BookingError, ShapeError, TMVAWarning, UnknownNameError, WeightFileError

X = np.array([[0.5, 1.0, -2.0], [3.0, 0.0, 1.0]], np.float32)
EXPECTED = TMVA.evaluate(SMALL, X)
SPECTATORS = changed(
    '<Spectators NSpec="0"/>',
    '<Spectators NSpec="1"><Spectator SpecIndex="0" Expression="eventID" Type="I"/></Spectators>',
)
TWO_OUTPUTS = """<DenseLayer Width="2" ActivationFunction="0">
      <Weights Rows="2" Columns="2">1.5  -2.5  1  2</Weights>
      <Biases Rows="2" Columns="1">0.3  -1</Biases>
    </DenseLayer>
  </Weights>
</MethodSetup>
"""
MULTICLASS = changed('value="Classification"', 'value="Multiclass"').replace('Function="S"', 'Function="M"')
MULTICLASS = MULTICLASS[: MULTICLASS.index('<DenseLayer Width="1"')] + TWO_OUTPUTS
TARGETS = '  <Targets NTrgt="1"><Target TargetIndex="0" Expression="t"/></Targets>\n  <Transformations'
REGRESSION = changed('value="Classification"', 'value="Regression"').replace("  <Transformations", TARGETS)
REGRESSION = REGRESSION.replace('OutputFunction="S"', 'OutputFunction="I"')


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "job_small.weights.xml"
    path.write_text(SMALL)
    return path


def reader_for(text, tmp_path, *, names=("a", "second := b+1", "c")):
    path = tmp_path / "f.weights.xml"
    path.write_text(text)
    reader = TMVA.Reader("Silent")
    buffers = [array("f", [0.0]) for _ in names]
    for name, buffer in zip(names, buffers, strict=True):
        reader.AddVariable(name, buffer)
    return reader, buffers, path


@pytest.mark.parametrize("case", [case for case in NETWORK_CASES if not case.startswith("multiclass")])
def test_golden_cases_event_by_event(shared, case):
    entry = entry_of(shared, case)
    folder = shared / "golden" / case
    with np.load(folder / "events.npz") as events:
        x, expected = events["X"], events["response"]
        names = [str(name) for name in events["variables"]]
        spectators = [str(name) for name in events["spectators"]] if "spectators" in events else []
    reader = TMVA.Reader("!Color:Silent")
    buffers = [array("f", [0.0]) for _ in names]
    for name, buffer in zip(names, buffers, strict=True):
        reader.AddVariable(name, buffer)
    for name in spectators:
        reader.AddSpectator(name, array("i", [0]))
    reader.BookMVA("method", folder / "weights.xml")
    for event in range(0, len(x), max(1, len(x) // 100)):
        for buffer, value in zip(buffers, x[event], strict=True):
            buffer[0] = value
        found = reader.EvaluateMVA("method")
        assert isinstance(found, float)
        np.testing.assert_allclose(found, expected[event], **entry["tolerance"])
    np.testing.assert_allclose(reader.EvaluateMVA(x, "method"), expected, **entry["tolerance"])


def test_golden_multiclass(shared):
    folder = shared / "golden" / "multiclass_dl_dense_norm_stored"
    with np.load(folder / "events.npz") as events:
        x, expected = events["X"], events["response"]
    buffers = np.zeros(4, np.float32)
    reader = TMVA.Reader("Silent")
    for number in range(4):
        reader.AddVariable(f"var{number + 1}", buffers[number : number + 1])
    reader.BookMVA("DL_CPU", str(folder / "weights.xml"))
    np.testing.assert_allclose(reader.EvaluateMulticlass(x, "DL_CPU"), expected, rtol=1e-5, atol=5e-6)
    buffers[:] = x[7]
    found = reader.EvaluateMulticlass("DL_CPU")
    assert isinstance(found, list)
    np.testing.assert_allclose(found, expected[7], rtol=1e-5, atol=5e-6)
    assert reader.EvaluateMulticlass(2, "DL_CPU") == found[2]
    with pytest.warns(TMVAWarning, match="number 4 is out of range, there are 4, counted from 0; 0 is given"):
        assert reader.EvaluateMulticlass(4, "DL_CPU") == 0.0
    assert list(reader.DataInfo().GetClassNames()) == ["Signal", "bg0", "bg1", "bg2"]


def test_every_form_of_evaluate_mva(small):
    reader = TMVA.Reader(["a", "b+1", "c"], "Silent")
    method = reader.BookMVA("tag", small)
    for values in (X[0], X[0].tolist(), tuple(X[0]), array("f", X[0]), X[0].astype(float)):
        assert reader.EvaluateMVA(values, "tag") == EXPECTED[0]
        assert reader.EvaluateMVA(values, "tag", 0.5) == EXPECTED[0]
        assert reader.EvaluateMVA(values, method) == EXPECTED[0]
    for events in (X, X.tolist(), {"a": X[:, 0], "b+1": X[:, 1], "c": X[:, 2]}):
        np.testing.assert_allclose(reader.EvaluateMVA(events, "tag"), EXPECTED, rtol=1e-6)
    frame = pd.DataFrame({"c": X[:, 2], "second": X[:, 1], "a": X[:, 0]})
    np.testing.assert_allclose(reader.EvaluateMVA(frame, "tag"), EXPECTED, rtol=1e-6)
    with pytest.raises(BookingError, match=r"variable 'a' was declared by name only and has no buffer"):
        reader.EvaluateMVA("tag")
    with pytest.raises(ShapeError, match=r"expected the 3 values of one event \(a, second, c\), got 2"):
        reader.EvaluateMVA([1.0, 2.0], "tag")
    with pytest.raises(
        UnknownNameError, match="no method 'tga' is booked; did you mean 'tag'\\?; booked: 'tag'"
    ):
        reader.EvaluateMVA("tga")
    with pytest.raises(BookingError, match="EvaluateMVA takes"):
        reader.EvaluateMVA(X, "tag", 0.5, 1)


def test_buffers_of_every_kind(small):
    reader = TMVA.Reader("Silent")
    buffers = (array("f", [0.5]), np.array(1.0, np.float32), ctypes.c_float(-2.0))
    for name, buffer in zip(("a", "second:=b + 1", "c"), buffers, strict=True):
        reader.AddVariable(name, buffer)
    reader.BookMVA("tag", small)
    assert reader.EvaluateMVA("tag") == EXPECTED[0]
    buffers[0][0], buffers[1][...], buffers[2].value = X[1]
    assert reader.EvaluateMVA("tag") == EXPECTED[1]
    assert reader.EvaluateMVA("tag", 0.3) == EXPECTED[1]
    assert reader.EvaluateMVA(reader.FindMVA("tag")) == EXPECTED[1]
    reader = TMVA.Reader("Silent")
    for name, value in zip(("a", "b+1", "c"), X[0], strict=True):
        reader.AddVariable(name, [float(value)])
    reader.BookMVA("tag", small)
    assert reader.EvaluateMVA("tag") == EXPECTED[0]


@pytest.mark.parametrize(
    ("buffer", "message"),
    [
        (array("i", [0]), "'a': the buffer holds integers; TMVA's Reader takes float variables only"),
        (np.zeros(1, np.int32), "holds integers"),
        (3.0, r"'a': expected a buffer such as array\('f', \[0.0\]\), got 3.0"),
        (array("f"), "'a': expected a buffer"),
        (None, "'a': expected a buffer"),
        ("x", "'a': expected a buffer"),
    ],
)
def test_wrong_buffers(buffer, message):
    with pytest.raises(BookingError, match=message):
        TMVA.Reader().AddVariable("a", buffer)


def test_constructors(capsys, small):
    def variables(reader):
        return [one.GetExpression() for one in reader.DataInfo().GetVariableInfos()]

    assert variables(TMVA.Reader("a:b+1:c", "Silent")) == ["a", "b+1", "c"]
    assert variables(TMVA.Reader(["a", "b"])) == ["a", "b"]
    assert variables(TMVA.Reader(("a",), "Silent", True)) == ["a"]
    assert variables(TMVA.Reader("!Color:Silent", False)) == []
    assert variables(TMVA.Reader(theOption="Silent", verbose=True)) == []
    assert variables(TMVA.Reader("Color:!Silent:!V")) == []
    with pytest.warns(
        TMVAWarning, match=r"a single text is Reader's option string: variables go as Reader\(\["
    ):
        TMVA.Reader("a:b+1:c")
    with pytest.warns(TMVAWarning, match="Slient") as caught:
        reader = TMVA.Reader("Silent:Slient:Color")
    assert caught[0].filename == __file__
    reader.AddVariable("a", [0.0])
    for arguments in ((1,), ("a", "b", "c"), ("", True, 3), (["a"], "V", True, False)):
        with pytest.raises(BookingError, match="Reader takes"):
            TMVA.Reader(*arguments)
    with pytest.raises(BookingError, match="and silent"):
        TMVA.Reader(silent=True)
    assert capsys.readouterr().out == ""


def test_log(capsys, small):
    TMVA.Reader(["a", "b+1", "c"], "!Color").BookMVA("tag", small)
    assert capsys.readouterr().out.split("\n") == [
        f'                         : Booking "tag" of type "DL" from {small}.',
        '                         : Booked classifier "small" of type: "DL"',
        "",
    ]


def test_variables_that_are_not_those_of_the_file(small):
    reader = TMVA.Reader(["a", "b", "c", "d"], "Silent")
    with pytest.raises(BookingError) as caught:
        reader.BookMVA("tag", small)
    assert str(caught.value).split("\n") == [
        f"BookMVA('tag', {str(small)!r}): the Reader's variables are not those of the weight file "
        "(4 declared, 3 in the file); number, order and expressions must agree",
        "       Reader | weight file",
        "     0 a      | a",
        "  -> 1 b      | second := b+1",
        "     2 c      | c",
        "  -> 3 d      | -",
    ]
    with pytest.raises(BookingError, match="must agree; only the order differs"):
        TMVA.Reader(["c", "b+1", "a"], "Silent").BookMVA("tag", small)
    with pytest.raises(BookingError, match=r"'second' is a label, declare 'second := b\+1'"):
        TMVA.Reader(["a", "second", "c"], "Silent").BookMVA("tag", small)
    # The refused method is not booked.
    with pytest.raises(UnknownNameError, match="booked: none yet"):
        reader.EvaluateMVA("tag")


def test_a_long_list_shows_what_differs(shared):
    path = shared / "golden" / "dl_lstm_seq" / "weights.xml"
    names = [f"vars_time{i // 30}[{i % 30}]" for i in range(300)]
    reader = TMVA.Reader(names, "Silent")
    reader.BookMVA("tag", path)
    names[17] = "x"
    with pytest.raises(BookingError, match=r"-> 17 x +\| vars_time0\[17\]\n  … and 299 more rows"):
        TMVA.Reader(names, "Silent").BookMVA("tag", path)


def test_spectators(tmp_path):
    reader, _, path = reader_for(SPECTATORS, tmp_path)
    with pytest.raises(BookingError, match=r"the Reader's spectators .* \(0 declared, 1 in the file\)"):
        reader.BookMVA("tag", path)
    reader.AddSpectator("eventID", array("i", [3]))
    reader.BookMVA("tag", path)
    assert reader.EvaluateMVA(X[0], "tag") == EXPECTED[0]
    assert [one.GetExpression() for one in reader.DataInfo().GetSpectatorInfos()] == ["eventID"]


def test_booking_twice_and_too_late(small):
    reader = TMVA.Reader(["a", "b+1", "c"], "Silent")
    reader.BookMVA("tag", small)
    with pytest.raises(BookingError, match="method tag 'tag' is used already"):
        reader.BookMVA("tag", small)
    with pytest.raises(BookingError, match=r"AddVariable\('d'\) comes after BookMVA \(tag\)"):
        reader.AddVariable("d", [0.0])
    with pytest.raises(FileNotFoundError, match="unable to open input weight file 'nowhere"):
        reader.BookMVA("other", "nowhere.xml")
    assert reader.FindMVA("other") is None
    assert reader.FindCutsMVA("tag") is None


def test_text_in_place_of_a_file():
    reader = TMVA.Reader(["a", "b+1", "c"], "Silent")
    method = reader.BookMVA(TMVA.Types.kDL, SMALL)
    assert reader.EvaluateMVA(X[0], method) == EXPECTED[0]
    with pytest.raises(WeightFileError, match="holds a method of type 'DL'"):
        reader.BookMVA(TMVA.Types.kBDT, SMALL)


def test_no_number(tmp_path):
    reader, buffers, path = reader_for(SMALL, tmp_path)
    reader.BookMVA("tag", path)
    buffers[1][0] = float("nan")
    with pytest.warns(TMVAWarning, match=r"\(second in event 0\); the response is -999 there") as caught:
        assert reader.EvaluateMVA("tag") == -999.0
    assert caught[0].filename == __file__
    events = X.copy()
    events[0, 0] = np.nan
    with pytest.warns(TMVAWarning, match="1 of 2 events"):
        assert reader.EvaluateMVA(events, "tag").tolist() == [-999.0, EXPECTED[1]]


def test_regression(tmp_path):
    reader, buffers, path = reader_for(REGRESSION, tmp_path)
    reader.BookMVA("tag", path)
    for buffer, value in zip(buffers, X[0], strict=True):
        buffer[0] = value
    expected = np.log(EXPECTED / (1 - EXPECTED))
    found = reader.EvaluateRegression("tag")
    np.testing.assert_allclose(found, expected[:1], rtol=1e-5)
    assert reader.EvaluateRegression(0, "tag") == found[0]
    np.testing.assert_allclose(reader.EvaluateRegression(X, "tag"), expected[:, None], rtol=1e-5)
    with pytest.warns(
        TMVAWarning, match=r"'small' is for Regression: EvaluateMVA gives its first raw output"
    ):
        assert reader.EvaluateMVA("tag") == found[0]
    with pytest.raises(
        BookingError, match="EvaluateMulticlass: DL 'small' is for Regression; use EvaluateRegression"
    ):
        reader.EvaluateMulticlass("tag")


def test_multiclass(tmp_path):
    reader, _, path = reader_for(MULTICLASS, tmp_path)
    reader.BookMVA("tag", path)
    found = reader.EvaluateMulticlass(X, "tag")
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)
    assert reader.EvaluateMulticlass(X[1].tolist(), "tag") == pytest.approx(found[1].tolist(), rel=1e-6)


def test_errors_and_pdfs(small):
    reader = TMVA.Reader(["a", "b+1", "c"], "Silent")
    reader.BookMVA("tag", small)
    assert reader.GetMVAError() == reader.GetMVAErrorLower() == reader.GetMVAErrorUpper() == -1.0
    with pytest.warns(TMVAWarning, match="GetProba: the weight file of DL 'small' has no densities"):
        assert reader.GetProba("tag") == -1
    with pytest.warns(TMVAWarning, match="GetRarity: .*Train it with CreateMVAPdfs"):
        assert reader.GetRarity("tag", np.zeros(3)).tolist() == [0, 0, 0]


def test_threads(small):
    reader = TMVA.Reader(["a", "b+1", "c"], "Silent")
    reader.BookMVA("tag", small)
    events = np.random.default_rng(1).standard_normal((800, 3)).astype(np.float32)
    expected = [reader.EvaluateMVA(event, "tag") for event in events]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda event: reader.EvaluateMVA(event, "tag"), events)) == expected


def test_buffers_may_become_longer_but_not_empty(small):
    reader = TMVA.Reader("Silent")
    buffers = [array("f", [value]) for value in X[0]]
    for name, buffer in zip(("a", "second := b+1", "c"), buffers, strict=True):
        reader.AddVariable(name, buffer)
    reader.BookMVA("tag", small)
    expected = reader.EvaluateMVA("tag")
    assert expected == pytest.approx(EXPECTED[0], rel=1e-6)
    buffers[1].append(7.0)
    assert reader.EvaluateMVA("tag") == expected
    del buffers[1][:]
    with pytest.raises(IndexError):
        reader.EvaluateMVA("tag")


@pytest.mark.parametrize("value", [3e38, -3e38, 1e-45, np.inf, -np.inf])
def test_extreme_values_in_buffers(small, value):
    reader = TMVA.Reader("Silent")
    for name in ("a", "second := b+1", "c"):
        reader.AddVariable(name, array("f", [value]))
    method = reader.BookMVA("tag", small)
    assert reader.EvaluateMVA("tag") == method.evaluate(np.full((1, 3), value, np.float32))[0]


def test_one_event_does_not_take_long(tmp_path):
    """Guards against work that belongs to booking; a few hundred microseconds would be far too many."""
    reader, _, path = reader_for(SMALL, tmp_path)
    reader.BookMVA("tag", path)
    best = float("inf")
    for _ in range(20):
        start = time.process_time()
        for _ in range(20):
            reader.EvaluateMVA("tag")
        best = min(best, (time.process_time() - start) / 20)
    assert best < 500e-6


@pytest.mark.parametrize("kind", ["floats", "mixed"])
def test_a_loop_over_events_answers_as_arrays_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """What is bound to the buffers and what takes arrays are two ways through the code."""
    monkeypatch.chdir(tmp_path)
    job = make_job(Path())
    for title, options in (("plain", ""), ("transformed", "VarTransform=N,D:")):
        job.book(f"{options}Layout=TANH|4,LINEAR", title)
    job.factory.TrainAllMethods()
    reader = TMVA.Reader("Silent")
    third = np.zeros((), np.float64 if kind == "mixed" else np.float32)
    buffers = [array("f", [0.0]), np.zeros(1, np.float32), third]
    for number, buffer in enumerate(buffers):
        reader.AddVariable(f"x{number}", buffer)
    for title in ("plain", "transformed"):
        reader.BookMVA(title, f"dataset/weights/job_{title}.weights.xml")
    events = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    events[7, 1] = np.nan
    events[8, 1] = np.inf
    for title in ("plain", "transformed"):
        with pytest.warns(TMVAWarning, match="1 of 50 events"):
            expected = reader.EvaluateMVA(events, title)
        found = []
        for event in events:
            for buffer, value in zip(buffers, event, strict=True):
                buffer[... if isinstance(buffer, np.ndarray) else 0] = value
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                found.append(reader.EvaluateMVA(title))
            assert bool(caught) == bool(np.isnan(event).any())
            assert reader.GetMVAError() == -1
        np.testing.assert_allclose(found, expected, rtol=2e-6, atol=1e-6)
        assert found[7] == -999


@pytest.mark.parametrize("analysis", ["Multiclass", "Regression"])
def test_a_loop_over_events_for_several_outputs(
    analysis: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    job = make_job(Path(), analysis, targets=("t0", "t1"))
    transform = "VarTransform=N(_V_,_T_):" if analysis == "Regression" else ""
    job.book(f"{transform}Layout=TANH|4,LINEAR")
    job.factory.TrainAllMethods()
    reader = TMVA.Reader("Silent")
    buffers = [np.zeros(1, np.float32) for _ in range(3)]
    for number, buffer in enumerate(buffers):
        reader.AddVariable(f"x{number}", buffer)
    reader.BookMVA("DL", "dataset/weights/job_DL.weights.xml")
    evaluate = getattr(reader, f"Evaluate{analysis}")
    events = np.random.default_rng(1).normal(size=(20, 3)).astype(np.float32)
    expected = evaluate(events, "DL")
    for event, row in zip(events, expected, strict=True):
        for buffer, value in zip(buffers, event, strict=True):
            buffer[0] = value
        assert evaluate("DL") == pytest.approx(row.tolist(), rel=2e-6, abs=1e-6)
        assert evaluate(1, "DL") == pytest.approx(row[1], rel=2e-6, abs=1e-6)


def test_what_a_reader_tells_of_its_data():
    info = TMVA.Reader("a:b", "Silent").DataInfo()
    assert (info.GetNVariables(), info.GetNClasses(), info.FindVarIndex("b")) == (2, 0, 1)
    for call in (info.GetDataSet, lambda: info.CorrelationMatrix("Signal")):
        with pytest.raises(BookingError, match=r"a Reader has no events of its own: a DataLoader's"):
            call()
