from array import array

import ROOT

for number in range(3):
    f = ROOT.TFile("chain%d.root" % number, "RECREATE")
    t = ROOT.TTree("t", "t")
    x = array("f", [0.0])
    t.Branch("x", x, "x/F")
    for i in range(10 * (number + 1)):
        x[0] = number + i / 100.0
        t.Fill()
    t.Write()
    f.Close()
chain = ROOT.TChain("t")
print(chain.Add("chain*.root"), chain.GetEntries(), chain.GetNtrees(), chain.GetEntries("x > 1.05"))
y = array("f", [0.0])
chain.SetBranchAddress("x", y)
found = []
for i in (0, 9, 10, 29, 30, 59):
    chain.GetEntry(i)
    found.append("%.2f" % y[0])
print(found, "%.4f" % sum(event.x for event in chain))
other = ROOT.TChain("t")
other.Add("chain0.root")
other.Add("chain2.root")
print(other.GetEntries(), [one.GetTitle() for one in other.GetListOfFiles()])
n = ROOT.TNtuple("n", "n", "a:b")
for i in range(5):
    n.Fill(i, i * i)
print(n.GetEntries(), n.GetEntries("b > 3"), [one.GetName() for one in n.GetListOfBranches()])
