from array import array

import ROOT

ROOT.gROOT.SetBatch(True)
f = ROOT.TFile("read.root", "RECREATE")
m = ROOT.TH2F("m", "matrix", 2, 0, 2, 3, 0, 3)
for i, name in enumerate(("pt", "#eta")):
    m.GetXaxis().SetBinLabel(i + 1, name)
m.GetYaxis().SetBinLabel(2, "middle")
m.Fill(0.5, 1.5, 2.0)
h = ROOT.TH1D("h", "cuts", 3, 0, 3)
h.GetXaxis().SetBinLabel(1, "all")
h.GetXaxis().SetBinLabel(3, "chosen")
n = ROOT.TH1D("n", "no labels", 3, 0, 3)
t = ROOT.TTree("t", "t")
x, k = array("f", [0.0]), array("i", [0])
t.Branch("x", x, "x/F")
t.Branch("k", k, "k/I")
for i in range(40):
    x[0], k[0] = 0.25 * i, i % 3
    t.Fill()
said = ROOT.TObjString("signal: #mu")
print(said.Write("what") > 0, said.GetName(), said.GetString().Length(), said.InheritsFrom("TObject"))
f.Write()
f.Close()
f = ROOT.TFile("read.root", "UPDATE")
print(f.Get("what").GetString(), f.Get("what").ClassName(), str(f.Get("what").GetString()) + "!")
m, h, n = f.Get("m"), f.Get("h"), f.Get("n")
print([m.GetXaxis().GetBinLabel(i) for i in (1, 2)], [m.GetYaxis().GetBinLabel(i) for i in (1, 2, 3)])
print([h.GetXaxis().GetBinLabel(i) for i in (1, 2, 3)], [n.GetXaxis().GetBinLabel(i) for i in (1, 2, 3)])
t = f.Get("t")
t.Draw("x>>d(5,0,10)", "k==1", "goff")
d = t.GetHistogram()
print(d.GetName(), d.GetEntries(), [d.GetBinContent(i) for i in range(7)])
t.Draw("x", "2*(k==0)")
print(t.GetHistogram().GetName(), t.GetHistogram().GetEntries(), t.GetHistogram().Integral())
y = array("f", [0.0])
added = t.Branch("y", y, "y/F")
for i in range(t.GetEntries()):
    t.GetEntry(i)
    y[0] = 2 * i
    added.Fill()
t.Write("", ROOT.TObject.kOverwrite)
f.Close()
f = ROOT.TFile("read.root")
print([one.GetName() for one in f.Get("t").GetListOfBranches()], f.Get("t").GetEntries("y > 9"))
f.Close()
memory = ROOT.TMemFile("memory.root", "RECREATE")
w = ROOT.TTree("w", "w")
w.Branch("x", x, "x/F")
for i in range(5):
    x[0] = i
    w.Fill()
memory.Write()
print(memory.GetName(), memory.IsOpen(), memory.IsWritable(), memory.Get("w").GetEntries("x > 1.5"))
print([key.GetName() for key in memory.GetListOfKeys()], memory.GetPath())
memory.Close()
print(memory.IsOpen(), ROOT.gSystem.AccessPathName("memory.root"))
