import ROOT

file = ROOT.TFile("printed.root", "RECREATE")
tree = ROOT.TTree("t", "a tree")
h, h2 = ROOT.TH1F("h", "one", 5, 0, 1), ROOT.TH2D("h2", "two", 7, 0, 1, 4, 0, 1)
canvas, chain = ROOT.TCanvas("c", "a canvas"), ROOT.TChain("t")
function, named = ROOT.TF1("f", "x", 0, 1), ROOT.TNamed("n", "a title")
for one in (file, tree, h, h2, canvas, chain, function, named, h.GetXaxis()):
    print(one)
print("reading %s and %s" % (file, tree), "{} {}".format(h, named))
