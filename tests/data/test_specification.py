"""The data set as a whole: weights, ranges, correlations, log lines, and what is missing."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.data import statistics_lines
from tmva_py.data.statistics import correlation_matrix, weighted_moments
from tmva_py.errors import DataError, ExpressionError, TMVAWarning
from tmva_py.message_log import MessageLog


def loader_of(shared: Path, variables: tuple[str, ...] = ("var1", "var2"), **trees: str) -> DataLoader:
    loader = DataLoader("dataset")
    loader.log = MessageLog("DataSetInfo", stream=io.StringIO())
    for variable in variables:
        loader.AddVariable(variable)
    for name, tree in (trees or {"Signal": "TreeS", "Background": "TreeB"}).items():
        loader.AddTree(f"{shared}/data/tmva_class_example.root:{tree}", name)
    return loader


def output(loader: DataLoader) -> list[str]:
    stream = loader.log._stream
    assert isinstance(stream, io.StringIO)
    return stream.getvalue().split("\n")


def test_log_of_two_classes(shared: Path) -> None:
    loader = loader_of(shared)
    loader.PrepareTrainingAndTestTree("", "", "nTrain_Signal=1000:nTrain_Background=900:NormMode=NumEvents")
    matrix = loader.data_set().info.correlation_matrices["Signal"]
    lines = output(loader)
    start = lines.index("DataSetFactory           : [dataset] : Number of events in input trees")
    assert lines[:4] == [
        'DataSetInfo              : [dataset] : Added class "Signal"',
        "                         : Add Tree TreeS of type Signal with 6000 events",
        'DataSetInfo              : [dataset] : Added class "Background"',
        "                         : Add Tree TreeB of type Background with 6000 events",
    ]
    blank = "                         : "
    assert lines[start + 1 : start + 18] == [
        blank,
        blank,
        f"{blank}Number of training and testing events",
        f"{blank}{'-' * 75}",
        f"{blank}Signal     -- training events            : 1000",
        f"{blank}Signal     -- testing events             : 5000",
        f"{blank}Signal     -- training and testing events: 6000",
        f"{blank}Background -- training events            : 900",
        f"{blank}Background -- testing events             : 5100",
        f"{blank}Background -- training and testing events: 6000",
        blank,
        "DataSetInfo              : Correlation matrix (Signal):",
        f"{blank}{'-' * 24}",
        f"{blank}            var1    var2",
        f"{blank}   var1:  +1.000{matrix[0, 1]:+8.3f}",
        f"{blank}   var2:{matrix[1, 0]:+8.3f}  +1.000",
        f"{blank}{'-' * 24}",
    ]
    assert lines[-3:] == ["DataSetFactory           : [dataset] :  ", blank, ""]


def test_cuts_in_the_log(shared: Path) -> None:
    loader = loader_of(shared)
    loader.PrepareTrainingAndTestTree(
        "var1>0", "var1<0", "ScaleWithPreselEff:nTrain_Signal=1000:!Correlations"
    )
    data_set = loader.data_set()
    text = "\n".join(output(loader))
    assert '    Signal     requirement: "var1>0"' in text
    assert "-- number of events passed: " in text
    assert "due to the preselection a scaling factor has been applied" in text
    signal = data_set.training.class_index == 0
    assert (data_set.training.x[signal, 0] > 0).all()
    assert (data_set.training.x[~signal, 0] < 0).all()
    with np.errstate(all="raise"):
        passed = int(text.split("number of events passed: ")[1].split()[0])
    assert np.count_nonzero(signal) == int(np.float32(1000) * np.float32(passed / 6000))


def test_norm_modes(shared: Path) -> None:
    for mode, sums in (("NumEvents", (1000, 2000)), ("EqualNumEvents", (1000, 1000)), ("None", None)):
        loader = loader_of(shared)
        loader.SetBackgroundWeightExpression("weight")
        loader.PrepareTrainingAndTestTree(
            "", "", f"nTrain_Signal=1000:nTrain_Background=2000:NormMode={mode}:!V"
        )
        data_set = loader.data_set()
        for sample in (data_set.training, data_set.testing):
            background = sample.class_index == 1
            if sums is None or sample is data_set.testing:
                np.testing.assert_array_equal(sample.weight, sample.original_weight)
            else:
                np.testing.assert_allclose(sample.weight[~background].sum(), sums[0], rtol=1e-12)
                np.testing.assert_allclose(sample.weight[background].sum(), sums[1], rtol=1e-12)
        info = data_set.info
        assert info.normalization == mode.upper()
        background = data_set.training.class_index == 1
        np.testing.assert_allclose(
            info.training_sum_background_weights, data_set.training.weight[background].sum(), rtol=1e-12
        )
        np.testing.assert_allclose(info.testing_sum_signal_weights, 5000)


def test_ranges_are_those_of_the_weight_file(shared: Path) -> None:
    """Ranges of ROOT's own training sample, as its weight file holds them."""
    from xml.etree import ElementTree as ET

    loader = loader_of(shared, ("myvar1 := var1+var2", "myvar2 := var1-var2", "var3", "var4"))
    loader.PrepareTrainingAndTestTree(
        "", "nTrain_Signal=1000:nTrain_Background=1000:NormMode=NumEvents:SplitLibrary=random_shuffle"
    )
    variables = loader.data_set().info.variables
    stored = ET.parse(shared / "golden" / "ld_stored" / "weights.xml").getroot().find("Variables")
    assert stored is not None
    for one, element in zip(variables, stored, strict=True):
        assert (one.expression, one.label, one.internal_name) == tuple(
            element.get(name) for name in ("Expression", "Label", "Internal")
        )
        assert f"{one.minimum:.8e}" == f"{float(element.attrib['Min']):.8e}"
        assert f"{one.maximum:.8e}" == f"{float(element.attrib['Max']):.8e}"


def test_no_ranges_without_correlations(shared: Path) -> None:
    loader = loader_of(shared)
    loader.PrepareTrainingAndTestTree("", "", "!CalcCorrelations")
    info = loader.data_set().info
    assert info.variables[0].minimum > info.variables[0].maximum
    assert not info.correlation_matrices


def test_correlations_against_numpy() -> None:
    generator = np.random.default_rng(5)
    x = generator.normal(size=(500, 3)).astype(np.float32)
    x[:, 2] += x[:, 0]
    weight = generator.uniform(0.5, 2.0, 500)
    covariance = np.cov(x.astype(float), rowvar=False, aweights=weight, ddof=0)
    expected = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    np.testing.assert_allclose(correlation_matrix(x, weight, "abc", "here"), expected, rtol=1e-10)
    mean, rms = weighted_moments(x, weight)
    np.testing.assert_allclose(mean, np.average(x.astype(float), axis=0, weights=weight), rtol=1e-12)
    np.testing.assert_allclose(rms, np.sqrt(np.diag(covariance)), rtol=1e-10)
    with pytest.warns(TMVAWarning, match="here: the variance of b is not above 0"):
        flat = correlation_matrix(np.c_[x[:, 0], np.zeros(500)].astype(np.float32), weight, "ab", "here")
    np.testing.assert_array_equal(flat, np.eye(2))


def test_statistics_table() -> None:
    x = np.array([[0.12185, -1.0], [15.072, 1234567.0]], np.float32)
    assert statistics_lines(x, np.ones(2), ["m_jj", "a_long_name"]) == [
        "   Variable           Mean           RMS   [        Min       Max ]".replace(
            "[        Min       Max ]", "[        Min           Max ]"
        ),
        "-" * (11 + 4 * 13 + 11),
        "       m_jj:       7.5969       7.4751   [      0.12185       15.072 ]",
        "a_long_name:   6.1728e+05   6.1728e+05   [      -1.0000   1.2346e+06 ]",
        "-" * (11 + 4 * 13 + 11),
    ]
    short = statistics_lines(x[:, :1], np.ones(2), ["m_jj"])
    assert short[0] == "Variable        Mean        RMS   [        Min        Max ]"
    assert short[1] == "-" * 59
    assert short[2] == "    m_jj:     7.5969     7.4751   [    0.12185     15.072 ]"


def test_seed_zero_is_logged(shared: Path) -> None:
    loader = loader_of(shared)
    loader.PrepareTrainingAndTestTree("", "", "SplitSeed=0:!Correlations")
    first = loader.data_set().training
    line = next(line for line in output(loader) if "SplitSeed=0" in line)
    seed = line.split("drew the seed ")[1].split(";")[0]
    loader.PrepareTrainingAndTestTree("", "", f"SplitSeed={seed}:!Correlations")
    np.testing.assert_array_equal(loader.data_set().training.x, first.x)


class TestErrors:
    def test_nothing(self) -> None:
        with pytest.raises(DataError, match="no tree and no event was added; call AddSignalTree"):
            DataLoader("d").data_set()
        loader = DataLoader("d")
        loader.log.silent = True
        loader.AddSignalTree({"x": [1.0]})
        with pytest.raises(DataError, match="no variable was added; call AddVariable"):
            loader.data_set()

    def test_cut_that_removes_all(self, shared: Path) -> None:
        loader = loader_of(shared)
        loader.AddCut("var1 > 1000", "Background")
        with pytest.raises(
            DataError,
            match=r"'Background' has no events: none of 6000 entries passed the cut 'var1 > 1000'.*TreeB",
        ):
            loader.data_set()

    def test_one_class(self, shared: Path) -> None:
        loader = loader_of(shared, Signal="TreeS")
        loader.PrepareTrainingAndTestTree("", "", "")
        with pytest.raises(DataError, match=r"class 'Background' is known, but no tree was added for it"):
            loader.data_set()

    def test_regression_with_classes_by_mistake(self, shared: Path) -> None:
        loader = loader_of(shared, ("var1",), Regression="TreeS")
        loader.AddTarget("var2")
        with pytest.warns(TMVAWarning, match="nothing is applied, as in TMVA; name the class 'Regression'"):
            loader.SetWeightExpression("1")
        with pytest.warns(TMVAWarning, match="the cuts 'var1>0' and 'var1>1' would be for the classes"):
            loader.PrepareTrainingAndTestTree("var1>0", "var1>1", "SplitMode=Random:!V")
        loader.PrepareTrainingAndTestTree("", "", "SplitMode=Random:!V")
        assert len(loader.data_set().training) == 3000

    def test_constant(self, shared: Path) -> None:
        loader = loader_of(shared, ("var1", "c := 0*var1 + 2", "var2"))
        loader.AddSpectator("k := 0*var1")
        with pytest.raises(
            DataError, match=r"variable '0\*var1\+2' is always 2: constant in all 6000.*Please remove it"
        ):
            loader.data_set()

    def test_branch_and_expression(self, shared: Path) -> None:
        with pytest.raises(DataError, match=r"TreeS has no branch 'var7'; did you mean 'var"):
            loader_of(shared, ("var7",)).data_set()
        with pytest.raises(ExpressionError, match=r"\^"):
            loader_of(shared, ("var1 +* var2",)).data_set()

    def test_no_training_events(self) -> None:
        loader = DataLoader("d")
        loader.log.silent = True
        loader.AddVariable("x")
        loader.AddTree({"x": [1.0]}, "Signal")
        with pytest.raises(DataError, match="no training events: class 'Signal' has 1"):
            loader.data_set()
