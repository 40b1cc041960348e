"""Log lines, column for column."""

from __future__ import annotations

import io

import pytest

from tmva_py.message_log import MessageLog


def test_lines(capsys: pytest.CaptureFixture[str]) -> None:
    log = MessageLog("Factory")
    log.header("Booking method: BDT")
    log.info("one\ntwo")
    log.info()
    log.plain("as it is")
    log.warning("beware")
    MessageLog("A source with far too long a name").header("x")
    assert capsys.readouterr().out.split("\n") == [
        "Factory                  : Booking method: BDT",
        "                         : one",
        "                         : two",
        "                         : ",
        "as it is",
        "<WARNING>                : beware",
        "A source with far too ...: x",
        "",
    ]


def test_silence_and_streams(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    log = MessageLog("A", stream=stream)
    log.for_source("B").header("x")
    assert stream.getvalue() == "B                        : x\n"
    log.silent = True
    log.header("y")
    log.plain("y")
    log.for_source("C").error("z")
    assert stream.getvalue() == "B                        : x\n"
    assert capsys.readouterr().out == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_only_on_a_terminal() -> None:
    for stream, expected in ((io.StringIO(), "A"), (Terminal(), "\033[1mA")):
        MessageLog("A", stream=stream, colour=True).header("x")
        assert stream.getvalue().startswith(expected)
