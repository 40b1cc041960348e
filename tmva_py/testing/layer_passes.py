"""Passes of a layer one after the other, side by side, with and without training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.layers import Context
from tmva_py.testing.comparing import expect_close, expect_same
from tmva_py.testing.layer_case import BATCH, LayerCase, LayerExample, Pass
from tmva_py.testing.overrides import ReferenceBackend
from tmva_py.testing.report import MismatchError
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]
Named = dict[str, Array]

KEPT_SOMEWHERE = (
    "what backward needs is kept on the layer, on an object of it or in its module, where another pass "
    "writes too; return it from forward"
)


def check_inference(example: LayerExample) -> str:
    """Compare the output without training with the one of a training pass.

    A layer whose buffers or random numbers make the two differ is not compared.
    """
    for events in (BATCH, 1):
        case = LayerCase(example, ReferenceBackend("float64"), events)
        x = case.events()
        learning = case.forward(x)
        if case.has_buffers or learning.drew_random_numbers:
            return f"not compared: the layer {'has buffers' if case.has_buffers else 'draws random numbers'}"
        expect_close(
            f"output, {_count(events)}",
            learning.out,
            case.forward(x, training=False).out,
            ("with context.training", "without"),
            "forward has a path of its own for predictions, and the two do not compute the same; only a "
            "layer with buffers or random numbers may differ",
        )
    return f"the same outputs for {BATCH} events and for one"


def check_work_space(example: LayerExample) -> str:
    """Run passes with one context, whose work space each finds as the one before left it."""
    case = LayerCase(example, ReferenceBackend("float64"))
    for training in (True, False):
        context = Context(case.backend)
        # The last batch of a sample is a shorter one.
        for number, x in enumerate((case.events(1), case.events(2), case.events(3, 1), case.events(1)), 1):
            fresh = _results(case, case.forward(x, training=training))
            passed = case.forward(x, training=training, context=context)
            state = passed.context.state(case.layer)
            kept = [dict(state.final or {}), case.final_state(passed)]
            found = _results(case, passed)
            for name, right in fresh.items():
                expect_close(
                    f"{name} of pass {number}",
                    right,
                    found[name],
                    ("with fresh work space", "with that of the pass before"),
                    "work space (context.memory) is read before it is written, or added to: its content is "
                    "whatever was there before",
                )
            case.forward(case.events(4, len(x)), training=training, context=context)
            for name, before in kept[1].items():
                expect_same(
                    f"state {name!r} after the last step changes with the next pass (likely cause: "
                    "context.state(self).final is work space of context.memory, which the next pass "
                    "overwrites; copy it)",
                    before,
                    kept[0][name],
                )
    return "4 batches with one context"


def check_side_by_side(example: LayerExample) -> str:
    """Run two passes forward before the first goes back, and whole passes in several threads."""
    case = LayerCase(example, ReferenceBackend("float64"))
    alone = _results(case, case.forward(case.events(1)))
    first = case.forward(case.events(1))
    # Buffers are the network's own: a training goes back before the next pass moves them.
    buffers = case.network.buffers.copy()
    case.forward(case.events(2))
    case.network.buffers[...] = buffers
    _expect_all(alone, _results(case, first), "after another pass forward")
    # One network for each thread: their gradients are not to be the matter.
    cases = [LayerCase(example, ReferenceBackend("float64")) for _ in range(4)]
    inputs = [case.events(10 + number) for number in range(4)]
    expected = [_results(one, one.forward(x)) for one, x in zip(cases, inputs, strict=True)]
    answers = in_threads(
        lambda number: _results(cases[number], cases[number].forward(inputs[number])), rounds=6
    )
    for number, found in answers:
        _expect_all(expected[number], found, f"in thread {number} while other networks train")
    return "2 passes before one goes back; 4 networks train in 4 threads"


def note_dependence(examples: Sequence[LayerExample]) -> str:
    """Say when the output of an event depends on the others of its batch while training."""
    for example in examples:
        case = LayerCase(example, ReferenceBackend("float64"))
        x = case.events(1)
        other = np.concatenate([x[:1], case.events(2)[1:]])
        if not np.allclose(case.forward(x).out[0], case.forward(other).out[0], rtol=1e-10, atol=1e-12):
            return "while training an output depends on the other events of the batch, as a normalisation's"
    return ""


def _results(case: LayerCase, passed: Pass) -> Named:
    """Return copies of output, gradients and last states of a pass; back only where it is a training's."""
    found = {"output": passed.out.copy()}
    found |= {f"state {name!r}": value for name, value in case.final_state(passed).items()}
    if passed.context.training:
        d_out = np.random.default_rng(4).normal(size=passed.out.shape)
        case.set_gradients(0.0)
        found["gradient of the input"] = np.array(case.backward(passed, d_out))
        found |= {f"gradient of {name}": value for name, value in case.gradients().items()}
    return found


def _expect_all(expected: Named, found: Named, where: str) -> None:
    for name, right in expected.items():
        if name not in found:
            message = f"{name} is missing {where}\n  likely cause: {KEPT_SOMEWHERE}"
            raise MismatchError(message)
        expect_close(name, right, found[name], ("on its own", where), KEPT_SOMEWHERE)


def _count(events: int) -> str:
    return "one event" if events == 1 else f"{events} events"
