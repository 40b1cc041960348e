#!/usr/bin/env python
# Python 2, and booking as before ROOT 6.08; blanks and tabs mixed.
import sys, getopt
from ROOT import gROOT, gSystem, gApplication, TMVA, TFile, TCut

DEFAULT_METHODS = "Fisher,BDT"

def main():
    try:
        opts, args = getopt.getopt(sys.argv[1:], "m:i:", ["methods=", "inputfile="])
    except getopt.GetoptError, error:
        print "ERROR: unknown options", error
        sys.exit(1)
    methods, infname = DEFAULT_METHODS, "data.root"
    for o, a in opts:
	if o in ("-m", "--methods"):
	    methods = a
        elif o in ("-i", "--inputfile"):
            infname = a
    print "=== Use methods:", methods.replace(",", " ")
    gROOT.SetMacroPath("./")
    gROOT.Macro("./TMVAlogon.C")
    gROOT.LoadMacro("./TMVAGui.C")
    TMVA.Tools.Instance()
    outputFile = TFile("old.root", "RECREATE")
    factory = TMVA.Factory("TMVAClassification", outputFile, "!V:!Silent:Color:DrawProgressBar:Transformations=I")
    factory.AddVariable("myvar1 := var1+var2", "F")
    factory.AddVariable("myvar2 := var1-var2", "Expression 2", "", "F")
    factory.AddSpectator("spec1 := var1*2", "Spectator 1", "units", "F")
    source = TFile.Open(infname)
    signal, background = source.Get("signal"), source.Get("background")
    nTrain = signal.GetEntries() / 2
    print "training with", nTrain
    factory.AddSignalTree(signal, 1.0)
    factory.AddBackgroundTree(background, 1.0)
    factory.SetBackgroundWeightExpression("weight")
    factory.PrepareTrainingAndTestTree(TCut(""), TCut(""), "nTrain_Signal=%d:nTrain_Background=%d:SplitMode=Random:!V" % (nTrain, nTrain))
    if "Fisher" in methods.split(","):
        factory.BookMethod(TMVA.Types.kFisher, "Fisher", "H:!V:Fisher:CreateMVAPdfs:PDFInterpolMVAPdf=Spline2:NbinsMVAPdf=60:NsmoothMVAPdf=10")
    if "BDT" in methods.split(","):
        factory.BookMethod(TMVA.Types.kBDT, "BDT", "!H:!V:NTrees=15:nEventsMin=20:MaxDepth=3:BoostType=AdaBoost:AdaBoostBeta=0.5:SeparationType=GiniIndex:nCuts=20:PruneMethod=NoPruning")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    outputFile.Close()
    print "=== wrote root file %s\n" % "old.root"
    gROOT.ProcessLine("TMVAGui(\"%s\")" % "old.root")
    gApplication.Run()

if __name__ == "__main__":
    main()
