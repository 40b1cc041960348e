"""Option ``Correlations``, and what is printed of variables."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory import Factory
from tmva_py.plugins import Registry

MakeLoader = Callable[..., DataLoader]


def run(registry: Registry, loader: DataLoader, options: str, *methods: tuple[str, str]) -> Factory:
    factory = Factory("job", "out.root", f"!V:!ModelPersistence:{options}", registry=registry)
    for title, method_options in methods:
        factory.BookMethod(loader, "Fisher", title, method_options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory


def test_correlations_and_overlaps(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader()
    factory = run(registry, loader, "Correlations", ("LD", ""), ("Ridged", "Ridge=1e4"))
    text = re.sub(r"^ *: ?", "", capsys.readouterr().out, flags=re.MULTILINE)
    events = loader.data_set().testing
    methods = [factory.GetMethod(loader, title) for title in ("LD", "Ridged")]
    responses = np.stack([one.test_response for one in methods if one is not None], axis=1)  # type: ignore[misc]
    cuts = [one.evaluation(40, 100).reference_cut for one in methods if one is not None]
    for name, chosen in (("signal", events.class_index == 0), ("background", events.class_index == 1)):
        both = np.concatenate([responses[chosen], events.x[chosen]], axis=1)
        correlation = np.corrcoef(both.T)
        same = np.mean((responses[chosen, 0] > cuts[0]) == (responses[chosen, 1] > cuts[1]))
        first, second = (re.escape(f"{correlation[2, i]:+1.3f}") for i in (0, 1))
        start = "Dataset\\[dataset\\] : "
        assert re.search(
            rf"{start}Inter-MVA correlation matrix \({name}\):\n-+\n +LD  Ridged\n"
            rf"     LD: +\+1.000 +{re.escape(f'{correlation[0, 1]:+1.3f}')}\n",
            text,
        )
        assert re.search(
            rf"{start}Correlations between input variables and MVA response \({name}\):\n-+\n +LD  Ridged\n"
            rf"      a: +{first} +{second}\n",
            text,
        )
        assert re.search(
            rf"{start}Inter-MVA overlap matrix \({name}\):\n-+\n +LD  Ridged\n"
            rf"     LD: +\+1.000 +{re.escape(f'{same:+1.3f}')}\n",
            text,
        )
    assert f" Method:  Cut value:\n--------------------\n     LD:     {cuts[0]:+1.3f}\n" in text
    # Before the result tables, as in TMVA.
    assert text.index("Inter-MVA overlap") < text.index("Evaluation results ranked by best")


def test_one_method_has_no_other_to_compare_with(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    run(registry, make_loader(), "Correlations", ("LD", ""))
    out = capsys.readouterr().out
    assert "Inter-MVA" not in out
    assert "Correlations between input variables and MVA response (signal):" in out
    run(registry, make_loader(), "!Correlations", ("LD", ""))
    assert "Correlations between" not in capsys.readouterr().out


def test_variables_of_the_test_sample_as_each_method_sees_them(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader()
    run(registry, loader, "Transformations=I", ("LD", ""), ("LDN", "VarTransform=N"))
    out = capsys.readouterr().out
    evaluated = out[out.index("Evaluate all methods") :]
    x = loader.data_set().testing.x
    assert re.search(
        r"TFHandler_LD             : Variable [^\n]*\n[^\n]*\n"
        rf"[^\n]*a: [^\n]*\[ +{re.escape(f'{x[:, 0].min():#.5g}')} +{re.escape(f'{x[:, 0].max():#.5g}')} \]",
        evaluated,
    )
    assert re.search(r"TFHandler_LDN            : Variable ", evaluated)


def test_rankings_of_a_regression(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(2000, 2)).astype(np.float32)
    loader = DataLoader("dataset")
    for name in ("weak", "strong"):
        loader.AddVariable(name, "F")
    loader.AddTarget("t")
    loader.AddRegressionTree({"weak": x[:, 0], "strong": x[:, 1], "t": x[:, 1] * 3 + x[:, 0] * 0.5}, 1.0)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    run(registry, loader, "AnalysisType=Regression:Transformations=I;N", ("LD", ""))
    out = capsys.readouterr().out
    events = loader.data_set().training
    linear = abs(np.corrcoef(events.x[:, 1], events.targets[:, 0])[0, 1])
    assert out.count("Ranking input variables (method unspecific)...") == 1
    # The rankings follow the tables of all chains.
    assert out.rindex("TFHandler_Factory") < out.index("Ranking input variables (method unspecific)...")
    tables = re.findall(
        r"IdTransformation         : Ranking result .*?: -+\n(.*?)\n +: -+\n(.*?)\n", out, re.S
    )
    names = [re.sub(r"^ *: Rank : Variable +: ", "", head) for head, _ in tables]
    assert names == [
        "|Correlation with target|",
        "Mutual information",
        "Correlation Ratio",
        "Correlation Ratio (T)",
    ]
    assert all(re.search(r":    1 : strong    : ", first) for _, first in tables)
    assert tables[0][1].endswith(f"{linear:.3e}")
    # A share of a variance is at most 1; ROOT, which takes the wrong axis, prints larger ones.
    assert all(0 < float(first.rsplit(" ", 1)[1]) <= 1 for _, first in tables[2:])
    assert re.search(
        r"TFHandler_Factory        : Variable .*\n.*\n.*weak:.*\n.*strong:.*\n +:        t:", out
    )


def test_variables_of_a_ranking_have_their_titles(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    run(registry, make_loader(), "", ("LD", ""))
    assert re.search(r":    [12] : The sum   : \d\.\d{3}e-\d\d", capsys.readouterr().out)
