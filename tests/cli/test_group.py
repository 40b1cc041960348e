"""The command group: help, errors, warnings."""

from __future__ import annotations

import subprocess
import sys
import warnings

import click
import pytest
from click.testing import CliRunner

from tmva_py.cli import main
from tmva_py.cli.group import COMMANDS, LazyGroup
from tmva_py.errors import DataError, TMVAWarning


def test_help_lists_the_commands_and_imports_none():
    script = (
        "import sys\n"
        "from tmva_py.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as stop:\n    assert stop.code == 0\n"
        "heavy = {'numpy', 'uproot', 'scipy', 'rich', 'lark', 'tmva_py.cli.plugins'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "plugins" in done.stdout
    assert COMMANDS["plugins"] in done.stdout


def test_version():
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("tmva-py ")


def test_a_misspelt_command():
    result = CliRunner().invoke(main, ["plugin"])
    assert result.exit_code == 2
    assert "no such command 'plugin'; did you mean 'plugins'?" in result.stderr
    assert "known: " in result.stderr


def test_every_command_present_can_be_loaded():
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name


class _Group(LazyGroup):
    """A group with one command that goes wrong in a chosen way."""

    def list_commands(self, ctx):
        return ["fail"]

    def get_command(self, ctx, cmd_name):
        @click.command()
        @click.argument("how")
        def fail(how: str) -> None:
            warnings.warn("something was repaired\n  here\n  ^", TMVAWarning, stacklevel=2)
            if how == "explained":
                message = "no tree 'T' in a.root"
                raise DataError(message)
            if how == "bug":
                raise ZeroDivisionError

        return fail


@pytest.fixture
def group():
    return _Group(name="g", params=[click.Option(["--debug"], is_flag=True, expose_value=False)])


@pytest.fixture(autouse=True)
def _warnings_as_a_user_has_them():
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield


def test_an_explained_error_is_one_message_and_code_2(group):
    result = CliRunner().invoke(group, ["fail", "explained"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.endswith("error: no tree 'T' in a.root\n")
    assert "Traceback" not in result.stderr


def test_debug_shows_the_traceback(group):
    result = CliRunner().invoke(group, ["--debug", "fail", "explained"])
    assert isinstance(result.exception, DataError)


def test_a_bug_is_not_hidden(group):
    result = CliRunner().invoke(group, ["fail", "bug"])
    assert isinstance(result.exception, ZeroDivisionError)


def test_warnings_are_plain(group):
    result = CliRunner().invoke(group, ["fail", "not"])
    assert result.exit_code == 0
    assert result.stderr == "warning: something was repaired\n  here\n  ^\n"
