"""The numeric tests on other processors, as far as this one can pretend to be them.

OpenBLAS, NumPy, numba and the C library choose their code by the processor's instructions: vectors of another
length add in another order, and a fused multiplication rounds once where two operations round twice. Each
setting makes all four choose as on an older processor, or leaves them alone. ``python
tests/support/processors.py`` runs the tests under every setting, arguments are pytest's, and prints the
comparisons that used most of their bound: see ``margins.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

umath = (np._core if hasattr(np, "_core") else np.core)._multiarray_umath

NUMERIC = (
    "backends", "booking", "data", "demo", "device", "evaluation", "expressions", "functions", "histograms",
    "kernels", "layers", "layouts", "methods", "network", "testing", "trees", "weights",
)  # fmt: skip
# What an instruction set with vectors of 32 bytes has, by NumPy's old and new names.
AVX2 = ("SSE3", "SSSE3", "SSE41", "POPCNT", "SSE42", "AVX", "F16C", "FMA3", "AVX2", "X86_V2", "X86_V3")
CHOOSERS = (
    "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES",
    "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "GLIBC_TUNABLES",
)  # fmt: skip


def numpy_without(*kept: str) -> str:
    """Return the instruction sets that this NumPy can do without and finds here, but those to be kept."""
    return " ".join(
        name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name] and name not in kept
    )


def settings() -> dict[str, dict[str, str]]:
    """Return the variables of each setting that this processor can pretend."""
    found = umath.__cpu_features__
    made = {"this processor": {}}
    if found.get("AVX512F"):
        made["AVX-512 of 2017, 4 threads"] = {
            "OPENBLAS_CORETYPE": "SkylakeX",
            "OPENBLAS_NUM_THREADS": "4",
            "NUMBA_CPU_NAME": "skylake-avx512",
            "NUMBA_CPU_FEATURES": "+avx512f",
        }
    if found.get("AVX2"):
        made["AVX2 of 2013"] = {
            "OPENBLAS_CORETYPE": "Haswell",
            "NPY_DISABLE_CPU_FEATURES": numpy_without(*AVX2),
            "NUMBA_CPU_NAME": "haswell",
            "NUMBA_CPU_FEATURES": "",
        }
    if found.get("SSE2"):
        made["SSE of 2008, 1 thread"] = {
            "OPENBLAS_CORETYPE": "Nehalem",
            "OPENBLAS_NUM_THREADS": "1",
            "NPY_DISABLE_CPU_FEATURES": numpy_without(),
            "NUMBA_CPU_NAME": "nehalem",
            "NUMBA_CPU_FEATURES": "",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4",
        }
    return made


def largest(file: Path, count: int = 15) -> dict[str, tuple[float, str]]:
    """Return the comparisons that used most of their bound, whichever process saw them."""
    seen: dict[str, tuple[float, str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        place, share, test = json.loads(line)
        seen[place] = max(seen.get(place, (0.0, "")), (share, test))
    return dict(sorted(seen.items(), key=lambda item: -item[1][0])[:count])


def main(arguments: Sequence[str]) -> int:
    """Run all settings and return 1 if a test failed under one of them."""
    tests = Path(__file__).resolve().parents[1]
    chosen = list(arguments) or [
        "-q",
        "-n",
        "auto",
        "--dist",
        "worksteal",
        "-m",
        "not slow and not oracle and not gpu",
    ]
    if not any((tests.parent / one).exists() for one in chosen):
        chosen = [*chosen, *(str(tests / name) for name in NUMERIC)]
    failed = []
    clean = {name: value for name, value in os.environ.items() if name not in CHOOSERS}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, variables) in enumerate(settings().items()):
            print(f"\n{name}: {variables}", flush=True)
            margins = Path(folder) / f"{number}.jsonl"
            margins.touch()
            environment = {**clean, **variables, "TMVA_PY_MARGINS": str(margins)}
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *chosen], env=environment, cwd=tests.parent, check=False
            )
            if done.returncode:
                failed.append(name)
            for place, (share, test) in largest(margins).items():
                print(f"{share:6.1%} of the bound in tests/{place} ({test.split(' ')[0]})")
    print(f"\nfailed: {', '.join(failed) or 'nothing'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
