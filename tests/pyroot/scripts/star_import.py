# Everything imported; trees for training and for testing; elements of arrays and lists.
import getopt
import sys

from ROOT import *

options, arguments = getopt.getopt(sys.argv[1:], "n:b", ["batch"])
n_trees = dict(options).get("-n", "10")
gROOT.SetBatch(kTRUE)
gStyle.SetOptStat(0)

source = TFile("data.root", "READ")
signal, background = source.Get("signal"), source.Get("background")
print("above", signal.GetEntries("var1 > 1"), signal.Draw("var1>>h1(20, -4, 6)", "weight*(var2 > 0)", "goff"))
h1 = gDirectory.Get("h1")
print("histogram", h1.GetEntries(), "%.6f" % h1.GetMean(), "%.6f" % h1.Integral())

scratch = TFile("scratch.root", "RECREATE")
even = signal.CopyTree("number % 2 == 0")
odd = signal.CopyTree("number % 2 == 1")
print("halves", even.GetEntries(), odd.GetEntries())

output = TFile("star.root", "RECREATE")
factory = TMVA.Factory("star", output, "!V:AnalysisType=Classification")
loader = TMVA.DataLoader("stars")
for name in ("var1", "var2", "fixed[0]", "list[0]"):
    loader.AddVariable(name, "F")
loader.AddTree(even, "Signal", 1.0, TCut("list@.size() > 0"), TMVA.Types.kTraining)
loader.AddTree(odd, "Signal", 1.0, TCut("list@.size() > 0"), TMVA.Types.kTesting)
loader.AddTree(background, "Background", 1.0, TCut("number % 2 == 0 && list@.size() > 0"), TMVA.Types.kTraining)
loader.AddTree(background, "Background", 1.0, TCut("number % 2 == 1 && list@.size() > 0"), TMVA.Types.kTesting)
loader.PrepareTrainingAndTestTree(TCut(""), TCut(""), "NormMode=NumEvents:!V")
factory.BookMethod(loader, TMVA.Types.kBDT, "BDT", "NTrees=%s:nCuts=20:MaxDepth=2" % n_trees)
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
tested = output.Get("stars/TestTree")
print("tested", tested.GetEntries(), tested.GetEntries("classID == 0"))
output.Close()
gROOT.ProcessLine(".L TMVAGui.C")
