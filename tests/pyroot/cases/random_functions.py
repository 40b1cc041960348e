from array import array

import ROOT


def shown(*values):
    print(*("%.9g" % one if isinstance(one, float) else one for one in values))


x, y, z = array("d", [0.0]), array("d", [0.0]), array("d", [0.0])
for r in (ROOT.TRandom3(5), ROOT.TRandom(5), ROOT.TRandom2(5)):
    print(r.GetName())
    shown(r.Rndm(), r.Uniform(), r.Uniform(2), r.Uniform(-1, 3))
    shown(r.Gaus(), r.Gaus(2), r.Gaus(-1, 3), *[r.Gaus() for _ in range(40)][-3:])
    shown(r.Exp(2.0), r.Integer(1000), r.Integer(4294967295))
    shown(*(r.Poisson(mean) for mean in (2, 0.3, 24.9, 25, 700.0, 1e10, -1)), r.PoissonD(700.0))
    shown(r.Binomial(20, 0.3), r.Binomial(5, 1.2), r.BreitWigner(90, 2.5))
    r.Rannor(x, y)
    shown(x[0], y[0])
    r.Circle(x, y, 2.0)
    shown(x[0], y[0])
    r.Sphere(x, y, z, 2.0)
    shown(x[0], y[0], z[0])
    r.RndmArray(1, x)
    shown(x[0], r.Rndm())
shown(ROOT.TRandom().Rndm(), ROOT.TRandom2().Rndm(), ROOT.TRandom3().Rndm())

g = ROOT.gRandom
g.SetSeed(3)
for text, low, high, *parameters in (
    ("gaus", -3, 3, 1, 0.2, 0.7),
    ("expo", 0, 4, 0, -1.3),
    ("pol2", 0, 2, 1, 2, 0.3),
    ("sin(x)+1.2", 0, 10),
    ("[0]*x+(x>0.5)", 0, 1, 1),
):
    f = ROOT.TF1("f_" + text[:3], text, low, high)
    for number, value in enumerate(parameters):
        f.SetParameter(number, value)
    shown(text, *(f.GetRandom() for _ in range(4)), *(f.GetRandom(0.2, 0.6) for _ in range(3)))
    shown(f.GetRandom(ROOT.TRandom3(9)))
    f.SetNpx(500)
    shown(f.GetNpx(), f.GetRandom(), f.GetRandom())
    if parameters:
        f.SetParameter(0, parameters[0] * 1.5)
        shown(f.GetRandom(), f.GetRandom())
    shown(f.Integral(0.2, 1), f.Mean(0, 1), f.GetMaximum(), f.GetMinimum())
    h = ROOT.TH1F("h", "h", 30, -1, 2)
    h.FillRandom(f.GetName(), 40)
    shown(h.GetEntries(), h.GetMean(), h.GetRMS(), *(h.GetBinContent(i) for i in range(10, 22)))
wide = ROOT.TF1("wide", "exp(-x)", 0.001, 100)
shown(*(wide.GetRandom() for _ in range(4)))


def parabola(point, parameters):
    return point[0] * point[0] + parameters[0]


f = ROOT.TF1("parabola", parabola, 0, 2, 1)
f.SetParameter(0, 0.5)
shown(f.GetRandom(), f.Integral(0, 2), f.GetX(1.0), f.GetNpar(), f.GetXmax())
f = ROOT.TF1("named", "gaus", 0, 10)
f.SetParameters(2, 3, 0.5)
print(f.GetParName(0), f.GetParNumber("Sigma"), f.GetParameter("Mean"))
f.SetParNames("a", "b", "c")
f.SetParameter("b", 4.0)
shown(f.GetParName(1), f.GetParName(2), f.GetParameter(1), f.Derivative(3.5))

h = ROOT.TH1D("h", "h", 10, -1, 2)
h.FillRandom("gaus", 1000)
shown(h.GetMean(), g.Rndm(), *(h.GetRandom() for _ in range(4)), h.GetRandom(ROOT.TRandom3(9)))
for bins, high, count in ((10, 2, 50), (10, 2, 500), (10, 2, 101), (12, 3, 100)):
    k = ROOT.TH1D("k", "k", bins, -1, high)
    k.FillRandom(h, count)
    shown(k.GetMean(), k.GetEntries(), *(k.GetBinContent(i) for i in range(bins + 2)), g.Rndm())
k.Sumw2()
k.FillRandom(h, 10, ROOT.TRandom3(9))
shown(k.GetMean(), g.Rndm())
k.FillRandom("gaus", 10, ROOT.TRandom3(9))
shown(k.GetMean(), g.Rndm())

f2 = ROOT.TF2("f2", "xygaus", -3, 3, -2, 2)
f2.SetParameters(1, 0.3, 1, -0.2, 0.7)
for _ in range(3):
    f2.GetRandom2(x, y)
    shown(x[0], y[0])
h2 = ROOT.TH2F("h2", "h2", 10, -2, 2, 8, -2, 2)
h2.FillRandom("f2", 200)
shown(h2.GetMean(1), h2.GetMean(2), h2.GetRMS(), h2.GetEntries(), h2.GetBinContent(5, 4), g.Rndm())
h2.GetRandom2(x, y)
shown(x[0], y[0])
k2 = ROOT.TH2D("k2", "h2", 10, -2, 2, 8, -2, 2)
k2.FillRandom(h2, 30)
k2.FillRandom(h2, 10, ROOT.TRandom3(9))
shown(k2.GetMean(1), k2.GetMean(2), k2.GetEntries(), g.Rndm())
