"""``tmva-py demo`` from data to the weight file that is read back."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tmva_py.cli import main


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder and the text of the demo, run as a user runs it."""
    folder = tmp_path_factory.mktemp("demo")
    command = "from tmva_py.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "demo", "-o", folder / "out"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out", done.stdout


def test_what_is_written(output):
    folder, text = output
    for title in ("LSTM", "RNN", "GRU", "DNN"):
        assert (
            folder / "dataset" / "weights" / f"TMVAClassification_TMVA_{title}.weights.xml"
        ).stat().st_size > 1000
    for name in ("time_data_t10_d30.root", "TMVA_RNN.root"):
        assert (folder / name).is_file()
        assert f"  {name}\n" in text
    assert (folder / "ROC.png").read_bytes().startswith(b"\x89PNG")


def test_the_ranking_has_all_methods_and_the_recurrent_ones_learn(output):
    integrals = dict(re.findall(r": dataset +TMVA_(\w+) +: (0\.\d+)\n", output[1]))
    assert set(integrals) == {"LSTM", "RNN", "GRU", "DNN"}
    # 400 test events of each class: a standard error of 0.015. The rows are in the order of the binned area.
    for title in ("LSTM", "RNN", "GRU"):
        assert float(integrals[title]) > 0.75
    assert list(integrals)[-1] == "DNN"


def test_the_weight_file_gives_the_trained_network_back(output):
    found = re.search(r"read back: on 3200 events .* differ by at most (\S+)\n", output[1])
    assert found is not None
    assert float(found[1]) < 1e-6


def test_without_matplotlib_the_script_says_so(output, tmp_path):
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from tmva_py.demo import rnn_booking\n"
        f"rnn_booking.run({str(output[0] / 'time_data_t10_d30.root')!r}, epochs=1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no picture: matplotlib is needed" in done.stdout
    assert "pip install 'tmva-py[plot]'" in done.stdout
    assert not (tmp_path / "ROC.png").exists()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")
    result = CliRunner().invoke(main, ["demo", "-o", str(tmp_path / "file"), "--events", "320"])
    assert result.exit_code == 2
    assert "is a file" in result.output
