"""``<PDF>`` elements: TMVA's text comes out as it went in, and damage is described."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from tmva_py.errors import WeightFileError
from tmva_py.histograms import read_pdf, write_pdf

PDF = """<PDF Name="x_PDFSig" MinNSmooth="1" MaxNSmooth="3" InterpolMethod="5" KDE_type="1" KDE_iter="2"
 KDE_border="3" KDE_finefactor="3.0000001192092896e-01">
<Histogram Name="x_tr_S_original" NBins="3" XMin="-1.0e+00" XMax="2.0e+00" HasEquidistantBins="1">
1.0e+00 2.0e+00 1.0e+00 </Histogram></PDF>"""


@pytest.mark.parametrize(
    "name",
    [
        *("real_likelihood_kde", "real_likelihood_mix", "real_likelihood_smooth_minmax", "real_bdt_mvapdfs"),
        *("real_fisher_gauss_higgs", "ld_stored", "likelihood_spline_10vars"),
    ],
)
def test_what_tmva_wrote_is_written_again(shared: Path, name: str) -> None:
    root = ElementTree.parse(shared / "golden" / name / "weights.xml").getroot()
    found = list(root.iter("PDF"))
    assert found
    for element in found:
        again = Element("parent")
        write_pdf(again, read_pdf(element))
        written = again[0]
        assert written.attrib == element.attrib
        assert [child.tag for child in written] == [child.tag for child in element]
        for one, other in zip(written, element, strict=True):
            assert one.attrib == other.attrib
            assert (one.text or "").split() == (other.text or "").split()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('InterpolMethod="5"', 'InterpolMethod="6"', "InterpolMethod=6 is larger than 5"),
        ('InterpolMethod="5"', "", "has no attribute 'InterpolMethod'"),
        ('MinNSmooth="1"', 'MinNSmooth="4"', "MaxNSmooth is smaller than MinNSmooth"),
        ('MaxNSmooth="3"', 'MaxNSmooth="1000000000"', "MaxNSmooth=1000000000 is larger than 10000"),
        ('KDE_iter="2"', 'KDE_iter="0"', "whole number of at least 1"),
        ('KDE_border="3"', 'KDE_border="9"', "KDE_border=9 is larger than 3"),
        ("3.0000001192092896e-01", "nan", "KDE_finefactor='nan' must be a number"),
        ('XMax="2.0e+00"', 'XMax="-1"', "XMin=-1 must be smaller than XMax=-1"),
        ('NBins="3"', 'NBins="4"', "expected 4 numbers, found 3"),
        ('NBins="3"', 'NBins="0"', "whole number of at least 1"),
        ("2.0e+00 1.0e+00", "inf 1.0e+00", "a bin's content is infinite"),
        ("1.0e+00 2.0e+00 1.0e+00", "0 2.0e+00 0", "needs a histogram with a width"),
        ("Histogram", "Picture", "expected a <Histogram>, found none"),
        ('HasEquidistantBins="1"', 'HasEquidistantBins="0"', "expected a <HistogramBinning>, found none"),
    ],
)
def test_damage_is_described(old: str, new: str, message: str) -> None:
    assert old in PDF
    with pytest.raises(WeightFileError, match=message):
        read_pdf(ElementTree.fromstring(PDF.replace(old, new)))
