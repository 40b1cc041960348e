"""Weight files of forests with numbers that cannot be answers."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tmva_py.errors import TMVAWarning
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing.method_checks import data_set


def text_of(options: str) -> str:
    data = data_set("Classification")
    log = MessageLog("BDT", silent=True)
    method = MethodBDT("bad", data.info, "Classification", f"NTrees=2:MaxDepth=2:{options}", log=log)
    return weight_text(train_method(method, data))


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_leaf(value: str) -> None:
    text = text_of("BoostType=Grad")
    leaf = re.search(r'IVar="-1"[^>]*? res="([^"]*)"', text)
    assert leaf is not None
    text = f"{text[: leaf.start(1)]}{value}{text[leaf.end(1) :]}"
    with pytest.warns(TMVAWarning, match=r"the answers of 1 of 8 leaves are not finite"):
        method = read_weight_file(text)
    assert np.isfinite(method.evaluate(np.full((2, len(method.info.variables)), 50.0))).any()


def test_a_leaf_that_is_not_asked() -> None:
    """Leaves that vote yes or no have numbers that nobody reads."""
    read_weight_file(re.sub(r' res="[^"]*"', ' res="nan"', text_of("BoostType=AdaBoost")))


def test_a_weight_of_a_tree() -> None:
    text = re.sub(r'boostWeight="[^"]*"', 'boostWeight="nan"', text_of("BoostType=AdaBoost"), count=1)
    with pytest.warns(TMVAWarning, match=r"the weights of 1 of 2 trees are not finite"):
        read_weight_file(text)
