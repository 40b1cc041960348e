# Three classes, then a loop with EvaluateMulticlass.
from array import array

import ROOT
from ROOT import TMVA, TCut, TFile

TMVA.Tools.Instance()
data = TFile("data.root")
output = TFile("multi.root", "RECREATE")
factory = TMVA.Factory("multi", output, "!V:!Silent:AnalysisType=multiclass")
loader = TMVA.DataLoader("multi")
for name in ["var1", "var2"]:
    loader.AddVariable(name, "F")
loader.AddTree(data.Get("signal"), "Signal")
loader.AddTree(data.Get("background"), "Background_0")
loader.AddTree(data.Get("other"), "Background_1")
loader.PrepareTrainingAndTestTree(TCut(""), "SplitMode=Random:NormMode=NumEvents:!V")
factory.BookMethod(
    loader, TMVA.Types.kBDT, "BDTG",
    "!H:!V:NTrees=12:BoostType=Grad:Shrinkage=0.10:UseBaggedBoost:BaggedSampleFraction=0.50:nCuts=20:MaxDepth=2",
)
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
output.Close()

reader = TMVA.Reader("!Color:!Silent")
values = {name: array("f", [0.0]) for name in ("var1", "var2")}
tree = data.Get("other")
for name, value in values.items():
    reader.AddVariable(name, value)
    tree.SetBranchAddress(name, value)
reader.BookMVA("BDTG", "multi/weights/multi_BDTG.weights.xml")
sums = [0.0, 0.0, 0.0]
for entry in range(200):
    tree.GetEntry(entry)
    for number, response in enumerate(reader.EvaluateMulticlass("BDTG")):
        sums[number] += response
print("sums %.6f %.6f %.6f" % tuple(sums))
TMVA.TMVAMultiClassGui("multi.root")
