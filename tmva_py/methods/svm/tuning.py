"""What ``OptimizeAllMethods`` tries of MethodSVM, and the option ``Tune``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tmva_py.errors import OptionError, did_you_mean
from tmva_py.methods.tuning import TuningRange
from tmva_py.options import OptionValues
from tmva_py.options.cpp_numbers import read_stream_float

ALL = "All"
_OF_VARIABLE = "Gamma_"
_DEFAULTS: Mapping[str, tuple[float, float, float]] = {
    **dict.fromkeys(("C", "Gamma", "GammaList", "Theta"), (0.01, 1.0, 100.0)),
    "Order": (1.0, 10.0, 10.0),
}
_THETA_IN_LIST = (0.0, 1.0, 101.0)
_OF_KERNEL: Mapping[str, tuple[str, ...]] = {
    "RBF": ("Gamma",),
    "MultiGauss": ("GammaList",),
    "Polynomial": ("Order", "Theta"),
}


def tuning_ranges(values: OptionValues, variables: Sequence[str]) -> dict[str, TuningRange]:
    """Return the ranges that the options request, by parameter; ``Gamma_x`` is the number of variable x.

    Raises
    ------
    OptionError
        ``Tune`` is not what it should be.
    """
    kernel, text = values["Kernel"], values["Tune"]
    is_list = kernel in ("Prod", "Sum")
    kernels = values["KernelList"].split("*" if kernel == "Prod" else "+") if is_list else [kernel]
    names = (*dict.fromkeys(name for one in kernels for name in _OF_KERNEL[one]), "C")
    ranges = {name: _THETA_IN_LIST if is_list and name == "Theta" else _DEFAULTS[name] for name in names}
    # As in TMVA, products and sums are always tuned in all their parameters.
    if text != ALL and not is_list:
        ranges = _read(text, names, kernel)
    found: dict[str, TuningRange] = {}
    for name, (minimum, maximum, n_points) in ranges.items():
        try:
            one = TuningRange(minimum, maximum, int(n_points))
        except OptionError as error:
            message = f"Tune={text}: {name}: {error}"
            raise OptionError(message) from None
        if name == "GammaList":
            found |= dict.fromkeys((f"{_OF_VARIABLE}{variable}" for variable in variables), one)
        else:
            found[name] = one
    return found


def options_of(parameters: Mapping[str, float], variables: Sequence[str]) -> dict[str, str]:
    """Return the options that parameters stand for."""
    options = {
        name: str(int(value)) if name == "Order" else repr(value)
        for name, value in parameters.items()
        if not name.startswith(_OF_VARIABLE)
    }
    gammas = [parameters.get(f"{_OF_VARIABLE}{variable}") for variable in variables]
    if gammas and None not in gammas:
        options["GammaList"] = ",".join(map(repr, gammas))
    return options


def _read(text: str, names: Sequence[str], kernel: str) -> dict[str, tuple[float, float, float]]:
    """Return minimum, maximum and number of values by parameter; what is left out is as with ``All``."""
    found: dict[str, tuple[float, float, float]] = {}
    for part in text.split(","):
        name, bracket, rest = part.partition("[")
        if name not in names:
            message = (
                f"Tune={text}: {name!r} is no parameter of Kernel={kernel}{did_you_mean(name, names)}\n"
                f"  there are: {', '.join(names)}; write {names[0]}[0.01;1.0;100],{names[-1]}"
            )
            raise OptionError(message)
        numbers = _numbers(rest.rpartition("]")[0] if "]" in rest else rest) if bracket else []
        if numbers is None or len(numbers) > 3:
            message = (
                f"Tune={text}: expected {name}[minimum;maximum;number of values], such as "
                f"{name}[0.01;1.0;100], got {part!r}"
            )
            raise OptionError(message)
        minimum, maximum, n_points = (*numbers, *_DEFAULTS[name][len(numbers) :])
        # As in TMVA, the first of two ranges of one parameter counts.
        found.setdefault(name, (minimum, maximum, n_points))
    return found


def _numbers(text: str) -> list[float] | None:
    found = []
    for part in text.split(";") if text.strip() else []:
        read = read_stream_float(part)
        if not read.length or read.length != len(part.rstrip()):
            return None
        found.append(read.value)
    return found
