"""ROOT's tutorials in Python, unedited and without ROOT, up to their trainings."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

pytestmark = pytest.mark.root

# Without TensorFlow they book what needs neither Keras nor PyTorch.
DRIVER = """
import sys
from tmva_py.booking.factory import Factory

sys.modules["tensorflow"] = None

def stop(self):
    print("booked", [one.title for one in self._job.methods])
    raise SystemExit(7)

Factory.TrainAllMethods = stop
from tmva_py.cli import main
main(["run", "--no-root", sys.argv[1]])
"""


@pytest.fixture(scope="module")
def tutorials() -> Path:
    """The folder of ROOT's tutorials."""
    found = PathFinder.find_spec("ROOT")
    origin = found.origin if found is not None else None
    roots = [Path(one) for one in (os.environ.get("ROOTSYS"), origin and Path(origin).parent) if one]
    for root in roots:
        folder = root / "tutorials" / "machine_learning"
        if folder.is_dir():
            return folder
    pytest.skip("ROOT's wheel, which has the tutorials, is not installed; make test-root installs it")


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("TMVA_Higgs_Classification.py", ["Likelihood", "Fisher", "BDT", "DNN_CPU"]),
        ("TMVA_RNN_Classification.py", ["TMVA_LSTM", "TMVA_DNN", "BDTG"]),
        ("TMVA_CNN_Classification.py", ["BDT", "TMVA_DNN_CPU", "TMVA_CNN_CPU"]),
    ],
)
def test_the_booking_part(name, titles, tutorials, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tutorials / name)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=600,
        env={**os.environ, "ROOTSYS": str(tutorials.parent.parent)},
    )
    assert done.returncode == 7, done.stderr
    assert f"booked {titles}" in done.stdout


def test_a_whole_tutorial(tutorials, tmp_path):
    """Higgs without its network, whose training takes longest, and without Keras."""
    text = (tutorials / "TMVA_Higgs_Classification.py").read_text()
    for switch in ("useDL", "useKeras"):
        text = text.replace(f"{switch} = True", f"{switch} = False")
    (tmp_path / "higgs.py").write_text(text)
    line = [sys.executable, "-c", "from tmva_py.cli import main; main()", "run", "--no-root", "higgs.py"]
    done = subprocess.run(
        line,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=600,
        env={**os.environ, "ROOTSYS": str(tutorials.parent.parent)},
    )
    assert done.returncode == 0, done.stderr
    for title in ("Likelihood", "Fisher", "BDT"):
        assert (tmp_path / f"dataset/weights/TMVA_Higgs_Classification_{title}.weights.xml").is_file()
    assert "Thank you for using TMVA!" in done.stdout
