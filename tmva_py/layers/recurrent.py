"""The base of the recurrent layers: options, shapes, states, and passes over whole sequences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from tmva_py.backends import Array
from tmva_py.errors import ShapeError
from tmva_py.kernels import Kernel, Memory
from tmva_py.kernels.sequence import Arriving, Gradients, Weights, by_event, by_feature, by_time
from tmva_py.layers.arguments import whole_numbers
from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context
from tmva_py.layers.parameters import ParameterStore
from tmva_py.options import Option


class Saved(NamedTuple):
    """What the backward pass needs: the input in time-major order (T, B, I) and the kernel's trace."""

    x: Array
    trace: Any


RECURRENT_OPTIONS: tuple[Option, ...] = (
    Option("state_size", int, 0, minimum=1, xml="StateSize", doc="number of units of the state"),
    Option(
        "input_size", int, 0, minimum=0, xml="InputSize", doc="width of one step; 0 takes that of the input"
    ),
    Option(
        "time_steps", int, 0, minimum=0, xml="TimeSteps", doc="number of steps; 0 takes that of the input"
    ),
    Option("remember_state", bool, False, xml="RememberState", doc="carry the state from batch to batch"),
    Option("return_sequence", bool, False, xml="ReturnSequence", doc="return every state, not the last"),
)


class RecurrentLayer(VGeneralLayer):
    """Base of the recurrent layers: each names its gates and its two kernels of whole sequences.

    Parameters
    ----------
    state_size : int
        Number S of units, at least 1.
    input_size, time_steps : int, default 0
        Width I and number T of steps of the input, for checking; 0 takes what comes.
    remember_state : bool, default False
        Carry the state from batch to batch while training; it is reset at each epoch.
    return_sequence : bool, default False
        Return the state after every step, (B, T, S), instead of the last one, (B, S).
    """

    options: ClassVar[tuple[Option, ...]] = RECURRENT_OPTIONS
    gates: ClassVar[tuple[str, ...]]
    forward_kernel: ClassVar[Kernel[..., Any]]
    backward_kernel: ClassVar[Kernel[..., Any]]
    calls_blas = False
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    def __init__(
        self,
        state_size: int,
        input_size: int = 0,
        time_steps: int = 0,
        remember_state: bool = False,
        return_sequence: bool = False,
    ) -> None:
        self.state_size, self.input_size, self.time_steps = whole_numbers(
            self.names[0],
            {"state_size": (state_size, 1), "input_size": (input_size, 0), "time_steps": (time_steps, 0)},
        )
        self.remember_state = bool(remember_state)
        self.return_sequence = bool(return_sequence)

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare the stacked weights; the input must be a sequence (T, I), or (1, T, I)."""
        steps_and_width = input_shape[1:] if len(input_shape) == 3 and input_shape[0] == 1 else input_shape
        if len(steps_and_width) != 2:
            message = (
                f"{self.describe()}: expected a sequence (time steps, width), got an input of shape "
                f"{input_shape}; a recurrent layer before it must return its sequence (return_sequence=1)"
            )
            raise ShapeError(message)
        steps, width = steps_and_width
        for name, declared, found in (
            ("time steps", self.time_steps, steps),
            ("input size", self.input_size, width),
        ):
            if declared not in (0, found):
                message = (
                    f"{self.describe()}: {name} {declared}, but its input has {found} "
                    f"(shape {input_shape}: {steps} steps of width {width})"
                )
                raise ShapeError(message)
        self.time_steps, self.input_size = steps, width
        store.add_stack("W", self.gates, (self.state_size, width))
        store.add_stack("U", self.gates, (self.state_size, self.state_size))
        store.add_stack("b", self.gates, (self.state_size,), kind="bias")
        return (steps, self.state_size) if self.return_sequence else (self.state_size,)

    @property
    def kernel_options(self) -> dict[str, Any]:
        """What the kernels are told besides arrays."""
        return {}

    def forward(self, x: Array, context: Context) -> tuple[Array, Saved]:
        """Return the states for `x` (B, T, I): (B, T, S) with `return_sequence`, else the last, (B, S)."""
        memory = context.memory(self)
        batch = x.shape[0]
        if x.ndim != 3:
            x = self.backend.reshape(x, (batch, self.time_steps, self.input_size))
        x_by_time = by_time.on(self.backend)(self.backend.xp, x=x, memory=memory)
        given = context.states.get(self)
        initial = self._initial_state(None if given is None else given.initial, batch, memory)
        trace = self.forward_kernel.on(self.backend)(
            self.backend.xp,
            x=x_by_time,
            weights=Weights(*self.stacks.values()),
            initial=initial,
            memory=memory,
            **self.kernel_options,
        )
        if context.states_live_on or self.remember_state:
            context.state(self).final = {
                name: self._by_event(getattr(trace, name)[-1, ...]) for name in self.state_names
            }
        shown = trace.h[1:, ...] if self.return_sequence else trace.h[-1:, ...]
        out = by_event.on(self.backend)(self.backend.xp, h=shown, memory=memory)
        if not self.return_sequence:
            out = self.backend.reshape(out, (batch, self.state_size))
        return out, Saved(x_by_time, trace)

    def backward(self, d_out: Array, saved: Saved, context: Context) -> Array | None:
        """Write the weights' gradients and return the input's, (B, T, I); the states' go to the context."""
        memory = context.memory(self)
        batch = saved.x.shape[1]
        state = context.state(self)
        d_final = state.d_final or {}
        d_last = [d_final[name].T if name in d_final else None for name in self.state_names]
        steps = self.time_steps if self.return_sequence else 1
        by_step = self.backend.reshape(d_out, (batch, steps, self.state_size))
        d_h = by_feature.on(self.backend)(self.backend.xp, d_out=by_step, memory=memory)
        if not self.return_sequence:
            # What left the layer is the final state.
            d_last[0] = d_h[0, ...] if d_last[0] is None else d_h[0, ...] + d_last[0]
            d_h = None
        d_x, d_initial = self.backward_kernel.on(self.backend)(
            self.backend.xp,
            x=saved.x,
            weights=Weights(*self.stacks.values()),
            arriving=Arriving(d_h, tuple(d_last)),
            trace=saved.trace,
            gradients=Gradients(*self.stack_gradients.values()),
            memory=memory,
            input_gradient=context.input_gradient,
            **self.kernel_options,
        )
        if context.states_live_on or self.remember_state:
            by_name = zip(self.state_names, d_initial, strict=True)
            state.d_initial = {name: self._by_event(gradient) for name, gradient in by_name}
        if d_x is None:
            return None
        d_x_by_event = self.backend.permute_dims(d_x, (1, 0, 2))
        return self.backend.reshape(d_x_by_event, (batch, *self.input_shape))

    def _by_event(self, state: Array) -> Array:
        """Return a copy (B, S) of a state (S, B): the next pass overwrites its array."""
        return self.backend.xp.asarray(state.T, copy=True)

    def _initial_state(
        self, given: Mapping[str, Array] | None, batch: int, memory: Memory
    ) -> tuple[Array, ...]:
        """Return the states to begin with, (S, B) each, in the order of `state_names`."""
        if given is None:
            return memory.once("zero state", (batch,), lambda: self._zero_state(batch))
        states = []
        for name in self.state_names:
            if name not in given:
                message = (
                    f"{self.describe()}: the initial state needs {' and '.join(self.state_names)}, "
                    f"got {', '.join(given) or 'nothing'}"
                )
                raise ShapeError(message)
            value = given[name]
            if tuple(value.shape) != (batch, self.state_size):
                message = (
                    f"{self.describe()}: initial state {name!r} must be (batch, state size) = "
                    f"{(batch, self.state_size)}, got {tuple(value.shape)}"
                )
                raise ShapeError(message)
            states.append(value.T)
        return tuple(states)

    def _zero_state(self, batch: int) -> tuple[Array, ...]:
        return (self.backend.zeros((self.state_size, batch)),) * len(self.state_names)
