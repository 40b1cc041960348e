"""``tmva-py warm-up``: kernels are compiled before they are needed."""

from __future__ import annotations

import time

import click


@click.command(name="warm-up")
@click.argument("weights", metavar="[WEIGHTS]...", nargs=-1)
@click.option("--layout", help="Compile for training and evaluating networks of this layout.")
@click.option("--input-layout", help="The shape of an event, as 10|30.")
def command(weights: tuple[str, ...], layout: str | None, input_layout: str | None) -> None:
    """Compile what the weight files WEIGHTS need, so that later processes load it.

    For weight files: what evaluates them. With --layout and --input-layout: what trains and evaluates such
    networks. Without any: everything for networks, forests, perceptrons and neighbours, about a minute.
    Needs numba (pip install 'tmva-py[fast]'); NUMBA_CACHE_DIR names the folder where the kernels are kept.
    """
    if (layout is None) != (input_layout is None):
        message = (
            "--layout and --input-layout go together: --layout 'LSTM|10|30|10,LINEAR' --input-layout '10|30'"
        )
        raise click.UsageError(message)
    from tmva_py.cli.warming import warm

    start = time.perf_counter()
    warmed = warm(weights, layout, input_layout)
    seconds = time.perf_counter() - start
    done = f"{warmed.compiled} kernels were compiled" if warmed.compiled else "nothing was left to compile"
    there = f", {warmed.found} were there" if warmed.found else ""
    click.echo(f"{done}{there}: {seconds:.1f} s; they are kept in {warmed.folder}")
