# Kinds in a loop; curves over one another.
import sys

import ROOT
from ROOT import TFile, TMVA

ROOT.gErrorIgnoreLevel = ROOT.kWarning
ROOT.EnableImplicitMT(2)
features = ROOT.gROOT.GetConfigFeatures()
has_python = ROOT.gSystem.GetFromPipe("root-config --has-tmva-pymva") == "yes"
print("features", "tmva" in features, "tmva-gpu" in features, has_python)
data = TFile.Open(sys.argv[1])
kinds = [
    (TMVA.Types.kFisher, "Fisher", "!H:!V"),
    (TMVA.Types.kBDT, "BDT", "NTrees=10:nCuts=20"),
    ("Cuts", "Cuts", "!H:!V:FitMethod=MC:EffSel:SampleSize=200:VarProp=FSmart"),
]
loader = TMVA.DataLoader("scan")
for branch in data.Get("signal").GetListOfBranches():
    if branch.GetName() in ("var1", "var2"):
        loader.AddVariable(branch.GetName(), "F")
loader.AddSignalTree(data.Get("signal"))
loader.AddBackgroundTree(data.Get("background"))
loader.PrepareTrainingAndTestTree("", "", nTrain_Signal=300, nTrain_Background=300, SplitMode="Random", V=False)
factory = TMVA.Factory("scan", "!V:Silent:AnalysisType=Classification")
for kind, title, options in kinds:
    factory.BookMethod(loader, kind, title, options)
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
canvas = ROOT.TCanvas("curves", "curves", 600, 600)
for number, (kind, title, options) in enumerate(kinds[:2]):
    curve = factory.GetROCCurve(loader, title)
    curve.SetLineColor(number + 2)
    curve.Draw("AL" if number == 0 else "L same")
    print("{0} {1:.6f}".format(title, factory.GetROCIntegral(loader, title)))
canvas.BuildLegend(0.15, 0.15, 0.4, 0.3)
canvas.SaveAs("curves.png")
factory.fMethodsMap.clear()
ROOT.gROOT.ProcessLine("gErrorIgnoreLevel = 1001;")
