"""LSTM, RNN, GRU and a dense network on a time series, booked as in ROOT's tutorial TMVA_RNN_Classification.

    python rnn_booking.py time_data_t10_d30.root [EPOCHS]

The file has trees ``sgn`` and ``bkg`` with branches ``vars_time0`` to ``vars_time9`` of 30 values each;
``tmva-py demo`` makes one.
"""

import sys

import uproot

import tmva_py as TMVA

LAYOUTS = {
    "TMVA_LSTM": ("10|30", "LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR"),
    "TMVA_RNN": ("10|30", "RNN|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR"),
    "TMVA_GRU": ("10|30", "GRU|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR"),
    "TMVA_DNN": ("1|1|300", "DENSE|64|TANH,DENSE|64|TANH,DENSE|64|TANH,LINEAR"),
}


def run(file_name: str, epochs: int = 20, seed: int = 1234) -> tuple[TMVA.Factory, TMVA.DataLoader]:
    """Train, test and evaluate the four networks; return the factory and the loader."""
    file = uproot.open(file_name)
    signal, background = file["sgn"], file["bkg"]

    factory = TMVA.Factory(
        "TMVAClassification",
        "TMVA_RNN.root",
        "!V:!Silent:Color:DrawProgressBar:Transformations=None:!Correlations:AnalysisType=Classification:ModelPersistence",
    )
    loader = TMVA.DataLoader("dataset")
    for time in range(10):
        loader.AddVariablesArray(f"vars_time{time}", 30)
    loader.AddSignalTree(signal, 1.0)
    loader.AddBackgroundTree(background, 1.0)
    loader.PrepareTrainingAndTestTree(
        "",
        f"nTrain_Signal={int(0.8 * signal.num_entries)}:nTrain_Background={int(0.8 * background.num_entries)}"
        ":SplitMode=Random:SplitSeed=100:NormMode=NumEvents:!V:!CalcCorrelations",
    )

    # The bins hold about 33 +- 14 counts. VarTransform=N brings them to -1 ... 1, where tanh and sigmoid
    # learn; without it, as in ROOT's tutorial, the same result needs several times the events.
    training = (
        "LearningRate=1e-3,ConvergenceSteps=5,BatchSize=100,TestRepetitions=1,"
        f"MaxEpochs={epochs},Optimizer=ADAM"
    )
    for title, (input_layout, layout) in LAYOUTS.items():
        factory.BookMethod(
            loader,
            TMVA.Types.kDL,
            title,
            "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=N:WeightInitialization=XAVIERUNIFORM"
            f":ValidationSize=0.2:RandomSeed={seed}:InputLayout={input_layout}:Layout={layout}"
            f":Architecture=CPU:TrainingStrategy={training}",
        )

    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    try:
        factory.GetROCCurve(loader).SaveAs("ROC.png")
    except ImportError as error:  # the picture is an extra
        print(f"no picture: {error}")
    return factory, loader


if __name__ == "__main__":
    run(sys.argv[1], *map(int, sys.argv[2:3]))
