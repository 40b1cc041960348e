"""The elementary functions on vectors.

The coefficients are those of S. Moshier's Cephes library (www.netlib.org/cephes: exp.c, expf.c, tanh.c), and
of the minimax fraction of degree 13 over 6 for tanh in single precision that Eigen and XLA use.
"""

from __future__ import annotations

import math

from llvmlite import ir

from tmva_py.kernels.numba.vectors import I32, I64, Emitter, Lanes

# Here the fraction reaches 1, and tanh is 1 in single precision from here on.
FLOAT_TANH_LIMIT = 9.0
FLOAT_TANH_ODD = (
    -2.76076847742355e-16,
    2.00018790482477e-13,
    -8.60467152213735e-11,
    5.12229709037114e-08,
    1.48572235717979e-05,
    6.37261928875436e-04,
    4.89352455891786e-03,
)
FLOAT_TANH_EVEN = (1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03)

DOUBLE_TANH_P = (-9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3)
DOUBLE_TANH_Q = (1.0, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3)
DOUBLE_EXP_P = (1.26177193074810590878e-4, 3.02994407707441961300e-2, 9.99999999999999999910e-1)
DOUBLE_EXP_Q = (
    3.00198505138664455042e-6,
    2.52448340349684104192e-3,
    2.27265548208155028766e-1,
    2.00000000000000000005e0,
)
FLOAT_EXP = (
    1.9875691500e-4,
    1.3981999507e-3,
    8.3334519073e-3,
    4.1665795894e-2,
    1.6666665459e-1,
    5.0000001201e-1,
)
# ln 2 in two parts, the first short enough that its multiples are exact.
LOG2_HIGH, LOG2_LOW_DOUBLE, LOG2_HIGH_FLOAT, LOG2_LOW_FLOAT = (
    6.93145751953125e-1,
    1.42860682030941723212e-6,
    0.693359375,
    -2.12194440e-4,
)


def tanh(e: Emitter, x: Lanes) -> Lanes:
    """Hyperbolic tangent: some 3e-7 of its value in single precision, some ulp in double precision."""
    if e.precision.bits == 32:
        bounded = e.clipped(x, -FLOAT_TANH_LIMIT, FLOAT_TANH_LIMIT)
        square = bounded * bounded
        odd = e.polynomial(square, FLOAT_TANH_ODD) * bounded
        fraction = odd / e.polynomial(square, FLOAT_TANH_EVEN)
        # tanh x = x to the last bit, where the fraction is off by the rounding of two polynomials.
        return e.where(e.compare("<", e.unary("fabs", x), 4e-4), x, e.clipped(fraction, -1.0, 1.0))
    square = x * x
    small = x + x * square * e.polynomial(square, DOUBLE_TANH_P) / e.polynomial(square, DOUBLE_TANH_Q)
    size = e.unary("fabs", x)
    large = 1.0 - 2.0 / (exp(e, 2.0 * size) + 1.0)
    signed = e.where(e.compare("<", x, 0.0), -large, large)
    return e.where(e.compare("<", size, 0.625), small, signed)


def sigmoid(e: Emitter, x: Lanes) -> Lanes:
    """Logistic function as tanh(x/2)/2 + 1/2."""
    return sigmoid_of_twice(e, 0.5 * x)


def sigmoid_of_twice(e: Emitter, half: Lanes) -> Lanes:
    """Logistic function of twice the argument."""
    return tanh(e, half).times_plus(0.5, 0.5)


def exp(e: Emitter, x: Lanes) -> Lanes:
    """Exponential function; beyond the range of the precision its bounds, for no number no number."""
    single = e.precision.bits == 32
    bounded = e.clipped(x, -87.0, 88.0) if single else e.clipped(x, -708.0, 709.0)
    power = e.unary("rint", bounded * math.log2(math.e))
    if single:
        rest = power.times_plus(-LOG2_HIGH_FLOAT, bounded)
        rest = power.times_plus(-LOG2_LOW_FLOAT, rest)
        value = (e.polynomial(rest, FLOAT_EXP) * rest * rest + rest) + 1.0
    else:
        rest = power.times_plus(-LOG2_HIGH, bounded)
        rest = power.times_plus(-LOG2_LOW_DOUBLE, rest)
        square = rest * rest
        odd = rest * e.polynomial(square, DOUBLE_EXP_P)
        value = 1.0 + 2.0 * odd / (e.polynomial(square, DOUBLE_EXP_Q) - odd)
    return value * _power_of_two(e, power)


def _power_of_two(e: Emitter, power: Lanes) -> Lanes:
    """2 to a whole power, by writing the exponent's bits."""
    single = e.precision.bits == 32
    whole = ir.VectorType(I32 if single else I64, e.precision.lanes)

    def constant(number: int) -> ir.Constant:
        return ir.Constant(whole, [number] * e.precision.lanes)

    number = e.builder.fptosi(power.ir, whole)
    biased = e.builder.add(number, constant(127 if single else 1023))
    bits = e.builder.shl(biased, constant(23 if single else 52))
    return Lanes(e, e.builder.bitcast(bits, e.precision.vector))


def log_of_one_plus(e: Emitter, x: Lanes) -> Lanes:
    """ln(1 + x) for x in [0, 1], as 2 artanh(x/(2 + x)) by its series."""
    s = x / (x + 2.0)
    terms = 9 if e.precision.bits == 32 else 17
    return 2.0 * s * e.polynomial(s * s, [1.0 / (2 * k + 1) for k in reversed(range(terms))])
