#!/usr/bin/env python
# Classification as most scripts do it: imported names, enumerators, options in one text.
from array import array

import ROOT
from ROOT import TCut, TFile, TMVA, gApplication, gROOT

TMVA.Tools.Instance()
TMVA.PyMethodBase.PyInitialize()

input_file = TFile.Open("data.root")
signal = input_file.Get("signal")
background = input_file.Get("background")
output = TFile("TMVA.root", "RECREATE")

factory = TMVA.Factory(
    "TMVAClassification", output, "!V:!Silent:Color:DrawProgressBar:Transformations=I;D:AnalysisType=Classification"
)
dataloader = TMVA.DataLoader("dataset")
dataloader.AddVariable("var1", 'F')
dataloader.AddVariable("var2", "Variable 2", "GeV", 'F')
dataloader.AddVariable("product := var1*var2", 'F')
dataloader.AddSpectator("eta", "Rapidity", "", 'F')
dataloader.AddSignalTree(signal, 1.0)
dataloader.AddBackgroundTree(background, 1.0)
dataloader.SetBackgroundWeightExpression("weight")

mycuts = TCut("var1 > -8")
mycutb = TCut("var1 > -8 && var2 < 8")
dataloader.PrepareTrainingAndTestTree(
    mycuts, mycutb, "nTrain_Signal=300:nTrain_Background=300:SplitMode=Random:NormMode=NumEvents:!V"
)
factory.BookMethod(
    dataloader,
    TMVA.Types.kBDT,
    "BDT",
    "!H:!V:NTrees=20:MinNodeSize=2.5%:MaxDepth=3:BoostType=AdaBoost:AdaBoostBeta=0.5:UseBaggedBoost:"
    "BaggedSampleFraction=0.5:SeparationType=GiniIndex:nCuts=20",
)
factory.BookMethod(dataloader, TMVA.Types.kFisher, "Fisher", "H:!V:Fisher:VarTransform=None:CreateMVAPdfs")
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()

print("area BDT %.6f" % factory.GetROCIntegral(dataloader, "BDT"))
cut = factory.GetMethod("dataset", "BDT").GetSignalReferenceCut()
print("cut", cut)
histogram = output.Get("dataset/Method_BDT/BDT/MVA_BDT_S")
print("bins", histogram.GetNbinsX(), "mean %.6f" % histogram.GetMean())
output.Close()

if not gROOT.IsBatch():
    TMVA.TMVAGui("TMVA.root")
gApplication.Run()
