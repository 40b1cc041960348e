"""The group of commands; each command is a module of its own that is imported when it is called."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from typing import Any, cast

import click

from tmva_py.errors import TMVAError, TMVAWarning, did_you_mean

# The texts are here so that `tmva-py --help` imports no command.
COMMANDS = {
    "demo": "Train a small job on shipped data and print TMVA's tables.",
    "run": "Run a script that was written for ROOT, without it or with it.",
    "inspect": "Show the content of a weight file.",
    "evaluate": "Evaluate a weight file on a tree.",
    "warm-up": "Compile kernels before they are needed.",
    "plugins": "List what is registered, by whom, and what failed to load.",
    "check-plugin": "Check a plugin: gradients, precision, threads, devices, files, errors.",
}

FAILURE = 2
"""The exit code after an error that the package explains."""


class LazyGroup(click.Group):
    """Commands that are found by name: ``check-plugin`` is ``command`` in `tmva_py.cli.check_plugin`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands that this installation has."""
        del ctx
        return [name for name in COMMANDS if importlib.util.find_spec(_module_of(name)) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return cast(click.Command, importlib.import_module(_module_of(cmd_name)).command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for an unknown one the message names the nearest."""
        known = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in known:
            advice = did_you_mean(args[0], known)
            message = f"no such command {args[0]!r}{advice}\n  known: {', '.join(known)}"
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run; an error of the package is printed without a traceback and ends with code 2."""
        arguments: Sequence[str] | None = kwargs.get("args", args[0] if args else None)
        with _plain_warnings():
            try:
                return super().main(*args, **kwargs)
            except TMVAError as error:
                if _wants_traceback(arguments):
                    raise
                click.echo(f"error: {error}", err=True)
                raise SystemExit(FAILURE) from None


def _wants_traceback(arguments: Sequence[str] | None) -> bool:
    for argument in sys.argv[1:] if arguments is None else arguments:
        if argument == "--debug":
            return True
        if not argument.startswith("-"):
            break
    return False


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Show the package's warnings as one message each, without file and line."""
    with warnings.catch_warnings():
        show = warnings.showwarning

        def show_plainly(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, TMVAWarning):
                click.echo(f"warning: {message}", err=True)
            else:
                show(message, category, *place, **more)

        warnings.showwarning = show_plainly
        yield


def _module_of(name: str) -> str:
    return f"tmva_py.cli.{name.replace('-', '_')}"


def _version() -> str:
    try:
        return metadata.version("tmva-py")
    except metadata.PackageNotFoundError:
        return "not installed"


def _print_version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    del parameter
    if value:
        click.echo(f"tmva-py {_version()}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and stop.",
)
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
def main() -> None:
    """TMVA's methods and weight files without ROOT."""
