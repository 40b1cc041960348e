"""Elements as rows: against the standard library's parser, and what is wrong with them."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from row_files import (
    EVENTS,
    FOREST,
    READING,
    SINKS,
    assert_table,
    expected_tables,
    files_with_rows,
    parsed_with_lines,
    text_of,
)
from weight_files import SMALL

from tmva_py.errors import TMVAWarning, WeightFileError
from tmva_py.weights import (
    Column,
    Nested,
    Numbers,
    Rows,
    Series,
    Sinks,
    Table,
    WeightFile,
    handlers,
    tables,
    xml_reader,
)
from tmva_py.xml_text import read_values

BEGIN = SMALL[: SMALL.index("  <Weights")]


def file_with(weights: str, method: str = "X") -> str:
    """Return a weight file whose ``<Weights>``, in line 23, holds `weights` from line 24 on."""
    return BEGIN.replace("DL::", f"{method}::") + f"  <Weights>\n{weights}\n  </Weights>\n</MethodSetup>\n"


def read(weights: str, sinks: Sinks) -> dict[str, Table]:
    """Return the tables of a file with these weights."""
    found = WeightFile.read(file_with(weights), sinks={"X": sinks}.get).weights
    assert found is not None
    return tables(found, sinks)


def type_of(weights: ElementTree.Element, root: ElementTree.Element) -> str:
    """Return the type of the method whose weights an element of the standard library holds."""
    parents = {child: parent for parent in root.iter() for child in parent}
    parent = parents[weights]
    return parent.get("MethodTypeName", parent.get("Method", "")).partition("::")[0]


def test_golden_files_row_by_row(shared: Path) -> None:
    rows = methods = 0
    for path in files_with_rows(shared):
        text = text_of(path)
        root, lines = parsed_with_lines(text)
        found = WeightFile.read(path, sinks=SINKS.get)
        assert found.remarks == [], path
        assert found.weights is not None
        ours = [found.weights, *(one for one in found.weights.iter("Weights") if one is not found.weights)]
        theirs = list(root.iter("Weights"))
        assert len(ours) == len(theirs), path
        for one, other in zip(ours, theirs, strict=True):
            assert one.attrib == other.attrib
            sinks = SINKS.get(type_of(other, root))
            if sinks is None:
                assert len(one) == 0
                continue
            expected = expected_tables(other, sinks, lines)
            streamed, made = tables(one, sinks), tables(other, sinks)
            counts = {tag: len(table) for tag, table in streamed.items()}
            for tag, table in streamed.items():
                sink = sinks[tag]
                assert isinstance(sink, Rows)
                assert_table(table, expected[tag], sink, counts)
                # From elements the same, but for the lines.
                expected[tag]["line"] = [0] * len(table)
                assert_table(made[tag], expected[tag], sink, counts)
                rows += len(table)
            methods += 1
    assert rows > 120_000
    assert methods > 100


def test_children_by_their_place(shared: Path) -> None:
    path = shared / "golden" / "bdt_adaboost_stored" / "weights.xml"
    weights = WeightFile.read(path, sinks=SINKS.get).weights
    assert weights is not None
    trees, nodes = tables(weights, FOREST)["BinaryTree"], tables(weights, FOREST)["Node"]
    left, right = nodes.children("pos", 1), nodes.children("pos", 2)
    np.testing.assert_array_equal(left >= 0, nodes["nType"] == 0)
    np.testing.assert_array_equal(right >= 0, nodes["nType"] == 0)
    elements = list(ElementTree.parse(path).iter("Node"))
    place = {id(element): row for row, element in enumerate(elements)}
    for row, element in enumerate(elements):
        assert [left[row], right[row]] == ([place[id(child)] for child in element] or [-1, -1])
    roots = trees.starts["Node"][:-1]
    assert (nodes["pos"][roots] == 0).all()
    np.testing.assert_array_equal(np.flatnonzero(nodes.parents < 0), roots)


OLD = """<BinaryTree type="DecisionTree" boostWeight="0.5" itree="0">
<Node pos="s" depth="0" IVar="2" Cut="1.5" cType="1" S="30" B="10" rms="0" nType="0">
<Node pos="l" depth="1" IVar="-1" Cut="0" cType="1" S="1e1" B="0" rms="0" nType="1"/>
<Node pos="r" depth="1" IVar="-1" Cut="0" cType="1" purity="0.25" rms="0" nType="-1"/>
</Node></BinaryTree><BinaryTree/>"""
OLD_FOREST: Sinks = {
    "BinaryTree": Rows({"boostWeight": Column("f8", default=1.0)}, unused=("type", "itree")),
    "Node": Rows(
        {
            "pos": Column("i1", choices=("s", "l", "r")),
            "IVar": Column("i2"),
            "S": Column("f4", default=-1),
            "B": Column("f4", default=-1),
            "purity": Column("f4", default=np.nan),
        },
        inside="BinaryTree",
        tree=True,
        unused=("depth", "Cut", "cType", "rms", "nType"),
    ),
}


def test_attributes_that_some_rows_lack(recwarn: pytest.WarningsRecorder) -> None:
    found = read(OLD, OLD_FOREST)
    trees, nodes = found["BinaryTree"], found["Node"]
    assert trees["boostWeight"].tolist() == [0.5, 1.0]
    assert trees.starts["Node"].tolist() == [0, 3, 3]
    assert nodes["S"].tolist() == [30, 10, -1]
    assert nodes["B"].tolist() == [10, 0, -1]
    np.testing.assert_array_equal(nodes["purity"], np.array([np.nan, np.nan, 0.25], "f4"))
    assert nodes.lines.tolist() == [25, 26, 27]
    assert nodes.where(2) == "<Node> (line 27)"
    assert not recwarn.list


def test_no_rows_at_all() -> None:
    found = read("", FOREST)
    assert {tag: len(table) for tag, table in found.items()} == {"BinaryTree": 0, "Node": 0}
    assert found["BinaryTree"].starts["Node"].tolist() == [0]
    assert found["Node"].children("pos", 1).tolist() == []
    assert read("", EVENTS)["Event"].matrix(4).shape == (0, 4)


def test_the_text_of_weights_without_rows() -> None:
    found = WeightFile.read(file_with("1.5 2.5"), sinks=lambda _: {}).weights
    assert found is not None
    assert (found.text or "").split() == ["1.5", "2.5"]


def test_texts_of_rows() -> None:
    sinks: Sinks = {"Event": Rows(text="f4", tree=True)}
    events = read(
        "<Event>1 2\n<!-- 7 --> 3<Event/>8 9</Event><Event><![CDATA[4 5]]> 6&#48;</Event>junk", sinks
    )["Event"]
    assert events.numbers.tolist() == [1, 2, 3, 4, 5, 60]
    assert events.number_starts.tolist() == [0, 3, 3, 6]
    with pytest.raises(WeightFileError, match=r"^<Event> \(line 25\): expected 3 numbers, found 0$"):
        events.matrix(3)
    assert read("<Event>1 2</Event><Event>3 4</Event>", sinks)["Event"].matrix(2).tolist() == [[1, 2], [3, 4]]
    # A text of many pieces, and one after it.
    words = " ".join(map(str, range(100_000)))
    long = read(f"<Event>{words}</Event><Event>{words}</Event>", {"Event": Rows(text="f8")})["Event"]
    np.testing.assert_array_equal(long.matrix(100_000), [np.arange(100_000.0)] * 2)
    with pytest.raises(ValueError, match="read-only"):
        long.numbers[0] = 1


def test_unknown_attributes_and_elements_are_named_once() -> None:
    rows = '<Row a="1" b="2"/><Row a="1" kind="x" zz="3"/>\n<Row a="2" kind="y"><Sub><Row a="9"/></Sub></Row>'
    with pytest.warns(TMVAWarning) as caught:
        found = read(rows + '<Row a="3"><Sub/></Row>', {"Row": Rows({"a": Column("i4")}, unused=("kinds",))})
    assert found["Row"]["a"].tolist() == [1, 1, 2, 3]
    assert [str(one.message) for one in caught] == [
        "weight text: not known and left out: element <Sub> in <Row> (line 25); attribute 'b' of <Row> (line "
        "24); attribute 'kind' of <Row> (line 24); did you mean 'kinds'?; attribute 'zz' of <Row> (line 24)"
    ]


NODE = 'IVar="1" Cut="0" cType="1" nType="0"'
DAMAGE: list[tuple[str, Sinks, str]] = [
    (f'<BinaryTree>\n<Node {NODE}/></BinaryTree>', FOREST, r"<Node> \(line 25\) has no attribute 'pos'"),
    ('<BinaryTree><Node pos="m" IVar="0"/></BinaryTree>', FOREST,
     r"line 24\): pos='m', expected one of 's', 'l', 'r'"),
    ('<Event Type="1" Weight="1">1 2</Event>\n<Event Type="1" Weight="1">1\n2 x,y 3</Event>', EVENTS,
     r"<Event> \(line 25\): number 3 of 4 is 'x,y', expected a number such as 1.25e-01"),
    ('<Event Type="1" Weight="1">1</Event>\n<Event Type="1" Weight="1">1 1e40</Event>', EVENTS,
     r"<Event> \(line 25\): number 2 of 2 is '1e40', too large for float32"),
    ('<Event Type="1"/>', EVENTS, r"<Event> \(line 24\) has no attribute 'Weight'"),
    ('<Event Type="1.5" Weight="1"/>', EVENTS, r"line 24\): Type='1.5', expected a whole number of"),
    ('<Event Type="300" Weight="1"/>', EVENTS, r"line 24\): Type='300', expected a whole number"),
    ('<Event Type="1" Weight="1"/>\n<Event Type="1" Weight="1_0"/>', EVENTS,
     r"<Event> \(line 25\): Weight='1_0', expected a number such as 1.25e-01"),
    ('<Event Type="1" Weight="٢"/>', EVENTS, r"line 24\): Weight='٢', expected a number"),
    ('<Row x="1e39"/>', {"Row": Rows({"x": Column("f4")})}, r"line 24\): x='1e39', too large for float32"),
    (f'<Node pos="s" {NODE}/>', FOREST,
     r"<Node> \(line 24\) is not inside another row, expected it inside <BinaryTree> or <Node>"),
    ("<BinaryTree>\n<BinaryTree/></BinaryTree>", FOREST,
     r"<BinaryTree> \(line 25\) is inside <BinaryTree>, expected it inside no other row"),
    ('<Event Type="1" Weight="1"><Event Type="1" Weight="1"/></Event>', EVENTS,
     r"<Event> \(line 24\) is inside <Event>"),
    ('<Row n="2" c0="1"/>', {"Row": Rows({"n": Column("i4", default=0)}, series={"c": Series("n")})},
     r"<Row> \(line 24\): n=2, but not all of c0 to c1 are there"),
    ('<Row n="2000000000" c0="1"/>', {"Row": Rows({"n": Column("i4")}, series={"c": Series("n")})},
     r"n=2000000000, but not all of c0 to c1999999999 are there"),
    ('<Row n="-1"/>', {"Row": Rows({"n": Column("i4")}, series={"c": Series("n")})}, r"n=-1, but not all"),
    ('<Row n="1" c0="x"/>', {"Row": Rows({"n": Column("i4")}, series={"c": Series("n")})},
     r"c0…='x', expected a number"),
]  # fmt: skip


@pytest.mark.parametrize(("weights", "sinks", "message"), DAMAGE)
@pytest.mark.parametrize("before", [0, 300])
def test_damage_has_its_line(weights: str, sinks: Sinks, message: str, before: int) -> None:
    """In the first block of rows and in a later one."""
    first = {"Node": "<BinaryTree/>", "Event": '<Event Type="1" Weight="2">1 2</Event>', "Row": ""}
    tag = next(iter(reversed(sinks)))
    with pytest.raises(WeightFileError, match=message) as caught:
        read(first[tag] * before + weights, sinks)
    assert str(caught.value).startswith("weight text: ")


def test_two_children_at_one_place() -> None:
    node = f'<Node pos="s" {NODE}>\n<Node pos="l" {NODE}/><Node pos="l" {NODE}/></Node>'
    nodes = read(f"<BinaryTree>{node}</BinaryTree>", FOREST)["Node"]
    with pytest.raises(
        WeightFileError, match=r"<Node> \(line 24\): <Node> in lines 25 and 25 have the same pos"
    ):
        nodes.children("pos", 1)


def test_methods_inside_methods() -> None:
    inner = '<Weights n="{0}"><Event Type="{0}" Weight="1">{0}</Event><Note/></Weights>'
    outer: Sinks = {"Part": Nested("Method"), "Deep": Nested("Kind"), "*": Numbers("f8")}
    lookup: Callable[[str], Sinks | None] = {"X": outer, "KNN": EVENTS}.get
    numbers = " ".join(map(str, range(3000)))
    text = file_with(
        f'<Part Method="KNN::a"><Weight/>{inner.format(1)}</Part>'
        f'<Part Method="X::b"><Weights><Deep Kind="KNN">{inner.format(2)}</Deep></Weights></Part>'
        f'<Part Method="Other::c">{inner.format(3)}</Part>'
        f"<Weights>{numbers}</Weights>"
    )
    weights = WeightFile.read(text, sinks=lookup).weights
    assert weights is not None
    found = {one.get("n"): one for one in weights.iter("Weights") if one.get("n")}
    assert sorted(found) == ["1", "2", "3"]
    for number in ("1", "2"):
        events = tables(found[number], EVENTS)["Event"]
        assert (events["Type"].tolist(), events.numbers.tolist()) == ([int(number)], [float(number)])
        assert [child.tag for child in found[number]] == ["Note"]
    assert list(found["3"]) == []  # nobody knows what is in there
    assert tables(weights, outer) == {}
    assert read_values(weights[-1], 3000, dtype="f8").tolist() == [*range(3000)]


def test_weights_of_an_unknown_method_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.weights.xml"
    path.write_text("".join(READING.forest_lines(50)))
    tracemalloc.start()
    weights = WeightFile.read(path, sinks=lambda _: None).weights
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert weights is not None
    assert weights.get("NTrees") == "50"
    assert list(weights) == []
    assert peak < 1_000_000
    whole = WeightFile.read(path).weights
    assert whole is not None
    assert len(list(whole.iter("Node"))) == 750
    assert re.fullmatch(r"\s*", whole.text or "")


@pytest.mark.parametrize("depth", [5000, 12_000])
def test_deep_trees(depth: int) -> None:
    """A search tree of sorted events is as deep as it has events."""
    node = '<Node selector="0" weight="1" type="0" pos="{}">1 2'
    text = (
        "<BinaryTree>"
        + node.format("s")
        + node.format("l") * (depth - 1)
        + "</Node>" * depth
        + "</BinaryTree>"
    )
    if depth > 10_000:
        with pytest.raises(WeightFileError, match="line 24: more than 10000 <Node> inside one another"):
            read(text, SINKS["PDERS"])
        return
    nodes = read(text, SINKS["PDERS"])["Node"]
    assert nodes.depths[-1] == depth - 1
    np.testing.assert_array_equal(nodes.children("pos", 1), [*range(1, depth), -1])


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    from tmva_py.weights import rows

    monkeypatch.setattr(rows, "MOST_ROWS", 100)
    with pytest.raises(WeightFileError, match="line 24: more than 100 rows <BinaryTree>"):
        read("<BinaryTree/>" * 101, FOREST)
    monkeypatch.setattr(handlers, "DEEPEST_SKIPPED", 100)
    with pytest.raises(WeightFileError, match="line 24: more than 100 elements inside one another"):
        WeightFile.read(file_with("<a>" * 101), sinks=lambda _: None)


def test_declarations_that_cannot_be() -> None:
    with pytest.raises(TypeError, match=r"rows <Node> are declared inside <Tree>, which are no rows"):
        read("<Node/>", {"Node": Rows(inside="Tree")})


def test_parts_of_a_method_warn_of_what_they_do_not_know(shared: Path) -> None:
    path = shared / "golden" / "category_fisher" / "weights.xml"
    weights = WeightFile.read(path, sinks=SINKS.get).weights
    assert weights is not None
    part = WeightFile.of(weights[0], str(path))
    assert (part.method, part.info.classes, part.remarks) == (
        "Fisher::Category_Fisher_1",
        ["Signal", "Background"],
        [],
    )
    part_with_more = weights[1]
    part_with_more.append(ElementTree.Element("Variabels"))
    with pytest.warns(TMVAWarning, match=r"element <Variabels>; did you mean 'Variables'") as caught:
        WeightFile.of(part_with_more, str(path))
    assert caught[0].filename == __file__


@pytest.mark.parametrize("method", ["BDT", "KNN"])
def test_pieces_may_end_anywhere(method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = READING.forest_lines(3) if method == "BDT" else READING.event_lines(20)
    path = tmp_path / "a.weights.xml"
    path.write_text("".join(lines))
    whole = READING.read_rows(path)
    for size in (1, 7, 64):
        monkeypatch.setattr(xml_reader, "CHUNK", size)
        for tag, table in READING.read_rows(path).items():
            np.testing.assert_array_equal(table.lines, whole[tag].lines)
            np.testing.assert_array_equal(table.numbers, whole[tag].numbers)
            for name, column in table.columns.items():
                np.testing.assert_array_equal(column, whole[tag][name])
