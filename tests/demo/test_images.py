"""The images of the tutorial, and its booking on them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import uproot
from programs import load_program
from scipy.integrate import dblquad

import tmva_py as TMVA
from tmva_py.demo.images import make_images, pixel_probabilities, write_images


@pytest.mark.parametrize("signal", [True, False])
def test_pixel_probabilities(signal: bool) -> None:
    widths = (3.1, 2.9) if signal else (3.0, 3.0)
    found = pixel_probabilities([3.3], [6.1], signal=signal)[0].reshape(16, 16)
    np.testing.assert_allclose(found.sum(), 1)

    def density(column: float, row: float) -> float:
        return float(np.exp(-0.5 * ((row - 3.3) / widths[0]) ** 2 - 0.5 * ((column - 6.1) / widths[1]) ** 2))

    whole = dblquad(density, 0, 10, 0, 10)[0]
    for row, column in ((0, 0), (5, 9), (15, 3)):
        size = 10 / 16
        inside = dblquad(density, row * size, (row + 1) * size, column * size, (column + 1) * size)[0]
        # The function at the middle of a pixel is its mean there to some tenths of a percent.
        np.testing.assert_allclose(found[row, column], inside / whole, rtol=0.01)


def test_moments() -> None:
    images = {signal: make_images(2000, signal=signal, seed=4) for signal in (True, False)}
    for found in images.values():
        assert found.dtype == np.float32
        assert found.shape == (2000, 16, 16)
        sums = found.sum(axis=(1, 2), dtype=np.float64)
        np.testing.assert_allclose(sums.mean(), 10000, atol=8)
        np.testing.assert_allclose(sums.std(), 5 * 16, rtol=0.06)  # the draws do not vary, the noise does
    # The difference of the widths: the blob is cut off at the edges, so it is less than 3.1² − 2.9².
    place = np.arange(16) + 0.5
    spread = {}
    for signal, found in images.items():
        rows, columns = found.sum(axis=2, dtype=np.float64), found.sum(axis=1, dtype=np.float64)
        spread[signal] = np.mean(
            [np.cov(place, aweights=np.maximum(a, 0)) - np.cov(place, aweights=np.maximum(b, 0))
             for a, b in zip(rows, columns, strict=True)]
        )  # fmt: skip
    assert abs(spread[False]) < 0.05
    assert 0.2 < spread[True] < (3.1**2 - 2.9**2) * 1.6**2


def test_the_file_has_the_trees_of_the_tutorial(tmp_path: Any) -> None:
    write_images(tmp_path / "images.root", 30, seed=2)
    with uproot.open(tmp_path / "images.root") as file:
        for name, signal in (("sig_tree", True), ("bkg_tree", False)):
            assert file[name].keys() == ["vars"]
            expected = make_images(30, signal=signal, seed=2).reshape(30, 256)
            np.testing.assert_array_equal(file[name]["vars"].array(library="np"), expected)


def example(project: Any) -> ModuleType:
    return load_program(project / "examples" / "cnn_booking.py")


def test_booking_and_reader(project: Any, tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    """The tutorial with few images: the weight file gives the network back, with ROOT's chunks on request."""
    monkeypatch.chdir(tmp_path)
    write_images("images.root", 500, seed=3)
    factory, loader = example(project).run("images.root", epochs=1)
    assert 0.4 < factory.GetROCIntegral(loader, "TMVA_CNN_CPU") <= 1
    path = "dataset/weights/TMVA_CNN_Classification_TMVA_CNN_CPU.weights.xml"
    images = make_images(40, signal=True, seed=9).reshape(40, 256)
    reader = TMVA.Reader("!Color:Silent")
    for pixel in range(256):
        reader.AddVariable(f"vars[{pixel}]", np.zeros(1, np.float32))
    method: Any = reader.BookMVA("cnn", path)
    channels = reader.EvaluateMVA(images, "cnn")
    np.testing.assert_array_equal(channels, TMVA.evaluate(path, images))
    norm = method.model.network.layers[1]
    assert norm.by_channel
    assert not np.array_equal(norm.buffers["running_mean"], np.zeros(10))
    method.model.network.use_cpu_chunks()
    chunks = reader.EvaluateMVA(images, "cnn")
    assert np.abs(chunks - channels).max() > 1e-4
    np.testing.assert_allclose(reader.EvaluateMVA(images[0], "cnn"), chunks[0], rtol=1e-5)
    capsys.readouterr()


@pytest.mark.slow
def test_the_convolution_net_learns(project: Any, tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    """5000 images of each class and ten epochs, as in the tutorial."""
    monkeypatch.chdir(tmp_path)
    write_images("images.root", 5000, seed=1)
    factory, loader = example(project).run("images.root", epochs=10)
    # 1000 test images of each class: a standard error of 0.007.
    assert factory.GetROCIntegral(loader, "TMVA_CNN_CPU") > 0.87
    assert factory.GetROCIntegral(loader, "TMVA_DNN_CPU") > 0.85
    capsys.readouterr()
