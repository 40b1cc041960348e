from array import array

import numpy as np
import ROOT

ROOT.gROOT.SetBatch(True)
MIXED = np.dtype([("a", np.int32), ("b", np.float32), ("c", np.float64)])


def names(objects):
    return [str(one.GetName()) for one in objects]


def look(tree):
    print(names(tree.GetListOfBranches()), names(tree.GetListOfLeaves()), tree.GetNbranches())
    for branch in tree.GetListOfBranches():
        print(branch.GetName(), branch.GetTitle(), names(branch.GetListOfLeaves()), branch.GetNleaves())
    tree.GetEntry(1)
    for leaf in tree.GetListOfLeaves():
        print(
            leaf.GetName(),
            leaf.GetTitle(),
            leaf.GetTypeName(),
            leaf.ClassName(),
            leaf.GetLen(),
            leaf.GetValue(),
        )
    for name in ("p", "p.px", "px", "m", "m.a", "v", "val", "zz"):
        print("branch", name, bool(tree.GetBranch(name)))
    for wanted in (
        *(("p",), ("p.px",), ("p.py",), ("py",), ("p", "px"), ("p", "zz"), ("p", "p"), ("p/py",), ("p.zz",)),
        *(("m.a",), ("m", "b"), ("c",), ("n",), ("v",), ("val",), ("v.val",), ("t.p.py",)),
    ):
        leaf = tree.GetLeaf(*wanted)
        print(
            "leaf",
            wanted,
            (leaf.GetFullName(), leaf.GetBranch().GetName(), leaf.GetValue()) if leaf else None,
        )
    print(bool(tree.FindLeaf("t.p.py")), bool(tree.FindLeaf("p")))
    tree.GetEntry(2)
    for name in ("p", "px", "py", "n", "m", "a", "b", "c", "v", "w"):
        print("attribute", name, hasattr(tree, name))
    print(tree.px, tree.py, tree.n, tree.a, tree.b, tree.c, tree.v, getattr(tree, "p.px"))
    for text in (
        "p.px",
        "p.py",
        "px",
        "p",
        "py+m.b",
        "m.a",
        "m",
        "a:b",
        "v",
        "val",
        "v.val",
        "w1",
        "w.w2[1]",
    ):
        tree.Draw(text, "", "goff")
        print("drawn", text, [round(float(tree.GetV1()[i]), 4) for i in range(tree.GetSelectedRows())])
    print(
        tree.GetEntries("py>1"),
        tree.GetEntries("p.py>1&&m.a<2"),
        tree.GetMaximum("py"),
        tree.GetMaximum("p.px"),
    )


def addresses(tree):
    q = array("f", [0, 0])
    print([tree.SetBranchAddress("p", q), tree.SetBranchAddress("px", q), tree.SetBranchAddress("p.px", q)])
    print(tree.SetBranchAddress("p", array("d", [0, 0])), tree.SetBranchAddress("m", np.zeros(16, np.uint8)))
    words = array("i", [0] * 4)
    print(tree.SetBranchAddress("m", words))
    w = np.zeros(3, np.float32)
    tree.SetBranchAddress("w", w)
    for entry in (0, 2, 1, tree.GetEntries() - 1):
        tree.GetEntry(entry)
        print(list(q), np.array(words).view(MIXED), w, tree.GetLeaf("p", "py").GetValue())
    longer = np.zeros(4, np.float32)
    tree.GetBranch("p").SetAddress(longer)
    tree.GetEntry(2)
    print(longer)
    tree.ResetBranchAddresses()


def copies(tree):
    for pattern, status in (
        *(
            ("*", 0),
            ("p", 1),
            ("p.py", 0),
            ("p.*", 0),
            ("p", 0),
            ("p.px", 1),
            ("px", 1),
            ("m*", 1),
            ("m.b", 0),
        ),
        *(("*", 1), ("n", 0), ("v", 0), ("w", 0)),
    ):
        tree.SetBranchStatus(pattern, status)
        print(pattern, status, [bool(tree.GetBranchStatus(name)) for name in ("p", "n", "m", "p.px", "px")])
    q = array("f", [0, 0])
    tree.SetBranchAddress("p", q)
    made = ROOT.TFile("made.root", "RECREATE")
    whole = tree.CloneTree(-1)
    whole.SetName("whole")
    tree.SetBranchStatus("m", 0)
    chosen = tree.CopyTree("py>1")
    chosen.SetName("chosen")
    changed = tree.CloneTree(0)
    changed.SetName("changed")
    for entry in (2, 0):
        tree.GetEntry(entry)
        q[1] *= 10
        changed.Fill()
    print([names(one.GetListOfLeaves()) for one in (whole, chosen, changed)], changed.GetEntries("py>6"))
    for one in (whole, chosen, changed):
        one.Write()
    made.Close()
    again = ROOT.TFile.Open("made.root")
    for name in ("whole", "chosen", "changed"):
        one = again.Get(name)
        print(name, names(one.GetListOfBranches()), [str(b.GetTitle()) for b in one.GetListOfBranches()])
        one.SetBranchAddress("p", q)
        for entry in range(one.GetEntries()):
            one.GetEntry(entry)
            print(list(q), [leaf.GetValue() for leaf in one.GetListOfLeaves()])
    again.Close()


file = ROOT.TFile("leaf_lists.root", "RECREATE")
t = ROOT.TTree("t", "t")
p, n, m = array("f", [0, 0]), array("i", [0]), np.zeros(1, MIXED)
v, w, k = array("f", [0]), array("f", [0] * 3), array("h", [0] * 3)
t.Branch("p", p, "px/F:py/F")
t.Branch("n", n, "n/I")
t.Branch("m", m, "a/I:b/F:c/D")
t.Branch("v", v, "val/F")
t.Branch("w", w, "w1:w2[2]")
t.Branch("k", k, "k1/S:k2:k3")
for i in range(3):
    p[0], p[1], n[0], v[0] = i, i + 0.5, i, 10 * i
    m[0] = (i, 0.25 * i, 0.125 * i)
    w[0], w[1], w[2], k[2] = i, i + 10, i + 20, -i
    t.Fill()
look(t)
other = array("f", [7, 8])
print(t.SetBranchAddress("p", other))
t.GetEntry(2)
print(list(other))
other[0], other[1] = 70, 80
t.Fill()
print(t.GetEntries("py==80"))
t.Write()
file.Close()
file = ROOT.TFile.Open("leaf_lists.root")
look(file.Get("t"))
addresses(file.Get("t"))
copies(file.Get("t"))
file.Close()
chain = ROOT.TChain("t")
chain.Add("leaf_lists.root")
chain.Add("leaf_lists.root")
look(chain)
both = array("f", [0, 0])
print(chain.SetBranchAddress("p", both))
for i in range(chain.GetEntries()):
    chain.GetEntry(i)
    print(list(both), chain.a, chain.GetLeaf("w", "w2").GetValue(1))
chain.SetBranchStatus("*", 0)
chain.SetBranchStatus("p", 1)
file = ROOT.TFile("chained.root", "RECREATE")
copy = chain.CloneTree()
print(
    names(copy.GetListOfBranches()),
    names(copy.GetListOfLeaves()),
    copy.GetEntries(),
    copy.GetEntries("py==80"),
)
copy.Write()
file.Close()
file = ROOT.TFile("chained.root", "UPDATE")
t = file.Get("t")
q = array("i", [0, 0])
branch = t.Branch("q", q, "lo/I:hi/I")
for i in range(t.GetEntries()):
    q[0], q[1] = -i, i
    branch.Fill()
t.Write("", ROOT.TObject.kOverwrite)
file.Close()
file = ROOT.TFile.Open("chained.root")
t = file.Get("t")
print(names(t.GetListOfBranches()), [str(one.GetTitle()) for one in t.GetListOfBranches()])
t.GetEntry(5)
print(t.py, t.lo, t.hi, t.GetLeaf("q", "hi").GetValue(), t.GetEntries("q.hi>2&&py>1"))
