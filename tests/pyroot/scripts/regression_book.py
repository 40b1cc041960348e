# A regression, and its responses in a loop.
from array import array

from ROOT import TMVA, TCut, TFile, gROOT

gROOT.SetBatch(True)
TMVA.Tools.Instance()
TMVA.gConfig().GetVariablePlotting().fNbins1D = 30
TMVA.gConfig().GetIONames().fWeightFileDir = "fits"
source = TFile.Open("data.root")
out = TFile.Open("regression.root", "RECREATE")
factory = TMVA.Factory("reg", out, "!V:!Silent:Color:AnalysisType=Regression")
loader = TMVA.DataLoader("reg")
loader.AddVariable("var1", "Variable 1", "units", "F")
loader.AddVariable("var2", "Variable 2", "units", "F")
loader.AddSpectator("eta")
loader.AddTarget("truth")
loader.AddRegressionTree(source.Get("signal"), 1.0)
loader.SetWeightExpression("weight", "Regression")
loader.PrepareTrainingAndTestTree(TCut(""), "nTrain_Regression=400:SplitMode=Random:NormMode=NumEvents:!V")
factory.BookMethod(loader, TMVA.Types.kBDT, "BDTG", "NTrees=20:BoostType=Grad:Shrinkage=0.2:nCuts=20:MaxDepth=3")
factory.BookMethod(loader, TMVA.Types.kLD, "LD", "!H:!V:VarTransform=None")
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
out.Close()

reader = TMVA.Reader("!Color:!Silent")
var1, var2, eta = array("f", [0]), array("f", [0]), array("f", [0])
reader.AddVariable("var1", var1)
reader.AddVariable("var2", var2)
reader.AddSpectator("eta", eta)
for title in ("BDTG", "LD"):
    reader.BookMVA(title, "reg/fits/reg_" + title + ".weights.xml")
tree = source.Get("signal")
tree.SetBranchAddress("var1", var1)
tree.SetBranchAddress("var2", var2)
sums = {"BDTG": 0.0, "LD": 0.0}
for i in range(tree.GetEntries()):
    tree.GetEntry(i)
    for title in sums:
        sums[title] += reader.EvaluateRegression(title)[0]
print("sums %.5f %.5f" % (sums["BDTG"], sums["LD"]))
TMVA.TMVARegGui("regression.root")
