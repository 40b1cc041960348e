"""Damaged files and texts, thousands of each kind: a named error or an answer, in a second and 500 MB.

Weight files of the classical methods are in ``test_weight_files.py``.
"""

from __future__ import annotations

import functools
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from fuzzing import Judge, mutated_bytes, mutated_elements, mutated_text
from weight_files import SMALL

import tmva_py
from tmva_py.backends import make_backend
from tmva_py.data import AnalysisType, DataSetInfo, VariableInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.expressions import Formula
from tmva_py.layouts import network_input_shape
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.cuts.method import MethodCuts
from tmva_py.methods.dl.options import dl_options
from tmva_py.methods.dl.training import NetworkPlan
from tmva_py.methods.options import BASE_OPTIONS
from tmva_py.methods.pdefoam.foam_file import foam_path
from tmva_py.methods.pdefoam.method import MethodPDEFoam
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text, write_weight_file
from tmva_py.network import Network, NetworkBuilder
from tmva_py.network.layer_stack import build_layers
from tmva_py.options import parse_option_string
from tmva_py.plugins import default_registry
from tmva_py.testing.method_checks import data_set
from tmva_py.trees import baskets

Case = Callable[[], Any]
SEED = 20240
INPUTS = (0.0, 0.5)


def weight_texts(folder: Path) -> list[str]:
    images = NetworkBuilder((1, 4, 4), seed=1)
    networks = {
        "lstm": NetworkBuilder((3, 2), seed=1).lstm(2, return_sequence=True).flatten().dense(1),
        "gru": NetworkBuilder((3, 2), seed=1).gru(2).dense(1),
        "conv": images.conv(2, 3).batch_norm().maxpool(2).flatten().dense(1),
    }
    for name, builder in networks.items():
        builder.build().save(folder / f"{name}.xml")
    ranges = "".join(f'<Range Index="{i}" Min="-1.0" Max="{i + 1}.0"/>' for i in range(3))
    sets = "".join(f'<Class ClassIndex="{n}"><Ranges>{ranges}</Ranges></Class>' for n in range(3))
    transform = f'"1"><Transform Name="Normalize">{sets}</Transform></Transformations>'
    normalized = SMALL.replace('NTransformations="0"/>', f"NTransformations={transform}")
    texts = [(folder / f"{name}.xml").read_text() for name in networks]
    return [SMALL, normalized, *texts]


def read_and_evaluate(path: Path, content: bytes) -> Any:
    """Return the answers of a weight file with this content."""
    path.write_bytes(content)
    method = read_weight_file(path)
    n_variables = len(method.info.variables)
    return method.evaluate([[value] * n_variables for value in INPUTS])


def xml_cases(folder: Path) -> Callable[[np.random.Generator], Case]:
    texts = weight_texts(folder)
    path = folder / "fuzzed.xml"
    for text in texts:  # what is compiled at the first use is no case's time
        method = read_weight_file(text)
        assert np.isfinite(method.evaluate(np.full((2, len(method.info.variables)), 0.5))).all()

    def make(random: np.random.Generator) -> Case:
        text = texts[int(random.integers(len(texts)))]
        content = text.encode()
        content = (
            mutated_text(random, text).encode() if random.integers(4) else mutated_bytes(random, content)
        )

        return functools.partial(read_and_evaluate, path, content)

    return make


def cuts_text() -> str:
    """A weight file of cuts with four bins."""
    data = data_set("Classification")
    log = MessageLog("Cuts", silent=True)
    trained = train_method(
        MethodCuts("C", data.info, "Classification", "FitMethod=MC:SampleSize=200", log=log), data
    )
    model = trained.model
    first = {name: getattr(model, name)[:4].copy() for name in ("low", "high", "background")}
    return weight_text(replace(trained, model=replace(model, **first)))


def cuts_cases(folder: Path) -> Callable[[np.random.Generator], Case]:
    text, path = cuts_text(), folder / "fuzzed.xml"
    # Most of the text is before the weights.
    start = text.index("<Weights")

    def make(random: np.random.Generator) -> Case:
        head, weights = text[:start], text[start:]
        if random.integers(3):
            weights = mutated_text(random, weights, ("Bin", "Cuts", "ibin", "cutMin_0", "-1"))
        else:
            head = mutated_text(random, head)
        content = f"{head}{weights}".encode()
        if random.integers(5) == 0:
            content = mutated_bytes(random, content)

        def act() -> Any:
            path.write_bytes(content)
            method = read_weight_file(path)
            x = [[value] * len(method.info.variables) for value in INPUTS]
            for efficiency in (-1.0, 0.3, 1e300):
                method.model.at(efficiency)
            assert len(list(method.selections(x))) == len(method.model.background)
            return np.concatenate([method.evaluate(x, working_point=one) for one in (0.1, 0.7, 1.0)])

        return act

    return make


FORESTS: tuple[tuple[AnalysisType, str], ...] = (
    ("Classification", "NTrees=3:MaxDepth=2:BoostType=AdaBoost"),
    ("Classification", "NTrees=3:MaxDepth=3:BoostType=Grad:Shrinkage=0.3:VarTransform=N"),
    ("Classification", "NTrees=2:MaxDepth=2:UseFisherCuts:MinLinCorrForFisher=0.0"),
    ("Multiclass", "NTrees=2:MaxDepth=2:BoostType=Grad"),
    ("Regression", "NTrees=3:MaxDepth=2:BoostType=AdaBoostR2"),
    ("Regression", "NTrees=3:MaxDepth=2:BoostType=Grad"),
)


def forest_texts() -> list[str]:
    texts = []
    for analysis, options in FORESTS:
        data = data_set(analysis)
        log = MessageLog("BDT", silent=True)
        method = MethodBDT("fuzzed", data.info, analysis, f"MinNodeSize=5%:{options}", log=log)
        texts.append(weight_text(train_method(method, data)))
    return texts


def forest_cases(folder: Path) -> Callable[[np.random.Generator], Case]:
    """Forests: numbers, attributes, the structure of trees, cuts of the file."""
    texts = forest_texts()
    path = folder / "fuzzed.xml"
    for text in texts:  # what is compiled at the first use is no case's time
        method = read_weight_file(text)
        for n_events in (1, 2, 300):
            assert np.isfinite(method.evaluate(np.full((n_events, len(method.info.variables)), 0.5))).all()
    compile_walks()

    def make(random: np.random.Generator) -> Case:
        text = texts[int(random.integers(len(texts)))]
        kind = int(random.integers(8))
        if kind < 4:
            content = mutated_elements(random, text).encode()
        elif kind < 7:
            content = mutated_text(random, text).encode()
        else:
            content = mutated_bytes(random, text.encode())

        return functools.partial(read_and_evaluate, path, content)

    return make


def compile_walks() -> None:
    """Use the kernels for trees that are too deep to be completed."""
    data = data_set("Classification")
    method = MethodBDT(
        "deep",
        data.info,
        "Classification",
        "NTrees=2:MaxDepth=20:MinNodeSize=0.2%",
        log=MessageLog("", silent=True),
    )
    train_method(method, data).evaluate(data.testing.x[:2])


def npz_cases(folder: Path) -> Callable[[np.random.Generator], Case]:
    path = folder / "a.npz"
    builder = NetworkBuilder((1, 4, 4), seed=1).conv(2, 3).batch_norm().maxpool(2).flatten()
    builder.dense(3, "TANH").dropout(0.5).dense(1).build().save(path)
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    description = str(np.load(io.BytesIO(parts["description.npy"])))
    json.loads(description)
    assert np.isfinite(Network.load(path).predict(np.full((2, 1, 4, 4), 0.5))).all()

    def changed(random: np.random.Generator) -> bytes:
        kind = int(random.integers(4))
        if kind == 0:
            return mutated_bytes(random, whole)
        new = dict(parts)
        name = list(parts)[int(random.integers(len(parts)))]
        if kind == 1:
            new[name] = mutated_bytes(random, parts[name][:200]) + parts[name][200:]
        else:
            buffer = io.BytesIO()
            text = mutated_text(random, description, ("null", "[]", "{}", "DENSE", "LSTM", "1e400", "[1]"))
            np.save(buffer, np.array(text))
            new["description.npy"] = buffer.getvalue()
        if random.integers(20) == 0:
            new[name.removesuffix(".npy")] = new.pop(name)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for one, content in new.items():
                archive.writestr(one, content)
        return out.getvalue()

    def make(random: np.random.Generator) -> Case:
        content = changed(random)

        def act() -> Any:
            path.write_bytes(content)
            network = Network.load(path)
            return network.predict(np.full((2, *network.input_shape), 0.5))

        return act

    return make


OPTIONS = (
    "!H:!V:VarTransform=N,D(a,_V1_)+G_Signal:ErrorStrategy=CROSSENTROPY:WeightInitialization=XAVIER:RandomSeed=7"
    ":InputLayout=1|1|3:BatchLayout=1|10|3:ValidationSize=20%:Architecture=CPU"
    ":Layout=DENSE|(N+2)*3|TANH,DENSE|8|RELU,LINEAR:TrainingStrategy=LearningRate=1e-2,Momentum=0.9,BatchSize=10,"
    "MaxEpochs=3,Optimizer=ADAM,ADAM_beta1=0.9,Regularization=L2,WeightDecay=1e-4,DropConfig=0.0+0.5+0."
    "|LearningRate=1e-3,ConvergenceSteps=5",
    "V:InputLayout=1|3|1:Layout=RESHAPE|3|1|1,LSTM|4|1|3|0|1,RESHAPE|FLAT,DENSE|4|SIGMOID,LINEAR",
    "InputLayout=1|3|1:Layout=CONV|2|1|2|1|1|0|1|RELU,MAXPOOL|1|1|1|1,RESHAPE|FLAT,BNORM,LINEAR",
)  # fmt: skip
MARKS = ("!", ":", "|", ",", "=", "%", "(N")


def option_cases(folder: Path) -> Callable[[np.random.Generator], Case]:
    del folder
    registry = default_registry()
    declared = (*BASE_OPTIONS, *dl_options(registry))
    info = DataSetInfo(variables=[VariableInfo(name) for name in "abc"], classes=["Signal", "Background"])
    backend = make_backend("numpy", registry=registry)

    def make(random: np.random.Generator) -> Case:
        text = mutated_text(random, OPTIONS[int(random.integers(len(OPTIONS)))], MARKS)

        def act() -> None:
            values = parse_option_string(text, declared, owner="DL 'fuzzed'")
            TransformationChain.from_text(values["VarTransform"], info, registry=registry)
            plan = NetworkPlan.from_options(
                values, n_variables=3, n_outputs=1, analysis_type="Classification", registry=registry
            )
            layers = [spec.create(registry=registry) for spec in plan.specs]
            build_layers(layers, network_input_shape(plan.input_layout, layers[0]), backend)

        return act

    return make


EXPRESSIONS = (
    "a+b*c-2.5e-3/(1+abs(w[1]))", "(a>0)*(b<=3.5) && !(c==1) || k%3",
    "TMath::Sqrt(TMath::Abs(a))+pi*exp(-b*b)",
    "w[k-1]+Sum$(w*(w>0))/Length$(w)", "a>0 ? log(a) : (b<0 ? -1 : pow(2,k))", "Entry$+atan2(a,b)^2+min(a,c)",
    "MaxIf$(w, w<2)+Alt$(w[3],-1)", "1<<k | 3 & 5", "w[0]+Min$(w)", "sin(cos(tan(a)))*1e5*TMath::Pi()",
)  # fmt: skip


def expression_cases(folder: Path) -> Callable[[np.random.Generator], Case]:
    del folder
    columns = {
        "a": np.array([0.5, -1.0, 0.0]),
        "b": np.array([1.0, 2.0, -3.0], np.float32), "c": np.array([1, 2, 3]),
        "k": np.array([1, 3, 2], np.int32), "w": [[1.0, 2.0], [], [3.0]],
    }  # fmt: skip

    def make(random: np.random.Generator) -> Case:
        valid = EXPRESSIONS[int(random.integers(len(EXPRESSIONS)))]
        text = mutated_text(random, valid, ("w", "$", "[", "]", "TMath::"))

        def act() -> None:
            assert len(Formula(text)(columns)) == 3

        return act

    return make


def root_cases(folder: Path, form: str, compression: Any, large: int = baskets.LARGE) -> Callable[..., Case]:
    """Trees of both forms; with `large` of 1 parts of baskets are read."""
    path = folder / "a.root"
    random = np.random.default_rng(1)
    with uproot.recreate(path, compression=compression) as file:
        columns = {name: np.round(random.normal(size=40), 1).astype(np.float32) for name in "abc"}
        tree = getattr(file, form)("t", dict.fromkeys("abc", np.dtype(np.float32)))
        tree.extend(columns)
    content = path.read_bytes()
    tmva_py.evaluate(SMALL, f"{path}:t")  # what is compiled at the first use is no case's time

    def make(random: np.random.Generator) -> Case:
        changed = mutated_bytes(random, content)

        def act() -> Any:
            path.write_bytes(changed)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(baskets, "LARGE", large)
                tmva_py.evaluate(SMALL, f"{path}:t")

        return act

    return make


def foam_cases(folder: Path) -> Callable[[np.random.Generator], Case]:
    """Files of foams beside a weight file that is as it was."""
    path = folder / "fuzzed.weights.xml"
    data = data_set("Classification")
    booked = MethodPDEFoam(
        "fuzzed", data.info, "Classification", "nSampl=50:nActiveCells=4:Nmin=0:VolFrac=0.5"
    )
    write_weight_file(train_method(booked, data), path)
    foams = foam_path(path)
    content = foams.read_bytes()
    assert np.isfinite(read_weight_file(path).evaluate([[value] * 3 for value in INPUTS])).all()

    def make(random: np.random.Generator) -> Case:
        changed = mutated_bytes(random, content)

        def act() -> Any:
            foams.write_bytes(changed)
            return read_weight_file(path).evaluate([[value] * 3 for value in INPUTS])

        return act

    return make


KINDS = {
    "xml": xml_cases,
    "forest": forest_cases,
    "cuts": cuts_cases,
    "foams": foam_cases,
    "npz": npz_cases,
    "options": option_cases,
    "expressions": expression_cases,
    "root": functools.partial(root_cases, form="mkrntuple", compression=None),
    "compressed": functools.partial(root_cases, form="mkrntuple", compression=uproot.ZLIB(1)),
    "tree": functools.partial(root_cases, form="mktree", compression=None),
    "baskets": functools.partial(root_cases, form="mktree", compression=uproot.ZLIB(1), large=1),
}


def fuzz(kind: str, count: int, folder: Path) -> None:
    random, judge = np.random.default_rng(SEED), Judge()
    make = KINDS[kind](folder)
    for number in range(count):
        case = make(random)
        judge.try_case(f"{kind} {number}", case)
    print(kind, dict(judge.counts))  # noqa: T201
    judge.verdict(count)


@pytest.mark.parametrize("kind", KINDS)
def test_some_hundred(kind: str, tmp_path: Path) -> None:
    fuzz(kind, 300, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand(kind: str, tmp_path: Path) -> None:
    fuzz(kind, 10_000, tmp_path)
