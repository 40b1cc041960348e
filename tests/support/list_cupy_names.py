"""Write down the names that a version of CuPy has; it needs CuPy, but no GPU.

For each version, in an environment with that wheel (``pip install cupy-cuda12x==14.2.0``)::

    python tests/support/list_cupy_names.py tests/backends/cupy_names.json

adds or renews its entry.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PLACES = (
    "ndarray",
    "cuda",
    "cuda.runtime",
    "cuda.Stream",
    "lib",
    "lib.stride_tricks",
    "RawModule",
    "RawKernel",
)
POOL = "MemoryPool"


def names() -> tuple[str, dict[str, list[str]]]:
    """Return the version, and the public names of each place."""
    import cupy

    found = {"": cupy, POOL: cupy.cuda.memory.MemoryPool}
    for place in PLACES:
        thing = cupy
        for part in place.split("."):
            thing = getattr(thing, part)
        found[place] = thing
    return cupy.__version__, {
        place: sorted(name for name in dir(thing) if not name.startswith("_"))
        for place, thing in found.items()
    }


def main() -> None:
    """Renew the file's entry for this version."""
    path = Path(sys.argv[1])
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    version, found = names()
    stored[version] = {place: " ".join(known) for place, known in found.items()}
    path.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
