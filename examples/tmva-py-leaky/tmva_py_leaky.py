"""A leaky rectifier layer for tmva_py: layout entry, weight file and backward pass in one file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.errors import OptionError
from tmva_py.layers import Context, LayerXML, ParameterStore, VGeneralLayer
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class TLeakyLayer(VGeneralLayer):
    r"""Leaky rectifier, :math:`y = x` above zero and :math:`y = s\,x` below.

    Parameters
    ----------
    slope : float, default 0.01
        The factor :math:`s` below zero, at least 0; at zero itself the derivative is :math:`s`.

    Raises
    ------
    OptionError
        `slope` is negative.

    Notes
    -----
    Any shape in, the same shape out; no parameters. A. L. Maas, A. Y. Hannun, A. Y. Ng, "Rectifier
    nonlinearities improve neural network acoustic models", ICML 2013.

    Examples
    --------
    >>> from tmva_py import NetworkBuilder
    >>> net = NetworkBuilder(2).layer(TLeakyLayer(0.5)).build()
    >>> net.forward([[-2.0, 2.0]]).tolist()
    [[-1.0, 2.0]]
    """

    names, xml = ("LEAKY",), LayerXML("LeakyLayer")
    # One table serves the layout (LEAKY|0.1), the attribute in weight files and the documentation.
    options = (Option("slope", float, 0.01, xml="Slope", doc="factor below zero"),)

    def __init__(self, slope: float = 0.01) -> None:
        if not slope >= 0:  # NaN too
            message = f"leaky layer: slope must be at least 0, got {slope!r}"
            raise OptionError(message)
        self.slope = float(slope)

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare nothing and keep the shape."""
        del store
        return input_shape

    def forward(self, x: Any, context: Context) -> tuple[Any, Any]:
        """Return the output and the input, which `backward` needs."""
        del context
        return self.backend.xp.where(x > 0, x, self.slope * x), x

    def backward(self, d_out: Any, saved: Any, context: Context) -> Any:
        """Return the gradient of the input."""
        del context
        return self.backend.xp.where(saved > 0, d_out, self.slope * d_out)


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TLeakyLayer]
