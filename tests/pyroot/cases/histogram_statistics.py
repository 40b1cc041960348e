from array import array

import ROOT

r = ROOT.TRandom3(7)


def shown(*values):
    print(*("%.9g" % one if isinstance(one, float) else one for one in values))


def contents(h):
    shown(*(h.GetBinContent(i) for i in range(h.GetNbinsX() + 2)))


def state(h):
    """Print what later calls depend on."""
    errors = (h.GetBinError(8), h.GetBinError(13))
    shown(h.Integral(), *errors, h.GetMean(), h.GetEntries(), h.GetSumw2N())


for cls in (ROOT.TH1F, ROOT.TH1D, ROOT.TH1I):
    print(cls.__name__)
    h, g = cls("h", "h;x;y", 20, -2, 2), cls("g", "g", 20, -2, 2)
    for _ in range(500):
        h.Fill(r.Gaus(0, 1))
        g.Fill(r.Gaus(0.3, 1.1), 1)
    for _ in range(100):
        g.Fill(r.Gaus(0, 1))
    shown(h.Fill(0.1), h.Fill(9.0), h.Fill(-9.0), h.GetSize(), h.GetNcells(), len(list(h)))
    shown(h.GetMean(), h.GetStdDev(), h.GetMeanError(), h.GetRMSError(), h.GetSkewness(), h.GetKurtosis())
    shown(h.GetSkewness(11), h.GetKurtosis(11), h.GetMaximumBin(), h.GetMinimumBin())
    shown(h.GetMaximum(20), h.GetMinimum(5), h.GetMaximumStored())
    for ends in ((), (3, 9), (0, 21), (0, -1), (5, 100), (9, 3), (-3, 5), ("width",), (3, 9, "width")):
        print(ends, "%.9g" % h.Integral(*ends))
    error = array("d", [0.0])
    shown(h.IntegralAndError(2, 20, error), error[0])
    for option in ("", "M", "N", "UO"):
        shown(h.KolmogorovTest(g, option))
    for option in ("UU", "UU CHI2", "UU CHI2/NDF", "UU UF OF"):
        shown(h.Chi2Test(g, option))
    shown(h.Interpolate(0.33), h.Interpolate(-3.0), h.FindFirstBinAbove(9), h.FindLastBinAbove(9))
    values = array("d", [0.0] * 3)
    shown(h.GetQuantiles(3, values, array("d", [0.1, 0.5, 0.9])), *values)
    shown(h.GetBinErrorLow(3), h.GetBinErrorUp(3), h.GetBinContent(30))
    for forward in (True, False):
        c = h.GetCumulative(forward)
        contents(c)
        shown(c.GetName(), c.GetEntries())
    changed = []
    for change in (
        lambda a: a.Scale(0.5),
        lambda a: a.Scale(0.5, "nosw2"),
        lambda a: a.Add(g),
        lambda a: a.Add(g, -1),
        lambda a: a.Add(g, 2),
        lambda a: a.Add(h, g, 1, 2),
        lambda a: a.Multiply(g),
        lambda a: a.Rebin(2),
        lambda a: a.Rebin(3),
        lambda a: a.Smooth(),
        lambda a: a.GetXaxis().SetRangeUser(-0.5, 0.7),
        lambda a: a.GetXaxis().SetRange(3, 8),
    ):
        changed.append(h.Clone("a"))
        change(changed[-1])
        state(changed[-1])
    contents(changed[9])
    a = changed[10]
    shown(a.GetMaximum(), a.GetMaximumBin(), a.GetSumOfWeights(), a.GetStdDev(), a.GetXaxis().GetFirst())
    a.GetXaxis().SetRange(0, 0)
    shown(a.Integral(), a.GetMean(), a.GetXaxis().GetLast(), a.GetXaxis().IsVariableBinSize())
    a = h.Clone("a")
    a.SetBinContent(3, 7.6)
    a.AddBinContent(3, 2.5)
    shown(a.GetBinContent(3), a.GetBinError(3), a.GetEntries(), a.GetMean())
    a.SetMaximum(3)
    shown(a.GetMaximum(), a.GetMaximumStored(), a.GetMaximumBin())
    stats = array("d", [0.0] * 20)
    h.GetStats(stats)
    shown(*stats[:4])

for cls in (ROOT.TH1F, ROOT.TH1D):
    h, g = cls("h", "h", 20, -2, 2), cls("g", "g", 20, -2, 2)
    for _ in range(400):
        h.Fill(r.Gaus(), r.Rndm())
        g.Fill(r.Gaus(), r.Rndm() - 0.2)
    state(h)
    shown(h.GetEffectiveEntries(), h.KolmogorovTest(g), h.Chi2Test(g, "WW CHI2"))
    for change in (
        lambda a: a.Add(g),
        lambda a: a.Add(g, -0.5),
        lambda a: a.Add(h, g),
        lambda a: a.Add(h, g, 2),
        lambda a: a.Divide(g),
        lambda a: a.Divide(h, g, 2, 3),
        lambda a: a.Divide(h, g, 1, 1, "B"),
        lambda a: a.Scale(2.0, "width"),
    ):
        a = h.Clone("a")
        change(a)
        state(a)
