"""What ROOT's tutorials TMVAClassification, TMVARegression and TMVAMulticlass book, all methods on."""

from __future__ import annotations

from pathlib import Path

import tmva_py as TMVA

CLASSIFICATION = (
    ("Cuts", "Cuts", "!H:!V:FitMethod=MC:EffSel:SampleSize=200000:VarProp=FSmart"),
    ("CutsD", "Cuts", "!H:!V:FitMethod=MC:EffSel:SampleSize=200000:VarProp=FSmart:VarTransform=Decorrelate"),
    ("CutsPCA", "Cuts", "!H:!V:FitMethod=MC:EffSel:SampleSize=200000:VarProp=FSmart:VarTransform=PCA"),
    (
        "CutsGA",
        "Cuts",
        (
            "H:!V:FitMethod=GA:CutRangeMin[0]=-10:CutRangeMax[0]=10:VarProp[1]=FMax:EffSel:Steps=30:Cycles=3"
            ":PopSize=400:SC_steps=10:SC_rate=5:SC_factor=0.95"
        ),
    ),
    (
        "CutsSA",
        "Cuts",
        (
            "!H:!V:FitMethod=SA:EffSel:MaxCalls=150000:KernelTemp=IncAdaptive:InitialTemp=1e+6:MinTemp=1e-6"
            ":Eps=1e-10:UseDefaultScale"
        ),
    ),
    (
        "Likelihood",
        "Likelihood",
        (
            "H:!V:TransformOutput:PDFInterpol=Spline2:NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmoothBkg[1]=10"
            ":NSmooth=1:NAvEvtPerBin=50"
        ),
    ),
    (
        "LikelihoodD",
        "Likelihood",
        (
            "!H:!V:TransformOutput:PDFInterpol=Spline2:NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmooth=5"
            ":NAvEvtPerBin=50:VarTransform=Decorrelate"
        ),
    ),
    (
        "LikelihoodPCA",
        "Likelihood",
        (
            "!H:!V:!TransformOutput:PDFInterpol=Spline2:NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmooth=5"
            ":NAvEvtPerBin=50:VarTransform=PCA"
        ),
    ),
    (
        "LikelihoodKDE",
        "Likelihood",
        (
            "!H:!V:!TransformOutput:PDFInterpol=KDE:KDEtype=Gauss:KDEiter=Adaptive:KDEFineFactor=0.3"
            ":KDEborder=None:NAvEvtPerBin=50"
        ),
    ),
    (
        "LikelihoodMIX",
        "Likelihood",
        (
            "!H:!V:!TransformOutput:PDFInterpolSig[0]=KDE:PDFInterpolBkg[0]=KDE:PDFInterpolSig[1]=KDE"
            ":PDFInterpolBkg[1]=KDE:PDFInterpolSig[2]=Spline2:PDFInterpolBkg[2]=Spline2"
            ":PDFInterpolSig[3]=Spline2:PDFInterpolBkg[3]=Spline2:KDEtype=Gauss:KDEiter=Nonadaptive"
            ":KDEborder=None:NAvEvtPerBin=50"
        ),
    ),
    (
        "PDERS",
        "PDERS",
        (
            "!H:!V:NormTree=T:VolumeRangeMode=Adaptive:KernelEstimator=Gauss:GaussSigma=0.3:NEventsMin=400"
            ":NEventsMax=600"
        ),
    ),
    (
        "PDERSD",
        "PDERS",
        (
            "!H:!V:VolumeRangeMode=Adaptive:KernelEstimator=Gauss:GaussSigma=0.3:NEventsMin=400"
            ":NEventsMax=600:VarTransform=Decorrelate"
        ),
    ),
    (
        "PDERSPCA",
        "PDERS",
        (
            "!H:!V:VolumeRangeMode=Adaptive:KernelEstimator=Gauss:GaussSigma=0.3:NEventsMin=400"
            ":NEventsMax=600:VarTransform=PCA"
        ),
    ),
    (
        "PDEFoam",
        "PDEFoam",
        (
            "!H:!V:SigBgSeparate=F:TailCut=0.001:VolFrac=0.0666:nActiveCells=500:nSampl=2000:nBin=5:Nmin=100"
            ":Kernel=None:Compress=T"
        ),
    ),
    (
        "PDEFoamBoost",
        "PDEFoam",
        (
            "!H:!V:Boost_Num=30:Boost_Transform=linear:SigBgSeparate=F:MaxDepth=4:UseYesNoCell=T"
            ":DTLogic=MisClassificationError:FillFoamWithOrigWeights=F:TailCut=0:nActiveCells=500:nBin=20"
            ":Nmin=400:Kernel=None:Compress=T"
        ),
    ),
    ("KNN", "KNN", "H:nkNN=20:ScaleFrac=0.8:SigmaFact=1.0:Kernel=Gaus:UseKernel=F:UseWeight=T:!Trim"),
    ("HMatrix", "HMatrix", "!H:!V:VarTransform=None"),
    (
        "LD",
        "LD",
        "H:!V:VarTransform=None:CreateMVAPdfs:PDFInterpolMVAPdf=Spline2:NbinsMVAPdf=50:NsmoothMVAPdf=10",
    ),
    (
        "Fisher",
        "Fisher",
        (
            "H:!V:Fisher:VarTransform=None:CreateMVAPdfs:PDFInterpolMVAPdf=Spline2:NbinsMVAPdf=50"
            ":NsmoothMVAPdf=10"
        ),
    ),
    ("FisherG", "Fisher", "H:!V:VarTransform=Gauss"),
    (
        "BoostedFisher",
        "Fisher",
        (
            "H:!V:Boost_Num=20:Boost_Transform=log:Boost_Type=AdaBoost:Boost_AdaBoostBeta=0.2"
            ":!Boost_DetailedMonitoring"
        ),
    ),
    (
        "FDA_MC",
        "FDA",
        (
            "H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2+(4)*x3"
            ":ParRanges=(-1,1);(-10,10);(-10,10);(-10,10);(-10,10):FitMethod=MC:SampleSize=100000:Sigma=0.1"
        ),
    ),
    (
        "FDA_GA",
        "FDA",
        (
            "H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2+(4)*x3"
            ":ParRanges=(-1,1);(-10,10);(-10,10);(-10,10);(-10,10):FitMethod=GA:PopSize=100:Cycles=2:Steps=5"
            ":Trim=True:SaveBestGen=1"
        ),
    ),
    (
        "FDA_SA",
        "FDA",
        (
            "H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2+(4)*x3"
            ":ParRanges=(-1,1);(-10,10);(-10,10);(-10,10);(-10,10):FitMethod=SA:MaxCalls=15000"
            ":KernelTemp=IncAdaptive:InitialTemp=1e+6:MinTemp=1e-6:Eps=1e-10:UseDefaultScale"
        ),
    ),
    (
        "FDA_MT",
        "FDA",
        (
            "H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2+(4)*x3"
            ":ParRanges=(-1,1);(-10,10);(-10,10);(-10,10);(-10,10):FitMethod=MINUIT:ErrorLevel=1"
            ":PrintLevel=-1:FitStrategy=2:UseImprove:UseMinos:SetBatch"
        ),
    ),
    (
        "FDA_GAMT",
        "FDA",
        (
            "H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2+(4)*x3"
            ":ParRanges=(-1,1);(-10,10);(-10,10);(-10,10);(-10,10):FitMethod=GA:Converger=MINUIT"
            ":ErrorLevel=1:PrintLevel=-1:FitStrategy=0:!UseImprove:!UseMinos:SetBatch:Cycles=1:PopSize=5"
            ":Steps=5:Trim"
        ),
    ),
    (
        "FDA_MCMT",
        "FDA",
        (
            "H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2+(4)*x3"
            ":ParRanges=(-1,1);(-10,10);(-10,10);(-10,10);(-10,10):FitMethod=MC:Converger=MINUIT"
            ":ErrorLevel=1:PrintLevel=-1:FitStrategy=0:!UseImprove:!UseMinos:SetBatch:SampleSize=20"
        ),
    ),
    (
        "MLP",
        "MLP",
        "H:!V:NeuronType=tanh:VarTransform=N:NCycles=600:HiddenLayers=N+5:TestRate=5:!UseRegulator",
    ),
    (
        "MLPBFGS",
        "MLP",
        (
            "H:!V:NeuronType=tanh:VarTransform=N:NCycles=600:HiddenLayers=N+5:TestRate=5:TrainingMethod=BFGS"
            ":!UseRegulator"
        ),
    ),
    (
        "MLPBNN",
        "MLP",
        (
            "H:!V:NeuronType=tanh:VarTransform=N:NCycles=60:HiddenLayers=N+5:TestRate=5:TrainingMethod=BFGS"
            ":UseRegulator"
        ),
    ),
    (
        "DNN_CPU",
        "DL",
        (
            "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=N:WeightInitialization=XAVIERUNIFORM"
            ":Layout=TANH|128,TANH|128,TANH|128,LINEAR"
            ":TrainingStrategy=LearningRate=1e-2,Momentum=0.9,ConvergenceSteps=20,BatchSize=100,"
            "TestRepetitions=1,WeightDecay=1e-4,Regularization=None,DropConfig=0.0+0.5+0.5+0.5"
            ":Architecture=CPU"
        ),
    ),
    ("CFMlpANN", "CFMlpANN", "!H:!V:NCycles=200:HiddenLayers=N+1,N"),
    ("TMlpANN", "TMlpANN", "!H:!V:NCycles=200:HiddenLayers=N+1,N:LearningMethod=BFGS:ValidationFraction=0.3"),
    ("SVM", "SVM", "Gamma=0.25:Tol=0.001:VarTransform=Norm"),
    (
        "BDTG",
        "BDT",
        (
            "!H:!V:NTrees=1000:MinNodeSize=2.5%:BoostType=Grad:Shrinkage=0.10:UseBaggedBoost"
            ":BaggedSampleFraction=0.5:nCuts=20:MaxDepth=2"
        ),
    ),
    (
        "BDT",
        "BDT",
        (
            "!H:!V:NTrees=850:MinNodeSize=2.5%:MaxDepth=3:BoostType=AdaBoost:AdaBoostBeta=0.5:UseBaggedBoost"
            ":BaggedSampleFraction=0.5:SeparationType=GiniIndex:nCuts=20"
        ),
    ),
    ("BDTB", "BDT", "!H:!V:NTrees=400:BoostType=Bagging:SeparationType=GiniIndex:nCuts=20"),
    (
        "BDTD",
        "BDT",
        (
            "!H:!V:NTrees=400:MinNodeSize=5%:MaxDepth=3:BoostType=AdaBoost:SeparationType=GiniIndex:nCuts=20"
            ":VarTransform=Decorrelate"
        ),
    ),
    (
        "BDTF",
        "BDT",
        (
            "!H:!V:NTrees=50:MinNodeSize=2.5%:UseFisherCuts:MaxDepth=3:BoostType=AdaBoost:AdaBoostBeta=0.5"
            ":SeparationType=GiniIndex:nCuts=20"
        ),
    ),
    (
        "RuleFit",
        "RuleFit",
        (
            "H:!V:RuleFitModule=RFTMVA:Model=ModRuleLinear:MinImp=0.001:RuleMinDist=0.001:NTrees=20"
            ":fEventsMin=0.01:fEventsMax=0.5:GDTau=-1.0:GDTauPrec=0.01:GDStep=0.01:GDNSteps=10000"
            ":GDErrScale=1.02"
        ),
    ),
)
REGRESSION = (
    (
        "PDERS",
        "PDERS",
        (
            "!H:!V:NormTree=T:VolumeRangeMode=Adaptive:KernelEstimator=Gauss:GaussSigma=0.3:NEventsMin=40"
            ":NEventsMax=60:VarTransform=None"
        ),
    ),
    (
        "PDEFoam",
        "PDEFoam",
        (
            "!H:!V:MultiTargetRegression=F:TargetSelection=Mpv:TailCut=0.001:VolFrac=0.0666:nActiveCells=500"
            ":nSampl=2000:nBin=5:Compress=T:Kernel=None:Nmin=10:VarTransform=None"
        ),
    ),
    ("KNN", "KNN", "nkNN=20:ScaleFrac=0.8:SigmaFact=1.0:Kernel=Gaus:UseKernel=F:UseWeight=T:!Trim"),
    ("LD", "LD", "!H:!V:VarTransform=None"),
    (
        "FDA_MC",
        "FDA",
        (
            "!H:!V:Formula=(0)+(1)*x0+(2)*x1:ParRanges=(-100,100);(-100,100);(-100,100):FitMethod=MC"
            ":SampleSize=100000:Sigma=0.1:VarTransform=D"
        ),
    ),
    (
        "FDA_GA",
        "FDA",
        (
            "!H:!V:Formula=(0)+(1)*x0+(2)*x1:ParRanges=(-100,100);(-100,100);(-100,100):FitMethod=GA"
            ":PopSize=100:Cycles=3:Steps=30:Trim=True:SaveBestGen=1:VarTransform=Norm"
        ),
    ),
    (
        "FDA_MT",
        "FDA",
        (
            "!H:!V:Formula=(0)+(1)*x0+(2)*x1:ParRanges=(-100,100);(-100,100);(-100,100);(-10,10)"
            ":FitMethod=MINUIT:ErrorLevel=1:PrintLevel=-1:FitStrategy=2:UseImprove:UseMinos:SetBatch"
        ),
    ),
    (
        "FDA_GAMT",
        "FDA",
        (
            "!H:!V:Formula=(0)+(1)*x0+(2)*x1:ParRanges=(-100,100);(-100,100);(-100,100):FitMethod=GA"
            ":Converger=MINUIT:ErrorLevel=1:PrintLevel=-1:FitStrategy=0:!UseImprove:!UseMinos:SetBatch"
            ":Cycles=1:PopSize=5:Steps=5:Trim"
        ),
    ),
    (
        "MLP",
        "MLP",
        (
            "!H:!V:VarTransform=Norm:NeuronType=tanh:NCycles=20000:HiddenLayers=N+20:TestRate=6"
            ":TrainingMethod=BFGS:Sampling=0.3:SamplingEpoch=0.8:ConvergenceImprove=1e-6:ConvergenceTests=15"
            ":!UseRegulator"
        ),
    ),
    (
        "DNN_CPU",
        "DL",
        (
            "!H:V:ErrorStrategy=SUMOFSQUARES:VarTransform=G:WeightInitialization=XAVIERUNIFORM"
            ":Architecture=CPU:Layout=TANH|50,TANH|50,TANH|50,LINEAR"
            ":TrainingStrategy=LearningRate=1e-3,Momentum=0.3,ConvergenceSteps=20,BatchSize=50,"
            "TestRepetitions=1,WeightDecay=0.0,Regularization=None,Optimizer=Adam"
        ),
    ),
    ("SVM", "SVM", "Gamma=0.25:Tol=0.001:VarTransform=Norm"),
    (
        "BDT",
        "BDT",
        (
            "!H:!V:NTrees=100:MinNodeSize=1.0%:BoostType=AdaBoostR2:SeparationType=RegressionVariance"
            ":nCuts=20:PruneMethod=CostComplexity:PruneStrength=30"
        ),
    ),
    (
        "BDTG",
        "BDT",
        (
            "!H:!V:NTrees=2000::BoostType=Grad:Shrinkage=0.1:UseBaggedBoost:BaggedSampleFraction=0.5"
            ":nCuts=20:MaxDepth=3:MaxDepth=4"
        ),
    ),
)
MULTICLASS = (
    (
        "BDTG",
        "BDT",
        (
            "!H:!V:NTrees=1000:BoostType=Grad:Shrinkage=0.10:UseBaggedBoost:BaggedSampleFraction=0.50"
            ":nCuts=20:MaxDepth=2"
        ),
    ),
    ("MLP", "MLP", "!H:!V:NeuronType=tanh:NCycles=1000:HiddenLayers=N+5,5:TestRate=5:EstimatorType=MSE"),
    (
        "FDA_GA",
        "FDA",
        (
            "H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2+(4)*x3"
            ":ParRanges=(-1,1);(-10,10);(-10,10);(-10,10);(-10,10):FitMethod=GA:PopSize=300:Cycles=3"
            ":Steps=20:Trim=True:SaveBestGen=1"
        ),
    ),
    (
        "PDEFoam",
        "PDEFoam",
        (
            "!H:!V:TailCut=0.001:VolFrac=0.0666:nActiveCells=500:nSampl=2000:nBin=5:Nmin=100:Kernel=None"
            ":Compress=T"
        ),
    ),
    (
        "DL_CPU",
        "DL",
        (
            "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=N:WeightInitialization=XAVIERUNIFORM"
            ":Architecture=CPU:Layout=TANH|100,TANH|50,TANH|10,LINEAR"
            ":TrainingStrategy=Optimizer=ADAM,LearningRate=1e-3,TestRepetitions=1,ConvergenceSteps=10,"
            "BatchSize=100,MaxEpochs=20"
        ),
    ),
)
"""Title, kind and options of each method."""


def classification_data(data: Path, split: str = "") -> TMVA.DataLoader:
    """Return the loader of TMVAClassification."""
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("myvar1 := var1+var2", "F")
    loader.AddVariable("myvar2 := var1-var2", "Expression 2", "", "F")
    loader.AddVariable("var3", "Variable 3", "units", "F")
    loader.AddVariable("var4", "Variable 4", "units", "F")
    loader.AddSpectator("spec1 := var1*2", "Spectator 1", "units", "F")
    loader.AddSpectator("spec2 := var1*3", "Spectator 2", "units", "F")
    loader.AddSignalTree(f"{data}/tmva_class_example.root:TreeS", 1.0)
    loader.AddBackgroundTree(f"{data}/tmva_class_example.root:TreeB", 1.0)
    loader.SetBackgroundWeightExpression("weight")
    loader.PrepareTrainingAndTestTree(
        "", f"nTrain_Signal=1000:nTrain_Background=1000:SplitMode=Random:NormMode=NumEvents:!V{split}"
    )
    return loader


def regression_data(data: Path, split: str = "") -> TMVA.DataLoader:
    """Return the loader of TMVARegression."""
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("var1", "Variable 1", "units", "F")
    loader.AddVariable("var2", "Variable 2", "units", "F")
    loader.AddSpectator("spec1 := var1*2", "Spectator 1", "units", "F")
    loader.AddSpectator("spec2 := var1*3", "Spectator 2", "units", "F")
    loader.AddTarget("fvalue")
    loader.AddRegressionTree(f"{data}/tmva_reg_example.root:TreeR", 1.0)
    loader.SetWeightExpression("var1", "Regression")
    loader.PrepareTrainingAndTestTree(
        "", f"nTrain_Regression=1000:nTest_Regression=0:SplitMode=Random:NormMode=NumEvents:!V{split}"
    )
    return loader


def multiclass_data(data: Path, split: str = "") -> TMVA.DataLoader:
    """Return the loader of TMVAMulticlass."""
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("var1", "F")
    loader.AddVariable("var2", "Variable 2", "", "F")
    loader.AddVariable("var3", "Variable 3", "units", "F")
    loader.AddVariable("var4", "Variable 4", "units", "F")
    for name, tree in (("Signal", "TreeS"), ("bg0", "TreeB0"), ("bg1", "TreeB1"), ("bg2", "TreeB2")):
        loader.AddTree(f"{data}/tmva_multiclass_example.root:{tree}", name)
    loader.PrepareTrainingAndTestTree("", f"SplitMode=Random:NormMode=NumEvents:!V{split}")
    return loader
