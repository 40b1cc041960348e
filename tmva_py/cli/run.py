"""``tmva-py run``: a script that was written for ROOT, unedited."""

from __future__ import annotations

import click


@click.command(
    name="run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option(
    "--root/--no-root",
    default=None,
    help="Use ROOT itself for trees, histograms and canvases, or not; by default if it is installed.",
)
@click.option(
    "--show-changes",
    is_flag=True,
    help="Show what is changed of a script in Python 2, and do not run it; files are never touched.",
)
@click.option(
    "--trust-model",
    is_flag=True,
    help="Let code run that model files beside weight files have, such as those of PyTorch.",
)
@click.argument("script")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    script: str, arguments: tuple[str, ...], root: bool | None, show_changes: bool, trust_model: bool
) -> None:
    """Run SCRIPT, in Python or a macro in C++, with this package as TMVA.

    What follows SCRIPT is for the script itself. Macros (.C, .cxx, .cpp) need ROOT's wheel; scripts in Python
    run with it and without.
    """
    from tmva_py.pyroot.running import run_script

    status = run_script(script, arguments, root=root, show_changes=show_changes, trust_model=trust_model)
    raise SystemExit(status)
