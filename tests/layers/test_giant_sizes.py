"""Sizes beyond all memory: the layer is named, at once, and nothing is taken for it."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from tmva_py.errors import ShapeError, TMVAError
from tmva_py.kernels.convolution import Window
from tmva_py.layers.images import image_output
from tmva_py.network import Network, NetworkBuilder

BIG = 2**31


def from_layout(layout: str, input_layout: str = "2|6|6") -> Callable[[], Network]:
    return lambda: Network.from_layout(layout, input_layout=input_layout)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (from_layout(f"CONV|3|3|3|{BIG}|1,RESHAPE|FLAT,LINEAR"), "0: CONV.* does not fill an image"),
        (from_layout(f"MAXPOOL|3|3|1|{BIG},RESHAPE|FLAT,LINEAR"), "MAXPOOL.*stride of 3 or a window of 6"),
        (from_layout(f"CONV|3|{BIG}|3|1|1,RESHAPE|FLAT,LINEAR"), "0: CONV.* is larger than an image"),
        (from_layout(f"CONV|3|{BIG}|3|{BIG}|1|{BIG - 1}|0"), "layer 0: CONV.*window of height"),
        (from_layout(f"CONV|{BIG}|3|3|1|1,RESHAPE|FLAT,LINEAR"), "0 .CONV.*output for one event"),
        (from_layout(f"RESHAPE|FLAT,DENSE|{BIG - 1}|TANH,LINEAR"), "1 .DENSE.2147483647.*has 156766306"),
        (from_layout(f"LSTM|{BIG}|3|5|0|1", "5|3"), r"layer 0 \(LSTM.*output for one event|parameters"),
        (from_layout(f"GRU|3|{BIG}|5", "5|3"), "layer 0: GRU.*input size 2147483648, but its input has 3"),
        (lambda: NetworkBuilder((10**12, 1)).lstm(1).dense(10**14).build(), r"layer 1 \(DENSE"),
        (lambda: NetworkBuilder(10**13).dense(1).build(), r"layer 0 \(DENSE.* has 10000000000001 param"),
        (lambda: NetworkBuilder(3).dense(10**30).build(), r"layer 0 \(DENSE\|10{30}"),
        (lambda: NetworkBuilder((10**9, 2)).rnn(10**5, return_sequence=True).build(), r"0 \(RNN.*one ev"),
    ],
)  # fmt: skip
def test_the_layer_is_named_at_once(make: Callable[[], Any], message: str) -> None:
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(ShapeError, match=message):
            make()
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 1


def fits(length: int, size: int, stride: int, padding: int) -> bool:
    room = length - size + 2 * padding
    return room >= 0 and room % stride == 0 and size > padding


@pytest.mark.parametrize("padding", [0, 1, 2])
def test_what_is_advised_fits(padding: int) -> None:
    """Compared with all strides and sizes, one after the other."""
    advised = 0
    for length in range(1, 12):
        for size in range(padding + 1, 16):
            for stride in range(1, 9):
                if fits(length, size, stride, padding):
                    continue
                window = Window(size, 1, stride, 1, padding, 0)
                with pytest.raises(ShapeError) as caught:
                    image_output("CONV", (1, length, 1), window)
                text = str(caught.value)
                strides = [one for one in range(1, stride) if fits(length, size, one, padding)]
                sizes = [
                    one for one in range(1, length + 2 * padding + 1) if fits(length, one, stride, padding)
                ]
                room = length + 2 * padding - size
                if strides and room > 0:
                    assert f"a stride of {max(strides)}" in text
                if sizes:
                    best = min(sizes, key=lambda one: (abs(one - size), one))
                    assert f"a window of {best} fits" in text
                    advised += 1
    assert advised > 100


def test_weight_files_and_checkpoints(tmp_path: Any) -> None:
    path = tmp_path / "a.xml"
    NetworkBuilder((1, 6, 6), seed=1).conv(2, 3).maxpool(2).flatten().dense(1).build().save(path)
    text = path.read_text()
    for old in ("StrideRows", "StrideCols", "PaddingHeight", "FilterHeight", "FilterWidth", "Depth"):
        before, _, after = text.partition(f'{old}="')
        path.write_text(f'{before}{old}="{BIG}"{after[after.index(chr(34)) + 1 :]}')
        start = time.process_time()
        with pytest.raises(TMVAError, match=r"ConvLayer|<Weights>"):
            Network.load(path)
        assert time.process_time() - start < 1
