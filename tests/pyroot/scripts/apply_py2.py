# Python 2: a loop over events with buffers that tree and reader share.
import sys
from array import array
from ROOT import TMVA, TFile, TTree, TH1F

reader = TMVA.Reader("!Color:!Silent")
var1 = array('f', [0.]); var2 = array('f', [0.]); eta = array('f', [0.])
reader.AddVariable("var1", var1)
reader.AddVariable("var2", var2)
reader.AddVariable("product := var1*var2", array('f', [0.]))
product = array('f', [0.])
reader = TMVA.Reader("!Color:!Silent")
reader.AddVariable("var1", var1)
reader.AddVariable("var2", var2)
reader.AddVariable("product := var1*var2", product)
reader.AddSpectator("eta", eta)
for method in ("BDT", "Fisher"):
    reader.BookMVA(method + " method", "dataset/weights/TMVAClassification_%s.weights.xml" % method)

source = TFile(sys.argv[1])
tree = source.Get("background")
tree.SetBranchAddress("var1", var1)
tree.SetBranchAddress("var2", var2)
tree.SetBranchAddress("eta", eta)

target = TFile("applied.root", "RECREATE")
out = TTree("responses", "responses")
bdt = array('f', [0.]); fisher = array('d', [0.]); index = array('i', [0])
out.Branch("BDT", bdt, "BDT/F")
out.Branch("Fisher", fisher, "Fisher/D")
out.Branch("index", index, "index/I")
histogram = TH1F("MVA_BDT", "MVA_BDT", 40, -1, 1)
for ievt in xrange(tree.GetEntries()):
    if ievt % 1000 == 0:
        print "--- ... Processing event:", ievt
    tree.GetEntry(ievt)
    product[0] = var1[0] * var2[0]
    bdt[0] = reader.EvaluateMVA("BDT method")
    fisher[0] = reader.EvaluateMVA("Fisher method")
    index[0] = ievt / 2
    histogram.Fill(bdt[0])
    out.Fill()
print "mean %.7f of %d" % (histogram.GetMean(), histogram.GetEntries())
target.Write()
target.Close()
