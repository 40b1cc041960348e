# Categories; histograms of the output file; a tree cloned by hand.
from array import array

import ROOT
from ROOT import TCut, TFile, TH1F, TMVA

data = TFile.Open("data.root")
old = data.Get("signal")
new_file = TFile("clone.root", "RECREATE")
clone = old.CloneTree(0)
doubled = array("d", [0.0])
clone.Branch("doubled", doubled, "doubled/D")
for entry in range(old.GetEntriesFast()):
    old.GetEntry(entry)
    if old.number % 3 == 0:
        continue
    doubled[0] = 2.0 * old.var1
    clone.Fill()
clone.Write()
new_file.Close()

signal_file = TFile.Open("clone.root")
signal = signal_file.Get("signal")
print("clone", signal.GetEntries(), signal.GetEntries("abs(doubled - 2*var1) < 1e-6"))

output = TFile("category.root", "RECREATE")
factory = TMVA.Factory("cat", output, "!V:AnalysisType=Classification")
loader = TMVA.DataLoader("dataset")
loader.AddVariable("var1", "F")
loader.AddVariable("var2", "F")
loader.AddSpectator("eta", "F")
loader.AddSignalTree(signal)
loader.AddBackgroundTree(data.Get("background"))
loader.SetSignalWeightExpression("weight")
loader.PrepareTrainingAndTestTree(TCut("var1 > -9") + TCut("var2 > -9"), "SplitMode=Random:NormMode=NumEvents:!V")
category = factory.BookMethod(loader, TMVA.Types.kCategory, "FisherCat", "")
category.AddMethod(TCut("abs(eta)<=1.3"), "var1:var2", TMVA.Types.kFisher, "Category_Fisher_1", "!H:!V:Fisher")
category.AddMethod(TCut("abs(eta)>1.3"), "var1:var2", TMVA.Types.kFisher, "Category_Fisher_2", "!H:!V:Fisher")
factory.BookMethod(loader, "Fisher", "Fisher", "!H:!V:Fisher")
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
print("cut", factory.GetMethod("dataset", "Fisher").GetSignalReferenceCut())
factory.fMethodsMap.clear()
output.Close()

result = TFile("category.root")
for title in ("Fisher", "FisherCat"):
    kind = "Fisher" if title == "Fisher" else "Category"
    one = result.Get("dataset/Method_%s/%s/MVA_%s_S" % (kind, title, title))
    print("mean {} {:.6f}".format(title, one.GetMean()))
