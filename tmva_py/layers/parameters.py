"""The parameters and buffers that a layer declares, and their views of the network's vectors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tmva_py.backends import Array
from tmva_py.errors import ShapeError

ParameterKind = Literal["weight", "bias", "buffer"]
Reshape = Callable[[Array, tuple[int, ...]], Array]


@dataclass(frozen=True)
class Parameter:
    """One declared parameter.

    Attributes
    ----------
    name : str
        As in ``layer.parameters``.
    shape : tuple of int
        Its shape.
    kind : {"weight", "bias", "buffer"}
        A weight is drawn by the initialiser (rows are outputs, columns inputs), the others start at
        `initial`. A buffer is kept and stored but not trained.
    initial : float
        First value of a bias or a buffer.
    regularized : bool
        Whether L1 and L2 apply.
    offset : int
        Place in the layer's part of the flat vector.
    """

    name: str
    shape: tuple[int, ...]
    kind: ParameterKind
    initial: float
    regularized: bool
    offset: int

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)


class ParameterStore:
    """Collects a layer's parameters during `VGeneralLayer.build`; the network then binds them.

    Parameters follow one another in one vector in the order of declaration.
    """

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []
        self.buffers: list[Parameter] = []
        self._stacks: list[tuple[str, int, tuple[int, ...]]] = []

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    @property
    def size(self) -> int:
        """Number of parameters' values declared so far."""
        return sum(parameter.size for parameter in self.parameters)

    @property
    def buffer_size(self) -> int:
        """Number of buffers' values declared so far."""
        return sum(buffer.size for buffer in self.buffers)

    def add(
        self,
        name: str,
        shape: tuple[int, ...],
        *,
        kind: ParameterKind = "weight",
        initial: float = 0.0,
        regularized: bool = False,
    ) -> None:
        """Declare a parameter.

        Raises
        ------
        ShapeError
            A weight is not a matrix, a dimension is not positive, or the name is taken.
        """
        self._check(name, shape)
        if kind == "weight" and len(shape) != 2:
            message = (
                f"parameter {name!r}: a weight is a matrix (outputs, inputs), got shape {shape}; "
                "declare vectors with kind='bias'"
            )
            raise ShapeError(message)
        self.parameters.append(Parameter(name, shape, kind, initial, regularized, self.size))

    def add_buffer(self, name: str, shape: tuple[int, ...], *, initial: float = 0.0) -> None:
        """Declare values that are kept and stored with the network but not trained, as running means.

        They are in ``layer.buffers`` after building; a training pass may change them in place.

        Raises
        ------
        ShapeError
            A dimension is not positive, or the name is taken.
        """
        self._check(name, shape)
        self.buffers.append(Parameter(name, shape, "buffer", initial, False, self.buffer_size))

    def add_stack(
        self,
        name: str,
        parts: Sequence[str],
        shape: tuple[int, ...],
        *,
        kind: ParameterKind = "weight",
    ) -> None:
        """Declare ``name_part`` for each part (`name` for ``""``), all of `shape`, and them all stacked.

        The whole is in ``layer.stacks[name]`` and has ``len(parts) * shape[0]`` rows.
        """
        self._stacks.append((name, self.size, (len(parts) * shape[0], *shape[1:])))
        for part in parts:
            self.add(f"{name}_{part}" if part else name, shape, kind=kind)

    def buffer_views(self, vector: Array, reshape: Reshape) -> dict[str, Array]:
        """Return the named views of `vector`, this layer's part of the network's buffers."""
        return {
            buffer.name: reshape(vector[buffer.offset : buffer.offset + buffer.size], buffer.shape)
            for buffer in self.buffers
        }

    def _check(self, name: str, shape: tuple[int, ...]) -> None:
        if any(name == declared.name for declared in (*self.parameters, *self.buffers)):
            message = f"parameter {name!r} is declared twice"
            raise ShapeError(message)
        if any(length < 1 for length in shape):
            message = f"parameter {name!r}: every dimension must be at least 1, got shape {shape}"
            raise ShapeError(message)

    def views(self, vector: Array, reshape: Reshape) -> tuple[dict[str, Array], dict[str, Array]]:
        """Return the named views of `vector` (this layer's part) and the stacked ones."""
        single = {
            parameter.name: reshape(
                vector[parameter.offset : parameter.offset + parameter.size], parameter.shape
            )
            for parameter in self.parameters
        }
        stacked = {
            name: reshape(vector[offset : offset + math.prod(shape)], shape)
            for name, offset, shape in self._stacks
        }
        return single, stacked
