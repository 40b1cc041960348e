"""The kinds of plugins: their hooks, base classes and built-in classes, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_FUNCTIONS = "tmva_py.functions"
_TRANSFORMATIONS = "tmva_py.data.transformations"


@dataclass(frozen=True)
class KindSpec:
    """One kind of plugin.

    Attributes
    ----------
    name : str
        The kind, as ``"layer"``.
    hook : str
        The function of a plugin module that returns classes of this kind.
    base : str
        What the classes derive from, as ``module:name``.
    builtins : mapping
        The built-in classes: all names of one, joined by ``|``, and its module. A module is imported when
        one of its classes is requested.
    tags : mapping
        The elements of weight files that belong to built-in classes, and a name of the class.
    members : tuple of str
        What a class must define beside the abstract methods of `base`.
    """

    name: str
    hook: str
    base: str
    builtins: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)
    members: tuple[str, ...] = ()


_SPECS = (
    KindSpec(
        "layer",
        "tmva_py_layers",
        "tmva_py.layers:VGeneralLayer",
        {
            "DENSE": "tmva_py.layers.dense",
            "RNN": "tmva_py.layers.rnn",
            "LSTM": "tmva_py.layers.lstm",
            "GRU": "tmva_py.layers.gru",
            "CONV": "tmva_py.layers.conv",
            "MAXPOOL": "tmva_py.layers.maxpool",
            "BNORM": "tmva_py.layers.batch_norm",
            "RESHAPE": "tmva_py.layers.reshape",
        },
        {
            "DenseLayer": "DENSE",
            "RNNLayer": "RNN",
            "LSTMLayer": "LSTM",
            "GRULayer": "GRU",
            "ConvLayer": "CONV",
            "MaxPoolLayer": "MAXPOOL",
            "BatchNormLayer": "BNORM",
            "ReshapeLayer": "RESHAPE",
        },
    ),
    KindSpec(
        "backend",
        "tmva_py_backends",
        "tmva_py.backends:Backend",
        {
            "numpy": "tmva_py.backends.numpy_backend",
            "numba": "tmva_py.backends.numba_backend",
            "cupy|gpu|cudnn": "tmva_py.backends.cupy_backend",
        },
    ),
    KindSpec(
        "method",
        "tmva_py_methods",
        "tmva_py.methods:Method",
        {
            "DL|DNN": "tmva_py.methods.dl.method",
            "BDT": "tmva_py.methods.bdt.method",
            "DT": "tmva_py.methods.dt.method",
            "CFMlpANN": "tmva_py.methods.cfmlpann.method",
            "Cuts": "tmva_py.methods.cuts.method",
            "FDA": "tmva_py.methods.fda.method",
            "Fisher": "tmva_py.methods.linear.fisher",
            "LD": "tmva_py.methods.linear.ld",
            "HMatrix": "tmva_py.methods.linear.hmatrix",
            "Likelihood": "tmva_py.methods.likelihood.method",
            "MLP": "tmva_py.methods.mlp.method",
            "TMlpANN": "tmva_py.methods.tmlpann.method",
            "KNN": "tmva_py.methods.knn.method",
            "PDERS": "tmva_py.methods.pders.method",
            "PDEFoam": "tmva_py.methods.pdefoam.method",
            "RuleFit": "tmva_py.methods.rulefit.method",
            "Boost": "tmva_py.methods.boost.method",
            "Variable": "tmva_py.methods.variable.method",
            "SVM": "tmva_py.methods.svm.method",
            "Category": "tmva_py.methods.category.method",
            "CrossValidation": "tmva_py.methods.cross_validation.method",
            "PyRandomForest": "tmva_py.methods.python.sklearn_methods",
            "PyGTB": "tmva_py.methods.python.sklearn_methods",
            "PyAdaBoost": "tmva_py.methods.python.sklearn_methods",
            "PyKeras": "tmva_py.methods.python.keras_method",
            "PyTorch": "tmva_py.methods.python.torch_method",
        },
        members=("model",),
    ),
    KindSpec(
        "optimizer",
        "tmva_py_optimizers",
        f"{_FUNCTIONS}.optimizers:Optimizer",
        dict.fromkeys(("SGD", "ADAM", "ADAGRAD", "RMSPROP", "ADADELTA"), f"{_FUNCTIONS}.optimizers"),
    ),
    KindSpec(
        "loss",
        "tmva_py_losses",
        f"{_FUNCTIONS}.losses:Loss",
        dict.fromkeys(("SUMOFSQUARES|MSE", "CROSSENTROPY", "MUTUALEXCLUSIVE"), f"{_FUNCTIONS}.losses"),
        members=("code", "default_output"),
    ),
    KindSpec(
        "regularization",
        "tmva_py_regularizations",
        f"{_FUNCTIONS}.regularizations:Regularization",
        dict.fromkeys(("NONE", "L1", "L2"), f"{_FUNCTIONS}.regularizations"),
        members=("code",),
    ),
    KindSpec(
        "initializer",
        "tmva_py_initializers",
        f"{_FUNCTIONS}.initializers:Initializer",
        dict.fromkeys(
            ("GAUSS", "UNIFORM", "XAVIER", "XAVIERUNIFORM", "IDENTITY", "ZERO"), f"{_FUNCTIONS}.initializers"
        ),
        members=("code",),
    ),
    KindSpec(
        "activation",
        "tmva_py_activations",
        f"{_FUNCTIONS}.activations:Activation",
        dict.fromkeys(
            ("LINEAR|IDENTITY", "RELU", "SIGMOID", "TANH", "SYMMRELU", "SOFTSIGN", "GAUSS", "FTANH"),
            f"{_FUNCTIONS}.activations",
        ),
        members=("code",),
    ),
    KindSpec(
        "output",
        "tmva_py_outputs",
        f"{_FUNCTIONS}.outputs:OutputFunction",
        dict.fromkeys(("IDENTITY", "SIGMOID", "SOFTMAX"), f"{_FUNCTIONS}.outputs"),
        members=("code",),
    ),
    KindSpec(
        "transformation",
        "tmva_py_transformations",
        f"{_TRANSFORMATIONS}:VariableTransformation",
        {
            "I|Ident|Identity": f"{_TRANSFORMATIONS}.identity",
            "D|Deco|Decorrelate|Decorrelation": f"{_TRANSFORMATIONS}.decorrelate",
            "P|PCA": f"{_TRANSFORMATIONS}.principal_components",
            "U|Uniform": f"{_TRANSFORMATIONS}.uniform",
            "G|Gauss": f"{_TRANSFORMATIONS}.gauss",
            "N|Norm|Normalise|Normalize": f"{_TRANSFORMATIONS}.normalize",
        },
    ),
)

KINDS: Mapping[str, KindSpec] = {spec.name: spec for spec in _SPECS}
"""Every kind of plugin by its name."""
