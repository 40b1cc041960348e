"""``tmva-py evaluate``: a weight file applied to a tree of any size."""

from __future__ import annotations

import sys

import click

from tmva_py.cli.group import FAILURE
from tmva_py.errors import TMVAError


class _WritingFailedError(click.ClickException):
    """The disk is full, the folder cannot be written."""

    exit_code = FAILURE


@click.command(name="evaluate")
@click.argument("weights")
@click.argument("tree")
@click.option("-o", "--output", required=True, help="The ROOT file to write.")
@click.option("--branch", help="Name of the response's branch; by default the method's title.")
@click.option("--tree-name", help="Name of the tree in the output; by default that of the input.")
@click.option(
    "--copy",
    multiple=True,
    help="A branch to copy to the output, or a pattern such as 'jet_*'; may be given several times.",
)
@click.option(
    "--friend",
    is_flag=True,
    help="Write a friend tree: the responses alone, entry by entry, in a tree called like the response.",
)
@click.option(
    "--signal-efficiency",
    type=click.FloatRange(0, 1, min_open=True),
    help="For a method of cuts: whether events pass those of this signal efficiency.",
)
@click.option(
    "--release",
    default="newest",
    help="Answer as this release of TMVA does where the file does not tell: newest, 4.2.",
)
@click.option(
    "--trust-model",
    is_flag=True,
    help="Let code in a model file beside WEIGHTS run: a pickle, a model of PyTorch, a Keras model's own.",
)
@click.option("--chunk", type=click.IntRange(min=1), help="Entries held in memory at a time.")
def command(
    weights: str,
    tree: str,
    output: str,
    branch: str | None,
    tree_name: str | None,
    copy: tuple[str, ...],
    friend: bool,
    signal_efficiency: float | None,
    release: str,
    trust_model: bool,
    chunk: int | None,
) -> None:
    """Evaluate the weight file WEIGHTS on TREE (file.root:tree) and write the responses.

    The variables' expressions are computed from the tree's branches. There is one branch for a classifier,
    one per class or target (branch_class) otherwise. The output appears when it is complete, or not at all.
    """
    if not output.casefold().endswith(".root"):
        message = f"{output!r}: a ROOT file is written; the name ends in .root"
        raise click.BadParameter(message, param_hint="'-o' / '--output'")
    if friend and copy:
        message = "--friend: the tree has its own branches, and the friend needs no copies; leave out --copy"
        raise click.UsageError(message)
    from tmva_py.cli.response_file import friend_name, write_responses
    from tmva_py.methods.weight_file import read_weight_file
    from tmva_py.trees import open_tree

    method = read_weight_file(weights, release=release, trust=trust_model)
    if method.model.has_response != (signal_efficiency is None):
        has = "a response of its own" if method.model.has_response else "cuts for each signal efficiency"
        verb = "leave out" if method.model.has_response else "give"
        message = f"{method.owner} has {has}: {verb} --signal-efficiency"
        raise click.UsageError(message)
    source = open_tree(tree)
    try:
        written = write_responses(
            method,
            source,
            output,
            branch=branch,
            tree_name=tree_name or (friend_name(method, source, branch) if friend else None),
            copy=copy,
            working_point=signal_efficiency,
            chunk=chunk,
            progress=sys.stderr.isatty(),
        )
    except OSError as error:
        if isinstance(error, TMVAError):
            raise
        raise _WritingFailedError(str(error)) from error
    click.echo(
        f"{written.n_entries} entries of {source.describe()} -> {output}:{written.tree_name} "
        f"({', '.join(written.branches)})"
    )
    if friend:
        click.echo(f'tree->AddFriend("{written.tree_name}", "{output}") makes them branches of the tree')
