"""Small weight files for tests, and the golden cases."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from tmva_py.data import AnalysisType, DataSetInfo, VariableInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.methods import TrainedMethod
from tmva_py.methods.dl.method import MethodDL
from tmva_py.methods.dl.model import DLModel
from tmva_py.methods.dl.weights_attributes import WeightsAttributes
from tmva_py.network import Network
from tmva_py.options import OptionValues
from tmva_py.plugins import default_registry
from tmva_py.weights.general_info import new_general_info

SMALL = """<?xml version="1.0"?>
<MethodSetup Method="DL::small">
  <GeneralInfo>
    <Info name="TMVA Release" value="4.2.1 [262657]"/>
    <Info name="AnalysisType" value="Classification"/>
  </GeneralInfo>
  <Options>
    <Option name="V" modified="Yes">False</Option>
    <Option name="Layout" modified="Yes">DENSE|2|TANH,LINEAR</Option>
  </Options>
  <Variables NVar="3">
    <Variable VarIndex="0" Expression="a" Label="a" Title="a" Unit="" Internal="a" Type="F" Min="0" Max="1"/>
    <Variable VarIndex="1" Expression="b+1" Label="second" Title="b" Unit="" Internal="second" Type="F" Min="0" Max="1"/>
    <Variable VarIndex="2" Expression="c" Label="c" Title="c" Unit="" Internal="c" Type="F" Min="0" Max="1"/>
  </Variables>
  <Spectators NSpec="0"/>
  <Classes NClass="2">
    <Class Name="Signal" Index="0"/>
    <Class Name="Background" Index="1"/>
  </Classes>
  <Transformations NTransformations="0"/>
  <MVAPdfs/>
  <Weights NetDepth="2" InputDepth="1" InputHeight="1" InputWidth="3" BatchSize="1" BatchDepth="1" BatchHeight="10" BatchWidth="3" LossFunction="C" Initialization="X" Regularization="0" OutputFunction="S" WeightDecay="0.0">
    <DenseLayer Width="2" ActivationFunction="3">
      <Weights Rows="2" Columns="3">
        0.5  -1.0  0.25  1.0  2.0  -0.5
      </Weights>
      <Biases Rows="2" Columns="1">
        0.1  -0.2
      </Biases>
    </DenseLayer>
    <DenseLayer Width="1" ActivationFunction="0">
      <Weights Rows="1" Columns="2">
        1.5  -2.5
      </Weights>
      <Biases Rows="1" Columns="1">
        0.3
      </Biases>
    </DenseLayer>
  </Weights>
</MethodSetup>
"""  # noqa: E501 - as TMVA writes it
"""A dense classifier with three variables."""


def changed(old: str, new: str, count: int = 1) -> str:
    """Return `SMALL` with something replaced that must be in it."""
    if old not in SMALL:
        message = f"{old!r} is not in the small weight file"
        raise ValueError(message)
    return SMALL.replace(old, new, count)


NETWORK_CASES = (
    "multiclass_dl_dense_norm_stored",
    "dl_lstm_seq",
    "dl_dense_norm_class_example",
    "dl_no_output_layer_exprs",
    "dl_dense_norm_19vars",
    "dl_dense_gauss_higgs",
    "dnn_old_sigmoid_norm",
)
"""Golden cases of deep networks, with weight file and responses."""


def golden_index(shared: Path) -> list[dict[str, Any]]:
    """Return the index of the golden cases."""
    cases: list[dict[str, Any]] = json.loads((shared / "golden" / "index.json").read_text())
    return cases


def golden_weights(shared: Path, case: str) -> Path:
    """Return a golden case's weight file, compressed or not."""
    plain = shared / "golden" / case / "weights.xml"
    return plain if plain.exists() else plain.with_name("weights.xml.gz")


def method_with(network: Network, analysis: AnalysisType) -> TrainedMethod:
    """Return a method that answers with a network, as after a training."""
    n_variables = math.prod(network.input_shape)
    info = DataSetInfo(
        variables=[VariableInfo(f"x{i}") for i in range(n_variables)],
        targets=[VariableInfo("t"), VariableInfo("u")] if analysis == "Regression" else [],
        classes={"Classification": ["Signal", "Background"], "Regression": ["Regression"]}.get(
            analysis, ["a", "b", "c"]
        ),
    )
    shape = network.input_shape
    layout = (1, 1, shape[0]) if len(shape) == 1 else (shape[0], 1, shape[1])
    attributes = WeightsAttributes(
        layout, 1, (1, 100, n_variables), "C", "F", "2", network.output_function.code, 1e-4
    )
    return TrainedMethod(
        type_name="DL",
        title="title",
        info=info,
        analysis_type=analysis,
        option_values=OptionValues(MethodDL.declared_options(default_registry())),
        transformations=TransformationChain((), info),
        model=DLModel(network, analysis, info.n_outputs(analysis), attributes),
        general_info=new_general_info(0, 0.0, analysis),
    )
