# A branch added to a copy of a tree; errors of responses; arrays of NumPy.
import numpy as np
import ROOT
from ROOT import TMVA

ROOT.gROOT.SetBatch(True)
watch = ROOT.TStopwatch()
reader = TMVA.Reader("Color:!Silent")
names = ["var1", "var2"]
values = {name: np.zeros(1, dtype=np.float32) for name in names}
product, eta = np.zeros(1, dtype=np.float32), np.zeros(1, dtype=np.float32)
for name in names:
    reader.AddVariable(name, values[name])
reader.AddVariable("product := var1*var2", product)
reader.AddSpectator("eta", eta)
reader.BookMVA("BDT", ROOT.TString("dataset/weights/TMVAClassification_BDT.weights.xml"))

source = ROOT.TFile.Open("data.root")
tree = source.Get("signal")
tree.SetBranchStatus("fixed", 0)
for name in names:
    tree.SetBranchAddress(name, values[name])
target = ROOT.TFile.Open("with_branch.root", "RECREATE")
copy = tree.CloneTree(0)
response, error = np.zeros(1, dtype=np.float64), np.zeros(1, dtype=np.float32)
copy.Branch("response", response, "response/D")
copy.Branch("error", error, "error/F")
for entry in range(tree.GetEntries()):
    tree.GetEntry(entry)
    product[0] = values["var1"][0] * values["var2"][0]
    response[0] = reader.EvaluateMVA("BDT")
    error[0] = reader.GetMVAError()
    if values["var1"][0] > 0:
        copy.Fill()
copy.Write()
kept = copy.GetEntries()
target.Close()
watch.Stop()
print("kept", kept, "in less than an hour", watch.RealTime() < 3600)
