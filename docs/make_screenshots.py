"""Pictures of a notebook, docs/images/notebook-*.png: it is run, and a browser shows its cells.

``make screenshots`` installs what this needs. The browser is the one that the variable CHROMIUM names, a
``chromium`` or ``google-chrome`` on the path, or Playwright's own (``playwright install chromium``).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import tempfile
from pathlib import Path

IMAGES = Path(__file__).resolve().parent / "images"
LARGEST = 200_000
WIDTH = 900

# One cell for each picture: its name, and what a user types.
CELLS = {
    "network": """\
import numpy as np
from tmva_py import NetworkBuilder

rng = np.random.default_rng(1)
x = rng.normal(size=(20_000, 10, 3))  # 10 time steps of 3 values
y = x[:, :, 0].sum(axis=1) + 3 * rng.normal(size=len(x)) > 0

net = NetworkBuilder((10, 3), seed=1).gru(16).dense(32, "TANH").dense(1).build()
net""",
    "training": """\
history = net.fit(x, y, learning_rate=5e-3, max_epochs=40, convergence_steps=8)""",
    "history": """\
history.plot()
history""",
    "method": """\
import tmva_py as TMVA

factory = TMVA.Factory("job", "Silent:AnalysisType=Classification")
loader = TMVA.DataLoader("dataset")
loader.AddVariable("first := a[0]+a[1]", "F")
loader.AddVariable("b", "F")
for name, chosen in (("Signal", y), ("Background", ~y)):
    loader.AddTree({"a": x[chosen, :2, 0], "b": x[chosen, 9, 0]}, name)
factory.BookMethod(loader, TMVA.Types.kBDT, "BDTG", "BoostType=Grad:NTrees=200:Shrinkage=0.1")""",
}


def executed(cells: dict[str, str]):
    """Return a notebook of these cells after it has run, in a folder of its own."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells.values()])
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": folder}}
        ).execute()
    return notebook


def checked_page(notebook) -> str:
    """Return the notebook as HTML; refuse one that shows errors, warnings or a place on this machine."""
    from nbconvert import HTMLExporter

    outputs = [output for cell in notebook.cells for output in cell.outputs]
    texts = "\n".join(
        str(output)
        for output in outputs
        if output.output_type != "display_data" or "text/html" in output.data
    )
    unwanted = [output for output in outputs if output.output_type in ("error", "stream")]
    places = {str(Path.home()), tempfile.gettempdir(), str(Path(__file__).resolve().parents[1])} - {"/"}
    if unwanted or any(place in texts for place in places) or re.search(r"/(home|Users)/", texts):
        message = f"the notebook shows what no picture should have: {unwanted or texts}"
        raise SystemExit(message)
    page, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook)
    return page


def browser_path() -> str | None:
    """Return the browser to use; None for Playwright's own."""
    named = os.environ.get("CHROMIUM")
    return named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


def take(page: str, names: list[str], folder: Path) -> None:
    """Write one picture for each cell of a page."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        source = Path(scratch) / "notebook.html"
        source.write_text(page, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        tab = browser.new_page(
            viewport={"width": WIDTH, "height": 1200}, device_scale_factor=1.5, offline=True
        )
        tab.goto(source.as_uri())
        cells = tab.locator(".jp-Cell")
        if cells.count() != len(names):
            message = f"the page has {cells.count()} cells, expected {len(names)}"
            raise SystemExit(message)
        for number, name in enumerate(names):
            path = folder / f"notebook-{name}.png"
            cells.nth(number).screenshot(path=path)
            print(f"{path.name}: {path.stat().st_size} bytes")
            if path.stat().st_size > LARGEST:
                message = f"{path} is larger than {LARGEST} bytes"
                raise SystemExit(message)
        browser.close()


def main() -> None:
    """Run the notebook and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=IMAGES, help="where the pictures go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    executed(CELLS)  # the first training on a machine compiles kernels, and says so
    take(checked_page(executed(CELLS)), list(CELLS), folder)


if __name__ == "__main__":
    main()
