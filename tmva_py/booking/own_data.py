"""The calls of ``Factory`` before ROOT 6.08, when it had one data set of its own and no ``DataLoader``."""

from __future__ import annotations

from tmva_py.booking.data_loader import DataLoader
from tmva_py.message_log import MessageLog

MOVED_TO_LOADER = (
    *(
        "AddVariable",
        "AddSpectator",
        "AddTarget",
        "AddRegressionTarget",
        "AddTree",
        "SetTree",
        "AddCut",
        "SetCut",
    ),
    *("AddSignalTree", "AddBackgroundTree", "AddRegressionTree", "SetSignalTree", "SetBackgroundTree"),
    *("SetWeightExpression", "SetSignalWeightExpression", "SetBackgroundWeightExpression"),
    *("SetInputTrees", "SetInputVariables", "PrepareTrainingAndTestTree", "AddEvent"),
    *("AddTrainingEvent", "AddTestEvent", "AddSignalTrainingEvent", "AddBackgroundTrainingEvent"),
    *("AddSignalTestEvent", "AddBackgroundTestEvent"),
)
"""What has been DataLoader's since ROOT 6.08."""

_NAME = "."


class OwnData:
    """A factory's own data set.

    Its name is the present folder: weight files are in ``weights/``, and the output file's folders begin at
    its top, where scripts of the time look for them.
    """

    def __init__(self) -> None:
        self._loader: DataLoader | None = None

    @property
    def is_used(self) -> bool:
        """Whether the script has called one of the old calls."""
        return self._loader is not None

    def loader(self, log: MessageLog, call: str) -> DataLoader:
        """Return the data set; made, with a line that says so, at the first call."""
        if self._loader is None:
            log.info(f"{call} without a DataLoader, as before ROOT 6.08: weight files go into weights/")
            self._loader = DataLoader(_NAME)
        return self._loader
