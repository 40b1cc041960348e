"""The package's own parts fulfil what the kit demands of third-party ones."""

from __future__ import annotations

import pytest

from tmva_py.plugins import KINDS, Registry
from tmva_py.testing import check
from tmva_py.testing.checking import CHECKS

REGISTRY = Registry(load_entry_points=False)
PARTS = [(kind, cls.names[0]) for kind in KINDS for cls in REGISTRY.classes(kind)]


@pytest.mark.parametrize(("kind", "name"), PARTS, ids=lambda value: value)
def test_it_passes(kind, name):
    report = check(kind, name, registry=REGISTRY)
    skipped = [row for row in report.rows if row.status == "skipped"]
    cls = REGISTRY.find(kind, name)
    expected = []
    if kind == "method" and not cls.trains:
        expected = ["read from weight files, not trained"]
    elif kind == "method" and cls.needs:
        expected = [f"a booking needs {cls.needs}"]
    assert [row.detail for row in skipped] == expected or kind == "backend"
    assert report.rows


def test_every_kind_has_its_check():
    assert set(CHECKS) == set(KINDS)
