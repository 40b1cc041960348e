"""The fresh environment that the tests of installed plugins share."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from environments import Environment
from once import once

# The others need what is installed for `make test-oracles` only.
EXAMPLES = ("leaky", "peephole", "lion", "forest", "strict-backend")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Environment:
    """An environment with the package and the examples."""
    distributions = [project, *(project / "examples" / f"tmva-py-{name}" for name in EXAMPLES)]
    make = functools.partial(Environment.create, distributions=distributions)
    return Environment(once(tmp_path_factory, "examples", make))
