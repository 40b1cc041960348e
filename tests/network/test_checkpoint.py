"""Networks as files: the same bits back, nothing that runs, and errors that name the file."""

from __future__ import annotations

import io
import json
import os
import pickle
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tmva_py.errors import UnknownNameError, WeightFileError, WeightFileNotFoundError
from tmva_py.network import Network, NetworkBuilder


def tutorial(dtype: str = "float32") -> Network:
    return (
        NetworkBuilder((4, 3), seed=3, dtype=dtype)
        .lstm(5, return_sequence=True)
        .gru(4, True, return_sequence=True)
        .rnn(3, return_sequence=True, remember_state=True)
        .flatten()
        .dense(6, "TANH")
        .dropout(0.25)
        .dense(2, "SOFTSIGN")
        .reshape(1, 1, 2)
        .build()
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "net.npz"
    tutorial().save(path)
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path: Path, changed: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    content = {**members(path), **changed}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def npy(value: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, value, **options)
    return buffer.getvalue()


def description(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(str(np.load(io.BytesIO(members(path)["description.npy"]))))
    return found


def describe(path: Path, **changes: Any) -> None:
    text = json.dumps({**description(path), **changes})
    rewrite(path, {"description.npy": npy(np.array(text))})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_bits_come_back(tmp_path: Path, dtype: str) -> None:
    network, path = tutorial(dtype), tmp_path / "net.npz"
    random = np.random.default_rng(0)
    x = random.normal(size=(30, 4, 3))
    network.fit(x, random.random((30, 2)), loss="SUMOFSQUARES", batch_size=10, max_epochs=2, progress=False)
    network.save(path)
    again = Network.load(path)
    assert again.backend.dtype == np.dtype(dtype)
    assert again.parameters.tobytes() == network.parameters.tobytes()
    assert again.predict(x).tobytes() == network.predict(x).tobytes()
    assert [layer.describe() for layer in again.layers] == [layer.describe() for layer in network.layers]
    assert again.layers[5].dropout == 0.25
    assert again.layers[2].remember_state
    assert (again.seed, again.input_shape, again.output_shape) == (3, (4, 3), (2,))
    assert again.output_function.names[0] == "IDENTITY"
    # It trains on as the first one does, and takes the output function of another loss as well.
    classes = random.integers(0, 2, 30)
    for net in (network, again):
        net.fit(
            x,
            classes,
            loss="MUTUALEXCLUSIVE",
            batch_size=10,
            max_epochs=2,
            validation=0,
            progress=False,
        )
    assert again.parameters.tobytes() == network.parameters.tobytes()
    assert again.output_function.names[0] == "SOFTMAX"


def test_a_given_output_function_stays(tmp_path: Path) -> None:
    network = NetworkBuilder(2, seed=1).dense(1).build(output="IDENTITY")
    network.save(tmp_path / "net.npz")
    again = Network.load(tmp_path / "net.npz")
    again.fit(np.ones((4, 2)), [0, 1, 0, 1], batch_size=2, max_epochs=1, validation=0, progress=False)
    assert again.output_function.names[0] == "IDENTITY"


def test_no_pickle_and_a_text_to_read(saved: Path) -> None:
    with np.load(saved, allow_pickle=False) as archive:
        assert set(archive.files) == {"description", "parameters", "buffers"}
    found = description(saved)
    assert found["format"] == "tmva_py network"
    assert [layer["name"] for layer in found["layers"]][:3] == ["LSTM", "GRU", "RNN"]


def test_writing_is_all_or_nothing(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(*arguments: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left on device") as error:
        tutorial().save(saved)
    assert str(saved) in str(error.value)
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        tutorial().save(tmp_path / "nowhere" / "net.npz")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(WeightFileNotFoundError, match=r"missing\.npz: no such file") as error:
        Network.load(tmp_path / "missing.npz")
    assert isinstance(error.value, FileNotFoundError)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.999])
def test_truncated(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WeightFileError, match=r"net\.npz: cannot be read as a network file"):
        Network.load(saved)


def test_any_flipped_byte_is_found_or_harmless(saved: Path) -> None:
    """Never another exception, and never other weights."""
    content = saved.read_bytes()
    expected = Network.load(saved).parameters.tobytes()
    random = np.random.default_rng(0)
    refused = 0
    for place in random.choice(len(content), 300, replace=False):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(random.integers(8))
        saved.write_bytes(damaged)
        try:
            loaded = Network.load(saved)
        except WeightFileError:
            refused += 1
        else:
            assert loaded.parameters.tobytes() == expected
    assert refused > 150


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 1000, b"<xml/>", npy(np.ones(3)), pickle.dumps({"a": 1}), b"PK\x03\x04" + b"x" * 100],
    ids=["empty", "zeros", "text", "npy", "pickle", "zip_head"],
)
def test_foreign_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(WeightFileError, match=r"other\.npz: cannot be read as a network file"):
        Network.load(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(WeightFileError, match="cannot be read as a network file"):
        Network.load(tmp_path)


def test_a_file_that_may_not_be_read(saved: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    saved.chmod(stat.S_IWUSR)
    with pytest.raises(WeightFileError, match="Permission denied"):
        Network.load(saved)


def test_arrays_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, weights=np.ones(3))
    with pytest.raises(
        WeightFileError, match=r"not a network of tmva_py: buffers, description, parameters missing"
    ):
        Network.load(path)
    np.savez(path, description=np.array('{"format": "x"}'), parameters=np.ones(3), buffers=np.ones(0))
    with pytest.raises(WeightFileError, match=r"other\.npz: not a network of tmva_py"):
        Network.load(path)


def test_newer_version(saved: Path) -> None:
    describe(saved, version=99)
    with pytest.raises(
        WeightFileError, match=r"net\.npz: written in format version 99, this release reads 1"
    ):
        Network.load(saved)


class Bomb:
    """Writes a file when it is unpickled."""

    def __reduce__(self) -> Any:
        return (open, ("exploded", "w"))


def test_python_objects_are_refused(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rewrite(saved, {"parameters.npy": npy(np.array([Bomb()], dtype=object), allow_pickle=True)})
    with pytest.raises(WeightFileError, match="holds Python objects, which are not read"):
        Network.load(saved)
    assert not (tmp_path / "exploded").exists()


def header(shape: str, descr: str = "'<f4'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (63 - (len(text) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize("shape", ["(10000000000000,)", "(-3,)", "(3,)", "(1000000, 1000000, 1000000)"])
def test_a_header_that_promises_too_much(saved: Path, shape: str) -> None:
    """No memory is taken for what the file does not have."""
    rewrite(saved, {"parameters.npy": header(shape) + b"\0" * 16})
    with pytest.raises(WeightFileError, match="cannot be read as a network file"):
        Network.load(saved)


def test_layers_that_promise_too_much(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    NetworkBuilder((4, 3)).lstm(2).build().save(path)
    layers = description(path)["layers"]
    layers[0]["options"]["state_size"] = 10_000_000
    describe(path, layers=layers)
    expected = r"net\.npz: expected 400000160000000 parameters in float32, found 48 in float32"
    with pytest.raises(WeightFileError, match=expected):
        Network.load(path)


def test_compressed_parts_are_refused(saved: Path) -> None:
    """A few kilobytes may unpack to anything."""
    rewrite(saved, {"parameters.npy": header("(25000000,)") + b"\0" * 100_000_000}, zipfile.ZIP_DEFLATED)
    with pytest.raises(WeightFileError, match="is compressed"):
        Network.load(saved)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"layers": []}, "a network needs at least one layer|expected 0 parameters"),
        ({"layers": 3}, "not complete"),
        ({"layers": [{"name": "DENSE"}]}, "not complete: KeyError 'options'"),
        ({"layers": [{"name": "DENSE", "options": {"breadth": 3}}]}, "breadth"),
        ({"layers": [{"name": "DENSE", "options": {"width": "many"}}]}, "many"),
        ({"input_shape": None}, "input_shape: expected whole numbers of at least 1, .*got None"),
        ({"input_shape": [0, 3]}, "input_shape: expected whole numbers"),
        ({"input_shape": [1e400, 3]}, "input_shape: expected whole numbers"),
        ({"seed": -1}, "seed: expected a whole number"),
        ({"layers": [{"name": "DENSE", "options": {"width": 2}, "dropout": 5}]}, "dropout: expected"),
        ({"layers": [{"name": 3, "options": {}}]}, "not complete"),
        ({"dtype": "float16"}, "dtype: expected 'float32' or 'float64', got 'float16'"),
        ({"dtype": "float64"}, "parameters in float64, found"),
        ({"output": "TANHX"}, "unknown output 'TANHX'"),
        ({"initializer": "XAVER"}, "unknown initializer 'XAVER'"),
        ({"seed": "x"}, "x"),
    ],
)
def test_descriptions_that_do_not_work(saved: Path, changes: dict[str, Any], text: str) -> None:
    describe(saved, **changes)
    with pytest.raises((WeightFileError, UnknownNameError), match=text) as error:
        Network.load(saved)
    assert str(saved) in str(error.value)


def test_a_layer_of_a_plugin_that_is_not_here(saved: Path) -> None:
    layers = description(saved)["layers"]
    layers[0]["name"] = "LTSM"
    describe(saved, layers=layers)
    with pytest.raises(UnknownNameError, match=r"net\.npz: unknown layer 'LTSM'; did you mean 'LSTM'"):
        Network.load(saved)
