from array import array

import ROOT

x, y = array("d", [1.0, 2.0]), array("d", [3.0, 4.0])
one, two, three, four = (array("d", [value, value + 0.1]) for value in (0.1, 0.3, 0.5, 0.7))
graphs = [
    ROOT.TGraph(2, x, y),
    ROOT.TGraphErrors(2, x, y, one, two),
    ROOT.TGraphAsymmErrors(2, x, y, one, two, three, four),
]
for g in graphs:
    print(g.ClassName(), str(g.GetTitle()), str(g.GetName()))
    for name in ("GetErrorX", "GetErrorXlow", "GetErrorXhigh", "GetErrorY", "GetErrorYlow", "GetErrorYhigh"):
        print(name, "%.6f" % getattr(g, name)(1))
graphs[1].SetPointError(0, 7.0, 8.0)
graphs[2].SetPointError(0, 5.0, 6.0, 7.0, 8.0)
print(graphs[1].GetErrorX(0), graphs[1].GetErrorYhigh(0), graphs[2].GetErrorXlow(0), graphs[2].GetErrorYhigh(0))
print(repr(str(ROOT.TGraph().GetTitle())), str(ROOT.TGraph(3).GetTitle()))
h = ROOT.TH1D("h", "title", 3, 0, 3)
h.Fill(1.5, 2)
h.Fill(0.5)
for made in (h * 2, 2 * h, h + h, h - h, h * h, h / h):
    print(made.ClassName(), made.GetName(), [made.GetBinContent(i) for i in range(1, 4)], h.GetBinContent(2))
n = ROOT.TNtuple("n", "n", "a:b:c")
n.Fill(1, 2, 3)
print(n.GetNvar(), [n.GetArgs()[i] for i in range(3)], n.GetTreeNumber())
for name in ("a.root", "b.root"):
    f = ROOT.TFile(name, "RECREATE")
    t = ROOT.TTree("t", "t")
    value = array("f", [0.0])
    t.Branch("value", value, "value/F")
    for _ in range(3):
        t.Fill()
    f.Write()
    f.Close()
chain = ROOT.TChain("t")
chain.Add("a.root")
chain.Add("b.root")
numbers = [chain.GetTreeNumber()]
for entry in (0, 2, 3, 5, 1):
    chain.GetEntry(entry)
    numbers.append(chain.GetTreeNumber())
print(numbers)
