"""The windows that are not there say so."""

from __future__ import annotations

import pytest

import tmva_py as TMVA


@pytest.mark.parametrize("name", ["TMVAGui", "TMVARegGui", "TMVAMultiClassGui"])
def test_a_gui_call_says_what_to_do_instead(name, capsys):
    getattr(TMVA, name)("out.root")
    text = capsys.readouterr().out
    assert text.startswith("TMVAGui                  : There is no window for out.root\n")
    assert 'factory.GetROCCurve(loader).SaveAs("roc.png")' in text
    assert 'TMVA.mvas("dataset", "out.root")' in text
    assert "pip install 'tmva-py[plot]'" in text
    assert "root -l -e 'TMVA::TMVAGui(\"out.root\")'" in text
