"""A layer on other backends: the strict device, and every override against its reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.layers import Context
from tmva_py.testing.layer_case import LayerCase, LayerExample
from tmva_py.testing.overrides import ReferenceBackend, check_agreement, compare_backends
from tmva_py.testing.report import expect
from tmva_py.testing.strict import DeviceCounts, StrictBackend

Array = npt.NDArray[Any]

DOUBLE_PRECISION = 1e-11


def check_strict(example: LayerExample) -> str:
    """Run the layer on the strict device."""
    reference = results_of(LayerCase(example, ReferenceBackend("float64")))
    backend = StrictBackend("float64")
    case = LayerCase(example, backend)
    check_agreement(results_of(case), reference, "on the strict device", DOUBLE_PRECISION)
    x = backend.asarray(case.events())
    d_out = backend.asarray(_output_gradient(case))
    counted = {}
    for training, what in ((False, "forward without training"), (True, "forward and backward")):
        context = Context(backend)
        # The second pass: transfers that a layer makes once for its work space are over.
        for _ in range(2):
            with backend.counting() as counts:
                passed = case.forward(x, training=training, context=context)
                if training:
                    case.backward(passed, d_out)
        _expect_no_transfers(what, counts, passed.drew_random_numbers)
        counted[training] = counts
    # One launch is the check's own: every pass of a check sets the buffers anew.
    launches = counted[True].launches - int(case.has_buffers)
    text = f"{launches} launches, {counted[True].matrix_products} matrix products"
    moved = counted[True].to_device
    text += f", {moved} arrays transferred" if moved else ""
    waits = counted[True].synchronizations
    return text + (f", {waits} hidden waits" if waits else "")


def _expect_no_transfers(what: str, counts: DeviceCounts, drew_random_numbers: bool) -> None:
    expect(
        counts.to_host == 0,
        f"{what} of a batch: {counts.to_host} arrays are transferred to the host\n"
        "  likely cause: backend.to_numpy in a pass; compute with backend.xp",
    )
    # Random numbers come from a generator on the host.
    expect(
        counts.to_device == 0 or drew_random_numbers,
        f"{what} of a batch: {counts.to_device} arrays beside the input are transferred from the host\n"
        "  likely cause: backend.asarray or xp.asarray of a constant in every pass; make it on the device "
        "(backend.zeros, xp.arange), or once: context.memory(self).once(name, key, build)",
    )


def check_overrides(example: LayerExample) -> str:
    """Run the layer on every backend of this machine; a kernel whose override differs is named."""
    return compare_backends(lambda backend: results_of(LayerCase(example, backend)), example.registry)


def results_of(case: LayerCase) -> list[tuple[str, Array]]:
    """Return outputs and gradients of a layer on its backend, by name, for comparisons."""
    x = case.backend.asarray(case.events())
    d_out = case.backend.asarray(_output_gradient(case))
    context = Context(case.backend)
    # Twice: the second pass finds the work space of the first.
    for _ in range(2):
        case.set_gradients(0.0)
        passed = case.forward(x, context=context)
        d_x = case.backward(passed, d_out)
    found = [("output", passed.out), ("gradient of the input", d_x)]
    found += [(f"gradient of {name}", value) for name, value in case.layer.gradients.items()]
    # On the host before the next pass: arrays of the work space are its own then.
    copies = [(name, np.array(case.to_host(value))) for name, value in found]
    context = Context(case.backend)
    for name, events in (
        ("output without training", x),
        ("output without training, one event", x[:1, ...]),
    ):
        for _ in range(2):
            passed = case.forward(events, training=False, context=context)
        copies.append((name, np.array(case.to_host(passed.out))))
    return copies


def _output_gradient(case: LayerCase) -> Array:
    return np.random.default_rng(4).normal(size=(case.batch, *case.network.output_shape))
