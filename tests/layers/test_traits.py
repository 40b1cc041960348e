"""What a layer of a plugin says of itself: dropout, images, groups of events, its element in weight files."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

import numpy as np
import pytest

from tmva_py import Network, NetworkBuilder, TrainingPhase
from tmva_py.errors import OptionError, ShapeError, TMVAWarning, WeightFileError
from tmva_py.functions.activations import Activation
from tmva_py.layers import Context, LayerXML, VGeneralLayer, drop_input
from tmva_py.layers.arguments import whole_numbers
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layouts import parse_layout
from tmva_py.methods.dl.layer_xml import read_layer, read_matrices, write_layer
from tmva_py.methods.dl.training_strategy import check_drop_config
from tmva_py.options import Option
from tmva_py.plugins import Registry, hookimpl


class Pass(VGeneralLayer):
    """Passes its input on."""

    names: Any = ("PASS",)

    def build(self, input_shape: tuple[int, ...], store: Any) -> tuple[int, ...]:
        return input_shape

    def forward(self, x: Any, context: Context) -> tuple[Any, Any]:
        return x, None

    def backward(self, d_out: Any, saved: Any, context: Context) -> Any:
        return d_out


class Dropping(Pass):
    names = ("DROPPING",)
    xml = LayerXML("DroppingLayer")
    takes_dropout = True

    def forward(self, x: Any, context: Context) -> tuple[Any, Any]:
        return drop_input(self, x, context)

    def backward(self, d_out: Any, saved: Any, context: Context) -> Any:
        return d_out if saved is None else d_out * saved


class Images(Pass):
    gives_images = True


class InFours(Pass):
    """Each group of four events, or what is left, minus its mean."""

    @property
    def events_together(self) -> int:
        return 4

    def forward(self, x: Any, context: Context) -> tuple[Any, Any]:
        parts = [x[start : start + 4] for start in range(0, len(x), 4)]
        return np.concatenate([part - part.mean(axis=0) for part in parts]), None


class Bend(Activation):
    names, code = ("BEND",), 77

    def forward(self, backend: Any, *, x: Any, out: Any) -> Any:
        out[...] = x + 0.25 * backend.xp.tanh(x)
        return out


class Scaled(Pass):
    """Has everything that `LayerXML` can say."""

    names = ("SCALED",)
    options = (
        Option("size", int, None, xml="Size", doc="values"),
        Option("shape", str, "LINEAR", xml="Shape", doc="activation"),
    )
    xml = LayerXML(
        "ScaledLayer",
        matrices=(("First", "W"), ("Second", "U"), ("Third", "b")),
        old_matrices=((("First", "U"), ("Second", "W"), ("Third", "b")),),
        old_names=(("Length", "Size"),),
        copies=(("Again", "size"),),
        activations=("shape",),
        vectors_are_rows=True,
    )

    def __init__(self, size: int, shape: str = "LINEAR") -> None:
        self.size, self.shape = size, shape

    def build(self, input_shape: tuple[int, ...], store: Any) -> tuple[int, ...]:
        store.add("W", (self.size, 2))
        store.add("U", (self.size, 3))
        store.add("b", (4,), kind="bias", initial=0.5)
        return input_shape


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    return [Dropping, Scaled]


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    return [Bend]


REGISTRY = Registry(
    [SimpleNamespace(tmva_py_layers=tmva_py_layers, tmva_py_activations=tmva_py_activations, __name__="own")],
    load_entry_points=False,
)
X = np.random.default_rng(1).normal(size=(40, 6))
Y = (X[:, 0] > 0).astype(float)


def test_a_layer_of_ones_own_takes_dropout(tmp_path: Any) -> None:
    network = NetworkBuilder(6, seed=1, registry=REGISTRY).dropout(0.5).layer(Dropping()).dense(1).build()
    assert [layer.dropout for layer in network.layers] == [0.5, 0.0]
    out = np.asarray(network.forward(np.ones((50, 6)), training=True))
    assert len(np.unique(out.round(6))) > 10
    network.save(tmp_path / "net.npz")
    assert Network.load(tmp_path / "net.npz", registry=REGISTRY).layers[0].dropout == 0.5


def test_it_takes_drop_config() -> None:
    network = NetworkBuilder(6, seed=1, registry=REGISTRY).layer(Dropping()).dense(1).build()
    seen = []

    def callback(net: Network, record: Any) -> None:
        seen.append([layer.dropout for layer in net.layers])

    settings: dict[str, Any] = {"batch_size": 10, "max_epochs": 1, "validation": 0, "progress": False}
    network.fit(X, Y, drop_config=(0.25,), callbacks=[callback], **settings)
    assert seen == [[0.25, 0.0]]
    assert [layer.dropout for layer in network.layers] == [0.0, 0.0]
    specs = parse_layout("DROPPING,LINEAR", n_variables=6, n_outputs=1, registry=REGISTRY)
    assert check_drop_config(TrainingPhase(drop_config=(0.25, 0.5)), specs) == (0.25, 0.5)
    plain = NetworkBuilder(6, seed=1).layer(Pass()).dense(1).build()
    with pytest.warns(TMVAWarning, match=r"entry 0 \(0\.25\) falls on layer 0 \(PASS\)"):
        plain.fit(X, Y, drop_config=(0.25,), **settings)
    with pytest.raises(ShapeError, match=r"but PASS follows"):
        NetworkBuilder(6).dropout(0.5).layer(Pass())


def test_the_gradient_goes_through_what_was_kept() -> None:
    network = NetworkBuilder(6, dtype="float64", seed=1).dropout(0.5).layer(Dropping()).build()
    out = np.asarray(network.forward(X, training=True))
    d_x = np.asarray(network.backward(np.ones_like(out)))
    np.testing.assert_array_equal(d_x != 0, out != 0)
    assert set(np.unique(d_x)) == {0.0, 2.0}


def test_images_of_ones_own_are_normalised_by_channel() -> None:
    for layer, by_channel in ((Images(), True), (Pass(), False)):
        norm = TBatchNormLayer()
        Network([layer, norm, TReshapeLayer(flatten=True)], (2, 3, 4))
        assert norm.by_channel is by_channel
        assert norm.parameters["gamma"].shape == ((2,) if by_channel else (24,))


def test_groups_of_events_are_not_cut() -> None:
    network = Network([InFours()], (3,), backend="numpy", dtype="float64", output="IDENTITY")
    x = np.random.default_rng(2).normal(size=(10, 3))
    expected = network.predict(x)
    for batch_size in (1, 4, 5, 7, 9):
        np.testing.assert_allclose(network.predict(x, batch_size=batch_size), expected, rtol=1e-12)


def written(layer: VGeneralLayer) -> Element:
    network = Network([layer], (4,), registry=REGISTRY, seed=1)
    parent = Element("Weights")
    write_layer(parent, network.layers[0], REGISTRY)
    return fromstring(tostring(parent))[0]


def read(element: Element) -> tuple[Any, list[str]]:
    network = Network([read_layer(element, REGISTRY)], (4,), registry=REGISTRY, seed=2)
    return network.layers[0], read_matrices(network.layers[0], element, network.backend)


def test_an_element_of_ones_own() -> None:
    element = written(layer := Scaled(5, "BEND"))
    assert element.attrib == {"Size": "5", "Again": "5", "Shape": "77"}
    assert [(child.tag, child.get("Rows"), child.get("Columns")) for child in element] == [
        ("First", "5", "2"),
        ("Second", "5", "3"),
        ("Third", "1", "4"),
    ]
    again, remarks = read(element)
    assert (remarks, again.option_values()) == ([], {"size": 5, "shape": "BEND"})
    for name, values in layer.parameters.items():
        np.testing.assert_array_equal(again.parameters[name], values)


def test_an_old_element_of_ones_own() -> None:
    element = written(layer := Scaled(5))
    element.set("Length", element.attrib.pop("Size"))
    element.set("Unknown", "1")
    element[0].tag, element[1].tag = "Second", "First"
    again, remarks = read(element)
    assert remarks == ["attribute 'Unknown' of <ScaledLayer>"]
    for name, values in layer.parameters.items():
        np.testing.assert_array_equal(again.parameters[name], values)


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({}, "<ScaledLayer> has no attribute 'Size'"),
        ({"Size": "five"}, "<ScaledLayer> attribute 'Size': expected a whole number, got 'five'"),
        ({"Size": "5", "Shape": "99"}, r"attribute 'Shape': expected one of .*77 \(BEND\).*, got '99'"),
    ],
)
def test_damaged_attributes(attributes: dict[str, str], text: str) -> None:
    with pytest.raises(WeightFileError, match=text):
        read_layer(Element("ScaledLayer", attributes), REGISTRY)


def test_a_layer_without_an_element() -> None:
    with pytest.raises(WeightFileError, match="layer PASS has no element in weight files; save the network"):
        written(Pass())


def test_a_registry_of_ones_own_reads_its_activations(tmp_path: Any) -> None:
    network = NetworkBuilder(6, seed=1, registry=REGISTRY).dense(3, "BEND").dense(1).build()
    network.save(tmp_path / "net.npz")
    again = Network.load(tmp_path / "net.npz", registry=REGISTRY)
    np.testing.assert_array_equal(again.predict(X), network.predict(X))


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.float32(3)])
def test_whole_numbers(value: Any) -> None:
    assert whole_numbers("X", {"n": (value, 1)}) == [3]
    assert TDenseLayer(value).width == TConvLayer(value, 1, 1).depth == 3


@pytest.mark.parametrize("value", [2.5, True, "3", None, 0, -1, np.nan, np.inf, np.bool_(True)])
def test_what_is_not_a_whole_number(value: Any) -> None:
    with pytest.raises(OptionError, match="X: n must be a whole number of at least 1, got"):
        whole_numbers("X", {"n": (value, 1)})
