"""A weight file of any method, or the same inside another method: its header, and its weights as XML."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tmva_py.data import AnalysisType, DataSetInfo
from tmva_py.weights.header import HeaderReader, StoredOption
from tmva_py.weights.remarks import warn_of
from tmva_py.weights.sinks import SinkLookup
from tmva_py.weights.source import naming_the_file, source_name
from tmva_py.weights.xml_reader import parse_weight_xml


@dataclass
class WeightFile:
    """The content of a weight file, with the method's own part still as XML.

    Attributes
    ----------
    source : str
        The path, for messages.
    type_name, title : str
        The two sides of ``Method="DL::title"``.
    general_info : dict of str to str
        ``TMVA Release``, ``ROOT Release``, ``Creator``, ``Date``, ``Host``, ``Dir``, ``Training events``,
        ``TrainingTime``, ``AnalysisType``: what the file has of them, and whatever else it has.
    options : list of StoredOption
        In the file's order.
    info : DataSetInfo
        Variables, spectators, targets and classes; ranges as in the file.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        From `general_info`; files without it are regressions if they have targets.
    transformations, mva_pdfs, weights : Element or None
        These elements, where the file has them; `weights` only when the whole file was read, and a single
        decision tree's is ``<BinaryTree>``.
    remarks : list of str
        What is in the file and was not understood.
    """

    source: str
    type_name: str
    title: str
    general_info: dict[str, str]
    options: list[StoredOption]
    info: DataSetInfo
    analysis_type: AnalysisType
    transformations: Element | None = None
    mva_pdfs: Element | None = None
    weights: Element | None = None
    remarks: list[str] = field(default_factory=list)

    @property
    def method(self) -> str:
        """``type::title``."""
        return f"{self.type_name}::{self.title}"

    @property
    def transformation_names(self) -> list[str]:
        """The names of the variable transformations in their order."""
        if self.transformations is None:
            return []
        return [child.get("Name", "") for child in self.transformations.iter("Transform")]

    @classmethod
    def read(
        cls,
        source: str | os.PathLike[str],
        *,
        header_only: bool = False,
        sinks: SinkLookup | None = None,
    ) -> WeightFile:
        """Read a weight file of any method.

        Parameters
        ----------
        source : path, or str with XML
            The file, compressed with gzip or not, or its text.
        header_only : bool, default False
            Stop before ``<Weights>``: quick, however large the rest is.
        sinks : callable, optional
            From a method's type to its model's sinks; without it, all weights become elements and texts.

        Raises
        ------
        WeightFileNotFoundError
            There is no such file.
        WeightFileError
            The file is damaged, unsafe, or no weight file; the message has file, line and reason.

        Warns
        -----
        TMVAWarning
            The header has elements or attributes that are not known; they are left out.
        """
        root = parse_weight_xml(source, header_only=header_only, sinks=sinks)
        return cls.of(root, source_name(source))

    @classmethod
    def of(cls, root: Element, source: str) -> WeightFile:
        """Return the content of a weight file's root, or of an element like it in another method."""
        with naming_the_file(source):
            header = HeaderReader(root)
        remarks = [*header.remarks.texts(), *getattr(root, "remarks", ())]
        warn_of(remarks, source)
        return cls(
            source=source,
            type_name=header.type_name,
            title=header.title,
            general_info=header.general_info,
            options=header.options,
            info=header.info,
            analysis_type=header.analysis_type,
            transformations=header.sections.get("Transformations"),
            mva_pdfs=header.sections.get("MVAPdfs"),
            weights=header.sections.get("Weights", header.sections.get("BinaryTree")),
            remarks=remarks,
        )
