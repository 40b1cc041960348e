"""The checks of backends."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.errors import MissingExtraError
from tmva_py.network import Network
from tmva_py.testing import activation_checks, loss_checks, optimizer_checks
from tmva_py.testing.comparing import expect_same
from tmva_py.testing.function_checks import run_output
from tmva_py.testing.layer_case import LayerCase, LayerExample
from tmva_py.testing.layer_devices import results_of
from tmva_py.testing.layer_examples import layer_examples
from tmva_py.testing.overrides import (
    Named,
    ReferenceBackend,
    Run,
    all_kernels,
    blame_override,
    check_agreement,
)
from tmva_py.testing.report import Check, Checklist, expect
from tmva_py.testing.subject import Subject, name_of, on_class
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]
MakeBackend = Callable[[str], Backend]

MEMBERS = ("names", "kernel_sets", "xp", "dtype", "asarray", "to_numpy", "empty", "zeros", "synchronize")
# Relative to the largest value of each array: sums in another order.
TOLERANCES = {"float64": 1e-9, "float32": 2e-4}
TRAINED_TOLERANCE = 1e-6
# What layers call most, as messages show it.
OPERATIONS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "xp.matmul(a, b)": lambda xp, a, b: xp.matmul(a, b),
    "a @ b": lambda _xp, a, b: a @ b,
    "a * b": lambda _xp, a, b: a * b,
    "a / 3": lambda _xp, a, _b: a / 3,
    "2 - a": lambda _xp, a, _b: 2 - a,
    "xp.sum(a, axis=0)": lambda xp, a, _b: xp.sum(a, axis=0),
    "xp.mean(a, axis=0)": lambda xp, a, _b: xp.mean(a, axis=0),
    "xp.where(a > 0, a, b)": lambda xp, a, b: xp.where(a > 0, a, b),
    "xp.where(a > 0, a, 0.5)": lambda xp, a, _b: xp.where(a > 0, a, 0.5),
    "xp.maximum(a, 0.5)": lambda xp, a, _b: xp.maximum(a, 0.5),
    "xp.astype(a > 0, a.dtype)": lambda xp, a, _b: xp.astype(a > 0, a.dtype),
    "xp.concat([a, b])": lambda xp, a, b: xp.concat([a, b]),
    "xp.stack([a, b])": lambda xp, a, b: xp.stack([a, b]),
    "xp.tanh(a)": lambda xp, a, _b: xp.tanh(a),
    "xp.zeros_like(a)": lambda xp, a, _b: xp.zeros_like(a),
}
RECURRENT = ("LSTM|4|0|0|0|1", "RNN|4|0|0|0|1", "GRU|4|0|0|0|1", "GRU|4|0|0|0|0|1")
SEQUENCES = ((5, 3), (1, 1))


def _check_members(make: MakeBackend) -> str:
    backend = make("float64")
    missing = [member for member in MEMBERS if not hasattr(backend, member)]
    expect(not missing, f"it lacks {', '.join(missing)}; see tmva_py.backends.Backend")
    signature = inspect.signature(cast(Any, make))
    expect(
        "dtype" in signature.parameters,
        f"the constructor takes {signature}, expected an argument `dtype`: make_backend gives it by name",
    )
    for dtype in ("float32", "float64"):
        found = cast(Any, make)(dtype=dtype).dtype
        expect(
            found == np.dtype(dtype),
            f"dtype is {found!r} for {dtype!r}, expected {np.dtype(dtype)!r} of NumPy",
        )
    return f"names {', '.join(backend.names)}; kernel sets {', '.join(backend.kernel_sets) or 'none'}"


def _check_transfers(make: MakeBackend) -> str:
    values = np.random.default_rng(1).normal(size=(4, 3, 2))
    for dtype in ("float32", "float64"):
        backend = make(dtype)
        for what, host in (
            ("an array", values),
            ("a transposed array", values.transpose(2, 0, 1)),
            ("a list", values[0].tolist()),
            ("float32 values", values.astype(np.float32)),
            ("no events", values[:0]),
        ):
            device = backend.asarray(host)
            back = backend.to_numpy(device)
            expect(
                isinstance(back, np.ndarray), f"to_numpy gives {type(back).__name__}, expected a NumPy array"
            )
            expected = np.asarray(host, dtype)
            expect(back.dtype == dtype, f"asarray({what}) and back is {back.dtype} with a {dtype} backend")
            expect_same(f"asarray({what}) and back, {dtype}", expected, back)
            expect(
                tuple(device.shape) == expected.shape,
                f"shape {tuple(device.shape)}, expected {expected.shape}",
            )
            expect_same("asarray of its own array", expected, backend.to_numpy(backend.asarray(device)))
    return "there and back to the bit"


def _check_precision(make: MakeBackend) -> str:
    for dtype in ("float32", "float64"):
        backend = make(dtype)
        for what, array in (("empty", backend.empty((2, 3))), ("zeros", backend.zeros((2, 3)))):
            expect(tuple(array.shape) == (2, 3), f"{what}((2, 3)) has shape {tuple(array.shape)}")
            found = backend.to_numpy(array).dtype
            expect(found == dtype, f"{what} gives {found} with a {dtype} backend")
        expect(not backend.to_numpy(backend.zeros((2, 3))).any(), "zeros gives something else")
        mixed = backend.to_numpy(0.5 * backend.asarray([1.0, 2.0]) + 1).dtype
        expect(mixed == dtype, f"0.5 * array + 1 is {mixed} with a {dtype} backend: numbers must stay weak")
        backend.synchronize()
    return "float32 and float64"


def _check_results(make: MakeBackend) -> str:
    left, right = np.random.default_rng(3).normal(size=(2, 4, 4))
    for dtype in ("float32", "float64"):
        for text, operation in OPERATIONS.items():
            (backend, found), (_, expected) = (
                _evaluated(operation, one, left, right) for one in (make(dtype), ReferenceBackend(dtype))
            )
            host = backend.to_numpy(found)
            expect(
                host.dtype == dtype,
                f"{text} is {host.dtype} with a {dtype} backend\n  likely cause: a function of `xp` has "
                "a precision of its own; results must have the type of the arrays",
            )
            check_agreement([(text, host)], [(text, expected)], f"in {dtype}", TOLERANCES[dtype])
    return f"{len(OPERATIONS)} operations in float32 and float64"


def _evaluated(
    operation: Callable[[Any, Any, Any], Any], backend: Backend, left: Array, right: Array
) -> tuple[Backend, Any]:
    return backend, operation(backend.xp, backend.asarray(left), backend.asarray(right))


def _check_kernel_sets(make: MakeBackend) -> str:
    backend = make("float64")
    known = {name for _, kernel in all_kernels() for name in kernel.overrides}
    unknown = [name for name in backend.kernel_sets if name not in known]
    counted = [
        f"{sum(name in kernel.overrides for _, kernel in all_kernels())} of {name}"
        for name in backend.kernel_sets
        if name in known
    ]
    text = f"overrides: {', '.join(counted) or 'none'}"
    return text + (f"; no kernel has any of {', '.join(unknown)}" if unknown else "")


def _compare(make: MakeBackend, run: Run, dtype: str = "float64") -> float:
    reference = run(ReferenceBackend(dtype))
    backend = make(dtype)
    largest = 0.0

    def compare() -> None:
        nonlocal largest
        where = f"with backend {backend.names[0]!r} in {dtype}"
        largest = check_agreement(run(backend), reference, where, TOLERANCES[dtype])

    blame_override(compare, backend)
    return largest


def _compare_all(make: MakeBackend, runs: Mapping[str, Run]) -> str:
    worst = max(_compare(make, run) for run in runs.values())
    return f"{', '.join(runs)}: within {worst:.0e}"


def _check_functions(subject: Subject[Any], kind: str, run: Callable[..., Named]) -> str:
    """Run all classes of a kind; what their checks run takes an object, that of optimisers the class."""
    classes = subject.registry.classes(kind)
    made = classes if kind == "optimizer" else [cls() for cls in classes]
    runs = {name_of(cls): functools.partial(run, one) for cls, one in zip(classes, made, strict=True)}
    return _compare_all(subject.cls, runs)


def _check_layers(subject: Subject[Any], dtype: str) -> str:
    registry, worst = subject.registry, 0.0
    entries: list[tuple[str, tuple[int, ...] | None]] = [
        (name_of(cls), None) for cls in registry.classes("layer")
    ]
    entries += [(entry, shape) for entry in RECURRENT for shape in SEQUENCES]
    examples = [one for entry, shape in entries for one in layer_examples(entry, shape, registry)]
    for example in examples:
        for batch in (7, 1):

            def run(backend: Backend, example: LayerExample = example, batch: int = batch) -> Named:
                named = results_of(LayerCase(example, backend, batch))
                return [(f"{example}, {batch} events: {name}", value) for name, value in named]

            worst = max(worst, _compare(subject.cls, run, dtype))
    return f"{len(examples)} layers: within {worst:.0e}"


def _check_training(subject: Subject[Any]) -> str:
    make, registry = subject.cls, subject.registry
    random = np.random.default_rng(2)
    x = random.normal(size=(300, 5, 3))
    y = (x[:, -1, 0] + x[:, 0, 1] > 0).astype(float)

    def run(backend: Backend) -> list[tuple[str, Array]]:
        network = Network.from_layout(
            "LSTM|4,DENSE|6|TANH,LINEAR",
            input_layout="5|3",
            backend=backend,
            seed=1,
            registry=registry,
        )
        network.fit(x, y, max_epochs=3, batch_size=30, learning_rate=1e-2, progress=False)
        return [
            ("parameters after 3 epochs", np.array(backend.to_numpy(network.parameters))),
            ("predictions", network.predict(x)),
        ]

    reference, found = run(ReferenceBackend("float64")), run(make("float64"))
    worst = check_agreement(found, reference, "after a training", TRAINED_TOLERANCE)
    return f"3 epochs of an LSTM net as with NumPy, within {worst:.0e}"


def _check_threads(subject: Subject[Any]) -> str:
    make, registry = subject.cls, subject.registry
    network = Network.from_layout(
        "LSTM|4,LINEAR", input_layout="5|3", backend=make("float64"), seed=1, registry=registry
    )
    inputs = [np.random.default_rng(number).normal(size=(20, 5, 3)) for number in range(4)]
    expected = [network.predict(x) for x in inputs]
    for number, found in in_threads(lambda number: network.predict(inputs[number]), rounds=5):
        if not np.allclose(found, expected[number], rtol=1e-10, atol=1e-12):
            expect_same(f"thread {number} predicts something else while others run", expected[number], found)
    return "4 threads predict with one network"


def _speed(subject: Subject[Any]) -> str:
    make, registry = subject.cls, subject.registry
    figures = []
    x = np.random.default_rng(2).normal(size=(512, 10, 30))
    for backend in (ReferenceBackend("float32"), make("float32")):
        network = Network.from_layout(
            "LSTM|10,LINEAR", input_layout="10|30", backend=backend, seed=1, registry=registry
        )
        times = []
        for _ in range(4):
            start = time.perf_counter()
            network.predict(x)
            times.append(time.perf_counter() - start)
        figures.append(min(times))
    ratio = figures[0] / figures[1]
    return f"512 events through LSTM|10: {1e3 * figures[1]:.2f} ms, {ratio:.2f} times NumPy's references"


CHECKS = (
    Check("members", on_class(_check_members), needed=True),
    Check("transfers", on_class(_check_transfers)),
    Check("precision", on_class(_check_precision)),
    Check("precision of results", on_class(_check_results)),
    Check("kernel sets", on_class(_check_kernel_sets)),
    Check("activations", lambda one: _check_functions(one, "activation", activation_checks.run)),
    Check("losses", lambda one: _check_functions(one, "loss", loss_checks.run)),
    Check("optimizers", lambda one: _check_functions(one, "optimizer", optimizer_checks.run)),
    Check("outputs", lambda one: _check_functions(one, "output", run_output)),
    Check("layers in float64", lambda one: _check_layers(one, "float64")),
    Check("layers in float32", lambda one: _check_layers(one, "float32")),
    Check("training", _check_training),
    Check("threads", _check_threads),
    Check("speed", _speed, note=True),
)


def run_checks(checklist: Checklist, subject: Subject[Any]) -> None:
    """Run the table, or say what the backend lacks on this machine."""
    try:
        subject.cls("float64")
    except MissingExtraError as error:
        checklist.skip("all", str(error))
        return
    except Exception:  # noqa: BLE001 - the first check reports it
        pass
    checklist.run(CHECKS, subject)
