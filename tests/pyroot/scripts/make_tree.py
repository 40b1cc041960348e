# Trees made by the script, of numbers and vectors, trained on from memory.
from array import array

import ROOT
from ROOT import TMVA, TMath, TTree, gRandom

gRandom.SetSeed(4357)
trees = []
x, n, numbers = array("f", [0.0]), array("i", [0]), ROOT.std.vector["float"](3)
for name, mean in (("sig", 0.4), ("bkg", -0.4)):
    tree = TTree(name, name)
    tree.Branch("x", x, "x/F")
    tree.Branch("n", n, "n/I")
    tree.Branch("v", "std::vector<float>", numbers)
    for entry in range(400):
        x[0] = gRandom.Gaus(mean, 1.0)
        n[0] = gRandom.Integer(10)
        for k in range(3):
            numbers[k] = mean * TMath.Sin(k * TMath.Pi() / 4) + gRandom.Uniform(-1, 1)
        tree.Fill()
    trees.append(tree)
print("first %.7f" % x[0], "entries", trees[0].GetEntries(), trees[0].GetEntries("x > 1"))

f1 = ROOT.TF1("f1", "gaus", -5, 5)
f1.SetParameters(1, 0.5, 1)
h = ROOT.TH1D("h", "h", 50, -5, 5)
h.FillRandom("f1", 2000)
print("filled", h.GetEntries(), abs(h.GetMean() - 0.5) < 0.1, abs(h.GetRMS() - 1) < 0.1)

factory = TMVA.Factory("made", "!V:Silent:AnalysisType=Classification")
loader = TMVA.DataLoader("made")
loader.AddVariable("x", "F")
loader.AddVariablesArray("v", 3)
loader.AddSignalTree(trees[0], 1.0)
loader.AddBackgroundTree(trees[1], 1.0)
loader.PrepareTrainingAndTestTree(ROOT.TCut(""), "SplitMode=Random:NormMode=EqualNumEvents:SplitSeed=100:!V")
factory.BookMethod(loader, TMVA.Types.kLD, "LD", "!H:!V")
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
print("area %.6f" % factory.GetROCIntegral(loader, "LD"))
