"""A job: what a factory does. Methods are booked on data sets, trained, tested and evaluated."""

from tmva_py.booking.job.job import Job

__all__ = ["Job"]
