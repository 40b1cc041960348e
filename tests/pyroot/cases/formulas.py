from array import array

import ROOT

file = ROOT.TFile("formulas.root", "RECREATE")
tree = ROOT.TTree("t", "t")
x, n, v = array("f", [0]), array("i", [0]), array("f", 5 * [0.0])
tree.Branch("x", x, "x/F")
tree.Branch("n", n, "n/I")
tree.Branch("v", v, "v[n]/F")
for i in range(50):
    x[0], n[0] = 0.5 * i - 3, i % 4
    for k in range(n[0]):
        v[k] = i + 10 * k
    tree.Fill()
tree.Write()

formulas = [
    ROOT.TTreeFormula("f", text, tree)
    for text in ("x*x + 1", "TMath::Max(x, 2.)", "v*2", "v[1]", "Sum$(v)", "x > 0 && n > 2", "Length$(v)")
]
print([f.GetNdim() for f in formulas], formulas[0].GetName(), formulas[0].GetTitle())
for i in (0, 1, 7, 30, 3):
    print(tree.LoadTree(i), tree.GetReadEntry())
    for f in formulas:
        print(f.GetNdata(), ["%g" % f.EvalInstance(k) for k in range(max(f.GetNdata(), 1))])
for i in range(5, 8):
    tree.GetEntry(i)
    print("%g %g" % (x[0], formulas[0].EvalInstance()))

chain = ROOT.TChain("t")
chain.Add("formulas.root")
chain.Add("formulas.root")
cut = ROOT.TTreeFormula("cut", "x > 3 || n == 1", chain)
passed = 0
for i in range(chain.GetEntries()):
    chain.LoadTree(i)
    cut.UpdateFormulaLeaves()
    if cut.GetNdata() and cut.EvalInstance():
        passed += 1
print(passed, chain.GetEntries("x > 3 || n == 1"))

f = ROOT.TFormula("f", "x*x + 2*y - [0]")
f.SetParameter(0, 1.5)
print("%g %g %d" % (f.Eval(3, 4), f.Eval(1), f.GetNpar()))
g = ROOT.TFormula("g", "sqrt(x)*TMath::Pi() + z*t")
print("%.9f" % g.Eval(2, 0, 3, 4))
