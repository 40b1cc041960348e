"""The options of MethodMLP."""

from __future__ import annotations

from tmva_py.methods.options import BASE_OPTIONS
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option

NEURON_TYPES = ("linear", "sigmoid", "tanh", "ReLU", "radial")
INPUT_TYPES = ("sum", "sqsum", "abssum")
ESTIMATORS = ("MSE", "CE")
TANH_FORMS = ("Exact", "Fast", "Unbounded")

ANN_OPTIONS: tuple[Option, ...] = (
    Option("NCycles", int, 500, doc="epochs of the training"),
    Option("HiddenLayers", str, "N,N-1", doc="neurons of each hidden layer; N is the number of variables"),
    Option("NeuronType", str, "sigmoid", choices=NEURON_TYPES, doc="function of the hidden neurons"),
    Option("RandomSeed", int, 1, doc="seed of first weights and of the events' order; 0 draws a fresh one"),
    Option(
        "EstimatorType", str, "MSE", choices=ESTIMATORS,
        doc="what is minimised: CE for two classes, MSE else, whatever is written",
    ),
    Option("NeuronInputType", str, "sum", choices=INPUT_TYPES, doc="what a neuron's input is"),
)  # fmt: skip
"""Options that weight files hold before those common to all methods."""

MLP_OPTIONS: tuple[Option, ...] = (
    Option(
        "TrainingMethod", str, "BP", choices=("BP", "GA", "BFGS"),
        doc="back-propagation, genetic algorithm, or the quasi-Newton method BFGS",
    ),
    Option("LearningRate", float, 0.02, doc="BP: learning rate"),
    Option("DecayRate", float, 0.01, doc="BP: what the learning rate loses in an epoch"),
    Option("TestRate", int, 10, minimum=1, doc="epochs from one test to the next"),
    Option("EpochMonitoring", bool, False, doc="file responses and weights at each test"),
    Option("Sampling", float, 1.0, doc="part of the events on which is trained; they are drawn at each test"),
    Option("SamplingEpoch", float, 1.0, doc="part of the epochs with such a sample; then all events"),
    Option("SamplingImportance", float, 1.0, doc="without effect, as in TMVA"),
    Option("SamplingTraining", bool, True, doc="draw from the training events"),
    Option("SamplingTesting", bool, False, doc="draw from the test events"),
    Option("ResetStep", int, 50, minimum=1, doc="BFGS: epochs from one steepest descent to the next"),
    Option("Tau", float, 3.0, doc="BFGS: factor of the steps of the line search"),
    Option(
        "BPMode", str, "sequential", choices=("sequential", "batch"),
        doc="BP: change the weights after each event, or after each batch",
    ),
    Option("BatchSize", int, -1, doc="BP: events of a batch; -1 takes all"),
    Option("ConvergenceImprove", float, 1e-30, doc="what counts as an improvement of the test estimator"),
    Option(
        "ConvergenceTests", int, -1, doc="tests without improvement after which the training ends; -1: never"
    ),
    Option("UseRegulator", bool, False, doc="BFGS: penalise large weights as much as the events suggest"),
    Option("UpdateLimit", int, 10000, doc="how often the penalty is adapted at most"),
    Option("CalculateErrors", bool, False, doc="give responses an error (GetMVAError)"),
    Option(
        "WeightRange", float, 1.0, doc="part of the events, those with the least deviation, in the estimator"
    ),
    RELEASE_OPTION,
    Option(
        "Tanh", str, "Exact", choices=TANH_FORMS, in_files=False,
        doc="form of tanh, of which ROOT has had three (not an option of TMVA's)",
    ),
)  # fmt: skip
"""Options after those common to all methods."""

ALL_OPTIONS = (*ANN_OPTIONS, *BASE_OPTIONS, *MLP_OPTIONS)
"""All options in the order of weight files."""
