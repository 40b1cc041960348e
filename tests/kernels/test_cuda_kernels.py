"""The CUDA sources, compiled as C++ and run on the host, against the reference kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from devices import DEVICES, make_device
from host_kernels import HOST_FAMILIES
from kernel_arguments import ARGUMENTS, Arguments, Draw, all_kernels, plain
from pretend_cuda import PretendCupyBackend, kernels_of

from tmva_py.kernels import Memory
from tmva_py.kernels.activation import tanh_forward
from tmva_py.kernels.cuda import FAMILIES, launch
from tmva_py.kernels.cuda.launch import source
from tmva_py.kernels.dropout import dropout_mask
from tmva_py.testing.strict import StrictDeviceError

# Masks are drawn by another generator: they have a test of their own.
NAMES = [
    name
    for name, found in all_kernels().items()
    if "cupy" in found.overrides and name != "dropout.dropout_mask"
]
TOLERANCES = {"float64": 100 * np.finfo(np.float64).eps, "float32": 100 * np.finfo(np.float32).eps}


def over(value: Any, array: Callable[[Any], Any]) -> Any:
    """Return `value` with every array in it replaced."""
    if hasattr(value, "shape") and not isinstance(value, np.generic):
        return array(value)
    if isinstance(value, tuple):
        parts = [over(part, array) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def on_the_device(backend: Any, value: np.ndarray[Any, Any]) -> Any:
    """Return a copy on the device that keeps type and memory order."""
    if isinstance(backend, PretendCupyBackend):
        return backend.device.wrap(value.copy(order="K"))
    return backend.xp.array(value, order="K")


def compare(name: str, arguments: Arguments, backend: Any, memory: Memory) -> float:
    """Return the largest error of results and changed arguments, relative to each array's largest value."""
    found = all_kernels()[name]
    given = {key: over(value, np.copy) for key, value in arguments.items()}
    moved = {
        key: memory if key == "memory" else over(value, lambda array: on_the_device(backend, array))
        for key, value in arguments.items()
    }
    expected = [
        found.reference(np, **plain(given)),
        *(given[key] for key in given if key != "memory"),
    ]
    result = found.overrides["cupy"](backend.xp, **moved)
    seen = [result, *(moved[key] for key in given if key != "memory")]
    flat: list[list[Any]] = [[], []]
    if isinstance(expected[0], np.generic):
        expected[0] = np.asarray(expected[0])
    over(tuple(expected), lambda array: flat[0].append(array))
    over(tuple(seen), lambda array: flat[1].append(backend.to_numpy(array)))
    assert len(flat[0]) == len(flat[1])
    worst = 0.0
    for one, other in zip(*flat, strict=True):
        assert other.shape == one.shape
        assert other.dtype == one.dtype
        if one.size and one.dtype.kind == "f":
            differs = ~((other == one) | (np.isnan(other) & np.isnan(one)))
            if differs.any():
                scale = max(float(np.abs(one).max()), 1e-3)
                error = np.nan_to_num(np.abs(other[differs] - one[differs]), nan=np.inf).max()
                worst = max(worst, float(error) / scale)
        else:
            np.testing.assert_array_equal(other, one)
    return worst


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("device", DEVICES[1:])
def test_override_equals_reference(device: str, name: str, dtype: str, figures: Any) -> None:
    assert name in ARGUMENTS, f"write arguments for the kernel {name} into tests/support/kernel_arguments.py"
    backend = make_device(device, dtype)
    memory = Memory(backend.empty)  # one for all shapes and calls, as in a training
    for arguments in ARGUMENTS[name](Draw(dtype)):
        for _ in range(2):
            error = compare(name, arguments, backend, memory)
            assert figures.note(f"cuda, {device}: {dtype}", error) <= TOLERANCES[dtype], arguments.keys()


def test_every_kernel_but_copies_has_one() -> None:
    without = {name for name, found in all_kernels().items() if "cupy" not in found.overrides}
    cells = {name for name in all_kernels() if "_cell_" in name}
    # Products, changes of order and calls of other kernels.
    starts = ("dense.dense_b", "dense.dense_row", "output.", "sequence.")
    composed = {name for name in all_kernels() if name.startswith(starts)}
    # Methods but networks and the answers of forests are of the host; the forests of scikit-learn too.
    host = {name for name in all_kernels() if name.partition(".")[0] in HOST_FAMILIES} | {"trees.leaf_sums"}
    assert without - cells - composed - host == {"activation.linear_forward", "activation.linear_backward"}


def test_every_cuda_kernel_is_used(project: Any) -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (project / "tmva_py/kernels/cuda").glob("*.py")
    )
    for family in FAMILIES:
        for name in kernels_of(source(family)):
            built = name.rsplit("_", 1)[0] in code and family in ("activation", "loss", "optimizer")
            assert f'"{name}"' in code or built, name


def test_dropout_masks_are_philox() -> None:
    """Known answers of the generator, and what a mask is made of."""
    backend = PretendCupyBackend("float64")
    # Keys and counters of zero, from the authors' table for philox4x32-10.
    words = np.array([0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]) / 2.0**32

    class Zero:
        def integers(self, high: int, dtype: str) -> int:
            return 0

    for probability in (*words, *np.nextafter(words, 1)):
        out = backend.empty((4,))
        dropout_mask.on(backend)(backend.xp, random=Zero(), probability=float(probability), out=out)
        kept = np.where(words >= probability, 1 / (1 - probability), 0)
        np.testing.assert_array_equal(backend.to_numpy(out), kept)


def test_dropout_masks_are_even() -> None:
    backend = PretendCupyBackend("float32")
    random = np.random.default_rng(3)
    masks = []
    with backend.counting() as counts:
        for _ in range(2):
            out = backend.empty((1001, 101))
            dropout_mask.on(backend)(backend.xp, random=random, probability=0.2, out=out)
            masks.append(out)
    assert (counts.launches, counts.to_device) == (2, 0)
    kept = [backend.to_numpy(mask) > 0 for mask in masks]
    for one in kept:
        # Three standard deviations of rows, columns and the whole.
        assert abs(one.mean() - 0.8) < 3 * 0.4 / one.size**0.5
        assert one.mean(axis=0).std() == pytest.approx(0.4 / 1001**0.5, rel=0.25)
        assert one.mean(axis=1).std() == pytest.approx(0.4 / 101**0.5, rel=0.1)
    assert (kept[0] == kept[1]).mean() == pytest.approx(0.68, abs=0.005)
    assert set(np.unique(backend.to_numpy(masks[0]))) == {0.0, np.float32(1.25)}


MUTATIONS = [
    ("dense.dense_forward", "activation", "b[n % width]", "b[n / width]"),
    ("lstm.lstm_forward", "lstm", "f * c[n] + i * candidate", "i * c[n] + f * candidate"),
    ("lstm.lstm_backward", "lstm", "d_cell * c_before[n] * f", "d_cell * f"),
    ("gru.gru_backward", "gru", "carry[n] = d_state * u;\n}\n\n// The way", "}\n\n// The way"),
    ("rnn.rnn_backward", "rnn", "(1 - h[n] * h[n])", "(1 - h[n])"),
    ("activation.softsign_backward", "activation", "root * root * d_out", "root * d_out"),
    ("loss.cross_entropy", "loss", "(sigmoid(o) - y) * w", "(sigmoid(o) - y)"),
    ("optimizer.adam_step", "optimizer", "sqrt(v) + REAL(eps)", "sqrt(v + REAL(eps))"),
    ("convolution.conv_backward", "convolution", "row % step_rows ||", ""),
    ("pooling.max_pool_backward", "pooling", "!= largest;\n", "== largest;\n"),
    ("batch_norm.batch_norm_backward", "batch_norm", "- gradients / REAL(count)", ""),
    ("gather.gather", "gather", "index[n / width]", "index[n % width]"),
]


def change_source(family: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "source", lambda wanted: text if wanted == family else source(wanted))


@pytest.mark.parametrize(("name", "family", "right", "wrong"), MUTATIONS)
def test_a_wrong_kernel_is_caught(
    name: str, family: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = source(family)
    assert right in text
    change_source(family, text.replace(right, wrong), monkeypatch)
    backend = PretendCupyBackend("float64")
    errors = []
    try:
        for arguments in ARGUMENTS[name](Draw("float64")):
            errors.append(compare(name, arguments, backend, Memory(backend.empty)))
    except AssertionError:
        return  # outside of an array
    assert max(errors) > 1e-6


def test_a_missing_wait_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads run in turning order, so that a sum without its waits is wrong."""
    text = (
        source("loss").replace("        __syncthreads();\n", "", 1)
        + "__device__ void wait() { __syncthreads(); }"
    )
    change_source("loss", text, monkeypatch)
    backend = PretendCupyBackend("float64")
    name = "loss.mean_squared_error"
    errors = [
        compare(name, arguments, backend, Memory(backend.empty))
        for arguments in ARGUMENTS[name](Draw("float64"))
        for _ in range(2)
    ]
    assert max(errors) > 1e-3


def test_reading_outside_of_an_array_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    text = source("activation").replace("if (n < count) out[n] = tanh(x[n])", "out[n] = tanh(x[n])")
    change_source("activation", text, monkeypatch)
    backend = PretendCupyBackend("float64")
    with pytest.raises(AssertionError, match="outside of an array"):
        tanh_forward.on(backend)(backend.xp, x=backend.zeros((3,)), out=backend.empty((3,)))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((np.zeros(3), 0, 3), "expected an array of the device, got ndarray"),
        ((None, 0, 3), "expected an array of the device, got NoneType"),
        ((0, 0, np.int64(3)), "argument 'count': expected int, got int64"),
        ((0, 0, 3.0), "argument 'count': expected int, got float"),
    ],
)
def test_wrong_arguments_are_refused(arguments: tuple[Any, ...], text: str) -> None:
    backend = PretendCupyBackend("float64")
    kernel = launch.function(backend.xp, "activation", "tanh_forward", backend.dtype)
    with pytest.raises(StrictDeviceError, match=text):
        kernel((1,), (1,), arguments)
