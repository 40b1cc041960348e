import ROOT

ROOT.gRandom.SetSeed(5)
h = ROOT.TH2F("h2", "t;x;y;z", 6, -2, 2, 5, 0, 10)
for i in range(2000):
    x = ROOT.gRandom.Gaus(0, 1)
    h.Fill(x, 5 + x + ROOT.gRandom.Uniform(-2, 2))
print(h.GetEntries(), h.GetNbinsX(), h.GetNbinsY(), h.GetBinContent(3, 3), h.GetBinContent(0, 2))
print(
    "%.7f %.7f %.7f %.7f %.7f"
    % (h.GetMean(1), h.GetMean(2), h.GetRMS(1), h.GetRMS(2), h.GetCorrelationFactor())
)
print(h.Integral(), h.Integral(2, 3, 1, 2), h.GetBin(2, 3), h.FindBin(0.1, 5.5))
p = h.ProjectionX("px")
q = h.ProjectionY("py", 2, 4)
print(p.GetNbinsX(), [p.GetBinContent(i) for i in range(8)], [q.GetBinContent(i) for i in range(7)])
print(p.GetName(), p.GetXaxis().GetTitle(), "%.6f" % p.GetMean())
