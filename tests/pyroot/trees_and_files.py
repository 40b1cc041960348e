"""A script for ROOT that test_real_root.py runs: trees in every form, several factories on one file."""

from array import array

import ROOT
from ROOT import TH1F, TMVA, TCanvas, TChain, TCut, TFile, TTree

ROOT.gRandom.SetSeed(1)


def fill(name, shift, file_name, friend=False):
    """Write a tree with arrays, a leaf list and a vector, or a friend of it."""
    output = TFile(file_name, "RECREATE")
    tree = TTree(name, name)
    number, values, pair = array("f", [0.0]), array("f", [0.0] * 3), array("f", [0.0, 0.0])
    vector = ROOT.std.vector["float"](4)
    if friend:
        tree.Branch("extra", number, "extra/F")
    else:
        tree.Branch("x", number, "x/F")
        tree.Branch("values", values, "values[3]/F")
        tree.Branch("pair", pair, "a/F:b/F")
        tree.Branch("vec", vector)
    for _ in range(400):
        number[0] = ROOT.gRandom.Gaus(shift, 1)
        for i in range(3):
            values[i] = ROOT.gRandom.Gaus(shift * i, 1)
        pair[0], pair[1] = ROOT.gRandom.Gaus(shift, 2), ROOT.gRandom.Rndm()
        for i in range(4):
            vector[i] = ROOT.gRandom.Gaus(0, 1)
        tree.Fill()
    tree.Write()
    output.Close()


for kind, shift in (("signal", 1.0), ("background", -1.0)):
    for part in ("1", "2"):
        fill("events", shift, f"{kind}{part}.root")
    fill("beside", shift, f"{kind}_beside.root", friend=True)

chains = {}
for kind in ("signal", "background"):
    chains[kind] = TChain("events")
    for part in ("1", "2"):
        chains[kind].Add(f"{kind}{part}.root")


def book(job, output, signal, background, variables, cut=""):
    """Book, train, test and evaluate Fisher."""
    factory = TMVA.Factory(job, output, "!V:Silent:!DrawProgressBar:AnalysisType=Classification")
    loader = TMVA.DataLoader(job)
    for variable in variables:
        loader.AddVariable(variable, "F")
    loader.AddSpectator("pair.b" if "pair.a" in variables else variables[0])
    loader.AddSignalTree(signal, 1.0)
    loader.AddBackgroundTree(background, 1.0)
    loader.PrepareTrainingAndTestTree(TCut(cut) + TCut("1"), TCut(cut), "SplitMode=Random:!V")
    factory.BookMethod(loader, TMVA.Types.kFisher, "Fisher", "!H:!V")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory, loader


file = TFile.Open("out.root", "RECREATE")
mine = TH1F("mine", "of the script", 10, 0, 1)
mine.Fill(0.5)
file.mkdir("folder").cd()
ROOT.TNamed("inner", "of the script too").Write()
file.cd()
first, loader = book(
    "chain", file, chains["signal"], chains["background"], ["x", "values[1]", "pair.a"], "abs(x) < 3"
)
ready = TFile.Open("signal1.root"), TFile.Open("background1.root")
trees = [one.Get("events") for one in ready]
for tree, kind in zip(trees, ("signal", "background"), strict=True):
    tree.AddFriend("beside", f"{kind}_beside.root")
second, other = book("friend", file, *trees, ["beside.extra", "Sum$(values)"])
mine.Fill(0.7)
file.cd()
mine.Write()
canvas = first.GetROCCurve(loader)
assert isinstance(canvas, TCanvas)
canvas.Draw()
canvas.Write("roc")
canvas.SaveAs("roc.root")
file.Close()

memory = {}
for kind, shift in (("s", 1.0), ("b", -1.0)):
    memory[kind] = TTree(kind, kind)
    value = array("d", [0.0])
    memory[kind].Branch("d", value, "d/D")
    for _ in range(300):
        value[0] = ROOT.gRandom.Gaus(shift, 1)
        memory[kind].Fill()
file = TFile.Open("out.root", "UPDATE")
book("memory", file, memory["s"], memory["b"], ["d"])
file.Close()

reader = TMVA.Reader("!Color:Silent")
x, y, a, b = (array("f", [0.0]) for _ in range(4))
reader.AddVariable("x", x)
reader.AddVariable("values[1]", y)
reader.AddVariable("pair.a", a)
reader.AddSpectator("pair.b", b)
reader.BookMVA("Fisher", ROOT.TString("chain/weights/chain_Fisher.weights.xml"))
tree = ready[0].Get("events")
tree.SetBranchAddress("x", x)
total = 0.0
for i in range(50):
    tree.GetEntry(i)
    total += reader.EvaluateMVA("Fisher") - reader.EvaluateMVA(
        ROOT.std.vector["float"]([x[0], 0, 0]), "Fisher"
    )
print("difference", total)
