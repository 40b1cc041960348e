# Options of a command line; variables from the tree's branches.
import argparse
import os

import ROOT

parser = argparse.ArgumentParser()
parser.add_argument("--input", default="data.root")
parser.add_argument("--ntrees", type=int, default=10)
parser.add_argument("--exclude", nargs="*", default=[])
args = parser.parse_args()

ROOT.gROOT.SetBatch(True)
ROOT.PyConfig.IgnoreCommandLineOptions = True
ROOT.TMVA.Tools.Instance()
ROOT.TMVA.PyMethodBase.PyInitialize()
ROOT.TMVA.gConfig().GetIONames().fWeightFileDir = "my_weights"
ROOT.TMVA.gConfig().GetVariablePlotting().fMaxNumOfAllowedVariablesForScatterPlots = 5

if ROOT.gSystem.AccessPathName(args.input):
    ROOT.Error("train", "no file %s", args.input)
    raise SystemExit(1)
data = ROOT.TFile(args.input)
tree_s, tree_b = data.Get("signal"), data.Get("background")
cut = "var1 > -3"
n_s = int(0.6 * tree_s.GetEntries(cut))
n_b = int(0.6 * tree_b.GetEntries(cut))
print("train with", n_s, n_b)

outfile = ROOT.TFile("argparse.root", "RECREATE")
factory = ROOT.TMVA.Factory("job", outfile, ":".join(["!V", "!Silent", "AnalysisType=Classification"]))
loader = ROOT.TMVA.DataLoader("loader")
for branch in tree_s.GetListOfBranches():
    name = branch.GetName()
    if name in args.exclude or name.startswith(("list", "nlist", "fixed", "weight", "number")):
        continue
    loader.AddVariable(name)
loader.AddSignalTree(tree_s)
loader.AddBackgroundTree(tree_b)
loader.PrepareTrainingAndTestTree(
    ROOT.TCut(cut), "nTrain_Signal={}:nTrain_Background={}:SplitMode=Random:!V".format(n_s, n_b)
)
factory.BookMethod(
    loader, ROOT.TMVA.Types.kBDT, "BDTG",
    ":".join(["!H", "!V", "NTrees=%d" % args.ntrees, "BoostType=Grad", "Shrinkage=0.10", "nCuts=20", "MaxDepth=2"]),
)
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
outfile.Close()

canvas = factory.GetROCCurve(loader)
canvas.Draw()
canvas.SaveAs("roc.png")
print("weights", os.path.exists("loader/my_weights/job_BDTG.weights.xml"))
print("variables", [str(one) for one in loader.GetDataSetInfo().GetListOfVariables()])
