import ROOT

r = ROOT.TRandom3(42)
print(["%.9f" % r.Rndm() for _ in range(3)], "%.9f %.9f" % (r.Gaus(1, 2), r.Exp(2.0)))
print(
    r.Integer(100), r.Poisson(4.2), r.Poisson(60.0), "%.9f" % r.Uniform(-1, 3), "%.9f" % r.BreitWigner(1, 2)
)
ROOT.gRandom.SetSeed(7)
print("%.9f" % ROOT.gRandom.Gaus())
print("%.9f %.9f %.9f" % (ROOT.TMath.Pi(), ROOT.TMath.Sqrt(2), ROOT.TMath.Landau(1.5, 0, 1)))
print(
    ROOT.TMath.Abs(-2.5),
    ROOT.TMath.Max(1, 3),
    ROOT.TMath.Nint(2.6),
    "%.9f" % ROOT.TMath.Gaus(0.5, 0, 1, True),
)
print("%.9f" % ROOT.TMath.ATan2(1.0, -2.0), "%.6f" % ROOT.TMath.Prob(3.0, 2), ROOT.TMath.Sign(2.0, -1.0))
f = ROOT.TF1("f", "[0]*exp(-x/[1]) + pol1(2)", 0, 10)
f.SetParameters(2.0, 3.0, 0.5, 0.1)
print("%.9f %.9f" % (f.Eval(1.5), f.Integral(0, 2)), f.GetNpar(), f.GetParameter(1))
g = ROOT.TF1("g", "gaus", -3, 3)
g.SetParameters(1, 0, 1)
print("%.9f" % g.Eval(0.7), ROOT.TF2("h", "x*y + [0]", 0, 1, 0, 1).Eval(2.0, 3.0))
v = ROOT.std.vector["double"]([1.0, 2.0])
v.push_back(3.5)
print(v.size(), list(v), v.at(2), ROOT.std.vector("int")(4).size())
