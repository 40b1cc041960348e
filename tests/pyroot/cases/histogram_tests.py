import ROOT

ROOT.gRandom.SetSeed(3)
a, b, c, w, v = (ROOT.TH1D(name, name, 25, -3, 3) for name in ("a", "b", "c", "w", "v"))
w.Sumw2()
v.Sumw2()
for i in range(2000):
    x, y = ROOT.gRandom.Gaus(0, 1), ROOT.gRandom.Gaus(0.06, 1.03)
    a.Fill(x)
    if i % 2:
        b.Fill(y)
    c.Fill(x + 0.3)
    w.Fill(y, 0.5 + (i % 5) * 0.2)
    v.Fill(0.9 * x, 1.5)
for first, second in ((a, b), (a, c), (a, w), (w, v), (b, a), (w, a), (a, a)):
    names = first.GetName() + second.GetName()
    print(names, ["%.9f" % first.KolmogorovTest(second, option) for option in ("", "M", "N", "UO", "UOM")])
for first, second, kinds in ((a, b, ("", "UU")), (a, w, ("UW",)), (w, v, ("WW",)), (a, c, ("UU", "UW"))):
    for kind in kinds:
        options = [kind + more for more in ("", " CHI2", " CHI2/NDF", " UF OF CHI2")]
        print(
            first.GetName() + second.GetName(),
            ["%.9f" % first.Chi2Test(second, option) for option in options],
        )
print("%.9f" % a.Chi2Test(b))
print("%.9f %.9f %.9f" % (a.GetSum(), w.GetSum(), w.GetSumOfWeights()))
ROOT.gRandom.SetSeed(7)
print(["%g" % one.KolmogorovTest(other, "X") for one, other in ((b, a), (v, a))])
