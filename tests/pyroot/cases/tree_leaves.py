from array import array

import ROOT

ROOT.gROOT.SetBatch(True)
file = ROOT.TFile.Open("leaves.root", "RECREATE")
t = ROOT.TTree("t", "t")
f, d, pair = array("f", [0.0]), array("d", [0.0] * 3), array("f", [0.0, 0.0])
t.Branch("f", f, "f/F")
t.Branch("d", d, "d[3]/D")
t.Branch("p", pair, "a/F:c/F")
for k in range(5):
    f[0], d[0], d[2], pair[0], pair[1] = 0.5 * k, k, -k, k, k * k
    t.Fill()


def leaves(tree):
    print([one.GetName() for one in tree.GetListOfBranches()])
    print([one.GetName() for one in tree.GetListOfLeaves()])
    tree.GetEntry(3)
    for branch in tree.GetListOfBranches():
        for leaf in branch.GetListOfLeaves():
            print(leaf.GetName(), leaf.GetTypeName(), leaf.GetLen(), leaf.GetValue(), leaf.GetBranch().GetName())
    print(tree.GetLeaf("p", "c").GetValue(), tree.GetLeaf("c").GetValue(), tree.GetLeaf("f").GetValue())
    print(tree.GetBranch("p").GetLeaf("a").GetName(), bool(tree.GetLeaf("zz")))


leaves(t)
t.Write()
file.Close()
source = ROOT.TFile.Open("leaves.root")
again = source.Get("t")
again.GetEntry(3)
print(again.GetLeaf("p", "c").GetValue(), again.GetLeaf("f").GetValue(), again.GetLeaf("d").GetLen())
