from array import array

import ROOT

file = ROOT.TFile("lists.root", "RECREATE")
tree = ROOT.TTree("t", "t")
n, v, w, k = array("i", [0]), array("f", 5 * [0.0]), array("d", 5 * [0.0]), array("i", 5 * [0])
tree.Branch("n", n, "n/I")
tree.Branch("v", v, "v[n]/F")
tree.Branch("w", w, "w[n]/D")
tree.Branch("k", k, "k[n]/I")
for i in range(6):
    n[0] = i % 4
    for j in range(n[0]):
        v[j], w[j], k[j] = i + 0.5 * j, 10 * i + j, i * j
    tree.Fill()
print([b.GetName() for b in tree.GetListOfBranches()], tree.GetEntries("v > 2"), tree.GetEntries("n == 3"))
tree.GetEntry(3)
print(n[0], list(v)[:3], list(w)[:3], list(k)[:3])
tree.Write()
file.Close()

file = ROOT.TFile("lists.root")
tree = file.Get("t")
print(sorted(b.GetName() for b in tree.GetListOfBranches()), tree.GetEntries())
for event in tree:
    print(event.n, list(event.v), list(event.w), list(event.k))
print(tree.GetEntries("Sum$(w) > 20"), tree.GetEntries("v[1] > 2"))
