"""A convolution net and a dense one on images, booked as in ROOT's tutorial TMVA_CNN_Classification.

    python cnn_booking.py [EPOCHS]

Makes images_data_16x16.root, if it is not there: trees ``sig_tree`` and ``bkg_tree``, branch ``vars`` of 256
pixels.
"""

import sys
from pathlib import Path

import uproot

import tmva_py as TMVA
from tmva_py.demo.images import write_images

CNN = (
    "CONV|10|3|3|1|1|1|1|RELU,BNORM,CONV|10|3|3|1|1|1|1|RELU,MAXPOOL|2|2|1|1,RESHAPE|FLAT,"
    "DENSE|100|RELU,DENSE|1|LINEAR"
)
DNN = "DENSE|100|RELU,BNORM,DENSE|100|RELU,BNORM,DENSE|100|RELU,BNORM,DENSE|100|RELU,DENSE|1|LINEAR"


def run(file_name: str, epochs: int = 10, seed: int = 1234) -> tuple[TMVA.Factory, TMVA.DataLoader]:
    """Train, test and evaluate both networks; return the factory and the loader."""
    file = uproot.open(file_name)
    signal, background = file["sig_tree"], file["bkg_tree"]

    factory = TMVA.Factory(
        "TMVA_CNN_Classification",
        None,
        "!V:!Silent:Color:DrawProgressBar:Transformations=None:!Correlations:AnalysisType=Classification:ModelPersistence",
    )
    loader = TMVA.DataLoader("dataset")
    loader.AddSignalTree(signal, 1.0)
    loader.AddBackgroundTree(background, 1.0)
    loader.AddVariablesArray("vars", 256)
    loader.PrepareTrainingAndTestTree(
        "",
        f"nTrain_Signal={int(0.8 * signal.num_entries)}:nTrain_Background={int(0.8 * background.num_entries)}"
        ":SplitMode=Random:SplitSeed=100:NormMode=NumEvents:!V:!CalcCorrelations",
    )

    training = (
        "LearningRate=1e-3,ConvergenceSteps=5,BatchSize=100,TestRepetitions=1,"
        f"Regularization=None,MaxEpochs={epochs},Optimizer=ADAM,DropConfig=0.0+0.0+0.0+0.0"
    )
    for title, input_layout, layout in (("TMVA_DNN_CPU", "1|1|256", DNN), ("TMVA_CNN_CPU", "1|16|16", CNN)):
        factory.BookMethod(
            loader,
            TMVA.Types.kDL,
            title,
            "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=None:WeightInitialization=XAVIER"
            f":RandomSeed={seed}:InputLayout={input_layout}:Layout={layout}"
            f":TrainingStrategy={training}:Architecture=CPU",
        )

    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory, loader


if __name__ == "__main__":
    images = Path("images_data_16x16.root")
    if not images.exists():
        write_images(images)
    run(str(images), *map(int, sys.argv[1:2]))
