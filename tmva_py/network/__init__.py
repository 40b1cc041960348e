"""Networks: layers over one flat vector of parameters, built, trained, applied and stored."""

from __future__ import annotations

from tmva_py.network.builder import NetworkBuilder
from tmva_py.network.history import EpochRecord, History
from tmva_py.network.network import Network
from tmva_py.network.phase import TrainingPhase

__all__ = ["EpochRecord", "History", "Network", "NetworkBuilder", "TrainingPhase"]
