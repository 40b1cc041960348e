from array import array

import ROOT

ROOT.gROOT.SetBatch(True)
ROOT.gRandom.SetSeed(9)
t = ROOT.TTree("t", "t")
x, y, w = array("f", [0.0]), array("f", [0.0]), array("f", [0.0])
v = ROOT.std.vector["float"]()
for name, buffer in (("x", x), ("y", y), ("w", w)):
    t.Branch(name, buffer, name + "/F")
t.Branch("v", v)
for i in range(500):
    x[0], y[0], w[0] = ROOT.gRandom.Gaus(), ROOT.gRandom.Uniform(0, 2), ROOT.gRandom.Uniform()
    v.clear()
    for k in range(i % 3):
        v.push_back(ROOT.gRandom.Uniform(-1, 1))
    t.Fill()
print(t.Draw("x>>h(10,-2,2)", "y > 1", "goff"), t.GetSelectedRows())
h = ROOT.gDirectory.Get("h")
print(h.GetEntries(), "%.7f" % h.GetMean(), [h.GetBinContent(i) for i in range(12)])
print(t.Draw("x*y>>h", "w*(x > 0)", "goff"), "%.5f" % h.Integral(), h.GetEntries())
print(t.Draw("x>>+h", "", "goff"), h.GetEntries())
k = ROOT.TH1D("k", "k", 5, 0, 2)
print(t.Project("k", "y", "x < 0"), k.GetEntries(), [k.GetBinContent(i) for i in range(7)])
print(
    t.Draw("v", "x > 0", "goff"), t.Draw("v:x", "v > 0", "goff"), t.Draw("y:x>>h2(4,-2,2,4,0,2)", "", "goff")
)
h2 = ROOT.gDirectory.Get("h2")
print(h2.GetBinContent(2, 3), "%.6f %.6f" % (h2.GetMean(1), h2.GetMean(2)))
n = t.Draw("x:y", "x > 1.5", "goff")
first = t.GetV1()
print(n, ["%.6f" % first[i] for i in range(3)], "%.6f" % t.GetV2()[0])
print(t.Draw("x", "x > 0", "goff", 100), t.Draw("x", "x > 0", "goff", 100, 400))
sub = t.CopyTree("x > 0 && y < 0.5")
print(sub.GetEntries(), sub.GetEntries("x <= 0"), t.GetEntries("x > 0 && y < 0.5"))
t.SetAlias("r", "sqrt(x*x + y*y)")
print(t.GetEntries("r < 1"), t.Draw("r>>hr(5,0,2)", "", "goff"))
