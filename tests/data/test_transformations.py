"""Transformations: Normalize bit for bit, the grammar, chains, and weight files of ROOT."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from golden import multiclass_on_macos
from hypothesis import given
from hypothesis import strategies as st

from tmva_py.data import DataSetInfo, Events, VariableInfo
from tmva_py.data.transformations import (
    IdentityTransformation,
    NormalizeTransformation,
    TransformationChain,
    TransformationStep,
    VariableTransformation,
    parse_chain,
    split_chains,
)
from tmva_py.data.transformations.selection import Selection
from tmva_py.errors import OptionError, TMVAWarning, TrainingError, UnknownNameError, WeightFileError
from tmva_py.message_log import MessageLog


def info_of(
    n_variables: int = 3, n_targets: int = 1, classes: tuple[str, ...] = ("Signal", "Background")
) -> DataSetInfo:
    return DataSetInfo(
        "ds",
        [VariableInfo.parse(f"v{i}") for i in range(n_variables)],
        [VariableInfo.parse(f"t{i}") for i in range(n_targets)],
        [VariableInfo.parse("s0")],
        list(classes),
    )


def events_of(n: int = 200, n_variables: int = 3, n_targets: int = 1, seed: int = 3) -> Events:
    generator = np.random.default_rng(seed)
    class_index = generator.integers(0, 2, n).astype(np.int32)
    return Events(
        (generator.normal(size=(n, n_variables)) * 5 + class_index[:, np.newaxis]).astype(np.float32),
        generator.uniform(-3, 70, (n, n_targets)).astype(np.float32),
        generator.uniform(size=(n, 1)).astype(np.float32),
        np.ones(n),
        np.ones(n),
        class_index,
    )


def by_hand(x: np.float32, low: np.float32, high: np.float32) -> np.float32:
    """TMVA's statements, one float32 at a time."""
    scale = np.float32(1.0 / np.float64(np.float32(high - low)))
    return np.float32(np.float32(np.float32(np.float32(x - low) * scale) * np.float32(2)) - np.float32(1))


def test_normalize_is_float32_step_by_step() -> None:
    events = events_of()
    chain = TransformationChain.from_text("N", info_of())
    chain.fit(events)
    x = chain.apply(events.x)
    assert x.dtype == np.float32
    low, high = events.x.min(axis=0), events.x.max(axis=0)
    expected = [
        [by_hand(value, *pair) for value, *pair in zip(row, low, high, strict=True)] for row in events.x
    ]
    np.testing.assert_array_equal(x, expected)
    np.testing.assert_allclose([x.min(), x.max()], [-1, 1], atol=2e-7)


def test_events_targets_and_inverse() -> None:
    events = events_of(n_targets=2)
    chain = TransformationChain.from_text("N", info_of(n_targets=2))
    chain.fit(events)
    transformed = chain.apply_events(events)
    np.testing.assert_array_equal(transformed.x, chain.apply(events.x))
    np.testing.assert_allclose(transformed.targets.min(axis=0), -1, atol=2e-7)
    np.testing.assert_array_equal(transformed.spectators, events.spectators)
    assert transformed.weight is events.weight
    back = chain.inverse_targets(transformed.targets)
    assert back.dtype == np.float64
    np.testing.assert_allclose(back, events.targets, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(chain.inverse(transformed.x), events.x, rtol=1e-5, atol=2e-6)
    without = TransformationChain.from_text("N(_V_)", info_of(n_targets=2))
    without.fit(events)
    np.testing.assert_array_equal(without.inverse_targets([[1.5, 2.5]]), [[1.5, 2.5]])


class Halve(VariableTransformation):
    """Divides by two, or, fitted, by a power of two above the range: exact in float32."""

    names = ("Halve",)
    xml_name = "Halve"
    short_name = "Halve"
    default_selection = "_V_,_T_"
    largest = 0.0

    def fit(self, values, weight, class_index, n_classes):
        self.largest = float(np.abs(values).max())

    def transform(self, values):
        return values / np.float32(2)

    def inverse(self, values):
        return values * np.float32(2)

    def write_xml(self, element):
        element.set("Largest", str(self.largest))

    def read_xml(self, element, n_values):
        self.largest = float(element.get("Largest", "0"))


class Square(Halve):
    """Does not commute with `Halve`."""

    def transform(self, values):
        return values * values

    def inverse(self, values):
        return np.sqrt(values)


def test_chain_fits_each_step_on_what_the_one_before_gives_and_inverts_the_whole() -> None:
    info = info_of(1, 1)
    everything = Selection((("Variable", 0), ("Target", 0)))
    first, second = Halve(), Square()
    chain = TransformationChain(
        (TransformationStep(first, everything), TransformationStep(second, everything)), info
    )
    events = events_of(n_variables=1)
    chain.fit(events)
    assert first.largest == 2 * second.largest
    np.testing.assert_array_equal(chain.apply(events.x), (events.x / 2) ** 2)
    positive = np.abs(events.targets)
    np.testing.assert_allclose(chain.inverse_targets((positive / 2) ** 2), positive, rtol=1e-6)
    assert chain.short_name == "Halve_Halve"


def test_selection_and_reference_class() -> None:
    events = events_of()
    chain = TransformationChain.from_text("N_Background(v2,_V0_)", info_of())
    chain.fit(events)
    x = chain.apply(events.x)
    np.testing.assert_array_equal(x[:, 1], events.x[:, 1])
    background = events.class_index == 1
    for column in (0, 2):
        np.testing.assert_allclose(
            [x[background, column].min(), x[background, column].max()], [-1, 1], atol=2e-7
        )
    assert np.abs(x[~background]).max() > 1


def test_grammar() -> None:
    def steps(text: str) -> list[tuple[str, str, str | None]]:
        return [(step.name, step.class_name, step.variables) for step in parse_chain(text)]

    assert steps("") == steps("None") == []
    assert steps("N") == [("N", "", None)]
    assert steps("G,D") == steps("G+D") == [("G", "", None), ("D", "", None)]
    assert steps("D_Background+N(var1)") == [("D", "Background", None), ("N", "", "var1")]
    assert steps("N,G_Signal(_V0_,_V2_)") == [("N", "", None), ("G", "Signal", "_V0_,_V2_")]
    assert steps("P_AllClasses") == [("P", "", None)]
    assert split_chains("I;D;P;G,D") == ["I", "D", "P", "G,D"]


@pytest.mark.filterwarnings("ignore:VarTransform. there is nothing between")
@given(st.text(alphabet="NDGI_,+()V01; ", max_size=20))
def test_grammar_reads_or_explains(text: str) -> None:
    message = "^"
    try:
        parse_chain(text)
    except OptionError as error:
        message = str(error)
    assert "^" in message


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("N(v0", OptionError, r"'\(' without '\)'\n  N\(v0\n   \^"),
        ("N)v0", OptionError, r"'\)' without '\('"),
        ("N(v9)", OptionError, r"no variable, target or spectator is called 'v9'\n  N\(v9\)\n    \^\^"),
        ("N(_V7_)", OptionError, "variable number 7, but there are 3, counted from 0"),
        ("N()", OptionError, "N selects nothing"),
        (
            "N_Signl",
            UnknownNameError,
            r"no class 'Signl'; did you mean 'Signal'\?.*\n  N_Signl\n    \^\^\^\^\^",
        ),
        ("Normal", UnknownNameError, "Normal"),
        ("N,Rearrange", UnknownNameError, r"is not available in this version.*\n  N,Rearrange\n    \^"),
    ],
)
def test_messages(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        TransformationChain.from_text(text, info_of())


def test_order_of_selected_variables() -> None:
    info = info_of()
    assert Selection.parse("t0,v2,v0", info).items == (("Variable", 0), ("Variable", 2), ("Target", 0))
    assert Selection.parse("t0,v2,v0,_REARRANGE_", info).items == (
        ("Target", 0),
        ("Variable", 2),
        ("Variable", 0),
    )
    assert Selection.parse("_S_,_T0_", info).items == (("Target", 0), ("Spectator", 0))
    assert Selection.parse("v1,_V_", info).items == tuple(("Variable", i) for i in range(3))


def test_words_in_underscores_are_number_0() -> None:
    """TMVA looks at the letter and at the number after it, and takes what is no number for 0."""
    info = info_of()
    with pytest.warns(TMVAWarning, match="TMVA takes _TARGETS_ for _T0_, target number 0"):
        assert Selection.parse("_TARGETS_", info).items == (("Target", 0),)
    with pytest.warns(TMVAWarning, match="_V_ is all of them"):
        assert Selection.parse("_Variables_", info).items == (("Variable", 0),)


def test_log(capsys: pytest.CaptureFixture[str]) -> None:
    TransformationChain.from_text("N_Signal(v0),I(v1)", info_of(), log=MessageLog("BDT"))
    assert capsys.readouterr().out.split("\n")[:5] == [
        'BDT                      : [ds] : Create Transformation "N" with reference class Signal=(0)',
        "                         : ",
        "                         : Transformation, Variable selection : ",
        "                         : Input : variable 'v0' <---> Output : variable 'v0'",
        'BDT                      : [ds] : Create Transformation "I" with events from all classes.',
    ]


def test_xml_round_trip() -> None:
    events, info = events_of(), info_of()
    chain = TransformationChain.from_text("I,N_Background(v1,t0),N", info)
    chain.fit(events)
    root = ET.Element("MethodSetup")
    element = chain.write_xml(root)
    assert element.get("NTransformations") == "3"
    assert [child.get("Name") for child in element] == ["Normalize", "Normalize"]
    again = TransformationChain.read_xml(ET.fromstring(ET.tostring(root)).find("Transformations"), info)
    np.testing.assert_array_equal(again.apply(events.x), chain.apply(events.x))
    np.testing.assert_array_equal(
        again.inverse_targets(events.targets), chain.inverse_targets(events.targets)
    )
    assert not TransformationChain.read_xml(None, info).steps


def info_from(root: ET.Element) -> DataSetInfo:
    def read(path: str) -> list[VariableInfo]:
        found = []
        for one in root.findall(path):
            parsed = VariableInfo(one.attrib["Expression"], one.attrib["Label"])
            found.append(parsed)
        return found

    classes = [one.attrib["Name"] for one in root.findall("Classes/Class")]
    return DataSetInfo(
        "x", read("Variables/Variable"), read("Targets/Target"), read("Spectators/Spectator"), classes
    )


def test_weight_files_of_root_are_written_back_as_they_are(shared: Path) -> None:
    seen = 0
    for path in sorted((shared / "golden").glob("*/weights.xml")):
        root = ET.parse(path).getroot()
        stored = root.find("Transformations")
        if stored is None or {child.get("Name") for child in stored} != {"Normalize"}:
            continue
        if any(child.find("Selection") is None for child in stored):
            continue
        chain = TransformationChain.read_xml(stored, info_from(root))
        written = chain.write_xml(ET.Element("MethodSetup"))
        for ours, theirs in zip(written.iter(), stored.iter(), strict=True):
            assert (ours.tag, ours.attrib) == (theirs.tag, theirs.attrib), path
        seen += 1
    assert seen >= 15


def test_ranges_that_root_fitted(shared: Path) -> None:
    """The split of the multiclass tutorial on macOS gives the ranges in its weight file, set for set."""
    data_set = multiclass_on_macos(shared).data_set()
    chain = TransformationChain.from_text("N", data_set.info)
    chain.fit(data_set.training)
    root = ET.parse(shared / "golden" / "multiclass_dl_dense_norm_stored" / "weights.xml").getroot()
    stored = root.find("Transformations")
    assert stored is not None
    for ours, theirs in zip(chain.write_xml(ET.Element("MethodSetup")).iter(), stored.iter(), strict=True):
        assert (ours.tag, ours.attrib) == (theirs.tag, theirs.attrib)


def test_damaged_xml() -> None:
    info = info_of()

    def read(text: str) -> None:
        TransformationChain.read_xml(ET.fromstring(f"<Transformations>{text}</Transformations>"), info)

    with pytest.raises(WeightFileError, match="attribute Name is missing"):
        read("<Transform/>")
    with pytest.raises(WeightFileError, match="expected a <Class> with <Ranges>"):
        read('<Transform Name="Normalize"/>')

    def ranges(count: int, low: str) -> str:
        listed = "".join(f'<Range Index="{i}" Min="{low}" Max="1"/>' for i in range(count))
        inner = f'<Class ClassIndex="0"><Ranges>{listed}</Ranges></Class>'
        return f'<Transform Name="Normalize">{inner}</Transform>'

    with pytest.raises(WeightFileError, match="expected 3 ranges, one for each selected value, found 1"):
        read(ranges(1, "0"))
    with pytest.raises(WeightFileError, match="Min='abc' is not a number"):
        read(ranges(3, "abc"))
    selection = '<Selection><Input><Input Type="Variable" Label="zz" Expression="zz"/></Input></Selection>'
    with pytest.raises(WeightFileError, match="no variable with label 'zz'"):
        read(f'<Transform Name="Normalize">{selection}</Transform>')
    with pytest.raises(UnknownNameError, match=r"'Rearrange' .* is not available in this version"):
        read('<Transform Name="Rearrange"/>')


def test_one_class_has_one_set_and_few_events_are_refused() -> None:
    events = events_of()
    chain = TransformationChain.from_text("N", info_of(classes=("Regression",)))
    chain.fit(events)
    (step,) = chain.steps
    assert isinstance(step.transformation, NormalizeTransformation)
    assert step.transformation.minimum.shape == (1, 4)
    with pytest.raises(TrainingError, match="not enough events to normalise variables: 1"):
        chain.fit(events.select(np.array([0])))


def test_identity() -> None:
    chain = TransformationChain.from_text("I", info_of())
    assert isinstance(chain.steps[0].transformation, IdentityTransformation)
    assert chain.short_name == TransformationChain.from_text("None", info_of()).short_name == "Id"
    x = events_of().x
    np.testing.assert_array_equal(chain.apply(x), x)
