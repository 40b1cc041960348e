"""Weight files that are compressed, by name when written and by their first bytes when read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from weight_files import SMALL, method_with

import tmva_py as TMVA
from tmva_py.cli import main
from tmva_py.errors import TMVAError, WeightFileError, WeightFileNotFoundError
from tmva_py.layers.dense import TDenseLayer
from tmva_py.methods.weight_file import read_weight_file, weight_text, write_weight_file
from tmva_py.network import Network
from tmva_py.weights import WeightFile, compression, handlers

PACK = {"": bytes, ".gz": gzip.compress}
UNPACK = {"": bytes, ".gz": gzip.decompress}
X = np.random.default_rng(1).standard_normal((20, 3)).astype(np.float32)


@pytest.mark.parametrize("suffix", PACK)
def test_every_reader_takes_a_compressed_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"job_small.weights.xml{suffix}"
    path.write_bytes(PACK[suffix](SMALL.encode()))
    expected = read_weight_file(SMALL).evaluate(X)
    method = read_weight_file(path)
    np.testing.assert_array_equal(method.evaluate(X), expected)
    np.testing.assert_array_equal(TMVA.evaluate(path, X), expected)
    assert WeightFile.read(path, header_only=True).title == "small"
    reader = TMVA.Reader("!Color:Silent")
    buffers = [np.zeros(1, np.float32) for _ in range(3)]
    for name, buffer in zip(("a", "second := b+1", "c"), buffers, strict=True):
        reader.AddVariable(name, buffer)
    reader.BookMVA("small", str(path))
    for buffer, value in zip(buffers, X[0], strict=True):
        buffer[0] = value
    assert reader.EvaluateMVA("small") == expected[0]
    shown = CliRunner().invoke(main, ["inspect", str(path)])
    assert shown.exit_code == 0, shown.output
    assert "small" in shown.output


def test_the_first_bytes_count_and_not_the_name(tmp_path: Path) -> None:
    for name, content in (
        ("a.xml", gzip.compress(SMALL.encode())),
        ("a.xml.gz", SMALL.encode()),
        # Two members, with padding in between, as gzip allows.
        ("b.xml", gzip.compress(SMALL[:500].encode()) + b"\0" * 12 + gzip.compress(SMALL[500:].encode())),
    ):  # fmt: skip
        path = tmp_path / name
        path.write_bytes(content)
        np.testing.assert_array_equal(read_weight_file(path).evaluate(X), read_weight_file(SMALL).evaluate(X))


def test_latin_1_in_a_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(SMALL.replace('Name="Signal"', 'Name="Señal"').encode("latin-1")))
    assert read_weight_file(path).info.classes[0] == "Señal"


@pytest.mark.parametrize("suffix", PACK)
def test_written_by_the_suffix(suffix: str, tmp_path: Path) -> None:
    network = Network([TDenseLayer(40, "TANH"), TDenseLayer(1)], (30,), seed=3, output="SIGMOID")
    method = method_with(network, "Classification")
    path = tmp_path / f"net.weights.xml{suffix}"
    write_weight_file(method, path)
    content = path.read_bytes()
    assert UNPACK[suffix](content).decode() == weight_text(method)
    write_weight_file(method, path)
    assert path.read_bytes() == content  # neither the time nor a temporary name is in it
    again = read_weight_file(path)
    assert again.model.network.parameters.tobytes() == network.parameters.tobytes()
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
    if suffix:
        assert len(content) < len(UNPACK[suffix](content)) / 2


def test_damaged_streams(tmp_path: Path) -> None:
    content = gzip.compress(SMALL.encode())
    path = tmp_path / "a.weights.xml.gz"
    for length in range(2, len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(WeightFileError, match=rf"^{re.escape(str(path))}: .*(truncated|end too early)"):
            read_weight_file(path)
    messages = []
    for position in range(2, len(content)):
        path.write_bytes(content[:position] + bytes([content[position] ^ 0x55]) + content[position + 1 :])
        try:
            read_weight_file(path)
        except TMVAError as error:
            messages.append(str(error))
    assert len(messages) > len(content) / 2
    assert all(message.startswith(f"{path}: ") for message in messages)
    assert any(": damaged gzip data (" in message for message in messages)
    path.write_bytes(content + b"more")
    with pytest.raises(WeightFileError, match="damaged gzip data"):
        read_weight_file(path)


@pytest.mark.parametrize(
    ("pack", "name", "program"), [(lzma.compress, "xz", "unxz"), (bz2.compress, "bz2", "bunzip2")]
)
def test_other_compressions_are_named(
    pack: Callable[[bytes], bytes], name: str, program: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a.weights.xml.{name}"
    path.write_bytes(pack(SMALL.encode()))
    with pytest.raises(WeightFileError, match=f"it is compressed: unpack it with {program}, or pack .* gzip"):
        read_weight_file(path)
    with pytest.raises(WeightFileError, match=r"written plain or compressed with gzip"):
        write_weight_file(read_weight_file(SMALL), path)


def bomb(size: int) -> bytes:
    """Return a weight file that ends in `size` blanks, compressed without taking that memory."""
    start = SMALL.encode().removesuffix(b"</MethodSetup>\n")
    packer = zlib.compressobj(9, wbits=31)
    packed = [packer.compress(start)]
    packed += [packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)]
    return b"".join([*packed, packer.flush()])


def test_bombs_are_refused_before_they_unfold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "ALWAYS_ALLOWED", 8 << 20)
    path = tmp_path / "a.weights.xml.gz"
    path.write_bytes(bomb(200 << 20))
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(
        WeightFileError, match=r"bytes of gzip decompress to more than [0-9]+ bytes"
    ) as caught:
        read_weight_file(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(caught.value).startswith(f"{path}: ")
    assert peak < 64 << 20
    assert time.process_time() - started < 20
    # A bomb after </MethodSetup> is a bomb all the same.
    path.write_bytes(gzip.compress(SMALL.encode()) + bomb(50 << 20))
    with pytest.raises(WeightFileError):
        read_weight_file(path)


def test_a_limit_above_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "LARGEST", 1000)
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(SMALL.encode()))
    with pytest.raises(WeightFileError, match="decompress to more than 1000 bytes"):
        read_weight_file(path)


def test_too_many_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "MOST_KEPT", 30)
    with pytest.raises(WeightFileError, match="line 13: more than 30 elements and attributes"):
        read_weight_file(SMALL)


def test_neighbours_of_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "there.weights.xml.gz").touch()
    with pytest.raises(WeightFileNotFoundError, match=r"weight files there: there\.weights\.xml\.gz"):
        read_weight_file(tmp_path / "missing.xml")
