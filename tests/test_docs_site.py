"""The site made of docs/: every page is in its navigation, and the API reference has what it lists."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest
from programs import load_program

PROJECT = Path(__file__).resolve().parent.parent
DOCS = PROJECT / "docs"
API_PAGES = sorted((DOCS / "api").glob("*.md"))


@pytest.fixture(scope="module")
def conf() -> ModuleType:
    return load_program(DOCS / "conf.py")


@pytest.mark.parametrize("folder", [DOCS, DOCS / "api"], ids=["docs", "api"])
def test_every_page_is_in_the_navigation(conf, folder):
    tree = conf.navigation((folder / "index.md").read_text()).splitlines()
    for page in folder.glob("*.md"):
        assert page.stem == "index" or page.stem in tree, page
    assert all((folder / f"{line}.md").exists() for line in tree if re.fullmatch(r"[\w/-]+", line))


def test_links_out_of_the_folder_become_names(conf):
    text = "See [it](../a/b.md) and [`a/c`](../a/c), [x](x.md)."
    assert conf.prepared("page", text) == "See it (`a/b.md`) and `a/c`, [x](x.md)."
    assert conf.prepared("api/page", text) == text


@pytest.mark.parametrize("page", API_PAGES, ids=lambda page: page.stem)
def test_what_the_reference_lists_has_a_docstring(page):
    text = page.read_text()
    for name in re.findall(r"automodule:: ([\w.]+)", text):
        module = importlib.import_module(name)
        for public in getattr(module, "__all__", ()):
            value = getattr(module, public)
            if inspect.isclass(value) or inspect.isfunction(value):
                assert inspect.getdoc(value), f"{name}.{public}"
    for name in re.findall(r"auto(?:class|function):: ([\w.]+)", text):
        if "." in name:
            module_name, _, public = name.rpartition(".")
            assert getattr(importlib.import_module(module_name), public).__doc__, name


def test_the_reference_has_every_layer_and_function():
    from tmva_py.plugins import Registry

    layers, functions = ((DOCS / "api" / f"{name}.md").read_text() for name in ("layers", "functions"))
    registry = Registry(load_entry_points=False)
    for name in registry.names("layer"):
        found = registry.find("layer", name)
        assert f"{found.__module__}.{found.__name__}" in layers
    for kind in ("activation", "loss", "optimizer", "initializer", "regularization"):
        for name in registry.names(kind):
            assert registry.find(kind, name).__module__ in functions
