"""Writes the trees of ``tests/trees/root`` and ROOT's answers on them; needs ROOT (``make test-root``).

Run as ``python tests/trees/write_root_files.py``. ``leaves.txt`` and ``objects.txt`` there are the
expressions, next to the methods of vectors; the answers are TTreeFormula's instances of each entry, their
count first, or ``null`` where ROOT refuses the expression.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import random
from array import array
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().with_name("root")
N_ENTRIES = 6
ROOT: Any = (
    importlib.import_module("ROOT") if __name__ == "__main__" else None
)  # tests are collected without it


METHODS = {
    "TLorentzVector": """X Y Z T Px Py Pz E Energy P Rho Pt Perp Perp2 Et Et2 Mt Mt2 M M2 Mag Mag2 Theta
        CosTheta Phi Eta PseudoRapidity Rapidity Beta Gamma Plus Minus""",
    "TVector3": "X Y Z x y z Px Py Pz Mag Mag2 Perp Pt Perp2 Theta CosTheta Phi Eta PseudoRapidity",
    "TVector2": "X Y Px Py Mod Mod2 Phi",
    "LorentzVector": """X Y Z T Px Py Pz E P R Rho P2 Perp2 Pt M M2 Mt Mt2 Et Et2 Theta Phi Eta Rapidity Beta
        Gamma px py pz pt eta phi theta energy mass mag mag2 mt mt2""",
    "Vector3D": "X Y Z R Rho Mag2 Perp2 Theta Phi Eta x y z r rho mag2 perp2 theta phi eta",
    "Vector2D": "X Y R Mag2 Phi x y r phi",
}
COORDINATES = {
    "pxe": ("LorentzVector", "PxPyPzE4D<double>"),
    "pxm": ("LorentzVector", "PxPyPzM4D<double>"),
    "ptm": ("LorentzVector", "PtEtaPhiM4D<float>"),
    "pte": ("LorentzVector", "PtEtaPhiE4D<double>"),
    "c3": ("DisplacementVector3D", "Cartesian3D<double>"),
    "pos": ("PositionVector3D", "Cartesian3D<double>"),
    "p3": ("DisplacementVector3D", "Polar3D<double>"),
    "y3": ("DisplacementVector3D", "CylindricalEta3D<double>"),
    "z3": ("DisplacementVector3D", "Cylindrical3D<double>"),
    "c2": ("DisplacementVector2D", "Cartesian2D<double>"),
    "q2": ("DisplacementVector2D", "Polar2D<double>"),
}


def expressions(name: str) -> list[str]:
    """Return the expressions of a list."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()


def answers(tree: Any, texts: list[str]) -> dict[str, Any]:
    """Return ROOT's instances of each expression and entry."""
    found: dict[str, Any] = {}
    for text in texts:
        formula = ROOT.TTreeFormula("f", text, tree)
        found[text] = None
        if formula.GetNdim():
            formula.SetQuickLoad(False)
            rows = []
            for entry in range(tree.GetEntries()):
                tree.LoadTree(entry)
                count = formula.GetNdata()
                # Instance 0 is asked for where there is none too: NaN, or what && and ?: make of it.
                values = [formula.EvalInstance(i) for i in range(max(count, 1))]
                rows.append([count, *(value if math.isfinite(value) else str(value) for value in values)])
            found[text] = rows
    return found


def number(name: str, kind: str) -> tuple[Any, str]:
    code, letter = {"F": ("f", "F"), "I": ("i", "I"), "B": ("b", "B"), "b": ("B", "b"), "O": ("B", "O")}[kind]
    return array(code, [0]), f"{name}/{letter}"


def write_leaves() -> dict[str, Any]:
    """Write leaf lists, lists, aliases, a friend and texts."""
    file = ROOT.TFile("leaves.root", "RECREATE")
    tree = ROOT.TTree("T", "T")
    ROOT.gInterpreter.Declare("struct Pair{float a; int k;}; struct Triple{float a[3]; int k;};")
    pair, triple = ROOT.Pair(), ROOT.Triple()
    tree.Branch("s", ROOT.addressof(pair), "a/F:k/I")
    tree.Branch("aa", ROOT.addressof(triple), "b[3]/F:m/I")
    single, x, one = array("f", [0]), array("f", [0]), array("f", [0])
    tree.Branch("single", single, "leafname/F")
    tree.Branch("one", one, "one[1]/F")
    nv, v = array("i", [0]), array("f", [0] * 10)
    tree.Branch("nv", nv, "nv/I")
    tree.Branch("v", v, "v[nv]/F")
    vv, vvv = ROOT.std.vector["float"](), ROOT.std.vector["std::vector<float>"]()
    texts, names, mapping = (
        ROOT.std.string(),
        ROOT.std.vector["std::string"](),
        ROOT.std.map["int", "float"](),
    )
    for name, value in {"vv": vv, "vvv": vvv, "text": texts, "names": names, "map": mapping}.items():
        tree.Branch(name, value)
    ch, uc, flag, cc = array("b", [0]), array("B", [0]), array("B", [0]), array("b", b"abc\0")
    for name, value, kind in (("ch", ch, "B"), ("uc", uc, "b"), ("flag", flag, "O"), ("cc", cc, "C")):
        tree.Branch(name, value, f"{name}/{kind}")
    tree.Branch("x", x, "x/F")
    friend = ROOT.TTree("B", "B")
    y = array("f", [0])
    friend.Branch("y", y, "y/F")
    friend.Branch("x", y, "x/F")
    for i in range(N_ENTRIES):
        pair.a, pair.k, triple.k, single[0], x[0], y[0] = i + 0.5, i, 10 * i, 2 * i, i, 100 + i
        nv[0], ch[0], uc[0], flag[0], one[0] = i % 3, i - 3, 250 + i, i % 2, i
        for j in range(3):
            triple.a[j] = i + j / 10
        for one_list in (vv, vvv, names, mapping):
            one_list.clear()
        for j in range(i % 3):
            v[j] = j + 100 * i
            vv.push_back(i + j)
            vvv.push_back(vv)
            names.push_back("q")
            mapping[j] = j + i
        texts.assign(f"hello{i}")
        tree.Fill()
        friend.Fill()
    aliases = {
        "sum": "x+s.a",
        "z": "y*2",
        "al": "aa.b*2",
        "vv2": "vv",
        "s": "x*1000",
        "chain_of_aliases": "sum+z",
    }
    for name, text in aliases.items():
        tree.SetAlias(name, text)
    tree.AddFriend(friend, "friend")
    tree.Write()
    friend.Write()
    found = answers(tree, expressions("leaves"))
    tree.RemoveFriend(friend)
    file.Close()
    return found


def write_objects() -> dict[str, Any]:
    """Write vectors, split and not, alone and in lists."""
    file = ROOT.TFile("objects.root", "RECREATE")
    tree = ROOT.TTree("T", "T")
    objects: dict[str, Any] = {}
    kinds: dict[str, str] = {}
    for short, (base, coordinates) in COORDINATES.items():
        for split, level in (("", 0), ("_split", 99)):
            name = short + split
            objects[name] = getattr(ROOT.Math, base)[f"ROOT::Math::{coordinates}"]()
            kinds[name] = base.removeprefix("Displacement").removeprefix("Position")
            tree.Branch(name, objects[name], 32000, level)
            if base == "LorentzVector":
                objects[f"v{name}"] = ROOT.std.vector[
                    f"ROOT::Math::LorentzVector<ROOT::Math::{coordinates}>"
                ]()
                kinds[f"v{name}"] = "LorentzVector"
                tree.Branch(f"v{name}", objects[f"v{name}"], 32000, level)
    for base in ("TLorentzVector", "TVector3", "TVector2"):
        for split, level in (("", 0), ("_split", 99)):
            objects[base + split] = getattr(ROOT, base)()
            kinds[base + split] = base
            tree.Branch(base + split, objects[base + split], 32000, level)
    p4, p5, p6 = (ROOT.TLorentzVector() for _ in range(3))
    tree.Branch("p4", p4)
    tree.Branch("p5.", p5)
    tree.Branch("p6", p6, 32000, 0)
    vl = ROOT.std.vector["TLorentzVector"]()
    vm = ROOT.std.vector["ROOT::Math::LorentzVector<ROOT::Math::PxPyPzE4D<double>>"]()
    ca = ROOT.TClonesArray("TLorentzVector", 5)
    for name, value in (("vl", vl), ("vm", vm), ("ca", ca)):
        tree.Branch(name, value)
    x, nv = array("f", [0]), array("i", [0])
    tree.Branch("x", x, "x/F")
    tree.Branch("nv", nv, "nv/I")
    for i in range(N_ENTRIES):
        x[0], nv[0] = i, i % 3
        for name, value in objects.items():
            rng = random.Random(f"{i} {name.removesuffix('_split')}")
            a = [rng.gauss(0, 10) for _ in range(3)]
            energy = 60 + rng.random()
            if i == N_ENTRIES - 2:
                a = [0.0, 0.0, -5.0]  # along the axis
            if i == N_ENTRIES - 1:
                a, energy = [0.0, 0.0, 0.0], 0.0
            positive = (abs(a[0]), a[1] / 10, a[2] / 10)
            _set(name.removesuffix("_split"), value, a, positive, 1.0 if i == 3 else energy, i % 3)
        for each in (p4, p5, p6):
            each.SetPxPyPzE(i + 1, 2 - i, 3 * i, 50 + i)
        vl.clear()
        vm.clear()
        ca.Clear()
        for j in range(i % 3):
            vl.push_back(p4)
            vm.push_back(objects["pxe"])
            ca.ConstructedAt(j).SetPxPyPzE(j + 1, 2, 3, 10)
        tree.Fill()
    tree.Write()
    methods = [f"{name}.{method}()" for name, kind in kinds.items() for method in METHODS[kind].split()]
    found = answers(tree, [*expressions("objects"), *methods])
    file.Close()
    return found


def _set(
    name: str, value: Any, a: list[float], positive: tuple[float, ...], energy: float, count: int
) -> None:
    if name.startswith("v"):
        value.clear()
        for j in range(count):
            item = type(value).value_type()
            item.SetCoordinates(positive[0] + j, *positive[1:], energy)
            value.push_back(item)
    elif name in ("pxe", "TLorentzVector"):
        (value.SetCoordinates if name == "pxe" else value.SetPxPyPzE)(*a, energy)
    elif name == "pxm":
        value.SetCoordinates(*a, energy / 10)
    elif name in ("ptm", "pte"):
        value.SetCoordinates(*positive, energy / 10 if name == "ptm" else energy * 10)
    elif name in ("c3", "pos", "TVector3"):
        (value.SetXYZ if name == "TVector3" else value.SetCoordinates)(*a)
    elif name in ("p3", "y3", "z3"):
        value.SetCoordinates(positive[0], abs(a[1]) / 20 if name == "p3" else positive[1], positive[2])
    elif name == "TVector2":
        value.Set(a[0], a[1])
    else:
        value.SetCoordinates(*((a[0], a[1]) if name == "c2" else positive[:2]))


def write_ntuple() -> None:
    """Write an RNTuple."""
    model = ROOT.RNTupleModel.Create()
    for kind, name in (("float", "x"), ("std::vector<float>", "v"), ("std::string", "text")):
        model.MakeField[kind](name)
    with ROOT.RNTupleWriter.Recreate(model, "ntuple", "ntuple.root") as writer:
        entry = writer.CreateEntry()
        for i in range(N_ENTRIES):
            entry["x"], entry["v"], entry["text"] = float(i), [float(j) for j in range(i % 3)], "a"
            writer.Fill(entry)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    os.chdir(FOLDER)  # files keep the path by which they are made
    ROOT.gErrorIgnoreLevel = ROOT.kFatal
    everything = {"leaves.root:T": write_leaves(), "objects.root:T": write_objects()}
    write_ntuple()
    lines = [
        f" {json.dumps(place)}: {{\n"
        + ",\n".join(f"  {json.dumps(text)}: {json.dumps(rows)}" for text, rows in found.items())
        + "\n }"
        for place, found in everything.items()
    ]
    (FOLDER / "answers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
