"""Damaged weight files of each method, thousands: a named error or an answer, in a second and 500 MB."""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fuzzing import Judge, mutated_bytes, mutated_elements, mutated_text
from rule_file import RULES

from tmva_py.data import AnalysisType, DataSet
from tmva_py.errors import WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods import Method
from tmva_py.methods.boost.method import MethodBoost
from tmva_py.methods.category.method import MethodCategory
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import find_method, read_weight_file, weight_text
from tmva_py.plugins import default_registry
from tmva_py.testing.method_checks import data_set

SEED = 20240
INPUTS = (0.0, 0.5)
N_EVENTS = 60

_TIMES = re.compile(r'(name="(?:Date|TrainingTime|Host|Dir|Creator)" value=)"[^"]*"')

Booking = tuple[AnalysisType, str]
SIGNAL: AnalysisType = "Classification"

BOOKINGS: dict[str, tuple[Booking, ...]] = {
    "Fisher": (
        (SIGNAL, "CreateMVAPdfs:VarTransform=D"),
        (SIGNAL, "Method=Mahalanobis:VarTransform=N,P+G_Signal"),
    ),
    "LD": ((SIGNAL, "VarTransform=U"), ("Regression", "VarTransform=N")),
    "HMatrix": ((SIGNAL, ""), (SIGNAL, "VarTransform=N")),
    "FDA": (
        (SIGNAL, "Formula=(0)+(1)*sqrt(abs(x1)):ParRanges=(-1,1);(-9,9):FitMethod=MC:SampleSize=50"),
        ("Multiclass", "Formula=(0)+(1)*x0+exp((2)*x1-2):ParRanges=(-1,1);(-9,9);(0,1)"),
        ("Regression", "Formula=(0)+(1)*x0:ParRanges=(-1,1);(-9,9):FitMethod=MC:SampleSize=50"),
    ),
    "Likelihood": (
        (SIGNAL, "NAvEvtPerBin=5:NSmooth=2:PDFInterpolSig[1]=KDE:PDFInterpolBkg[2]=Spline0"),
        (SIGNAL, "TransformOutput:NAvEvtPerBin=6:PDFInterpol=Spline5:VarTransform=D"),
    ),
    "MLP": (
        (SIGNAL, "NCycles=2:HiddenLayers=2:Tanh=Fast:TrainingMethod=BFGS:CalculateErrors:VarTransform=N"),
        ("Multiclass", "NCycles=2:HiddenLayers=3,2:NeuronType=sigmoid"),
        ("Regression", "NCycles=2:HiddenLayers=2:NeuronType=radial:VarTransform=N_AllClasses(_V0_,_T0_)"),
    ),
    "CFMlpANN": ((SIGNAL, "NCycles=3:HiddenLayers=N,2"),),
    "PDERS": (
        (SIGNAL, "NEventsMin=10:NEventsMax=15"),
        (SIGNAL, "VolumeRangeMode=kNN:KernelEstimator=Gauss:NEventsMin=10:AnswerAsBooked"),
        ("Regression", "NEventsMin=10:NEventsMax=15"),
    ),
    "SVM": (
        (SIGNAL, "Kernel=Sum:KernelList=RBF+Polynomial+MultiGauss:Order=2:C=0.1"),
        ("Regression", "Gamma=0.5:C=0.1:VarTransform=N"),
    ),
    "KNN": (
        (SIGNAL, "nkNN=5:Kernel=Gaus:UseKernel:ScaleFrac=0"),
        (SIGNAL, "nkNN=9:UseLDA:ScaleFrac=0"),
        ("Regression", "nkNN=5:ScaleFrac=0:VarTransform=N"),
    ),
    "RuleFit": tuple(
        (SIGNAL, f"nTrees=2:fEventsMin=0.1:GDTau=0.1:GDNSteps=50:Model={model}{transform}")
        for model, transform in (("ModRuleLinear", ""), ("ModRule", ":VarTransform=N"), ("ModLinear", ""))
    ),
    "TMlpANN": ((SIGNAL, "NCycles=2:HiddenLayers=3:LearningMethod=BFGS"),),
    "Variable": ((SIGNAL, "Variable=b:VarTransform=N"),),
    "PDEFoam": (
        (SIGNAL, "nSampl=50:nActiveCells=4:Nmin=0:VolFrac=0.5"),
        ("Multiclass", "nSampl=50:nActiveCells=4:Nmin=0:VolFrac=0.5:Kernel=Gauss"),
    ),
    "DT": ((SIGNAL, "MaxDepth=2:MinNodeSize=5%"),),
    "PyRandomForest": ((SIGNAL, "NEstimators=2:MaxDepth=2"), ("Multiclass", "NEstimators=2:MaxDepth=2")),
    "PyGTB": ((SIGNAL, "NEstimators=2:MaxDepth=2"), ("Multiclass", "NEstimators=2:MaxDepth=2")),
    "PyAdaBoost": ((SIGNAL, "NEstimators=2"), ("Multiclass", "NEstimators=2:Algorithm=SAMME")),
}  # fmt: skip


def few_events(analysis: AnalysisType) -> DataSet:
    data = data_set(analysis)
    few = np.arange(N_EVENTS)
    return DataSet(data.info, data.training.select(few), data.testing.select(few))


def text_of(method: Method, data: DataSet) -> str:
    """Return a weight file without what differs from run to run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = weight_text(train_method(method, data))
    return _TIMES.sub(r'\1"0"', text)


def booked_texts(name: str) -> list[str]:
    texts = [RULES] if name == "RuleFit" else []
    for analysis, options in BOOKINGS[name]:
        data = few_events(analysis)
        cls = find_method(name, default_registry())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            method = cls("fuzzed", data.info, analysis, options, log=silent())
        texts.append(text_of(method, data))
    return texts


def silent() -> MessageLog:
    return MessageLog("fuzzed", silent=True)


def category_texts() -> list[str]:
    texts = []
    for name, options in (
        ("Fisher", "VarTransform=N"),
        ("Likelihood", "NAvEvtPerBin=20"),
        ("BDT", "NTrees=2:MaxDepth=2"),
    ):
        data = data_set(SIGNAL)
        cls, label = find_method(name, default_registry()), data.info.variables[0].label
        category = MethodCategory("fuzzed", data.info, SIGNAL, log=silent())
        category.add_method(f"{label}<0.2", "", cls, "left", options)
        category.add_method(f"{label}>=0.2", label, cls, "right", options)
        texts.append(text_of(category, data))
    return texts


def boost_texts() -> list[str]:
    data = few_events(SIGNAL)
    texts = []
    for name, options in (
        ("Fisher", "Boost_Transform=log"), ("DT", "MaxDepth=1:Boost_Type=RealAdaBoost"),
        ("DT", "MaxDepth=2"),
        ("LD", "Boost_Type=Bagging:Boost_Transform=gauss"),
    ):  # fmt: skip
        cls = find_method(name, default_registry())
        method = MethodBoost("fuzzed", data.info, SIGNAL, f"Boost_Num=2:{options}", boosted=cls, log=silent())
        texts.append(text_of(method, data))
    return texts


KINDS: dict[str, Callable[[], list[str]]] = {
    **{name: lambda name=name: booked_texts(name) for name in BOOKINGS},  # type: ignore[misc]
    "Category": category_texts,
    "Boost": boost_texts,
}


def mutated(random: np.random.Generator, text: str) -> bytes:
    """Return a file after changes of its elements, its text or its bytes, half of them in what was learnt."""
    head = ""
    if random.integers(2):
        start = max(text.find(tag) for tag in ("<Weights", "<BinaryTree"))
        head, text = text[:start], text[start:]
    kind = int(random.integers(8))
    if kind < 4:
        return (head + mutated_elements(random, text)).encode()
    if kind < 7:
        return (head + mutated_text(random, text)).encode()
    return head.encode() + mutated_bytes(random, text.encode())


def answer(path: Path) -> Any:
    method = read_weight_file(path)
    n_variables = len(method.info.variables)
    return method.evaluate([[value] * n_variables for value in INPUTS])


def fuzz(name: str, count: int, path: Path) -> None:
    random = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    texts = KINDS[name]()
    for text in texts:  # what is compiled at the first use is no case's time
        path.write_text(text)
        assert np.isfinite(answer(path)).all()
    judge = Judge()
    for number in range(count):
        path.write_bytes(mutated(random, texts[int(random.integers(len(texts)))]))
        judge.try_case(f"{name} {number}", lambda: answer(path))
    print(name, dict(judge.counts))  # noqa: T201
    judge.verdict(count)


@pytest.mark.parametrize(
    ("name", "number", "pattern", "instead", "problem"),
    [
        ("HMatrix", 1, r'(Index="0">\s*<Ranges>\s*<Range [^>]*Min=)"\S+', r'\1"inf"', "ClassIndex='0'.*inf"),
        ("CFMlpANN", 0, r"(<Neuron0>\s*)\S+", r"\1nan", "<Neuron0>.*: expected finite numbers"),
        ("CFMlpANN", 0, r"(<NNeurons>\s*\S+) \S+", r"\1 inf", "<NNeurons>.*: expected finite numbers"),
        ("CFMlpANN", 0, r"(<NNeurons>\s*\S+) \S+", r"\1 2.5", "<NNeurons>.*, expected whole numbers"),
        ("PyGTB", 0, r'Factors="\S+', 'Factors="nan', "<Values> are not finite"),
        ("PyAdaBoost", 0, r'Factors="[^"]*"', 'Factors="0 0"', "all Factors are 0"),
        ("PyRandomForest", 0, r"(<Values [^>]*>\s*)\S+", r"\1inf", "<Values> are not finite"),
        ("PyRandomForest", 0, r"(<Thresholds [^>]*>\s*)\S+", r"\1nan", "numbers that are not finite"),
        ("SVM", 0, r'(name="Kernel"[^>]*>)Sum', r"\1-1", "Kernel=-1: expected one of RBF"),
        ("TMlpANN", 0, r"(<neurons>\s*)\S+", r"\1inf", "<neurons>: expected finite numbers"),
        ("PDEFoam", 0, r"(<Elements>.*) \S+( \S+</Elements>)", r"\1 1e99\2", "a value that is not finite"),
        ("Boost", 0, r' Weight="[^"]*"', ' Weight="nan"', "Weight is 'nan', expected a finite number"),
    ],
)  # fmt: skip
def test_what_was_found(
    name: str, number: int, pattern: str, instead: str, problem: str, tmp_path: Path
) -> None:
    """Files that once gave an answer that is not finite, or an error without a name."""
    text, count = re.subn(pattern, instead, KINDS[name]()[number], count=1)
    assert count == 1
    (tmp_path / "found.xml").write_text(text)
    with pytest.raises(WeightFileError, match=problem):
        answer(tmp_path / "found.xml")


@pytest.mark.parametrize(
    ("number", "pattern", "instead"),
    [
        (0, r"(<Histogram [^>]*>\s*\S+) \S+", r"\1 nan"),
        (1, r"(<Histogram [^>]*>\s*\S+) \S+", r"\1 nan"),
        (
            1,
            r'InterpolMethod="\d"(.*\s*<Histogram .*NBins=)"\d+"(.*>\s*)\S.*',
            r'InterpolMethod="0"\1"1"\2 3.0',
        ),
    ],
)
def test_densities_that_were_found(number: int, pattern: str, instead: str, tmp_path: Path) -> None:
    """A bin that is no number counts as 0, as in ROOT; a single bin has no slope."""
    text, count = re.subn(pattern, instead, KINDS["Likelihood"]()[number], count=1)
    assert count == 1
    (tmp_path / "found.xml").write_text(text)
    assert np.isfinite(answer(tmp_path / "found.xml")).all()


@pytest.mark.parametrize("name", KINDS)
def test_some(name: str, tmp_path: Path) -> None:
    fuzz(name, 150, tmp_path / "fuzzed.xml")


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_ten_thousand(name: str, tmp_path: Path) -> None:
    fuzz(name, 10_000, tmp_path / "fuzzed.xml")
