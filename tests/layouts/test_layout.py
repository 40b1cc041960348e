"""Layouts: real strings of tutorials and files, ROOT's repairs, mistakes."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmva_py import errors
from tmva_py.errors import OptionError, TMVAWarning, UnknownNameError
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layouts import layers_from_layout, parse_layout


def read(text: str, *, n_variables: int = 10, n_outputs: int = 1, strict: bool = False):
    return parse_layout(text, n_variables=n_variables, n_outputs=n_outputs, strict=strict)


def dense(text: str, **settings):
    """The (width, activation) of each layer of a dense layout."""
    return [(spec.fields["width"], spec.fields["activation"]) for spec in read(text, **settings)]


def refused(text: str, error: type[Exception] = OptionError, **settings) -> str:
    with pytest.raises(error) as caught:
        read(text, **settings)
    return str(caught.value)


def marked(message: str) -> str:
    shown, carets = message.splitlines()[-2:]
    return "".join(c for c, mark in zip(shown, carets, strict=False) if mark == "^")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TANH|128,TANH|128,TANH|128,LINEAR", [(128, "TANH")] * 3 + [(1, "LINEAR")]),
        ("DENSE|64|TANH,DENSE|TANH|64,DENSE|TANH|64,LINEAR", [(64, "TANH")] * 3 + [(1, "LINEAR")]),
        ("128|TANH,LINEAR", [(128, "TANH"), (1, "LINEAR")]),
        ("DENSE|64", [(64, "TANH")]),
        ("DENSE", [(1, "TANH")]),
        ("DENSE|0|LINEAR", [(1, "LINEAR")]),
        ("DENSE|0|5|RELU", [(5, "RELU")]),
        ("SIGMOID|10,SIGMOID|10,SIGMOID|10,LINEAR", [(10, "SIGMOID")] * 3 + [(1, "LINEAR")]),
        ("DENSE|3|FTANH,DENSE|3|SYMMRELU,DENSE|3|SOFTSIGN,DENSE|3|GAUSS",
         [(3, "FTANH"), (3, "SYMMRELU"), (3, "SOFTSIGN"), (3, "GAUSS")]),
    ],
)  # fmt: skip
def test_dense_layouts(text, expected):
    assert dense(text) == expected


@pytest.mark.parametrize(
    ("width", "value"),
    [
        ("N", 10),
        ("n", 10),
        ("(N+100)*2", 220),
        ("N*2", 20),
        ("N/4", 2),
        ("2*n+N", 30),
        ("N-10", 1),
        ("sqrt(N)", 3),
    ],
)
def test_width_formulas_are_cut_to_whole_numbers(width, value):
    assert dense(f"DENSE|{width}|TANH") == [(value, "TANH")]
    assert dense(f"{width}|TANH") == [(value, "TANH")]


def test_a_missing_width_is_the_number_of_outputs():
    assert dense("TANH|5,LINEAR", n_outputs=4) == [(5, "TANH"), (4, "LINEAR")]


def test_the_default_layout():
    assert dense("DENSE|(N+100)*2|SOFTSIGN,DENSE|0|LINEAR") == [(220, "SOFTSIGN"), (1, "LINEAR")]


def test_recurrent_layout_of_the_tutorial():
    specs = read("LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR", n_variables=300)
    assert [spec.layer_class for spec in specs] == [TBasicLSTMLayer, TReshapeLayer, TDenseLayer, TDenseLayer]
    assert [spec.keyword for spec in specs] == ["LSTM", "RESHAPE", "DENSE", "DENSE"]
    assert [spec.index for spec in specs] == [0, 1, 2, 3]
    assert [spec.offset for spec in specs] == [0, 18, 31, 45]
    assert [spec.text for spec in specs] == ["LSTM|10|30|10|0|1", "RESHAPE|FLAT", "DENSE|64|TANH", "LINEAR"]
    assert specs[0].fields == {
        "state_size": 10,
        "input_size": 30,
        "time_steps": 10,
        "remember_state": False,
        "return_sequence": True,
    }
    assert specs[1].fields == {"depth": 0, "height": 0, "width": 0, "flatten": True}
    layer = specs[0].create()
    assert isinstance(layer, TBasicLSTMLayer)
    assert layer.return_sequence is True


def test_gru_has_a_sixth_field():
    (spec,) = read("GRU|4|3|5|0|1|1")
    assert spec.fields["reset_gate_after"] is True
    (spec,) = read("RNN|4")
    assert spec.fields["return_sequence"] is False


@pytest.mark.parametrize("text", ["RESHAPE|1|1|2|FLAT", "RESHAPE|1|1|FLAT|2", "RESHAPE|FLAT|1|1|2"])
def test_flat_may_stand_anywhere(text):
    assert read(text)[0].fields == {"depth": 1, "height": 1, "width": 2, "flatten": True}


def test_reshape_without_flat():
    assert read("RESHAPE|1|4|5")[0].fields == {"depth": 1, "height": 4, "width": 5, "flatten": False}


def test_unknown_layer():
    message = refused("DENSE|3,LTSM|10,LINEAR", UnknownNameError)
    assert "unknown layer 'LTSM'; did you mean 'LSTM'?" in message
    assert re.search(r"known: .*DENSE, GRU, LSTM, .*RESHAPE, RNN", message)
    assert marked(message) == "LTSM"
    assert "or an activation; did you mean 'TANH'?" in refused("TAHN|10", UnknownNameError)
    message = refused("dense|10", UnknownNameError)
    assert "did you mean 'DENSE'?" in message
    assert "capitals" in message


def test_wrong_kinds_are_errors_in_both_doors():
    for strict in (True, False):
        message = refused("LSTM|ten|30", strict=strict)
        assert "'LSTM|ten|30': state_size: expected a whole number, got 'ten'" in message
        assert marked(message) == "ten"
        message = refused("RESHAPE|x|FLAT", strict=strict)
        assert "depth: expected a whole number, got 'x'" in message
        message = refused("LSTM|0", strict=strict)
        assert "state_size: expected a whole number of at least 1, got '0'" in message
        assert "state_size is missing" in refused("DENSE|3,LSTM", strict=strict)


def test_dense_mistakes():
    message = refused("DENSE|TAHN|64")
    assert "expected a width (a whole number or a formula of N) or an activation, got 'TAHN'" in message
    assert "did you mean 'TANH'?" in message
    assert marked(message) == "TAHN"
    assert "got 'N+'" in refused("DENSE|N+|TANH")
    assert "got 'M*2'" in refused("DENSE|M*2|TANH")
    message = refused("DENSE|N-20|TANH")
    assert "width 'N-20' is -10 for N=10" in message
    assert marked(message) == "N-20"
    assert "width '99999999999' is" in refused("99999999999|TANH")


@pytest.mark.parametrize(
    ("text", "result", "said", "place"),
    [
        ("TANH|100,", [(100, "TANH")], "ROOT makes 1 layer of it and adds no output layer", ","),
        ("TANH|100,,LINEAR", [(100, "TANH"), (1, "LINEAR")], "an empty entry is skipped", ","),
        ("DENSE||64", [(64, "TANH")], "an empty field is skipped", "|"),
        ("DENSE|64|", [(64, "TANH")], "an empty field is skipped", "|"),
        ("DENSE|64|32", [(64, "TANH")], "'32' has no effect, the width is 64 already", "32"),
        ("DENSE|64|TAHN", [(64, "TANH")], "the width is 64 already; did you mean 'TANH'?", "TAHN"),
        ("DENSE|64|RELU|TANH", [(64, "TANH")], "a second activation TANH; the last one counts", "TANH"),
        ("TANH|50,Layout=TANH|30", [(50, "TANH"), (30, "TANH")], "ROOT does not see 'TANH'", "L"),
        ("TANH|50,Layout=RELU|30", [(50, "TANH"), (30, "TANH")], "makes a dense layer of TANH", "L"),
        ("TANH|50,Layout=DENSE|30|RELU", [(50, "TANH"), (30, "RELU")], "does not see 'DENSE'", "L"),
        ("TANH|50,Layout=LINEAR", [(50, "TANH"), (1, "TANH")], "a dense layer of TANH", "L"),
        ("TANH|64,TANH,LINEAR", [(64, "TANH"), (1, "TANH"), (1, "LINEAR")], "that of the output, 1", "T"),
        ("DENSE|RELU,LINEAR", [(1, "RELU"), (1, "LINEAR")], "write DENSE|RELU|64 for 64 units", "D"),
    ],
)  # fmt: skip
def test_what_root_ignores(text, result, said, place):
    with pytest.warns(TMVAWarning) as caught:
        assert dense(text) == result
    assert len(caught) == 1
    message = str(caught[0].message)
    assert said in message
    assert marked(message) == place
    # The Python doors raise instead.
    assert said in refused(text, strict=True)


def test_further_fields_of_other_layers():
    with pytest.warns(TMVAWarning, match="further fields '7|8' have no effect; the fields are state_size"):
        (spec,) = read("LSTM|10|30|10|0|1|7|8")
    assert spec.fields["state_size"] == 10
    assert "further fields '7|8'" in refused("LSTM|10|30|10|0|1|7|8", strict=True)


def test_empty_fields_move_the_others_to_the_left():
    with pytest.warns(TMVAWarning, match="move to the left"):
        (spec,) = read("LSTM|10||30")
    assert spec.fields["input_size"] == 30


@pytest.mark.parametrize("text", ["DENSE|64|TANH, LINEAR", " LINEAR", "DENSE |3", "LINEAR\t"])
def test_blanks_are_refused(text):
    assert "blanks are not allowed" in refused(text)


@pytest.mark.parametrize("text", ["", ",", "|", ",|,"])
def test_a_layout_without_layers_is_refused(text):
    assert "expected at least one layer, found none" in refused(text)


def test_layouts_of_real_files(shared):
    found = 0
    for path in sorted(shared.glob("golden/*/weights.xml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        layout = re.search(r'<Option name="Layout"[^>]*>([^<]*)<', text)
        method = re.search(r'Method="DL::', text)
        if not layout or not method:
            continue
        found += 1
        n_variables = int(re.search(r'<Variables NVar="(\d+)"', text).group(1))
        depth = int(re.search(r'NetDepth="(\d+)"', text).group(1))
        n_outputs = int(re.search(r'<Classes NClass="(\d+)"', text).group(1))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TMVAWarning)
            specs = read(
                layout.group(1), n_variables=n_variables, n_outputs=1 if n_outputs == 2 else n_outputs
            )
        assert len(specs) == depth
        widths = [int(width) for width in re.findall(r'<DenseLayer Width="(\d+)"', text)]
        assert [spec.fields["width"] for spec in specs if spec.keyword == "DENSE"] == widths
    assert found >= 5


def test_layers_from_layout_is_strict_and_gives_the_shape():
    layers, shape = layers_from_layout("LSTM|10|30|10|0|1,RESHAPE|FLAT,LINEAR", input_layout="10|30")
    assert [type(layer) for layer in layers] == [TBasicLSTMLayer, TReshapeLayer, TDenseLayer]
    assert shape == (10, 30)
    assert layers_from_layout("LINEAR", input_layout="1|1|7")[1] == (7,)
    assert layers_from_layout("LSTM|2", input_layout="1|30")[1] == (1, 30)
    with pytest.raises(OptionError, match="there is nothing after the last ','"):
        layers_from_layout("TANH|3,", input_layout="7")


PARTS = st.sampled_from(
    ["DENSE", "LSTM", "RNN", "GRU", "RESHAPE", "FLAT", "TANH", "LINEAR", "N", "n*2", "64", "0", "1", "-3",
     "2.5", "ten", "|", "|", "|", ",", ",", "(", "N+", "x", "é", " "]
)  # fmt: skip


@given(st.lists(PARTS, max_size=14).map("".join), st.booleans())
def test_any_text_is_read_or_refused_with_the_packages_error(text, strict):
    with warnings.catch_warnings():
        warnings.simplefilter("error" if strict else "ignore", TMVAWarning)
        try:
            specs = read(text, strict=strict)
        except errors.TMVAError:
            return
    assert specs
    for spec in specs:
        assert text[spec.offset :].startswith(spec.text)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 500), st.sampled_from(["TANH", "RELU", "SIGMOID", "GAUSS"]), st.integers(0, 3)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_spelling_of_a_dense_layer_reads_alike(layers):
    spellings = ["DENSE|{0}|{1}", "DENSE|{1}|{0}", "{0}|{1}", "{1}|{0}"]
    text = ",".join(spellings[which].format(width, name) for width, name, which in layers)
    assert dense(text, strict=True) == [(width, name) for width, name, _ in layers]


def test_the_option_s_name_in_front_of_another_layer():
    message = refused("TANH|50,Layout=LSTM|10")
    assert "'Layout=LSTM': write 'LSTM', the option's name goes in front once" in message
