"""The output file of a factory: TestTree, TrainTree, correlations and each method's histograms."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import BookingError, TMVAWarning
from tmva_py.evaluation import ClassificationEvaluation, Histogram
from tmva_py.files import replaced_when_done

if TYPE_CHECKING:
    from tmva_py.data import DataSetInfo, Events

FORMS = "a path, None, or an object with GetName() and Close() such as a TFile"


@dataclass(frozen=True)
class _Histogram1D:
    """A TH1D to be, or a TH1F."""

    histogram: Histogram
    title: str
    x_title: str = ""
    y_title: str = ""
    is_float: bool = False


@dataclass(frozen=True)
class _Correlation:
    """A TH2F to be, with the variables' titles along both axes."""

    percent: npt.NDArray[np.float64]
    labels: Sequence[str]
    title: str


class OutputFile:
    """Collects what goes into the output file and writes all of it at once.

    ROOT fills the file object of the script while the factory works. Here the content is kept and the whole
    file is written — under a temporary name that then takes the file's place — at the end of
    ``TrainAllMethods`` and again at the end of ``EvaluateAllMethods``. So the file is complete before the
    script calls ``Close()``, whatever object the script closes, and never half written.

    Parameters
    ----------
    path : path
        The file; its folder must exist.

    Raises
    ------
    BookingError
        There is no such folder.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        # The script may change its working directory before the file is written.
        self.path = Path(path).absolute()
        if not self.path.parent.is_dir():
            folder = str(self.path.parent)
            message = f"output file {os.fspath(path)!r}: there is no folder {folder!r}; make it first"
            raise BookingError(message)
        self._trees: dict[str, dict[str, Any]] = {}
        self._objects: dict[str, _Histogram1D | _Correlation | str] = {}

    @classmethod
    def from_argument(cls, target: Any) -> OutputFile | None:
        """Return the output file for what a script hands over; None for None.

        Raises
        ------
        BookingError
            It is none of the accepted forms.
        """
        if target is None:
            return None
        if isinstance(target, str | os.PathLike):
            return cls(target)
        if callable(getattr(target, "GetName", None)) and callable(getattr(target, "Close", None)):
            return cls(str(target.GetName()))
        message = f"output file: expected {FORMS}, got {type(target).__name__}"
        raise BookingError(message)

    # --- content ----------------------------------------------------------------------------------------

    def add_correlations(self, info: DataSetInfo, analysis_type: str) -> None:
        """Add the correlation matrices of a data set, in percent cut to whole numbers as in TMVA."""
        labels = [variable.title or variable.label for variable in info.variables]
        for name, matrix in info.correlation_matrices.items():
            percent = np.trunc(100 * matrix)
            if analysis_type == "Multiclass":
                suffix, title = name, f"Correlation Matrix ({name})"
            elif analysis_type == "Regression":
                suffix, title = "", "Correlation Matrix"
            else:
                suffix, title = name[:1], f"Correlation Matrix ({name.lower()})"
                if name not in ("Signal", "Background"):
                    continue
            self._objects[f"{info.name}/CorrelationMatrix{suffix}"] = _Correlation(percent, labels, title)

    def add_variable(self, name: str, histogram: Histogram, title: str, x_title: str) -> None:
        """Add the histogram of an input variable."""
        self._objects[name] = _Histogram1D(histogram, title, x_title, is_float=True)

    def add_training(
        self,
        directory: str,
        title: str,
        weight_file: Path,
        history: Mapping[str, npt.NDArray[np.float64]],
    ) -> None:
        """Add what is known of a method after its training."""
        self._objects[f"{directory}/TrainingPath"] = str(Path.cwd())
        self._objects[f"{directory}/WeightFileName"] = str(weight_file)
        for name, values in history.items():
            curve = Histogram.of_contents(values, 0.5, len(values) + 0.5)
            full_name = f"TrainingHistory_{title}_{name}"
            if len(values):
                self._objects[f"{directory}/{full_name}"] = _Histogram1D(curve, full_name)

    def add_classification(self, directory: str, title: str, evaluation: ClassificationEvaluation) -> None:
        """Add the histograms of an evaluated two-class method, in TMVA's order."""
        stem = f"MVA_{title}"

        def add(name: str, histogram: Histogram, shown: str, x_title: str = "", y_title: str = "") -> None:
            self._objects[f"{directory}/{stem}_{name}"] = _Histogram1D(histogram, shown, x_title, y_title)

        for ending, fine in (("", False), ("_high", True)):
            for letter, histogram in zip("SB", evaluation.response_histograms(fine=fine), strict=True):
                add(f"{letter}{ending}", histogram, f"{stem}_{letter}{ending}")
        add("effS", evaluation.efficiencies.signal, f"{stem} (signal)")
        add("effB", evaluation.efficiencies.background, f"{stem} (background)")
        curve = evaluation.curve
        add("effBvsS", curve.background_efficiency, stem, "Signal eff", "Backgr eff")
        add("rejBvsS", curve.rejection, stem, "Signal eff", "Backgr rejection (1-eff)")
        add("invBeffvsSeff", curve.inverse, stem, "Signal eff", "Inverse backgr. eff (1/eff)")
        for letter, histogram in zip("SB", evaluation.response_histograms(training=True), strict=True):
            add(f"Train_{letter}", histogram, f"{stem}_Train_{letter}")
        add("trainingEffS", evaluation.training_efficiencies.signal, f"{stem} (signal)")
        add("trainingEffB", evaluation.training_efficiencies.background, f"{stem} (background)")
        add("trainingEffBvsS", evaluation.training_curve.background_efficiency, stem)
        add("trainingRejBvsS", evaluation.training_curve.rejection, stem)

    def add_tree(
        self,
        name: str,
        info: DataSetInfo,
        events: Events,
        responses: Mapping[str, npt.NDArray[np.float32]],
        output_names: Sequence[str] = (),
    ) -> None:
        """Add ``TestTree`` or ``TrainTree``.

        Parameters
        ----------
        name : str
            The tree's name.
        info : DataSetInfo
            Names of the branches.
        events : Events
            Untransformed events in TMVA's order.
        responses : mapping of str to ndarray
            Response by method title, shape (N,) or (N, n_outputs).
        output_names : sequence of str
            Names of a method's outputs; several become branches ``<title>.<name>``.
        """
        columns: dict[str, Any] = {
            "classID": events.class_index.astype(np.int32),
            "className": (tuple(info.classes), events.class_index),
        }
        repeated: list[str] = []
        blocks = (
            (info.variables, events.x),
            (info.targets, events.targets),
            (info.spectators, events.spectators),
        )
        for infos, values in blocks:
            for index, one in enumerate(infos):
                if one.internal_name in columns:
                    repeated.append(one.internal_name)
                else:
                    columns[one.internal_name] = values[:, index]
        columns["weight"] = events.weight.astype(np.float32)
        for title in sorted(responses, key=str.encode):
            response = responses[title]
            outputs = {title: response}
            if response.ndim == 2:
                outputs = {f"{title}.{one}": response[:, i] for i, one in enumerate(output_names)}
            for branch, values in outputs.items():
                if branch in columns:
                    repeated.append(branch)
                else:
                    columns[branch] = values
        if repeated:
            text = (
                f"{info.name}/{name}: more than one branch would be called {', '.join(map(repr, repeated))}; "
                "only the first of each name is written"
            )
            warnings.warn(text, TMVAWarning, stacklevel=3)
        self._trees[f"{info.name}/{name}"] = columns

    # --- writing ----------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write the whole file and put it in its place.

        Raises
        ------
        OSError
            The file cannot be written; an old one is untouched.
        """
        import uproot

        with replaced_when_done(self.path) as temporary, uproot.recreate(temporary) as file:
            for name, stored in self._objects.items():
                file[name] = stored if isinstance(stored, str) else _writable(name.rsplit("/", 1)[-1], stored)
            for name, columns in self._trees.items():
                filled = {branch: _strings(values) for branch, values in columns.items()}
                # mktree, for an assignment makes an RNTuple, which TMVA's readers do not know.
                tree = file.mktree(name, {branch: _branch_type(values) for branch, values in columns.items()})
                tree.extend(filled)


def _branch_type(values: Any) -> Any:
    return "string" if isinstance(values, tuple) else values.dtype


def _strings(values: Any) -> Any:
    """Return a column; (names, indices) becomes an array of texts."""
    if not isinstance(values, tuple):
        return values
    import awkward as ak

    names, index = values
    return ak.Array(list(names))[index]


def _writable(name: str, stored: _Histogram1D | _Correlation) -> Any:
    from uproot.writing import identify

    if isinstance(stored, _Correlation):
        return _writable_correlation(name, stored)
    histogram = stored.histogram
    contents, x = histogram.contents, histogram.centres
    return identify.to_TH1x(
        fName=name,
        fTitle=stored.title,
        # A bin below and one above the axis.
        data=np.concatenate([[0.0], contents, [0.0]]).astype(np.float32 if stored.is_float else np.float64),
        fEntries=float(histogram.n_bins),
        fTsumw=float(contents.sum()),
        fTsumw2=float(histogram.variances.sum()),
        fTsumwx=float(contents @ x),
        fTsumwx2=float(contents @ x**2),
        # Curves have no sums of squared weights.
        fSumw2=np.concatenate([[0.0], histogram.variances, [0.0]])
        if histogram.variances.any()
        else np.zeros(0),
        fXaxis=identify.to_TAxis(
            fName="xaxis",
            fTitle=stored.x_title,
            fNbins=histogram.n_bins,
            fXmin=histogram.minimum,
            fXmax=histogram.maximum,
        ),
        fYaxis=identify.to_TAxis(fName="yaxis", fTitle=stored.y_title, fNbins=1, fXmin=0.0, fXmax=1.0),
    )


def _writable_correlation(name: str, stored: _Correlation) -> Any:
    from uproot.writing import identify

    size = len(stored.labels)
    padded = np.zeros((size + 2, size + 2), np.float32)
    padded[1:-1, 1:-1] = stored.percent
    centres = np.arange(size) + 0.5
    along_x, along_y = stored.percent.sum(axis=0), stored.percent.sum(axis=1)

    def axis(axis_name: str) -> Any:
        labels = identify.to_THashList([_label(text, i + 1) for i, text in enumerate(stored.labels)])
        return identify.to_TAxis(
            fName=axis_name, fTitle="", fNbins=size, fXmin=0.0, fXmax=float(size), fLabels=labels
        )

    return identify.to_TH2x(
        fName=name,
        fTitle=stored.title,
        data=padded.ravel(),
        fEntries=float(size * size),
        fTsumw=float(stored.percent.sum()),
        fTsumw2=0.0,
        fTsumwx=float(along_x @ centres),
        fTsumwx2=float(along_x @ centres**2),
        fTsumwy=float(along_y @ centres),
        fTsumwy2=float(along_y @ centres**2),
        fTsumwxy=float(centres @ stored.percent @ centres),
        fSumw2=np.zeros(0),
        fXaxis=axis("xaxis"),
        fYaxis=axis("yaxis"),
        fMaximum=100.0,
        fMinimum=-100.0,
    )


def _label(text: str, bin_number: int) -> Any:
    """Return an axis label; ROOT finds its bin in the object's unique number."""
    from uproot.writing import identify

    label = identify.to_TObjString(text)
    label._bases[0]._members["@fUniqueID"] = bin_number
    return label
