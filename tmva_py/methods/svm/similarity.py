"""The function of two events that the options request."""

from __future__ import annotations

import numpy as np

from tmva_py.errors import OptionError
from tmva_py.kernels.support_vectors import MULTI_GAUSS, POLYNOMIAL, RBF, Similarity
from tmva_py.methods.svm.options import KERNELS
from tmva_py.options import OptionValues
from tmva_py.options.cpp_numbers import read_stream_float

KINDS = dict(zip(KERNELS, (RBF, MULTI_GAUSS, POLYNOMIAL), strict=True))


def similarity_of(
    values: OptionValues,
    n_variables: int,
    *,
    gamma: float | None = None,
    gammas: str | None = None,
    theta: float | None = None,
    order: int | None = None,
) -> Similarity:
    """Return what the options say, or what is given in place of them.

    Raises
    ------
    OptionError
        ``KernelList`` or ``GammaList`` is not what it should be.
    """
    name = values["Kernel"]
    names = [name]
    if name in ("Prod", "Sum"):
        sign = "*" if name == "Prod" else "+"
        names = values["KernelList"].split(sign)
        if not set(names) <= set(KINDS):
            message = (
                f"KernelList={values['KernelList']}: Kernel={name} needs a list of {', '.join(KINDS)}, "
                f"such as RBF{sign}Polynomial"
            )
            raise OptionError(message)
    elif name not in KINDS:
        message = f"Kernel={name}: expected one of {', '.join(KERNELS)}, Prod or Sum"
        raise OptionError(message)
    factors = np.ones(n_variables, np.float32)
    text = values["GammaList"] if gammas is None else gammas
    if "MultiGauss" in names and text:
        factors = np.array(gamma_list(text), np.float32)
        if len(factors) != n_variables:
            message = (
                f"GammaList={text}: MultiGauss needs a number for each of {n_variables} variables, found "
                f"{len(factors)}"
            )
            raise OptionError(message)
    return Similarity(
        np.array([KINDS[one] for one in names], np.int64),
        name == "Prod",
        float(np.float32(values["Gamma"] if gamma is None else gamma)),
        factors,
        float(np.float32(values["Theta"] if theta is None else theta)),
        int(values["Order"] if order is None else order),
    )


def gamma_list(text: str) -> list[float]:
    """Return the numbers of a list.

    Raises
    ------
    OptionError
        There is something else in it.
    """
    found = []
    for part in text.split(","):
        read = read_stream_float(part)
        if not read.length or read.length != len(part.rstrip()):
            message = f"GammaList={text}: {part!r} is no number; write one for each variable, 0.1,0.2"
            raise OptionError(message)
        found.append(read.value)
    return found
