"""What ``tmva-py demo`` runs: a toy time series and a booking script on it."""

from __future__ import annotations

from tmva_py.demo.time_series import make_time_series, write_time_series

__all__ = ["make_time_series", "write_time_series"]
