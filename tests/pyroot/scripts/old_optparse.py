# Python 2, and booking as before ROOT 6.08; a chain, expressions, a scan of options.
from optparse import OptionParser
import ROOT as r

parser = OptionParser()
parser.add_option("-t", "--trees", dest="trees", type="int", default=8)
parser.add_option("-b", action="store_true", dest="batch", default=False)
(options, args) = parser.parse_args()
r.gROOT.SetBatch(options.batch)

signal = r.TChain("signal")
background = r.TChain("background")
for number in xrange(2):
    signal.Add("part%i.root" % number)
    background.Add("part%i.root" % number)
print "entries", signal.GetEntries(), background.GetEntries("var1 > 0")

variables = {"pull": "(var1 - var2)/sqrt(2)", "size": "TMath::Sqrt(var1*var1 + var2*var2)"}
output = r.TFile("optparse.root", "recreate")
factory = r.TMVA.Factory("scan", output, ":".join(["!V", "!Silent", "!Color", "Transformations=I", "AnalysisType=Classification"]))
for name, formula in sorted(variables.iteritems()):
    factory.AddVariable("%s := %s" % (name, formula), "F")
factory.AddSignalTree(signal)
factory.AddBackgroundTree(background)
factory.SetSignalWeightExpression("weight")
cut = r.TCut("var1 > -5 && var2 > -5")
factory.PrepareTrainingAndTestTree(cut, ":".join(["nTrain_Signal=200", "nTrain_Background=200", "SplitMode=Random", "NormMode=NumEvents", "!V"]))
for depth in (1, 2):
    factory.BookMethod(r.TMVA.Types.kBDT, "BDT_d%d" % depth, ":".join(["!H", "!V", "NTrees=%d" % options.trees, "MaxDepth=%d" % depth, "BoostType=Grad", "nCuts=20"]))
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
output.Close()
again = r.TFile("optparse.root")
for depth in (1, 2):
    histogram = again.Get("Method_BDT/BDT_d%d/MVA_BDT_d%d_S" % (depth, depth))
    print "mean", depth, "%.6f" % histogram.GetMean()
