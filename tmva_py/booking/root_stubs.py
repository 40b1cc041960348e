"""What scripts call for a side effect in ROOT: ``TMVA.Tools``, ``PyMethodBase``, ``TMVAGui`` and its kin."""

from __future__ import annotations

import functools

from tmva_py.message_log import MessageLog


class Tools:
    """TMVA's tools; scripts call ``TMVA.Tools.Instance()`` to load libraries, which is nothing to do here."""

    @staticmethod
    def Instance() -> Tools:
        """Return the tools."""
        return gTools()

    @staticmethod
    def SplitString(text: object, separator: str) -> list[str]:
        """Return the parts of a text between separators.

        An empty text has no parts and an empty part at the end is dropped, as in ROOT.

        Examples
        --------
        >>> Tools.SplitString("BDT,MLP,", ",")
        ['BDT', 'MLP']
        """
        parts = str(text).split(separator)
        return parts[:-1] if parts[-1] == "" else parts


@functools.cache
def gTools() -> Tools:
    """Return the tools, the same object every time; it has no state."""
    return Tools()


class PyMethodBase:
    """Stands for the base of ROOT's methods in Python; Python is running already."""

    @staticmethod
    def PyInitialize() -> None:
        """Do nothing: there is no interpreter to start."""

    @staticmethod
    def PyIsInitialized() -> bool:
        """Return True."""
        return True

    @staticmethod
    def PyFinalize() -> None:
        """Do nothing."""


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
    log.info('factory.GetROCCurve(loader).SaveAs("roc.png") draws ROC curves without ROOT;')
    log.info(f'TMVA.mvas("dataset", "{file_name}"), efficiencies, variables and correlations draw the rest')
    log.info("(pip install 'tmva-py[plot]');")
    log.info(f"root -l -e 'TMVA::TMVAGui(\"{file_name}\")' opens ROOT's window, which reads the file")


def TMVARegGui(file_name: object = "TMVAReg.root", dataset: object = "") -> None:
    """Do as `TMVAGui` does."""
    TMVAGui(file_name, dataset)


def TMVAMultiClassGui(file_name: object = "TMVAMulticlass.root", dataset: object = "") -> None:
    """Do as `TMVAGui` does."""
    TMVAGui(file_name, dataset)
