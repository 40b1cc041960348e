"""The options of ``PrepareTrainingAndTestTree``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tmva_py.data.random_numbers import DEFAULT_LIBRARY, SHUFFLES
from tmva_py.errors import OptionError
from tmva_py.options import Option, parse_option_string

MODES = ("Random", "Alternate", "Block")
SAME_AS_SPLIT = "SameAsSplitMode"
NORM_MODES = ("None", "NumEvents", "EqualNumEvents")


def declared_split_options(classes: Sequence[str]) -> tuple[Option, ...]:
    """Return the option table for a data set with these classes, in TMVA's order."""
    per_class = [
        option
        for name in classes
        for option in (
            Option(f"nTrain_{name}", int, 0, doc=f"number of training events of class {name} (0: all)"),
            Option(f"nTest_{name}", int, 0, doc=f"number of test events of class {name} (0: all)"),
            Option(
                f"TrainTestSplit_{name}",
                float,
                0.0,
                doc=f"fraction of class {name} for training (0: not used)",
            ),
        )
    ]
    return (
        Option("SplitMode", str, "Random", choices=MODES, doc="how training and test events are picked"),
        Option(
            "MixMode",
            str,
            SAME_AS_SPLIT,
            choices=(SAME_AS_SPLIT, *MODES),
            doc="how events of different classes are mixed into one sample",
        ),
        Option("SplitSeed", int, 100, doc="seed of the shuffling; 0 draws a fresh one"),
        Option(
            "NormMode", str, "EqualNumEvents", choices=NORM_MODES, doc="renormalisation of training weights"
        ),
        Option(
            "ScaleWithPreselEff",
            bool,
            False,
            doc="scale the numbers of requested events by the efficiency of the cuts",
        ),
        *per_class,
        Option("V", bool, False, doc="verbosity"),
        Option("VerboseLevel", str, "Info", choices=("Debug", "Verbose", "Info"), doc="verbosity level"),
        Option("Correlations", bool, True, doc="print the correlation matrices"),
        Option("CalcCorrelations", bool, True, doc="compute correlations and the variables' ranges"),
        Option(
            "SplitLibrary",
            str,
            DEFAULT_LIBRARY,
            choices=tuple(SHUFFLES),
            doc="the C++ library whose shuffle decides the order of events (not in TMVA)",
        ),
    )


@dataclass(frozen=True)
class SplitOptions:
    """How events are split, mixed and renormalised.

    Parameters
    ----------
    split_mode, mix_mode : {"Random", "Alternate", "Block"}
        How training and test events are picked, and how the classes are mixed.
    split_seed : int
        Seed of the shuffling; 0 draws a fresh one.
    norm_mode : {"None", "NumEvents", "EqualNumEvents"}
        Renormalisation of the training weights.
    scale_with_preselection : bool
        Whether requested numbers are scaled by the efficiency of the cuts.
    n_train, n_test : dict of str to int
        Requested numbers of events by class; 0 means all or the rest.
    train_fraction : dict of str to float
        Fraction for training by class; 0 when not used.
    print_correlations, calculate_correlations : bool
        ``Correlations`` and ``CalcCorrelations``; the latter also covers the variables' ranges.
    library : str
        A name in `tmva_py.data.random_numbers.SHUFFLES`.
    """

    split_mode: str = "Random"
    mix_mode: str = "Random"
    split_seed: int = 100
    norm_mode: str = "EqualNumEvents"
    scale_with_preselection: bool = False
    n_train: dict[str, int] = field(default_factory=dict)
    n_test: dict[str, int] = field(default_factory=dict)
    train_fraction: dict[str, float] = field(default_factory=dict)
    print_correlations: bool = True
    calculate_correlations: bool = True
    library: str = DEFAULT_LIBRARY

    @classmethod
    def parse(cls, text: str, classes: Sequence[str]) -> SplitOptions:
        """Read the option string of ``PrepareTrainingAndTestTree``."""
        values = parse_option_string(
            text, declared_split_options(classes), owner="PrepareTrainingAndTestTree"
        )
        for name in classes:
            for option in (f"nTrain_{name}", f"nTest_{name}"):
                if values[option] < 0:
                    message = (
                        f"{option}={values[option]}: expected a number of events, or 0 for all or the rest"
                    )
                    raise OptionError(message)
            fraction = values[f"TrainTestSplit_{name}"]
            if not 0.0 <= fraction < 1.0:
                message = f"TrainTestSplit_{name}={fraction:g}: expected a fraction between 0 and 1, or 0"
                raise OptionError(message)
        split_mode, mix_mode = values["SplitMode"], values["MixMode"]
        return cls(
            split_mode=split_mode,
            mix_mode=split_mode if mix_mode == SAME_AS_SPLIT else mix_mode,
            split_seed=values["SplitSeed"],
            norm_mode=values["NormMode"],
            scale_with_preselection=values["ScaleWithPreselEff"],
            n_train={name: values[f"nTrain_{name}"] for name in classes},
            n_test={name: values[f"nTest_{name}"] for name in classes},
            train_fraction={name: values[f"TrainTestSplit_{name}"] for name in classes},
            print_correlations=values["Correlations"],
            calculate_correlations=values["CalcCorrelations"],
            library=values["SplitLibrary"],
        )
