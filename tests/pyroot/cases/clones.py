from array import array

import ROOT

f = ROOT.TFile("whole.root", "RECREATE")
t = ROOT.TTree("t", "t")
x, n = array("f", [0.0]), array("i", [0])
t.Branch("x", x, "x/F")
t.Branch("n", n, "n/I")
for i in range(30):
    x[0], n[0] = i, i % 5
    t.Fill()
t.Write()
f.Close()
source = ROOT.TFile("whole.root")
t = source.Get("t")
z = array("f", [0.0])
t.SetBranchAddress("x", z)
g = ROOT.TFile("part.root", "RECREATE")
c = t.CloneTree(0)
mva = array("f", [0.0])
c.Branch("mva", mva, "mva/F")
for i in range(t.GetEntries()):
    t.GetEntry(i)
    if t.n == 2:
        z[0] = -z[0]
        mva[0] = 10 * i
        c.Fill()
print(c.GetEntries())
c.Write()
g.Close()
g = ROOT.TFile("part.root")
c = g.Get("t")
print([one.GetName() for one in c.GetListOfBranches()], [(e.x, e.n, e.mva) for e in c])
u = ROOT.TFile("whole.root", "UPDATE")
t = u.Get("t")
extra = array("f", [0.0])
branch = t.Branch("extra", extra, "extra/F")
for i in range(t.GetEntries()):
    t.GetEntry(i)
    extra[0] = 2 * t.x
    branch.Fill()
t.Write("", ROOT.TObject.kOverwrite)
u.Close()
r = ROOT.TFile("whole.root")
print([(e.x, e.extra) for e in r.Get("t")][-2:], r.Get("t").GetEntries("extra == 2*x"))
