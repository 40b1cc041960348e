import os

import ROOT

f = ROOT.TFile("dirs.root", "RECREATE")
print(f.IsOpen(), f.IsZombie(), f.GetName(), os.path.exists("dirs.root"))
h = ROOT.TH1F("h", "h", 4, 0, 4)
h.Fill(1.5)
folder = f.mkdir("sub")
folder.cd()
g = ROOT.TH1F("g", "g", 4, 0, 4)
g.Fill(2.5, 2.0)
g.Write()
f.cd()
h.Write()
h.Write("again")
f.Close()
f = ROOT.TFile("dirs.root", "UPDATE")
k = ROOT.TH1D("k", "k", 2, 0, 1)
k.Fill(0.1)
f.Write()
f.Close()
f = ROOT.TFile.Open("dirs.root", "READ")
print(sorted(one.GetName() for one in f.GetListOfKeys()), f.GetListOfKeys().GetSize())
print(sorted((one.GetName(), one.GetClassName()) for one in f.GetListOfKeys()))
print(
    f.Get("h").GetBinContent(2),
    f.Get("sub/g").GetBinContent(3),
    f.Get("sub/g").GetBinError(3),
    f.Get("k").GetEntries(),
)
print(f.GetDirectory("sub").Get("g").GetMean(), bool(f.Get("nothing")), f.Get("sub").GetName())
f.Close()
try:
    ROOT.TFile.Open("missing.root")
except OSError:
    print("no file")
print(
    ROOT.gSystem.AccessPathName("missing.root"),
    ROOT.gSystem.AccessPathName("dirs.root"),
    ROOT.gSystem.BaseName("a/b.root"),
)
