"""Damaged, unsafe and lying weight files: an error with place and reason, and no large memory."""

from __future__ import annotations

import bz2
import re
import time
import tracemalloc
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from weight_files import SMALL, changed

from tmva_py.errors import TMVAError, TMVAWarning, WeightFileError
from tmva_py.methods.weight_file import read_weight_file

BOMB = """<?xml version="1.0"?>
<!DOCTYPE bomb [
 <!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
 <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
 <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
]>
<MethodSetup Method="DL::&d;"/>
"""


@pytest.fixture
def damaged(tmp_path):
    """Write content to a file, read it, and return the message without the file's name."""

    def read(content: str | bytes) -> str:
        path = tmp_path / "a.weights.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(WeightFileError) as caught:
            read_weight_file(path)
        message = str(caught.value)
        assert message.startswith(f"{path}: "), message
        return message.removeprefix(f"{path}: ")

    return read


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("   \n ", "not a TMVA weight file: it ends at line 2, column 2"),
        ("hello", "not a TMVA weight file: line 1, column 1 is not XML"),
        (b"\x00\xff" * 50, "not a TMVA weight file: line 1, column 1 is not XML"),
        ("#GEN -*-*-", "line 1, column 1 is not XML; it is TMVA's text format of before 2009"),
        (bz2.compress(SMALL.encode()), "it is compressed: unpack it with bunzip2, or pack it with gzip"),
        (b"root\x00\x00\xf6\x18", "is not XML; it is a ROOT file"),
        ("<html><body/></html>", "not a TMVA weight file: line 1 begins <html>, expected <MethodSetup>"),
        (SMALL + "<more/>", "line 42, column 1: something follows </MethodSetup>"),
        (changed("<MVAPdfs/>", "<MVAPdfs>"), "damaged at line 41, column 3: mismatched tag"),
        (SMALL.encode().replace(b"small", b"sm\xe4ll\x00"), "line 2, column 31 is not XML"),
        (SMALL.encode().replace(b"Signal", b"S\x01"), "damaged at line 18, column 19: not well-formed"),
        (changed('"1.0"?', '"1.0" encoding="no-such"?'), "unknown encoding"),
        (changed("<MVAPdfs/>", "<a>" * 100), "line 22: more than 64 elements inside one another"),
    ],
)  # fmt: skip
def test_not_a_weight_file(damaged, content, message):
    assert message in damaged(content)


def test_latin_1_is_read(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(SMALL.encode().replace(b"Signal", b"Se\xf1al"))
    assert read_weight_file(path).info.classes[0] == "Señal"


def test_every_truncation_is_noticed(tmp_path):
    path = tmp_path / "a.xml"
    last = SMALL.rindex(">")
    for length in [*range(1, last, 13), last]:
        path.write_text(SMALL[:length])
        with pytest.raises(
            WeightFileError, match=r"a\.xml: .*(truncated: it ends|not a TMVA weight file: it ends)"
        ):
            read_weight_file(path)


@pytest.mark.parametrize(
    "prologue",
    [
        "<!DOCTYPE MethodSetup>",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY x "y">]>',
    ],
)
def test_document_types_are_refused(damaged, prologue):
    assert re.match(
        "line 2 holds a document type or an entity; no weight file needs one and they can harm the reader",
        damaged(changed("<MethodSetup", f"{prologue}\n<MethodSetup")),
    )


def test_a_bomb_takes_neither_time_nor_memory(damaged):
    tracemalloc.start()
    start = time.process_time()
    try:
        assert "the file is refused" in damaged(BOMB)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 1


LAYER, WEIGHTS = r"<DenseLayer> \(line 24\)", r"<Weights> \(line 25\)"
UNKNOWN = r"<DanceLayer> \(line 24\): unknown layer element <DanceLayer>; did you mean 'DenseLayer'"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('NetDepth="2"', 'NetDepth="3"', r"<Weights> \(line 23\): NetDepth=3, but there are 2 layers"),
        ('InputWidth="3"', 'InputWidth="4"', "InputWidth = 1·1·4 = 4 values, but the file has 3 variables"),
        ('InputWidth="3"', 'InputWidth="9999999999"', "= 9999999999 values, but the file has 3 variables"),
        ('InputDepth="1"', "", r"<Weights> \(line 23\) has no attribute 'InputDepth'"),
        ('Function="S"', 'Function="s"', r"OutputFunction='s', expected one of 'I' \(identity\), 'S' "),
        ('WeightDecay="0.0"', 'WeightDecay="x"', "WeightDecay='x' is not a number"),
        ("DenseLayer", "DanceLayer", UNKNOWN),
        ('Width="2"', "", f"{LAYER} has no attribute 'Width'"),
        ('Width="2"', 'Width="two"', "<DenseLayer> attribute 'Width': expected a whole number, got 'two'"),
        (
            'Width="2"',
            'Width="0"',
            f"{LAYER}: dense layer: width must be a whole number of at least 1, got 0",
        ),
        ('Width="2"', 'Width="-2"', "width must be a whole number of at least 1, got -2"),
        ('Width="2"', 'Width="5"', rf"{LAYER}.*: {WEIGHTS}: file has \(2, 3\), the network needs \(5, 3\)"),
        ('Function="3"', 'Function="TANH"', "'ActivationFunction': expected one of 0"),
        ('Rows="2" Columns="3"', 'Rows="3" Columns="2"', r"file has \(3, 2\), the network needs \(2, 3\)"),
        ('Rows="2" Columns="3"', 'Columns="3"', f"{WEIGHTS} has no attribute 'Rows'"),
        ("0.25  1.0", "0.25  1,0", f"{LAYER}: {WEIGHTS}: number 4 of 6 is '1,0'"),
        ("0.25  1.0", "0.25", f"{WEIGHTS}: expected 6 numbers, found 5"),
        ("Biases", "Biasses", f"{LAYER} has no <Biases>; did you mean 'Biasses'"),
        ("<Biases", "<Weights/><Biases", rf"{LAYER}: <Weights> \(line 28\) appears a second time"),
        ("<Weights Net", "<Weihgts Net", "mismatched tag"),
    ],
)
def test_damaged_weights(damaged, old, new, message):
    count = 2 if old == "DenseLayer" else 2 if old == "Biases" else 1
    assert re.search(message, damaged(changed(old, new, count)), re.DOTALL)


def test_a_file_without_weights(damaged):
    text = SMALL[: SMALL.index("  <Weights")] + "</MethodSetup>\n"
    assert damaged(text) == "<MethodSetup> has no <Weights>"
    without_layers = text.replace("</MethodSetup>", '<Weights OutputFunction="S"/></MethodSetup>')
    assert damaged(without_layers) == "<Weights> (line 23) has no layers"


def test_too_few_outputs_for_the_classes(damaged):
    text = changed('value="Classification"', 'value="Multiclass"').replace('Function="S"', 'Function="M"')
    assert "the last layer gives the shape (1,), expected 2 outputs" in damaged(text)


def test_a_sequence_at_the_end(damaged):
    lstm = (
        '<RNNLayer StateSize="1" InputSize="1" TimeSteps="3" RememberState="0" ReturnSequence="1">'
        '<InputWeights Rows="1" Columns="1">1</InputWeights>'
        '<StateWeights Rows="1" Columns="1">1</StateWeights>'
        '<Biases Rows="1" Columns="1">1</Biases></RNNLayer>'
    )
    start, end = SMALL.index("    <DenseLayer"), SMALL.index("  </Weights>\n</MethodSetup>")
    text = SMALL[:start] + lstm + SMALL[end:]
    text = text.replace('NetDepth="2" InputDepth="1" InputHeight="1" InputWidth="3"',
                        'NetDepth="1" InputDepth="3" InputHeight="1" InputWidth="1"')  # fmt: skip
    assert "the last layer gives the shape (3, 1), expected a flat output (n,)" in damaged(text)


HUGE = 2_000_000_000


@pytest.mark.parametrize(
    "layer",
    [
        f'<DenseLayer Width="{HUGE}" ActivationFunction="0"><Weights Rows="{HUGE}" Columns="3">1 2</Weights>'
        f'<Biases Rows="{HUGE}" Columns="1">1</Biases></DenseLayer>',
        f'<DenseLayer Width="1{"0" * 30}" ActivationFunction="0"/>',
        f'<RNNLayer StateSize="{HUGE}" InputSize="3" TimeSteps="1"><InputWeights Rows="1" Columns="1">1'
        "</InputWeights></RNNLayer>",
        f'<LSTMLayer StateSize="{HUGE}" InputSize="3" TimeSteps="1" RememberState="0" ReturnSequence="0"/>',
        f'<GRULayer StateSize="{HUGE}" InputSize="3" TimeSteps="1"/>',
        f'<ReshapeLayer Depth="{HUGE}" Height="{HUGE}" Width="{HUGE}" Flattening="0"/>',
    ],
)
def test_huge_layers_take_no_memory(damaged, layer):
    start, end = SMALL.index("    <DenseLayer"), SMALL.index("  </Weights>\n</MethodSetup>")
    text = SMALL[:start] + layer + SMALL[end:]
    tracemalloc.start()
    try:
        message = damaged(text.replace('NetDepth="2"', 'NetDepth="1"'))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert "Layer> (line 24)" in message


def test_a_layer_that_repeats_its_shape_in_flat_is_a_warning(damaged):
    """ROOT goes on with the flat size; so does the reader, and says so."""
    huge = f'<ReshapeLayer Depth="{HUGE}" Height="1" Width="1" Flattening="1"/>\n    <DenseLayer'
    text = changed("<DenseLayer", huge).replace('NetDepth="2"', 'NetDepth="3"')
    with pytest.warns(TMVAWarning, match=r"the input \(3,\) has 3 values, not 2000000000"):
        method = read_weight_file(text)
    assert method.evaluate([[1, 2, 3]]).tolist() == read_weight_file(SMALL).evaluate([[1, 2, 3]]).tolist()


@given(st.data())
def test_no_damage_gets_through_as_another_error(data):
    """Cut, doubled and changed pieces: a method or an error of the package, never anything else."""
    start = data.draw(st.integers(0, len(SMALL)), label="start")
    end = data.draw(st.integers(start, min(len(SMALL), start + 60)), label="end")
    piece = data.draw(
        st.one_of(
            st.text(st.characters(codec="utf-8"), max_size=8),
            st.sampled_from(
                ["", SMALL[start:end] * 2, "0", "-1", "1e999", "<", "&amp;", '"', "99999999999", "\x00"]
            ),
        ),
        label="piece",
    )
    text = SMALL[:start] + piece + SMALL[end:]
    if not text.lstrip().startswith("<"):
        text = "<" + text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TMVAWarning)
        try:
            method = read_weight_file(text)
        except TMVAError:
            return
    assert method.evaluate([[0.0] * len(method.info.variables)]).shape[0] == 1
