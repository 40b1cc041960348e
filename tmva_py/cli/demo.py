"""``tmva-py demo``: the main job from toy data to a weight file that is read back."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Any

import click

DATA_FILE = "time_data_t10_d30.root"
SHOWN = "TMVA_LSTM"
"""The method whose weight file is read back."""


@click.command(name="demo")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo_output"),
    show_default=True,
    help="Folder for the data, the weight files and the picture.",
)
@click.option(
    "--events", type=click.IntRange(min=320), default=2000, show_default=True, help="Events of each class."
)
@click.option("--epochs", type=click.IntRange(min=1), default=20, show_default=True, help="The most epochs.")
@click.option(
    "--seed", type=click.IntRange(min=1), default=1234, show_default=True, help="Seed of data and networks."
)
def command(output: Path, events: int, epochs: int, seed: int) -> None:
    """Train LSTM, RNN, GRU and a dense network on a toy time series.

    Makes the data, books and trains the four networks as ROOT's tutorial does, prints TMVA's ranking, writes
    weight files and a ROC picture, and reads the LSTM's weight file back.
    """
    # Imported here: `tmva-py --help` needs none of it.
    from tmva_py.demo import rnn_booking, write_time_series

    start = time.perf_counter()
    output.mkdir(parents=True, exist_ok=True)
    click.echo(f"Making {events} events of each class: {output / DATA_FILE}")
    write_time_series(output / DATA_FILE, events, seed=seed)
    # As in ROOT, a booking script writes where it is started.
    with contextlib.chdir(output):
        factory, loader = rnn_booking.run(DATA_FILE, epochs=epochs, seed=seed)
        _read_back(factory, loader)
    click.echo(f"Written to {output}:")
    for path in _files(output):
        click.echo(f"  {path}")
    click.echo(f"The script is {rnn_booking.__file__}; all took {time.perf_counter() - start:.0f} s")


def _read_back(factory: Any, loader: Any) -> None:
    import numpy as np

    from tmva_py import Reader

    booked = factory.GetMethod(loader, SHOWN)
    events, trained = booked.data_set.training.x, booked.training_response
    reader = Reader("!Color:Silent")
    for variable in booked.data_set.info.variables:
        reader.AddVariable(variable.expression, np.zeros(1, np.float32))
    reader.BookMVA(SHOWN, booked.GetWeightFileName())
    response = np.asarray(reader.EvaluateMVA(events, SHOWN))
    largest = float(np.max(np.abs(response - trained)))
    click.echo(
        f"{booked.GetWeightFileName()} read back: on {len(events)} events the responses of the Reader and of "
        f"the trained network differ by at most {largest:.1e}"
    )


def _files(folder: Path) -> list[str]:
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return sorted(os.fspath(path) for path in found)
