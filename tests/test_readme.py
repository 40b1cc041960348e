"""The Python blocks of README.md and docs/network.md run, and what the pages link to is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import uproot
from documents import Block, blocks_of
from environments import Environment

PROJECT = Path(__file__).resolve().parent.parent
README = PROJECT / "README.md"
BLOCKS = blocks_of(README, "python")
NETWORK_BLOCKS = blocks_of(PROJECT / "docs" / "network.md", "python")
PAGES = [
    *sorted(PROJECT.glob("*.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
    *sorted((PROJECT / "examples").rglob("*.md")),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file like TMVA's class example: four correlated Gaussians, shifted for the signal."""
    made = tmp_path_factory.mktemp("readme")
    random = np.random.default_rng(1)
    mixing = np.tril(np.full((4, 4), 0.4)) + 0.6 * np.eye(4)
    with uproot.recreate(made / "tmva_class_example.root") as file:
        for tree, shift in (("TreeS", 0.6), ("TreeB", -0.6)):
            events = random.normal(shift, 1.0, (1500, 4)) @ mixing.T
            columns = {f"var{i + 1}": events[:, i].astype(np.float32) for i in range(4)}
            made_tree = file.mktree(tree, dict.fromkeys(columns, np.float32))
            made_tree.extend(columns)
    return made


def run(block: Block, folder: Path) -> str:
    """Run one block in a process of its own, with warnings as errors, and return its output."""
    script = folder / "block.py"
    script.write_text(block.text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
    # Where nobody has compiled them before, the first use of kernels is announced.
    unexpected = [
        line for line in done.stderr.splitlines() if "compiling kernels for this processor" not in line
    ]
    assert unexpected == []
    return done.stdout


def test_there_are_three_short_blocks_on_the_first_screens():
    assert len(BLOCKS) == 3
    for block in BLOCKS:
        assert len(block.text.splitlines()) < 25
    assert README.read_text().index("## ") > README.read_text().index("reader.EvaluateMVA")


def test_the_first_command_installs_a_checkout(tmp_path, project):
    """Before there is a release, the package index has no such package: the command works all the same."""
    (command,) = re.search(r"^```\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)[1].splitlines()
    command, _, advice = command.partition("#")
    assert command.split() == ["pip", "install", "./tmva_py"]
    assert "pip install tmva-py" in advice
    (tmp_path / "tmva_py").symlink_to(project, target_is_directory=True)
    environment = Environment.create(tmp_path / "venv", [tmp_path / command.split()[2]])
    code = "import tmva_py; print(tmva_py.__file__)"
    assert Path(environment.run("python", "-c", code, where=tmp_path).strip()).is_relative_to(
        tmp_path / "venv"
    )


def test_the_booking_script(folder):
    lines = run(BLOCKS[0], folder).splitlines()
    areas = {title: float(area) for title, area in (line.split() for line in lines[-2:])}
    assert sorted(areas) == ["BDT", "DL"]
    assert min(areas.values()) > 0.8
    assert (folder / "dataset" / "weights" / "TMVAClassification_DL.weights.xml").is_file()


def test_the_builder(folder):
    first, *predictions = run(BLOCKS[1], folder).splitlines()
    epoch, loss = first.split()
    assert int(epoch) >= 1
    assert float(loss) < 0.5
    assert len(predictions) == 3


def test_the_old_weight_file(folder, shared):
    stored = shared / "golden" / "dl_dense_norm_class_example" / "weights.xml"
    shutil.copyfile(stored, folder / "TMVAClassification_DNN_CPU.weights.xml")
    *array, response = run(BLOCKS[2], folder).splitlines()
    assert array[0].startswith("[")
    assert 0 < float(response) < 1


@pytest.mark.parametrize("number", range(len(NETWORK_BLOCKS)), ids=lambda i: NETWORK_BLOCKS[i].heading)
def test_a_block_of_the_network_page(number, tmp_path):
    run(NETWORK_BLOCKS[number], tmp_path)


def test_the_pages_name_every_command_and_no_other():
    from tmva_py.cli.group import COMMANDS

    assert re.findall(r"^tmva-py ([a-z-]+)", README.read_text(), re.MULTILINE) == list(COMMANDS)
    index = (PROJECT / "docs" / "index.md").read_text()
    assert re.findall(r"`([a-z-]+)`[,.]", index[index.index("tmva-py --help") :]) == list(COMMANDS)


def test_the_make_targets_exist():
    makefile = (PROJECT / "Makefile").read_text()
    for target in re.findall(r"`make ([a-z-]+)`", README.read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not link.startswith("https://"):
            assert (page.parent / link).exists(), link


def test_every_page_is_in_the_index():
    index = (PROJECT / "docs" / "index.md").read_text()
    for page in (PROJECT / "docs").glob("*.md"):
        assert page.name == "index.md" or f"({page.name})" in index, page.name


def test_the_network_page_names_what_there_is():
    from inspect import signature

    from tmva_py import Network, NetworkBuilder
    from tmva_py.plugins import Registry

    page = (PROJECT / "docs" / "network.md").read_text()
    for name in vars(NetworkBuilder):
        if not name.startswith("_"):
            assert f".{name}(" in page, name
    for name in signature(Network.fit).parameters:
        assert name == "self" or f"`{name}`" in page, name
    for name in Registry(load_entry_points=False).names("activation"):
        assert f"`{name}`" in page, name


def test_the_plugin_page_lists_the_layers():
    from tmva_py.plugins import Registry

    page = (PROJECT / "docs" / "plugins.md").read_text()
    assert f"known: {', '.join(Registry(load_entry_points=False).names('layer'))}\n" in page
