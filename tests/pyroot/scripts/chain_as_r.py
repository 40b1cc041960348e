# Chains of files, expressions with TMath, keywords as options, kinds by their names.
import sys

import ROOT as r
from ROOT import TMVA

pattern = sys.argv[1]
chains = {}
for kind in ("signal", "background"):
    chain = r.TChain(kind)
    for number in range(2):
        chain.Add(pattern % number)
    chains[kind] = chain
    print(kind, chain.GetNtrees(), chain.GetEntries())

preselection = r.TCut("var1 > -6") + r.TCut("var2 < 6")
preselection += "number >= 0"
print("cut", preselection.GetTitle(), chains["signal"].GetEntries(preselection.GetTitle()))

out = r.TFile.Open("chain.root", "RECREATE")
factory = TMVA.Factory("chain", out, V=False, Silent=False, Color=False, AnalysisType="Classification")
loader = TMVA.DataLoader("chained")
loader.AddVariable("r2 := sqrt(var1*var1 + var2*var2)", "F")
loader.AddVariable("TMath::Max(var1, var2)", "F")
loader.AddVariable("angle := TMath::ATan2(var2, var1)", "angle", "rad", "F")
loader.AddVariable("fixed[1]", "F")
loader.AddSpectator("half := 0.5*number", "F")
loader.AddTree(chains["signal"], "Signal", 1.0)
loader.AddTree(chains["background"], "Background", 1.0)
loader.SetWeightExpression("weight", "Signal")
loader.SetWeightExpression("weight", "Background")
loader.PrepareTrainingAndTestTree(
    preselection, preselection, nTrain_Signal=250, nTrain_Background=250.0, SplitMode="Random", V=False
)
factory.BookMethod(loader, "BDT", "BDT", H=False, V=False, NTrees=15, MinNodeSize="5%", MaxDepth=2, nCuts=20)
factory.BookMethod(loader, "Fisher", "Fisher", VarTransform="Norm")
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
for title in ("BDT", "Fisher"):
    print("area %s %.6f" % (title, factory.GetROCIntegral(loader, title)))
out.Close()
