"""The base of all layers."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from tmva_py.backends import Array, Backend
from tmva_py.layers.context import Context
from tmva_py.layers.layout_fields import LayoutContext, parse_positional
from tmva_py.layers.parameters import ParameterStore
from tmva_py.layers.xml import LayerXML
from tmva_py.options import Option
from tmva_py.plugins import Registry


class VGeneralLayer(ABC):
    """One step of a network.

    A layer is one class in one file: its options, `build`, `forward` and `backward`. Nothing that a pass
    computes is kept on the layer: `forward` returns what `backward` needs, and work space, random numbers and
    states belong to the `Context` of the pass, so that predicting is re-entrant.

    Attributes
    ----------
    names : tuple of str
        The keywords in ``Layout=`` and `NetworkBuilder`.
    options : tuple of Option
        Constructor arguments in the order of the layout's fields; each is stored on the layer under its name
        and written to weight files as the attribute ``Option.xml``.
    xml : LayerXML or None
        The element in weight files; a layer without one cannot be written to them.
    state_names : tuple of str
        Names of the states that go from one call to the next, as ``("h", "c")``; its input is a sequence.
    takes_dropout : bool
        Whether the layer drops values of its input with the probability `dropout`, which
        `NetworkBuilder.dropout` and ``DropConfig`` set. See `drop_input`.
    gives_images : bool
        Whether the output has channels, each of which a batch normalisation after it normalises by itself.
    calls_blas : bool
        False where every matrix product is a kernel's, so that a backend with products of its own
        (`own_products`) leaves the number of BLAS's threads as it is.
    dropout : float
        Probability to drop a value of the input while training.
    remember_state : bool
        Whether a training carries the state from batch to batch.
    parameters, gradients : dict of str to Array
        Live views of the network's vectors, after building. `backward` writes the gradients (it does not
        add to what was there).
    stacks, stack_gradients : dict of str to Array
        The same, for parameters declared with `ParameterStore.add_stack`.
    buffers : dict of str to Array
        Live views of what is declared with `ParameterStore.add_buffer`: kept and stored, not trained.
    previous : VGeneralLayer or None
        The layer before, while building and later; None for the first.
    backend : Backend
        The network's backend, while building and later.
    input_shape, output_shape : tuple of int
        Shapes of one event, after building; empty before.

    Examples
    --------
    >>> class Halve(VGeneralLayer):
    ...     names, xml = ("HALVE",), LayerXML("HalveLayer")
    ...
    ...     def build(self, input_shape, store):
    ...         return input_shape
    ...
    ...     def forward(self, x, context):
    ...         return 0.5 * x, None
    ...
    ...     def backward(self, d_out, saved, context):
    ...         return 0.5 * d_out
    """

    names: ClassVar[tuple[str, ...]]
    options: ClassVar[tuple[Option, ...]] = ()
    xml: ClassVar[LayerXML | None] = None
    state_names: ClassVar[tuple[str, ...]] = ()
    takes_dropout: ClassVar[bool] = False
    gives_images: ClassVar[bool] = False
    calls_blas: ClassVar[bool] = True

    dropout: float = 0.0
    remember_state: bool = False

    backend: Backend
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    stacks: dict[str, Array]
    stack_gradients: dict[str, Array]
    buffers: dict[str, Array]
    previous: VGeneralLayer | None
    input_shape: tuple[int, ...] = ()
    output_shape: tuple[int, ...] = ()

    @abstractmethod
    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare the parameters for inputs of `input_shape` (of one event) and return the output's shape.

        Raises
        ------
        ShapeError
            The input does not fit.
        """

    @abstractmethod
    def forward(self, x: Array, context: Context) -> tuple[Array, Any]:
        """Return the output for a batch `x` ``(B, *input_shape)``, and what `backward` needs."""

    @classmethod
    def forward_in_row(cls, layers: Sequence[Self], x: Array, context: Context) -> Array:
        """Return the output of layers of this class, one after the other, of a pass without training.

        A class whose layers are faster together than one by one may replace it; the numbers are those of
        `forward`.
        """
        for layer in layers:
            x, _ = layer.forward(x, context)
        return x

    @abstractmethod
    def backward(self, d_out: Array, saved: Any, context: Context) -> Array | None:
        """Write the parameters' gradients and return the input's, given the output's ``(B, *output_shape)``.

        None will do where ``context.input_gradient`` is False: a training does not need the gradient of its
        first layer's input.
        """

    def start_epoch(self) -> None:  # noqa: B027 - a hook, empty on purpose
        """Prepare for an epoch of a training, as running statistics that start again."""

    @property
    def events_together(self) -> int:
        """How many events a pass without training treats together: a prediction takes whole groups."""
        return 1

    def option_values(self) -> dict[str, Any]:
        """Return the constructor's arguments that make an equal layer."""
        return {option.name: getattr(self, option.name) for option in self.options}

    @classmethod
    def from_options(cls, values: Mapping[str, Any], registry: Registry | None = None) -> Self:
        """Return a layer; `registry` goes to a constructor that has such an argument."""
        takes_registry = registry is not None and "registry" in inspect.signature(cls).parameters
        return cls(**values, **({"registry": registry} if takes_registry else {}))

    @classmethod
    def parse_layout_fields(cls, fields: Sequence[str], context: LayoutContext) -> dict[str, Any]:
        """Return the constructor's arguments from the fields after the keyword of a layout entry.

        Here by position, in the order of `options`; a layer with another grammar overrides it.

        Raises
        ------
        OptionError
            A field is of the wrong kind, or one that is needed is missing.
        """
        return parse_positional(fields, cls.options, context)

    def describe(self) -> str:
        """Return the layer as a layout entry with every field."""
        fields = (
            str(int(value)) if isinstance(value, bool) else str(value)
            for value in self.option_values().values()
        )
        return "|".join((self.names[0], *fields))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.describe()}>"
