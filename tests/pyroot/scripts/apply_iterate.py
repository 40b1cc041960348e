# A loop over the tree itself; two readers; pictures.
from array import array

import ROOT as r

r.gROOT.SetBatch(1)
r.gStyle.SetOptStat(0)
buffers = [array("f", [-999]) for _ in range(4)]
var1, var2, product, eta = buffers
reader = r.TMVA.Reader("!Color:!Silent:!V")
for text, buffer in zip(("var1", "var2", "product := var1*var2"), buffers):
    reader.AddVariable(text, buffer)
reader.AddSpectator("eta", eta)
reader.BookMVA("Fisher", "dataset/weights/TMVAClassification_Fisher.weights.xml")

data = r.TFile("data.root")
histograms, sums = {}, {}
for kind, colour in (("signal", r.kBlue + 1), ("background", r.kRed)):
    histograms[kind] = r.TH1F("fisher_" + kind, kind + ";Fisher;events", 30, -2, 2)
    histograms[kind].SetLineColor(colour)
    histograms[kind].SetLineWidth(2)
    sums[kind] = 0.0
    for event in data.Get(kind):
        if len(event.list) == 0:
            continue
        var1[0], var2[0] = event.var1, event.var2
        product[0] = event.var1 * event.var2
        value = reader.EvaluateMVA("Fisher")
        sums[kind] += value
        histograms[kind].Fill(value, event.weight)
canvas = r.TCanvas("c", "responses", 700, 500)
canvas.SetLogy()
histograms["signal"].Draw("hist")
histograms["background"].Draw("hist same")
legend = r.TLegend(0.65, 0.75, 0.88, 0.88)
for kind in histograms:
    legend.AddEntry(histograms[kind], kind, "l")
legend.Draw()
line = r.TLine(0, 0, 0, 50)
line.SetLineStyle(2)
line.Draw("same")
latex = r.TLatex()
latex.SetNDC()
latex.DrawLatex(0.15, 0.93, "#alpha and more")
canvas.SaveAs("responses.png")
canvas.Print("responses.pdf")
print("sums %.6f %.6f" % (sums["signal"], sums["background"]))
print("weights %.4f" % histograms["signal"].Integral(0, 31))
out = r.TFile("responses.root", "RECREATE")
for one in histograms.values():
    one.Write()
out.Close()
