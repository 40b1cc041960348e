"""The pictures of a notebook in docs/images: what they show runs, and they are small and of no machine."""

from __future__ import annotations

import struct
from pathlib import Path
from types import ModuleType, SimpleNamespace

import matplotlib as mpl
import pytest
from programs import load_program

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="module")
def program() -> ModuleType:
    return load_program(DOCS / "make_screenshots.py")


def chunks(path: Path) -> list[bytes]:
    """Return the kinds of chunks of a PNG."""
    data, place, found = path.read_bytes(), 8, []
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    while place < len(data):
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        found.append(kind)
        place += size + 12
    return found


def test_each_cell_has_its_picture_on_the_page(program):
    page = (DOCS / "network.md").read_text()
    pictures = {path.name for path in (DOCS / "images").glob("notebook-*.png")}
    assert pictures == {f"notebook-{name}.png" for name in program.CELLS}
    for name in pictures:
        assert f"](images/{name})" in page
        path = DOCS / "images" / name
        assert path.stat().st_size <= program.LARGEST
        # No texts, times or software beside the picture.
        assert set(chunks(path)) <= {b"IHDR", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"sBIT"}


def test_what_the_pictures_show_runs(program, tmp_path, monkeypatch, capsys):
    mpl.use("agg")
    monkeypatch.chdir(tmp_path)
    space: dict[str, object] = {}
    for name, text in program.CELLS.items():
        *lines, last = text.splitlines()
        exec("\n".join([*lines, last] if name == "training" else lines), space)
        if name != "training":
            shown = eval(last, space)
            assert "<table>" in shown._repr_html_()
    out, err = capsys.readouterr()
    assert out == ""
    # The first use of kernels is announced, once on a machine.
    assert [line for line in err.splitlines() if "compiling kernels for this processor" not in line] == []
    mpl.pyplot.close("all")


@pytest.mark.parametrize("text", ["/home/someone/net.npz", str(Path.home() / "net.npz")])
def test_a_picture_with_a_place_is_refused(program, text, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "nbconvert", SimpleNamespace(HTMLExporter=None))
    output = {"output_type": "execute_result", "data": {"text/html": text}}
    shown = SimpleNamespace(outputs=[_Output(output)])
    with pytest.raises(SystemExit, match="what no picture should have"):
        program.checked_page(SimpleNamespace(cells=[shown]))
    stream = SimpleNamespace(outputs=[_Output({"output_type": "stream", "text": "a warning"})])
    with pytest.raises(SystemExit, match="a warning"):
        program.checked_page(SimpleNamespace(cells=[stream]))


class _Output(dict[str, object]):
    """As nbformat's: items that are attributes too."""

    def __getattr__(self, name: str) -> object:
        return self[name]
