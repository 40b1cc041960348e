"""``TMVAGui`` and its kin: scripts call them at the end; here they say what there is instead."""

from __future__ import annotations

from tmva_py.message_log import MessageLog


def TMVAGui(file_name: object = "TMVA.root", dataset: object = "") -> None:
    """Say how to draw what ROOT's window draws.

    Parameters
    ----------
    file_name : object
        The output file, as in ROOT.
    dataset : object
        The data set's name, as in ROOT.
    """
    del dataset
    log = MessageLog("TMVAGui")
    log.header(f"There is no window for {file_name}")
    log.info("Draw ROC curves with factory.GetROCCurve(loader).Draw(), or open the file in ROOT")


def TMVARegGui(file_name: object = "TMVAReg.root", dataset: object = "") -> None:
    """Do as `TMVAGui` does."""
    TMVAGui(file_name, dataset)


def TMVAMultiClassGui(file_name: object = "TMVAMulticlass.root", dataset: object = "") -> None:
    """Do as `TMVAGui` does."""
    TMVAGui(file_name, dataset)
