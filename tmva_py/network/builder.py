"""Building a network layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.errors import OptionError, ShapeError
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.arguments import drop_probability
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.maxpool import TMaxPoolLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layers.rnn import TBasicRNNLayer
from tmva_py.network.foreign_words import OF_LAYERS, OF_NETWORKS, with_hints
from tmva_py.network.network import Network
from tmva_py.plugins import Registry


class NetworkBuilder:
    """Collects layers and builds a `Network`.

    Parameters
    ----------
    input_shape : int or tuple of int
        Shape of one event: ``7``, ``(10, 30)`` for 10 steps of width 30.
    backend, dtype, seed, initializer, registry
        As of `Network`.

    Examples
    --------
    >>> net = NetworkBuilder((10, 30), seed=1).lstm(10, return_sequence=True).flatten().dense(1).build()
    >>> net.output_shape
    (1,)
    """

    @with_hints(OF_NETWORKS)
    def __init__(
        self,
        input_shape: int | Sequence[int],
        backend: str | Backend = "cpu",
        dtype: npt.DTypeLike = "float32",
        seed: int | None = None,
        initializer: str = "XAVIER",
        registry: Registry | None = None,
    ) -> None:
        self._input_shape = input_shape
        self._backend = backend
        self._dtype = dtype
        self._seed = seed
        self._initializer = initializer
        self._registry = registry
        self._layers: list[VGeneralLayer] = []
        self._dropout: float | None = None

    @with_hints(OF_LAYERS)
    def dense(self, width: int, activation: str = "IDENTITY") -> Self:
        """Add a fully connected layer."""
        return self.layer(TDenseLayer(width, activation, registry=self._registry))

    @with_hints(OF_LAYERS)
    def rnn(self, state: int, *, return_sequence: bool = False, remember_state: bool = False) -> Self:
        """Add a simple recurrent layer with `state` units."""
        return self.layer(
            TBasicRNNLayer(state, return_sequence=return_sequence, remember_state=remember_state)
        )

    @with_hints(OF_LAYERS)
    def lstm(self, state: int, *, return_sequence: bool = False, remember_state: bool = False) -> Self:
        """Add a long short-term memory with `state` units."""
        return self.layer(
            TBasicLSTMLayer(state, return_sequence=return_sequence, remember_state=remember_state)
        )

    @with_hints(OF_LAYERS)
    def gru(
        self,
        state: int,
        reset_gate_after: bool = False,
        *,
        return_sequence: bool = False,
        remember_state: bool = False,
    ) -> Self:
        """Add a gated recurrent unit with `state` units."""
        return self.layer(
            TBasicGRULayer(
                state,
                return_sequence=return_sequence,
                remember_state=remember_state,
                reset_gate_after=reset_gate_after,
            )
        )

    @with_hints(OF_LAYERS)
    def conv(
        self,
        depth: int,
        filter_size: int | tuple[int, int],
        *,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        activation: str = "IDENTITY",
    ) -> Self:
        """Add a convolution with `depth` filters; sizes are one number or (rows, columns)."""
        return self.layer(
            TConvLayer(
                depth,
                *_pair(filter_size),
                *_pair(stride),
                *_pair(padding),
                activation,
                registry=self._registry,
            )
        )

    @with_hints(OF_LAYERS)
    def maxpool(self, filter_size: int | tuple[int, int], *, stride: int | tuple[int, int] = 1) -> Self:
        """Add a layer that keeps the largest value of each window."""
        return self.layer(TMaxPoolLayer(*_pair(filter_size), *_pair(stride)))

    @with_hints(OF_LAYERS)
    def batch_norm(self, momentum: float = -1.0, epsilon: float = 1e-4) -> Self:
        """Add a batch normalisation, by channel after convolution and pooling, else by feature."""
        return self.layer(TBatchNormLayer(momentum, epsilon))

    def reshape(self, depth: int, height: int, width: int) -> Self:
        """Give each event the shape (depth, height, width)."""
        return self.layer(TReshapeLayer(depth, height, width))

    def flatten(self) -> Self:
        """Make one row of each event."""
        return self.layer(TReshapeLayer(flatten=True))

    @with_hints(OF_LAYERS)
    def dropout(self, probability: float) -> Self:
        """Drop values of the next layer's input, a dense one, with this probability while training."""
        self._dropout = drop_probability(probability)
        return self

    def layer(self, layer: VGeneralLayer) -> Self:
        """Add any layer, such as a plugin's."""
        if not isinstance(layer, VGeneralLayer):
            message = f"layer: expected a layer, such as TDenseLayer(8), got {layer!r}"
            raise OptionError(message)
        if self._dropout is not None:
            if not layer.takes_dropout:
                message = (
                    f"dropout acts on the input of a dense layer, but {layer.describe()} follows; "
                    "put .dropout(p) right before .dense(…)"
                )
                raise ShapeError(message)
            layer.dropout, self._dropout = self._dropout, None
        self._layers.append(layer)
        return self

    def build(self, *, output: str | None = None) -> Network:
        """Return the network, with its first weights drawn.

        Parameters
        ----------
        output : str, optional
            Output function, as of `Network`.

        Raises
        ------
        ShapeError
            A layer's input does not fit it, or there is no layer.
        """
        if self._dropout is not None:
            message = "dropout acts on the input of a dense layer, but none follows"
            raise ShapeError(message)
        layers, self._layers = self._layers, []
        return Network(
            layers,
            self._input_shape,
            backend=self._backend,
            dtype=self._dtype,
            seed=self._seed,
            initializer=self._initializer,
            output=output,
            registry=self._registry,
        )


def _pair(size: int | tuple[int, int]) -> tuple[int, int]:
    """Return (rows, columns); one number is both."""
    if not isinstance(size, tuple | list):
        return size, size
    if len(size) != 2:
        message = f"expected one size or (rows, columns), got {size!r}"
        raise OptionError(message)
    return size[0], size[1]
