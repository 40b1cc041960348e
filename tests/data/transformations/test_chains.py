"""Chains: the text of VarTransform, selections, classes, inverses, XML and log lines."""

from __future__ import annotations

import io
import re
from xml.etree.ElementTree import Element, fromstring, tostring

import numpy as np
import pytest
from transformation_files import differences, events_of, info_with

from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import OptionError, TMVAWarning, UnknownNameError, WeightFileError
from tmva_py.message_log import MessageLog

f32 = np.float32
INFO = info_with(3, 2)
RANDOM = np.random.default_rng(11)
X = (RANDOM.normal(size=(1000, 3)) @ RANDOM.normal(size=(3, 3)) + [1, 0, -2]).astype(f32)
TARGETS = np.exp(X[:, :2] * 0.3 + RANDOM.normal(0, 0.1, (1000, 2))).astype(f32)
CLASSES = (X[:, 0] + RANDOM.normal(size=1000) > 1).astype(np.int32)
EVENTS = events_of(X, CLASSES, RANDOM.uniform(0.5, 2, 1000), TARGETS)

CHAINS = [
    "I", "N", "D", "P", "G(_V_)", "U", "D,G", "N,D,P", "G_Signal,D_Background(var0,_V2_)", "N(_T_)+P(_T_)",
    "D(_T_),N", "N+D_Signal+U_Background(_T_)", "Deco+PCA+Gauss+Norm+Uniform+Ident",
    "N_Signal(_V2_,_T0_,var0)",
]  # fmt: skip


def fitted(text: str) -> TransformationChain:
    chain = TransformationChain.from_text(text, INFO)
    chain.fit(EVENTS)
    return chain


@pytest.mark.parametrize("text", CHAINS)
def test_a_chain_that_is_written_and_read_answers_to_the_bit(text: str) -> None:
    chain = fitted(text)
    element = chain.write_xml(Element("MethodSetup"))
    read = TransformationChain.read_xml(fromstring(tostring(element)), INFO)
    np.testing.assert_array_equal(read.apply(X), chain.apply(X))
    np.testing.assert_array_equal(read.inverse_targets(TARGETS), chain.inverse_targets(TARGETS))
    again = read.write_xml(Element("MethodSetup"))
    again.set("NTransformations", element.get("NTransformations", ""))  # steps "I" are counted, but not kept
    assert differences(element, again) == []


@pytest.mark.parametrize("text", CHAINS)
def test_the_inverse_undoes_every_step_in_reverse_order(text: str) -> None:
    chain = fitted(text)
    tolerance = 0.02 if re.search("[GU]", text) else 1e-4  # a table of 10000 bins, and flat tails
    # What lies outside the range of the reference class cannot come back.
    reference = re.search("[GU]_(Signal|Background)", text)
    events = EVENTS.select(INFO.classes.index(reference[1]) == CLASSES) if reference else EVENTS
    back = chain.inverse(chain.apply(events.x))
    assert np.quantile(np.abs(back - events.x), 0.97) < tolerance
    transformed = chain.apply_events(events)
    assert np.quantile(np.abs(chain.inverse_targets(transformed.targets) - events.targets), 0.97) < tolerance
    if "_T" in text or text in ("N", "U") or "Norm" in text:
        assert not np.allclose(transformed.targets, events.targets)


def test_each_step_is_fitted_on_what_the_one_before_gives() -> None:
    whole = fitted("D,G(_V_),N(_V_)")
    x = X
    for name in ("D", "G", "N(_V_)"):
        one = TransformationChain.from_text(name, INFO)
        one.fit(events_of(x, CLASSES, EVENTS.weight, TARGETS))
        x = one.apply(x)
    np.testing.assert_array_equal(whole.apply(X), x)


def test_a_selection_leaves_the_rest_alone() -> None:
    chain = fitted("D(var2,_V0_)")
    y = chain.apply(X)
    np.testing.assert_array_equal(y[:, 1], X[:, 1])
    assert chain.steps[0].selection.items == (("Variable", 0), ("Variable", 2))
    pair = TransformationChain.from_text("D", info_with(2))
    pair.fit(events_of(X[:, [0, 2]], CLASSES, EVENTS.weight))
    np.testing.assert_allclose(y[:, [0, 2]], pair.apply(X[:, [0, 2]]), rtol=1e-6, atol=1e-6)
    kept = TransformationChain.from_text("P(_V2_,_V0_,_REARRANGE_)", INFO)
    assert kept.steps[0].selection.items == (("Variable", 2), ("Variable", 0))


def test_the_reference_class_is_used_and_stays_in_our_own_files() -> None:
    """ROOT forgets it; a file without the attribute means all classes."""
    for name in "NDPUG":
        signal, every = fitted(f"{name}_Signal(_V_)"), fitted(f"{name}(_V_)")
        only = TransformationChain.from_text(f"{name}(_V_)", INFO)
        only.fit(EVENTS.select(CLASSES == 0))
        np.testing.assert_array_equal(signal.apply(X), only.apply(X))
        element = signal.write_xml(Element("MethodSetup"))
        assert element[0].attrib.pop("ReferenceClass") == "0"
        forgotten = TransformationChain.read_xml(element, INFO)
        np.testing.assert_array_equal(forgotten.apply(X), every.apply(X))


def test_one_class_has_one_set() -> None:
    info = info_with(2, classes=("Regression",))
    for name in "NDPUG":
        chain = TransformationChain.from_text(f"{name}(_V_)", info)
        chain.fit(events_of(X[:, :2]))
        element = chain.write_xml(Element("MethodSetup"))
        sets = element.findall(".//Class") + element.findall(".//Matrix") + element.findall(".//Statistics")
        sets += element.findall(".//CumulativePDF_cls0/..")[:1] if name in "UG" else []
        assert len(sets) == 1
        assert element.find(".//CumulativePDF_cls1") is None


def test_many_events_are_transformed_in_blocks_without_a_difference() -> None:
    chain = fitted("N(_V_),D,P,G")
    many = np.tile(X, (120, 1))
    np.testing.assert_array_equal(chain.apply(many), np.tile(chain.apply(X), (120, 1)))
    events = events_of(many, np.tile(CLASSES, 120), np.tile(EVENTS.weight, 120), np.tile(TARGETS, (120, 1)))
    changed = chain.apply_events(events)
    assert changed.targets is events.targets
    np.testing.assert_array_equal(changed.x, chain.apply(many))
    np.testing.assert_array_equal(many, np.tile(X, (120, 1)))


@pytest.mark.parametrize("text", CHAINS)
def test_no_events(text: str) -> None:
    assert fitted(text).apply(np.empty((0, 3), f32)).shape == (0, 3)


def test_inputs_are_not_changed() -> None:
    x, targets = X.copy(), TARGETS.copy()
    chain = fitted("Deco+PCA+Gauss+Norm+Uniform+Ident")
    chain.inverse(chain.apply(x))
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(targets, EVENTS.targets)


# --- XML ------------------------------------------------------------------------------------------------


def test_uniform_is_gauss_in_weight_files() -> None:
    element = fitted("U").write_xml(Element("MethodSetup"))
    assert dict(element[0].attrib) == {"Name": "Gauss", "FlatOrGauss": "Flat"}
    assert TransformationChain.read_xml(element, INFO).short_name == "Uniform"


def test_names_of_four_classes_in_principal_components() -> None:
    info = info_with(3, classes=("Signal", "bg0", "bg1", "bg2"))
    chain = TransformationChain.from_text("P", info)
    chain.fit(events_of(X, np.arange(1000) % 4))
    element = chain.write_xml(Element("MethodSetup"))
    names = [one.get("Class") for one in element.iter("Eigenvectors")]
    assert names == ["Signal", "Background", "Combined", "Combined", "Combined"]


DAMAGE = [
    ("N", "Class/Ranges/Range[@Index='1']", "remove", r"<Range>: Index is 0, 2, 3, 4; expected 0 to 3"),
    ("N", "Class/Ranges/Range[@Index='4']", "remove", r"expected 5 ranges, .* found 4"),
    ("N", "Class/Ranges/Range", ("Min", "x"), r"<Range>: Min='x' is not a number"),
    ("N", "Class", "remove", r"<Class>: ClassIndex is 1, 2; expected 0 to 1, each once"),
    ("D", "Matrix", ("Rows", "4"), r"<Matrix>: expected 3 rows and columns, .* found Rows='4' Columns='3'"),
    ("D", "Matrix", "text", r"<Matrix>: expected 9 numbers, found 2|<Matrix>: expected 9 numbers, but"),
    ("P", "Statistics", ("NRows", "2"), r"<Statistics ClassIndex='0'>: expected 3 rows, .* found 2"),
    ("P", "Statistics", "remove", r"as many <Statistics> as <Eigenvectors>, at least one, found 2 and 3"),
    ("D", "Matrix", "infinite", r"<Matrix>: a number is not finite"),
    ("D", ".", ("ReferenceClass", "²"), r"ReferenceClass='²' must be a whole number of at least 0"),
    ("P", "Statistics", "infinite", r"a mean or a component of an eigenvector is not finite"),
    ("G", "Variable/CumulativePDF_cls0/PDF/Histogram", "infinite", r"<Histogram>: a bin's content is infin"),
    ("G", "Variable/CumulativePDF_cls0/PDF/HistogramBinning", "infinite", r"must be numbers that do not dec"),
    ("G", "Variable/CumulativePDF_cls0/PDF/Histogram", ("HasEquidistantBins", "1"), None),
    ("P", "Eigenvectors", "text", r"<Eigenvectors>: expected 9 numbers"),
    ("G", "Variable", "remove", r"a <Variable> for each of the 3 selected values, .* found 1, 2"),
    ("G", "Variable/CumulativePDF_cls0/PDF", "remove", r"<CumulativePDF_cls0>: expected a <PDF>, found none"),
    ("G", "Variable/CumulativePDF_cls0/PDF", ("InterpolMethod", "9"), r"InterpolMethod=9 is larger than 5"),
    ("G", "Variable/CumulativePDF_cls0/PDF/Histogram", "remove", r"expected a <Histogram>, found none"),
    ("G", "Variable/CumulativePDF_cls0/PDF/Histogram", ("NBins", "7"), r"<Histogram>: expected 7 numbers"),
    ("G", "Variable/CumulativePDF_cls0/PDF/HistogramBinning", "remove", r"a <HistogramBinning>, found none"),
    ("G", "Variable/CumulativePDF_cls0/PDF/HistogramBinning", ("NBins", "7"), r"but the histogram has \d+"),
    ("G", "Selection/Input/Input", ("Label", "y"), None),
]


@pytest.mark.parametrize(("name", "path", "damage", "message"), DAMAGE)
def test_damaged_elements_are_described(name: str, path: str, damage, message: str | None) -> None:
    element = fromstring(tostring(fitted(name).write_xml(Element("MethodSetup"))))
    transform = element[0]
    found = transform.find(path)
    assert found is not None
    if damage == "remove":
        parent = transform if "/" not in path else transform.find(path.rpartition("/")[0])
        parent.remove(found)
    elif damage == "text":
        found.text = "\n1.0 2.0 \n"
    elif damage == "infinite":
        found.text = " ".join(["inf", *found.text.split()[1:]])
    else:
        found.set(*damage)
    if message is None:  # the expression is enough
        TransformationChain.read_xml(element, INFO)
        return
    with pytest.raises(WeightFileError, match=message):
        TransformationChain.read_xml(element, INFO)


def test_bin_edges_that_decrease() -> None:
    element = fitted("U").write_xml(Element("MethodSetup"))
    binning = element.find(".//HistogramBinning")
    words = binning.text.split()
    binning.text = " ".join([*words[:5], words[0], *words[6:]])
    with pytest.raises(WeightFileError, match="the bin edges must be numbers that do not decrease"):
        TransformationChain.read_xml(element, INFO)


def test_equal_bins_need_no_edges() -> None:
    element = fitted("U(_V0_)").write_xml(Element("MethodSetup"))
    for pdf in element.iter("PDF"):
        pdf.remove(pdf.find("HistogramBinning"))
        pdf.find("Histogram").set("HasEquidistantBins", "1")
    chain = TransformationChain.read_xml(element, INFO)
    edges = chain.steps[0].transformation.distributions[0][0].original.axis.edges
    np.testing.assert_allclose(np.diff(edges), np.diff(edges)[0], rtol=1e-9)
    histogram = element.find(".//Histogram")
    assert (edges[0], edges[-1]) == (float(histogram.get("XMin")), float(histogram.get("XMax")))


def test_an_unknown_transformation_in_a_file() -> None:
    element = fromstring('<Transformations NTransformations="1"><Transform Name="Gaus"/></Transformations>')
    with pytest.raises(UnknownNameError, match=r"unknown transformation 'Gaus'; did you mean 'Gauss'\?"):
        TransformationChain.read_xml(element, INFO)


# --- the text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("N,Gaus", UnknownNameError, r"VarTransform: unknown transformation 'Gaus'; did you mean 'Gauss'\?"),
        ("N,Gaus", UnknownNameError, r"  N,Gaus\n    \^\^\^\^"),
        ("X", UnknownNameError, r"known: D, Deco, Decorrelate, Decorrelation, G, Gauss, I, "),
        ("D_Sgnal", UnknownNameError, r"has no class 'Sgnal'; did you mean 'Signal'\?; known: Signal, Backg"),
        ("D(_V_,_T_)", OptionError, r"D mixes the values .* all of variables and targets: give it only one"),
        ("P(var0,target1)", OptionError, r"P mixes the values that it takes[^^]*\n  P\(var0,target1\)\n  \^"),
        ("G(vra1)", OptionError, r"no variable, target or spectator is called 'vra1'; did you mean 'var1'\?"),
        ("G(_V7_)", OptionError, r"_V7_ requests variable number 7, but there are 3, counted from 0"),
        ("G(var1", OptionError, r"'\(' without '\)'"),
        ("_Signal", OptionError, "name is missing"),
    ],
)
def test_what_is_wrong_with_the_text(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        TransformationChain.from_text(text, INFO)


def test_empty_steps_are_ignored_with_a_warning() -> None:
    with pytest.warns(
        TMVAWarning, match=r"there is nothing between the separators here; it is ignored\n  N,,G"
    ):
        chain = TransformationChain.from_text("N,,G", INFO)
    assert chain.short_name == "Norm_Gauss"


def test_class_names_with_underscores() -> None:
    info = info_with(2, classes=("sig_a", "bkg"))
    assert TransformationChain.from_text("D_sig_a", info).steps[0].transformation.reference_class == 0
    with pytest.warns(
        TMVAWarning, match=r"'_high' is ignored; the class is 'bkg'\n  D_bkg_high\n +\^\^\^\^\^$"
    ):
        chain = TransformationChain.from_text("D_bkg_high", info)
    assert chain.steps[0].transformation.reference_class == 1


def test_log_lines() -> None:
    stream = io.StringIO()
    log = MessageLog("TFHandler", stream=stream)
    chain = TransformationChain.from_text("G_Background(_V1_)", INFO, log=log)
    chain.fit(EVENTS, log=log)
    assert stream.getvalue().splitlines() == [
        f'{"TFHandler":25}: [dataset] : Create Transformation "G" with reference class Background=(1)',
        "                         : ",
        "                         : Transformation, Variable selection : ",
        "                         : Input : variable 'var1' <---> Output : variable 'var1'",
        "                         : Preparing the Gaussian transformation...",
    ]
