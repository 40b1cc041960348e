"""One line for each layer, as ROOT's ``TDeepNet::Print`` writes them when a training starts."""

from __future__ import annotations

import math
from functools import singledispatch

from tmva_py.functions.activations import Activation
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.maxpool import TMaxPoolLayer
from tmva_py.layers.recurrent import RecurrentLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layers.rnn import TBasicRNNLayer

# ROOT's names, in the order of the codes in weight files.
_ACTIVATIONS = ("Identity", "Relu", "Sigmoid", "Tanh", "SymmRelu", "SoftSign", "Gauss", "FastTanh")


@singledispatch
def layer_line(layer: VGeneralLayer, batch_size: int) -> str:
    """Return what ROOT prints of a layer; of a layer that it does not have, its fields and shapes."""
    stored = _joined((batch_size, *layer.output_shape))
    return f" {layer.describe()}: \t Input = {_joined(layer.input_shape)} \tOutput = {stored} "


@layer_line.register
def _(layer: TDenseLayer, batch_size: int) -> str:
    width, values = layer.parameters["W"].shape
    line = (
        f" DENSE Layer: \t ( Input ={values:>6} , Width ={width:>6} ) "
        f"\tOutput = ( {1:>2} ,{batch_size:>6} ,{width:>6} ) {_activation(layer.function)}"
    )
    # The option is the probability to drop, the line has that to keep.
    return f"{line}\t Dropout prob. = {1 - layer.dropout:g}" if layer.dropout else line


@layer_line.register
def _(layer: TConvLayer, batch_size: int) -> str:
    return f" CONV LAYER: \t{_windows(layer, batch_size)}{_activation(layer.function)}"


@layer_line.register
def _(layer: TMaxPoolLayer, batch_size: int) -> str:
    return f" POOL Layer: \t{_windows(layer, batch_size)}"


@layer_line.register
def _(layer: TReshapeLayer, batch_size: int) -> str:
    before, after = _three(layer.input_shape), layer.output_shape
    stored = (1, batch_size, after[0]) if len(after) == 1 else (batch_size, after[0], math.prod(after[1:]))
    return f" RESHAPE Layer \t Input = {_joined(before)} \tOutput = {_joined(stored)} "


@layer_line.register
def _(layer: TBatchNormLayer, batch_size: int) -> str:
    shape = layer.input_shape
    # ROOT prints the sizes as they lie in memory, the slowest one last.
    stored = (batch_size, shape[0], 1) if len(shape) == 1 else (shape[0], math.prod(shape[1:]), batch_size)
    features = layer.parameters["gamma"].size
    axis = 1 if layer.by_channel else -1
    return (
        f" BATCH NORM Layer: \t Input/Output = {_joined(stored)} \t Norm dim ={features:>6}\t axis = {axis}\n"
    )


@layer_line.register
def _(layer: TBasicRNNLayer, batch_size: int) -> str:
    return _recurrent("RECURRENT", layer, batch_size)


@layer_line.register(TBasicLSTMLayer)
@layer_line.register(TBasicGRULayer)
def _(layer: TBasicLSTMLayer | TBasicGRULayer, batch_size: int) -> str:
    return _recurrent(layer.names[0], layer, batch_size)


def _recurrent(name: str, layer: RecurrentLayer, batch_size: int) -> str:
    steps = layer.time_steps if layer.return_sequence else 1
    return (
        f" {name} Layer: \t  (NInput = {layer.input_size}, NState = {layer.state_size}, "
        f"NTime  = {layer.time_steps} )\tOutput = {_joined((batch_size, steps, layer.state_size))}"
    )


def _windows(layer: TConvLayer | TMaxPoolLayer, batch_size: int) -> str:
    depth, height, width = layer.output_shape
    window = layer.window
    return (
        f"( W = {width} ,  H = {height} ,  D = {depth} ) "
        f"\t Filter ( W = {window.width} ,  H = {window.height} ) "
        f"\tOutput = {_joined((batch_size, depth, height * width))} "
    )


def _activation(function: Activation) -> str:
    known = 0 <= function.code < len(_ACTIVATIONS)
    return f"\t Activation Function = {_ACTIVATIONS[function.code] if known else function.names[0]}"


def _three(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return depth, height and width of one event as ROOT has them."""
    return {1: (1, 1, *shape), 2: (1, *shape)}.get(len(shape), shape)


def _joined(shape: tuple[int, ...]) -> str:
    return f"( {' , '.join(str(size) for size in shape)} )"
