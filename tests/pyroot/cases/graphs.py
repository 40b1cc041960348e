from array import array

import ROOT

ROOT.gROOT.SetBatch(True)
x, y = array("d", [0.0, 1.0, 2.0, 4.0]), array("d", [0.0, 1.0, 0.5, 3.0])
g = ROOT.TGraph(4, x, y)
g.SetTitle("curve;a;b")
g.SetPoint(4, 5.0, 2.0)
print(g.GetN(), g.GetTitle(), g.GetXaxis().GetTitle(), g.Eval(1.5), g.Eval(3.0), "%.6f" % g.Integral())
print([g.GetPointX(i) for i in range(5)], g.GetPointY(3), list(g.GetY())[:5])
e = ROOT.TGraphErrors(
    2, array("d", [1, 2]), array("d", [3, 4]), array("d", [0.1, 0.1]), array("d", [0.5, 0.6])
)
print(e.GetErrorY(1), e.GetErrorX(0), e.GetN())
m = ROOT.TMultiGraph()
for one in (g, e):
    ROOT.SetOwnership(one, False)
m.Add(g)
m.Add(e)
print(m.GetListOfGraphs().GetSize())
c = ROOT.TCanvas("c", "c", 600, 400)
c.Divide(2, 2)
c.cd(2)
g.Draw("AL")
c.cd(3)
e.Draw("AP")
c.SaveAs("c.png")
print(c.GetName(), c.GetWw() > 0, ROOT.gROOT.GetListOfCanvases().FindObject("c").GetTitle())
