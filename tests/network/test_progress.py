"""The bar: shown on a terminal, quiet elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tmva_py.network import EpochRecord, NetworkBuilder, TrainingPhase
from tmva_py.network.progress import NoProgress, RichProgress, make_progress

PROGRAM = """
import numpy as np
from tmva_py.network import NetworkBuilder, TrainingPhase
x = np.random.default_rng(0).normal(size=(50, 3)); y = (x[:, 0] > 0).astype(float)
phase = TrainingPhase(learning_rate=0.01, batch_size=10, max_epochs=3, test_repetitions=1)
NetworkBuilder(3, seed=1).dense(1).build().fit(x, y, phases=[phase] * PHASES, progress=PROGRESS)
"""


def program(*, phases: int = 1, progress: bool = True) -> list[str]:
    return [sys.executable, "-c", PROGRAM.replace("PHASES", str(phases)).replace("PROGRESS", str(progress))]


def on_terminal(command: list[str]) -> str:
    """Run with standard error on a terminal and return what it shows there."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo terminals")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, shown.decode()
    assert out == b""
    return shown.decode()


def test_a_bar_on_a_terminal() -> None:
    shown = on_terminal(program())
    assert "training" in shown
    assert "3/3" in shown
    assert "loss 0." in shown
    assert "validation 0." in shown
    assert "(best 0." in shown


def test_each_phase_has_its_bar() -> None:
    shown = on_terminal(program(phases=2))
    assert "phase 1/2" in shown
    assert "phase 2/2" in shown


def test_no_bar_when_it_is_not_wanted() -> None:
    assert on_terminal(program(progress=False)) == ""


def test_quiet_where_there_is_no_terminal() -> None:
    seen = subprocess.run(program(), capture_output=True, text=True, check=True)
    assert seen.stdout == ""
    assert seen.stderr == ""


def test_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    assert isinstance(make_progress(True), NoProgress)  # pytest's own standard error
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert isinstance(make_progress(True), RichProgress)
    assert isinstance(make_progress(False), NoProgress)


def test_a_display_of_ones_own() -> None:
    """What the trainer tells a display: every phase and every epoch, inside its context."""
    from tmva_py.network.sample import TrainingSample
    from tmva_py.network.training import Trainer

    told: list[Any] = []

    class Display(NoProgress):
        def __enter__(self) -> Any:
            told.append("begin")
            return self

        def __exit__(self, *error: Any) -> None:
            told.append("end")

        def start_phase(self, number: int, total: int, max_epochs: int) -> None:
            told.append((number, total, max_epochs))

        def epoch_done(self, record: EpochRecord, best_loss: float | None) -> None:
            told.append((record.phase, record.epoch, best_loss))

    network = NetworkBuilder(3, seed=1).dense(1).build()
    phases = [TrainingPhase(learning_rate=0.01, batch_size=10, max_epochs=epochs) for epochs in (2, 1)]
    trainer = Trainer(network, "CROSSENTROPY", phases, progress=Display())
    trainer.run(TrainingSample.checked(network, np.ones((20, 3)), np.arange(20) % 2, loss=trainer.loss), None)
    assert told == ["begin", (1, 2, 2), (1, 1, None), (1, 2, None), (2, 2, 1), (2, 1, None), "end"]
