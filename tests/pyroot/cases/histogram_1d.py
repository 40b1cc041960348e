from array import array

import ROOT

ROOT.gRandom.SetSeed(12)
h = ROOT.TH1F("h", "title;x axis;y axis", 20, -3, 3)
d = ROOT.TH1D("d", "d", 20, -3, 3)
for i in range(3000):
    x, w = ROOT.gRandom.Gaus(0.3, 1.1), ROOT.gRandom.Uniform(0.5, 1.5)
    h.Fill(x)
    d.Fill(x, w)
print(h.GetTitle(), h.GetXaxis().GetTitle(), h.GetYaxis().GetTitle(), h.GetNbinsX(), h.GetEntries())
print("%.9f %.9f %.9f %.9f" % (h.GetMean(), h.GetRMS(), h.GetMeanError(), d.GetMean()))
print(
    ["%g" % h.GetBinContent(i) for i in (0, 1, 10, 21)], "%.9f %.9f" % (d.GetBinContent(9), d.GetBinError(9))
)
print(
    "%.9f %.9f %.9f" % (d.Integral(), d.Integral(3, 7), d.Integral("width")),
    h.GetMaximum(),
    h.GetMaximumBin(),
)
print(h.FindBin(0.0), h.FindBin(-9), h.FindBin(3.0), h.GetBinCenter(4), h.GetBinLowEdge(4), h.GetBinWidth(4))
d.Scale(1 / d.Integral())
print("%.9f %.9f %.9f %.9f" % (d.GetBinContent(9), d.GetBinError(9), d.GetMean(), d.GetEffectiveEntries()))
e = d.Clone("e")
e.Add(d, 2.0)
print(e.GetName(), "%.9f %.9f" % (e.Integral(), e.GetBinError(9)))
ratio = e.Clone("ratio")
ratio.Divide(d)
print("%.9f %.9f %.9f" % (ratio.GetBinContent(9), ratio.GetBinError(9), ratio.GetBinContent(0)))
product = h.Clone("product")
product.Multiply(h)
print("%.4f %.4f" % (product.GetBinContent(10), product.GetBinError(10)))
r = h.Rebin(4, "r")
print(r.GetNbinsX(), [r.GetBinContent(i) for i in range(1, 6)], h.GetNbinsX())
v = ROOT.TH1F("v", "v", 3, array("d", [0.0, 1.0, 3.0, 7.0]))
for x in (0.5, 2, 2.5, 6, 7, -1):
    v.Fill(x)
print([v.GetBinContent(i) for i in range(5)], v.GetBinWidth(2), "%.6f" % v.GetMean())
v.SetBinContent(1, 5)
print(v.GetBinContent(1), v.GetEntries(), "%.6f" % v.GetMean())
c = h.GetCumulative()
print(c.GetBinContent(20))
h.Reset()
print(h.GetEntries(), h.Integral(), h.GetMean())
