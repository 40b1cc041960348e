"""What BDTs make of events with negative weights, for each ``NegWeightTreatment``.

    python benchmarks/negative_weights.py

prints the table of docs/options.md: events that TMVA trained on, of which a quarter has negative weights, and
each treatment. It needs the stored cases beside this repository (``../shared``).
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from forests import agreeing_trees
from golden import SHARED, stored_data
from weight_files import golden_weights

from tmva_py.errors import TMVAWarning
from tmva_py.evaluation import RocCurve
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.bdt.sample import prepare
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file

ADABOOST = "NTrees=50:MaxDepth=3:nCuts=20"
GRADIENTS = "NTrees=40:BoostType=Grad:Shrinkage=0.2:MaxDepth=2:nCuts=20"
ROWS: tuple[tuple[str, str, str], ...] = (
    (ADABOOST, "NegWeightTreatment=InverseBoostNegWeights", "real_bdt_neg_inverseboostnegweights"),
    (ADABOOST, "NegWeightTreatment=IgnoreNegWeightsInTraining", "real_bdt_neg_ignorenegweightsintraining"),
    (ADABOOST, "NegWeightTreatment=NoNegWeightsInTraining", "real_bdt_neg_ignorenegweightsintraining"),
    (ADABOOST, "IgnoreNegWeightsInTraining", "real_bdt_neg_ignorenegweightsintraining"),
    (ADABOOST, "NegWeightTreatment=PairNegWeightsGlobal", "real_bdt_neg_pairnegweightsglobal"),
    (ADABOOST, "NegWeightTreatment=Pray", "real_bdt_neg_pray"),
    (GRADIENTS, "NegWeightTreatment=Pray", "real_bdt_neg_grad"),
    (GRADIENTS, "NegWeightTreatment=PairNegWeightsGlobal", "real_bdt_neg_grad_pair"),
)
"""Options, the treatment, and the case that has TMVA's forest."""


@dataclass(frozen=True)
class Treatment:
    """What one treatment does: events, negative ones among them, trees and how well they do."""

    n_events: int
    n_negative: int
    n_trees: int
    agreeing: int
    area: float


def treat(options: str, treatment: str, case: str) -> Treatment:
    """Train on the events of a case, and compare with its forest."""
    golden = read_weight_file(golden_weights(SHARED, case))
    data = stored_data(SHARED / "golden" / case, golden)
    method = MethodBDT(
        "BDT",
        golden.info,
        "Classification",
        f"{options}:{treatment}:Release=4.2",
        log=MessageLog("BDT", silent=True),
    )
    trained = train_method(method, data)
    sample = prepare(data.training, golden.info, vars(method)["_settings"], method.log).sample
    # A ROC curve needs weights that are not negative.
    response = trained.evaluate(data.testing.x)
    signal = data.testing.class_index == 0
    kept = data.testing.weight > 0
    return Treatment(
        n_events=len(sample),
        n_negative=int((sample.weight < 0).sum()),
        n_trees=len(trained.model.forest),
        agreeing=agreeing_trees(trained.model.forest, golden.model.forest)[0],
        area=RocCurve(response[kept], signal[kept], data.testing.weight[kept]).area,
    )


def row(options: str, treatment: str, case: str) -> str:
    """Return a line of the table."""
    found = treat(options, treatment, case)
    boost = "Grad" if options is GRADIENTS else "AdaBoost"
    return (
        f"| {boost} | `{treatment}` | {found.n_events} | {found.n_negative} | {found.n_trees} | "
        f"{found.agreeing} | {found.area:.3f} | `{case}` |"
    )


def main() -> None:
    """Print the table."""
    print("| boosting | option | events | negative | trees | as TMVA's | ROC integral | TMVA's forest |")
    print("|---|---|---:|---:|---:|---:|---:|---|")
    for options, treatment, case in ROWS:
        print(row(options, treatment, case), flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore", TMVAWarning)
    main()
