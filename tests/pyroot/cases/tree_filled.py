from array import array

import numpy as np
import ROOT

f = ROOT.TFile("filled.root", "RECREATE")
t = ROOT.TTree("t", "a tree")
x, n, d = array("f", [0.0]), array("i", [0]), np.zeros(1, np.float64)
a = array("f", 3 * [0.0])
v = ROOT.std.vector["float"]()
t.Branch("x", x, "x/F")
t.Branch("n", n, "n/I")
t.Branch("d", d, "d/D")
t.Branch("a", a, "a[3]/F")
t.Branch("v", v)
for i in range(50):
    x[0], n[0], d[0] = 0.5 * i, i % 7, i / 3.0
    a[0], a[1], a[2] = i, 2 * i, 3 * i
    v.clear()
    for k in range(i % 4):
        v.push_back(k + 0.25)
    t.Fill()
print(t.GetName(), t.GetTitle(), t.GetEntries(), t.GetEntries("x > 10 && n < 3"), t.GetEntries("v > 1"))
print(t.GetEntries("a[2] > 60"), t.GetEntries("Sum$(a) > 100"), t.GetMaximum("x"), t.GetMinimum("n"))
f.Write()
f.Close()
g = ROOT.TFile.Open("filled.root")
u = g.Get("t")
y, b, w = array("f", [0.0]), array("f", 3 * [0.0]), array("i", [0])
u.SetBranchAddress("x", y)
u.SetBranchAddress("a", b)
u.SetBranchAddress("n", w)
print(u.GetEntry(7) > 0, y[0], list(b), w[0], u.GetEntry(50), u.GetReadEntry())
u.GetEntry(11)
print(u.x, u.n, "%.6f" % u.d, list(u.a), list(u.v), len(u.v), u.v.size())
print(sum(event.x for event in u), sum(len(event.v) for event in u))
u.SetBranchStatus("*", 0)
u.SetBranchStatus("x", 1)
u.GetEntry(20)
print(y[0], u.GetBranchStatus("x"), u.GetBranchStatus("n"))
small = ROOT.TFile("small.root", "RECREATE")
copy = u.CloneTree()
print(copy.GetEntries(), [one.GetName() for one in copy.GetListOfBranches()])
small.Write()
small.Close()
last = ROOT.TFile("small.root")
again = last.Get("t")
print(again.GetEntries("x > 3"))
