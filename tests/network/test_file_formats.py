"""The suffix decides what a network is written as; weight files of networks made in Python."""

from __future__ import annotations

import os
import threading
import time
import tracemalloc
import zipfile
from typing import Any

import numpy as np
import pytest
from weight_files import SMALL, golden_index, golden_weights

import tmva_py
from tmva_py.errors import OptionError, ShapeError, TMVAWarning, WeightFileError
from tmva_py.methods.dl.model import NetworkModel
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.network import Network, NetworkBuilder


def dense(outputs: int = 1, output: str | None = None, **settings: Any) -> Network:
    return NetworkBuilder(3, seed=2, **settings).dense(4, "TANH").dense(outputs).build(output=output)


X = np.random.default_rng(1).normal(size=(10, 3)).astype(np.float32)


@pytest.mark.parametrize("name", ["a.onnx", "a.json", "a.h5", "a.pkl", "a", "a.npz.bak", "xml", ".npy"])
def test_suffixes_that_are_refused(name: str, tmp_path: Any) -> None:
    with pytest.raises(OptionError, match=r"networks are written as .npz, or as TMVA's weight files, .xml"):
        dense().save(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", [3, None, "", b"a.npz", "a\0.npz", 2.5, ["a.npz"]])
def test_what_is_no_path(path: Any) -> None:
    for act in (dense().save, Network.load):
        with pytest.raises(OptionError, match="path: expected the name of a file"):
            act(path)


@pytest.mark.parametrize("suffix", [".npz", ".NPZ", ".xml", ".weights.xml", ".weights.XML", ".xml.gz"])
@pytest.mark.parametrize(("outputs", "output"), [(1, None), (3, None), (3, "SIGMOID"), (2, "IDENTITY")])
def test_bits_come_back(suffix: str, outputs: int, output: str | None, tmp_path: Any) -> None:
    network, path = dense(outputs, output), tmp_path / f"net{suffix}"
    network.save(path)
    again = Network.load(path)
    assert again.parameters.tobytes() == network.parameters.tobytes()
    assert again.predict(X).tobytes() == network.predict(X).tobytes()
    assert again.output_function.names == network.output_function.names


NETWORKS = {
    "lstm": NetworkBuilder((5, 3), seed=1).lstm(4, return_sequence=True).flatten().dense(1),
    "gru": NetworkBuilder((5, 3), seed=1).gru(4, True).dense(2),
    "one step": NetworkBuilder((1, 3), seed=1).rnn(4).dense(2),
    "images": NetworkBuilder((2, 6, 6), seed=1).conv(3, 3).batch_norm().maxpool(2).flatten().dense(1),
    "grey": NetworkBuilder((1, 6, 6), seed=1).conv(3, 3, activation="RELU").flatten().dense(1),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_reader_answers_as_the_network(name: str, tmp_path: Any) -> None:
    network = NETWORKS[name].build()
    network.save(tmp_path / "a.xml")
    x = np.random.default_rng(1).normal(size=(7, *network.input_shape)).astype(np.float32)
    expected = network.predict(x)
    found = tmva_py.evaluate(tmp_path / "a.xml", x.reshape(7, -1))
    np.testing.assert_array_equal(found.reshape(expected.shape), expected)
    again = Network.load(tmp_path / "a.xml", backend="numpy")
    assert again.input_shape == network.input_shape
    np.testing.assert_allclose(again.predict(x), expected, rtol=1e-5)


def test_names_in_weight_files(tmp_path: Any) -> None:
    path = tmp_path / "a.xml"
    dense(2, "IDENTITY").save(path, variables=["pt", "eta", "m := m1+m2"], outputs=["e", "t"], title="NET")
    method = read_weight_file(path)
    assert [one.expression for one in method.info.variables] == ["pt", "eta", "m1+m2"]
    assert [one.label for one in method.info.targets] == ["e", "t"]
    assert (method.name, method.analysis_type) == ("DL::NET", "Regression")
    dense(3).save(path, outputs=["a", "b", "c"])
    assert read_weight_file(path).info.classes == ["a", "b", "c"]
    dense().save(path)
    method = read_weight_file(path)
    assert method.info.classes == ["Signal", "Background"]
    assert method.option_values["Layout"] == "DENSE|4|TANH,DENSE|1|IDENTITY"
    reader = tmva_py.Reader(["var0", "var1", "var2"], "Silent")
    reader.BookMVA("DL", str(path))
    assert reader.EvaluateMVA([0.1, 0.2, 0.3], "DL") == pytest.approx(
        float(dense().predict([[0.1, 0.2, 0.3]])[0, 0]), rel=1e-6
    )


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"variables": ["a", "b"]}, "variables: expected 3 different names"),
        ({"variables": ["a", "b", "b"]}, "variables: expected 3 different names"),
        ({"variables": "abc"}, "variables: expected 3 different names"),
        ({"outputs": ["s"]}, "tells Signal from Background"),
    ],
)
def test_names_that_do_not_fit(names: dict[str, Any], message: str, tmp_path: Any) -> None:
    with pytest.raises(OptionError, match=message):
        dense().save(tmp_path / "a.xml", **names)
    with pytest.raises(OptionError, match="are for weight files"):
        dense().save(tmp_path / "a.npz", **names)


def test_what_weight_files_cannot_hold(tmp_path: Any) -> None:
    path = tmp_path / "a.xml"
    with pytest.warns(TMVAWarning, match="single precision: the weights are rounded to float32"):
        dense(dtype="float64").save(path)
    sequence = NetworkBuilder((4, 3)).lstm(2, return_sequence=True).build(output="IDENTITY")
    with pytest.raises(ShapeError, match="weight files have flat ones"):
        sequence.save(path)
    column = NetworkBuilder((2, 1, 6)).conv(1, 1).flatten().dense(1).build()
    with pytest.raises(ShapeError, match=r"weight files cannot say an input of shape \(2, 1, 6\)"):
        column.save(path)


def test_weight_files_that_are_not_a_network_alone(tmp_path: Any, shared: Any) -> None:
    names = [case["case"] for case in golden_index(shared)]
    cases = [golden_weights(shared, one) for one in names if one.startswith(("dl_", "dnn_", "multiclass_dl"))]
    transformed = loaded = 0
    for path in cases:
        method = read_weight_file(path)
        if not isinstance(method.model, NetworkModel):
            continue
        if method.transformations.steps:
            transformed += 1
            with pytest.raises(WeightFileError, match=r"has the transformations .*evaluate or Reader"):
                Network.load(path)
            continue
        loaded += 1
        network = Network.load(path)
        network.save(tmp_path / "a.xml")
        # What ROOT wrote, with more digits: layers, their order, attributes and shapes.
        mine = read_weight_file(tmp_path / "a.xml").model
        assert isinstance(mine, NetworkModel)
        assert mine.network.parameters.tobytes() == network.parameters.tobytes()
        assert mine.summary() == method.model.summary()
    assert loaded > 0
    assert transformed > 3


def test_numbers_that_are_not_finite_are_a_warning(tmp_path: Any) -> None:
    network = dense()
    network.layers[1].parameters["W"][0, 2] = np.nan
    for suffix in ("npz", "xml"):
        network.save(tmp_path / f"a.{suffix}")
        with pytest.warns(
            TMVAWarning, match=r"not finite, or variances below 0, in W of layer 1 \(DENSE\|1\|\w+\)"
        ):
            Network.load(tmp_path / f"a.{suffix}")
    with pytest.warns(TMVAWarning, match="not finite, or variances below 0, in W of layer 0"):
        read_weight_file(SMALL.replace("0.25  1.0", "nan  1.0"))


# --- files that are none ------------------------------------------------------------------------------------


def test_devices_and_pipes_are_not_opened(tmp_path: Any) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "zero.npz").symlink_to("/dev/zero")
    for name in ("pipe.npz", "zero.npz"):
        start = time.process_time()
        with pytest.raises(WeightFileError, match="it is a pipe or a device"):
            Network.load(tmp_path / name)
        assert time.process_time() - start < 1
    assert threading.active_count() < 50
    (tmp_path / "zero.xml").symlink_to("/dev/zero")
    with pytest.raises(WeightFileError, match="not a file"):
        Network.load(tmp_path / "zero.xml")


def test_a_gigabyte_for_a_few_parameters_is_not_read(tmp_path: Any) -> None:
    """The hole in the file takes no place on the disk; the numbers are compared before they are read."""
    path = tmp_path / "a.npz"
    dense().save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    count = 250_000_000
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count},), }}".encode().ljust(117) + b"\n"
    head = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text
    size = len(head) + 4 * count
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            if name != "parameters.npy":
                archive.writestr(name, content)
        info = zipfile.ZipInfo("parameters.npy")
        info.file_size = size
        with archive.open(info, "w", force_zip64=True) as file:
            file.write(head)
            block = bytes(1 << 20)
            # Only this much is written; the entry says more, as a file with a hole would.
            file.write(block)
        entry = archive.getinfo("parameters.npy")
        entry.file_size = entry.compress_size = size
    tracemalloc.start()
    try:
        with pytest.raises(WeightFileError, match="expected 21 parameters in float32, found 250000000"):
            Network.load(path)
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()
