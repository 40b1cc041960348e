"""The base of all layers."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Self

from tmva_py.backends import Array, Backend
from tmva_py.errors import WeightFileError
from tmva_py.layers.context import Context
from tmva_py.layers.layout_fields import LayoutContext, parse_positional
from tmva_py.layers.parameters import ParameterStore
from tmva_py.options import Option


class VGeneralLayer(ABC):
    """One step of a network.

    A layer is one class in one file: its options, `build`, `forward` and `backward`, and what its weight-file
    element looks like. Nothing that a pass computes is kept on the layer: `forward` returns what `backward`
    needs, so that predicting is re-entrant.

    `forward` may also take the keyword ``context`` (a `Context`: work space, random numbers, states), and
    `backward` the keywords ``context`` and ``input_gradient`` (False for the first layer while training: the
    gradient of the input is not wanted and None may be returned). A layer that does not name them is not
    given them.

    Attributes
    ----------
    names : tuple of str
        The keywords that stand in ``Layout=`` and `NetworkBuilder`.
    xml_tag : str
        The element in weight files.
    options : tuple of Option
        Constructor arguments in the order of the layout's fields; each is stored on the layer under its name
        and written as the attribute ``Option.xml``.
    xml_matrices : tuple of (str, str)
        Child elements in order and the parameter or buffer that each holds; left empty, every parameter and
        every buffer is written under its own name.
    xml_old_names : mapping of str to str
        Attributes that old files have under another name: the old name and the one of today.
    calls_blas : bool
        False where every matrix product is a kernel's, so that a backend with products of its own
        (`own_products`) leaves the number of BLAS's threads as it is.
    parameters, gradients : dict of str to Array
        Live views of the network's vectors, after building. `backward` writes the gradients (it does not
        add to what was there).
    stacks, stack_gradients : dict of str to Array
        The same, for parameters declared with `ParameterStore.add_stack`.
    buffers : dict of str to Array
        Live views of what is declared with `ParameterStore.add_buffer`: kept and stored, not trained.
    previous : VGeneralLayer or None
        The layer before, while building and after; none for the first.
    backend : Backend
        The network's backend, after building.
    input_shape, output_shape : tuple of int
        Shapes of one event, after building.

    Examples
    --------
    >>> class Halve(VGeneralLayer):
    ...     names, xml_tag = ("HALVE",), "HalveLayer"
    ...
    ...     def build(self, input_shape, store):
    ...         return input_shape
    ...
    ...     def forward(self, x, *, training):
    ...         return 0.5 * x, None
    ...
    ...     def backward(self, d_out, saved):
    ...         return 0.5 * d_out
    """

    names: ClassVar[tuple[str, ...]]
    xml_tag: ClassVar[str] = ""
    options: ClassVar[tuple[Option, ...]] = ()
    xml_matrices: ClassVar[tuple[tuple[str, str], ...]] = ()
    xml_old_names: ClassVar[Mapping[str, str]] = MappingProxyType({})

    calls_blas: ClassVar[bool] = True

    backend: Backend
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    stacks: dict[str, Array]
    stack_gradients: dict[str, Array]
    buffers: dict[str, Array]
    previous: VGeneralLayer | None
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    _forward_takes: ClassVar[frozenset[str]]
    _backward_takes: ClassVar[frozenset[str]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Like a pluggy hook, a layer names only the arguments that it wants.
        cls._forward_takes = _keywords(cls.forward, {"context"})
        cls._backward_takes = _keywords(cls.backward, {"context", "input_gradient"})

    @abstractmethod
    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare the parameters for inputs of `input_shape` (of one event) and return the output's shape.

        Raises
        ------
        ShapeError
            The input does not fit.
        """

    @abstractmethod
    def forward(self, x: Array, *, training: bool) -> tuple[Array, Any]:
        """Return the output for a batch `x` (B, *input_shape), and what `backward` needs."""

    @abstractmethod
    def backward(self, d_out: Array, saved: Any) -> Array | None:
        """Write the parameters' gradients and return the input's, given the output's (B, *output_shape)."""

    def run_forward(self, x: Array, context: Context) -> tuple[Array, Any]:
        """Call `forward` with the arguments that it names."""
        if self._forward_takes:
            # Its signature names `context`, which the one here does not.
            return self.forward(x, training=context.training, context=context)  # type: ignore[call-arg]
        return self.forward(x, training=context.training)

    def run_backward(
        self, d_out: Array, saved: Any, context: Context, *, input_gradient: bool = True
    ) -> Array | None:
        """Call `backward` with the arguments that it names."""
        extra: dict[str, Any] = {}
        if "context" in self._backward_takes:
            extra["context"] = context
        if "input_gradient" in self._backward_takes:
            extra["input_gradient"] = input_gradient
        return self.backward(d_out, saved, **extra)

    def start_epoch(self) -> None:  # noqa: B027 - a hook, empty on purpose
        """Do what is to be done when an epoch of a training begins: running statistics start again."""

    def option_values(self) -> dict[str, Any]:
        """Return the constructor's arguments that make an equal layer."""
        return {option.name: getattr(self, option.name) for option in self.options}

    @classmethod
    def parse_layout_fields(cls, fields: Sequence[str], context: LayoutContext) -> dict[str, Any]:
        """Return the constructor's arguments from the fields behind the keyword of a layout entry.

        Here by position, in the order of `options`; a layer with another grammar overrides it.

        Raises
        ------
        OptionError
            A field is of the wrong kind, or one that is needed is missing.
        """
        return parse_positional(fields, cls.options, context)

    def describe(self) -> str:
        """Return the layer as it would stand in a layout, with every field."""
        fields = (_layout_text(value) for value in self.option_values().values())
        return "|".join((self.names[0], *fields))

    @property
    def remembers_state(self) -> bool:
        """Whether the state is to be carried from batch to batch."""
        return False

    def xml_attributes(self) -> dict[str, str]:
        """Return the attributes of the layer's element in a weight file, in order."""
        return {
            option.xml: self.attribute_text(option.name, getattr(self, option.name))
            for option in self.options
            if option.xml
        }

    @classmethod
    def attribute_text(cls, name: str, value: Any) -> str:
        """Return the value of option `name` as an attribute: whole numbers plain, booleans 0 or 1."""
        del name  # a layer that writes one of its options in its own way looks at it
        if isinstance(value, bool):
            return str(int(value))
        return f"{value:.16e}" if isinstance(value, float) else str(value)

    @classmethod
    def attribute_value(cls, name: str, text: str) -> Any:
        """Return the value of option `name` from an attribute's text."""
        option = next(option for option in cls.options if option.name == name)
        try:
            if option.type is bool:
                return bool(int(text))
            return option.type(text)
        except ValueError:
            kind = {int: "a whole number", float: "a number", bool: "0 or 1"}.get(option.type, "text")
            message = f"<{cls.xml_tag}> attribute {option.xml!r}: expected {kind}, got {text!r}"
            raise WeightFileError(message) from None

    @classmethod
    def current_attributes(cls, attributes: Mapping[str, str]) -> dict[str, str]:
        """Return attributes under the names of today."""
        return {cls.xml_old_names.get(name, name): text for name, text in attributes.items()}

    @classmethod
    def from_xml_attributes(cls, attributes: Mapping[str, str]) -> Self:
        """Return a layer from the attributes of its element; absent ones take their defaults."""
        known = cls.current_attributes(attributes)
        values = {
            option.name: cls.attribute_value(option.name, known[option.xml])
            for option in cls.options
            if option.xml and option.xml in known
        }
        return cls(**values)

    def xml_matrix_names(self, columns: tuple[int, ...] = ()) -> tuple[tuple[str, str], ...]:
        """Return the child elements in order and the parameter or buffer that each holds.

        Parameters
        ----------
        columns : tuple of int, optional
            Numbers of columns of the elements found in a file, for the layers whose order changed once.
        """
        del columns
        # A buffer holds what predictions need, as a running mean: lost, a file would answer differently.
        return self.xml_matrices or tuple((name, name) for name in (*self.parameters, *self.buffers))

    def xml_array(self, name: str) -> Array:
        """Return a parameter or buffer in the shape that weight files hold; a vector is one column."""
        return self.parameters[name] if name in self.parameters else self.buffers[name]


def _keywords(function: Any, wanted: set[str]) -> frozenset[str]:
    return frozenset(wanted & set(inspect.signature(function).parameters))


def _layout_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
