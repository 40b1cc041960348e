"""``tmva-py warm-up``: afterwards a process of its own compiles nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from weight_files import golden_weights

from tmva_py.cli import main

pytest.importorskip("numba")

COMPILING = "compiling kernels"
LAYOUT, INPUT_LAYOUT = "DENSE|5|TANH,DENSE|4|RELU,LINEAR", "3"
SUPPORT = Path(__file__).parents[1] / "support"

EVALUATE = """
import numpy as np
import tmva_py
from tmva_py.methods.weight_file import read_weight_file
random = np.random.default_rng(3)
for path in {files!r}:
    method = read_weight_file(path)
    for number in (1, 3, 50, 5000):
        x = random.normal(size=(number, len(method.info.variables)))
        tmva_py.evaluate(path, x)
        tmva_py.evaluate(path, np.asfortranarray(x, np.float32))
"""
TRAIN = """
import sys, tempfile, warnings
from pathlib import Path
warnings.simplefilter("ignore")
sys.path.insert(0, {support!r})
from small_jobs import make_job
import tmva_py as TMVA
for analysis, kind, options, *n_variables in {jobs!r}:
    with tempfile.TemporaryDirectory() as folder:
        job = make_job(Path(folder), analysis, n_events=400, n_variables=(*n_variables, 3)[0])
        job.factory.BookMethod(job.loader, getattr(TMVA.Types, kind), kind, options)
        job.factory.TrainAllMethods()
        job.factory.TestAllMethods()
        job.factory.EvaluateAllMethods()
"""
STRATEGY = ":TrainingStrategy=LearningRate=1e-3,MaxEpochs=2,BatchSize=20,TestRepetitions=1"


def warm_up(cache: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    code = "from tmva_py.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "warm-up", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        timeout=600,
    )


def run(code: str, cache: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def dl(analysis: str, more: str, layout: str = LAYOUT) -> tuple[str, str, str]:
    return analysis, "kDL", f"!H:!V:RandomSeed=1:Layout={layout}:InputLayout={INPUT_LAYOUT}{STRATEGY}{more}"


def test_a_layout(tmp_path: Path) -> None:
    first = warm_up(tmp_path, "--layout", LAYOUT, "--input-layout", INPUT_LAYOUT)
    assert first.returncode == 0, first.stderr
    assert first.stderr.count(COMPILING) == 1
    pattern = r"(\d+) kernels were compiled(, \d+ were there)?: (\d+\.\d) s; they are kept in (.+)\n"
    found = re.fullmatch(pattern, first.stdout)
    assert found is not None, first.stdout
    folder = Path(found[4])
    assert folder.is_relative_to(tmp_path)
    assert len(list(folder.glob("*.kernel"))) == int(found[1])
    second = warm_up(tmp_path, "--layout", LAYOUT, "--input-layout", INPUT_LAYOUT)
    assert second.stdout.startswith("nothing was left to compile, ")
    assert second.stderr == ""
    jobs = [
        dl("Classification", ",Optimizer=SGD,Momentum=0.5,DropConfig=0.0+0.5"),
        dl("Classification", ",Optimizer=ADAM,Regularization=L2"),
        dl("Multiclass", ",Optimizer=RMSPROP:ErrorStrategy=MUTUALEXCLUSIVE"),
        dl("Regression", ",Optimizer=ADADELTA,Regularization=L1:ErrorStrategy=SUMOFSQUARES"),
    ]
    assert run(TRAIN.format(support=str(SUPPORT), jobs=jobs), tmp_path) == ""


def test_weight_files(tmp_path: Path, shared: Path) -> None:
    cases = (
        *("dl_dense_norm_class_example", "real_bdt_adaboost_default", "real_bdt_grad", "real_bdt_bagging"),
        *("real_knn", "real_pders_gauss"),
    )
    paths = [golden_weights(shared, case) for case in cases]
    done = warm_up(tmp_path, *paths)
    assert done.returncode == 0, done.stderr
    assert "kernels were compiled" in done.stdout
    assert COMPILING not in run(EVALUATE.format(files=[str(path) for path in paths]), tmp_path)


@pytest.mark.slow
def test_everything(tmp_path: Path) -> None:
    done = warm_up(tmp_path)
    assert done.returncode == 0, done.stderr
    image = "CONV|3|2|3|1|1|1|1|TANH,MAXPOOL|2|2|1|1,RESHAPE|FLAT,BNORM,DENSE|3|SIGMOID,LINEAR"
    recurrent = [
        f"{name}|3|1|3|0|{sequence}{',RESHAPE|FLAT' if sequence else ''},DENSE|3|SOFTSIGN,LINEAR"
        for name in ("LSTM", "GRU", "RNN")
        for sequence in (0, 1)
    ]
    jobs = [dl("Classification", f",Optimizer={name}") for name in ("ADAM", "SGD", "ADAGRAD", "RMSPROP")]
    jobs += [
        ("Classification", "kDL", f"!H:!V:RandomSeed=1:InputLayout={shape}:Layout={layout}{STRATEGY}", number)
        for shape, layout, number in [("1|4|4", image, 16), *(("3|1", layout, 3) for layout in recurrent)]
    ]
    jobs += [
        ("Classification", "kBDT", "!H:!V:NTrees=20:MaxDepth=3"),
        ("Classification", "kBDT", "!H:!V:NTrees=20:MaxDepth=12:MinNodeSize=0.5%:BoostType=Bagging"),
        ("Classification", "kBDT", "!H:!V:NTrees=20:BoostType=Grad:Shrinkage=0.3:UseBaggedBoost"),
        ("Classification", "kBDT", "!H:!V:NTrees=20:BoostType=RealAdaBoost:nCuts=-1"),
        ("Multiclass", "kBDT", "!H:!V:NTrees=20:BoostType=Grad"),
        ("Regression", "kBDT", "!H:!V:NTrees=20:MinNodeSize=5%:BoostType=AdaBoostR2"),
        ("Regression", "kBDT", "!H:!V:NTrees=20:BoostType=Grad"),
        ("Classification", "kKNN", "!H:!V"),
        ("Classification", "kDT", "!H:!V:Boost_Num=3:MaxDepth=3"),
        ("Classification", "kCFMlpANN", "!H:!V:NCycles=3"),
        ("Classification", "kTMlpANN", "!H:!V:NCycles=3"),
        ("Classification", "kTMlpANN", "!H:!V:NCycles=3:LearningMethod=RibierePolak"),
        ("Classification", "kPDERS", "!H:!V:NEventsMin=20:NEventsMax=30"),
        ("Classification", "kPDEFoam", "!H:!V:nSampl=300:Nmin=20:Kernel=Gauss"),
        ("Multiclass", "kPDEFoam", "!H:!V:nSampl=300:Nmin=20:Kernel=LinNeighbors"),
        ("Regression", "kPDEFoam", "!H:!V:nSampl=300:Nmin=20:MultiTargetRegression:TargetSelection=Mpv"),
    ]
    assert COMPILING not in run(TRAIN.format(support=str(SUPPORT), jobs=jobs), tmp_path)


def test_half_of_a_layout() -> None:
    result = CliRunner().invoke(main, ["warm-up", "--layout", LAYOUT])
    assert result.exit_code == 2
    assert "--layout and --input-layout go together" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.xml",), "nowhere.xml"),
        (("--layout", "DENS|5,LINEAR", "--input-layout", "3"), "did you mean 'DENSE'?"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(main, ["warm-up", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr


def test_what_cannot_be_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "a_file"
    blocked.write_text("")
    done = warm_up(blocked, "--layout", "LINEAR", "--input-layout", "2")
    assert done.returncode == 2
    assert "could not be kept" in done.stderr
    assert "cannot be written to" in done.stderr


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    from tmva_py.backends.numba_backend import NumbaBackend

    monkeypatch.setattr(NumbaBackend, "why_unavailable", staticmethod(lambda: "numba is not installed"))
    result = CliRunner().invoke(main, ["warm-up"])
    assert result.exit_code == 2
    assert "error: backend 'numba': numba is not installed" in result.stderr
