"""Mistakes that NumPy hides and a GPU does not: each is put into the real code and must be found."""

from __future__ import annotations

import inspect
import sys
import textwrap
import warnings
from typing import Any

import numpy as np
import pytest

from tmva_py import Network
from tmva_py.errors import TMVAWarning
from tmva_py.kernels.lstm import lstm_cell_forward
from tmva_py.layers import dense
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.recurrent import RecurrentLayer
from tmva_py.network.sample import Batches, TrainingSample
from tmva_py.network.step import LossSum
from tmva_py.testing.strict import StrictBackend, StrictDeviceError

LAYOUT = "LSTM|4|3|4|0|1,RESHAPE|FLAT,DENSE|5|TANH,BNORM,LINEAR"
MISTAKES = [
    (dense, "drop_input", "return x * mask", "return np.multiply(x, mask)", r"numpy\.multiply was called"),
    (RecurrentLayer, "forward", "x=x, memory", "x=np.asarray(x), memory", "converted to NumPy implicitly"),
    (RecurrentLayer, "_zero_state", "self.backend.zeros(", "np.zeros(", "an array on the host"),
    (
        TBatchNormLayer,
        "_shaped",
        "reshape(rows, shape)",
        "reshape(np.abs(rows), shape)",
        r"numpy\.absolute was called",
    ),
    (lstm_cell_forward, "reference", "xp.tanh(c_next)", "np.tanh(c_next)", r"numpy\.tanh was called"),
    (LossSum, "add", "= loss + self", "= float(loss) + self", r"float\(array\) reads a value"),
    (
        Batches,
        "shuffled",
        "self._sample.numbers(random",
        "(random",
        "listed on the host|an array on the host",
    ),
    (TrainingSample, "part", "self.numbers(index)", "index", "an array on the host"),
]


def train(backend: Any) -> None:
    x = np.random.default_rng(0).normal(size=(40, 4, 3))
    net = Network.from_layout(LAYOUT, input_layout="4|3", seed=1, backend=backend)
    settings: dict[str, Any] = {"batch_size": 8, "max_epochs": 2, "progress": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TMVAWarning)  # whether it learns is not the point
        net.fit(x, x[:, 0, 0] > 0, drop_config=(0.0, 0.0, 0.2), **settings)


@pytest.mark.parametrize(
    ("owner", "name", "right", "wrong", "text"), MISTAKES, ids=[f"{m[1]}: {m[3]}" for m in MISTAKES]
)
def test_a_mistake_is_found(
    owner: Any, name: str, right: str, wrong: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = getattr(owner, name)
    code = textwrap.dedent(inspect.getsource(function))
    assert right in code
    code = code.replace(right, wrong).removeprefix("@kernel\n")
    content = {**vars(sys.modules[function.__module__]), "np": np}
    exec(compile("from __future__ import annotations\n" + code, name, "exec"), content)
    monkeypatch.setattr(owner, name, content[function.__name__])
    train("numpy")  # nobody sees it there
    with pytest.raises(StrictDeviceError, match=text):
        train(StrictBackend())
