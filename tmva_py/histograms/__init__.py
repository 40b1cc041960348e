"""Histograms, profiles, graphs and columns as a ROOT file holds them, and the densities made of them.

What a method shows of its training is made of these classes; the output file writes them under the names that
the method gives.
"""

from __future__ import annotations

from tmva_py.histograms.axis import Axis
from tmva_py.histograms.file_objects import Columns, FileObject, Graph, MakesFileObject
from tmva_py.histograms.histogram import Histogram, separation
from tmva_py.histograms.histogram_2d import Histogram2D
from tmva_py.histograms.pdf import PDF
from tmva_py.histograms.pdf_pairs import pdf_roc_integral, pdf_separation
from tmva_py.histograms.pdf_settings import PDFSettings, pdf_options
from tmva_py.histograms.pdf_xml import has_old_smoothing, read_pdf, write_pdf
from tmva_py.histograms.profile import Profile
from tmva_py.histograms.smoothing import smooth
from tmva_py.histograms.splines import LinearSpline

__all__ = [
    "PDF",
    "Axis",
    "Columns",
    "FileObject",
    "Graph",
    "Histogram",
    "Histogram2D",
    "LinearSpline",
    "MakesFileObject",
    "PDFSettings",
    "Profile",
    "has_old_smoothing",
    "pdf_options",
    "pdf_roc_integral",
    "pdf_separation",
    "read_pdf",
    "separation",
    "smooth",
    "write_pdf",
]
