# Python 3, and booking as before ROOT 6.08; one tree, and cuts that say what is signal.
from ROOT import *

gROOT.SetBatch()
gROOT.LoadMacro("$ROOTSYS/tmva/test/TMVAGui.C")
data = TFile("data.root")
tree = data.Get("both")
output = TFile("old_input.root", "RECREATE")
factory = TMVA.Factory("oldtrees", output, "!V:Silent:AnalysisType=Classification")
for branch in tree.GetListOfBranches():
    if branch.GetName().startswith("var"):
        factory.AddVariable(branch.GetName(), "F")
factory.AddSpectator("number", "I")
factory.SetInputTrees(tree, TCut("kind == 1"), TCut("kind == 0"))
factory.SetWeightExpression("weight")
factory.PrepareTrainingAndTestTree(TCut("var1 > -9 && var2 > -9"), "nTrain_Signal=0:nTrain_Background=0:SplitMode=Alternate:!V")
factory.BookMethod("Fisher", "Fisher", "!H:!V")
factory.BookMethod("Likelihood", "Likelihood", "!H:!V:PDFInterpol=Spline2:NSmooth=1:NAvEvtPerBin=50")
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
output.Close()
results = TFile("old_input.root")
print("test events", results.Get("TestTree").GetEntries("classID == 0"), results.Get("TestTree").GetEntries("classID == 1"))
