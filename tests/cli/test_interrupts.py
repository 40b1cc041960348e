"""Ctrl-C is raised between pieces of work, wherever Python was when it came."""

from __future__ import annotations

import os
import signal

import pytest

from tmva_py.cli.interrupts import InterruptsBetween


class Careless:
    """Takes a Ctrl-C in its destructor, where Python would lose it."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)


def interrupted_in_a_destructor():
    with InterruptsBetween() as interrupts:
        interrupts.check()
        Careless()
        interrupts.check()


def interrupted_twice():
    with InterruptsBetween():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_in_a_destructor_is_not_lost():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interrupted_in_a_destructor()
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_one_does_not_wait():
    with pytest.raises(KeyboardInterrupt):
        interrupted_twice()
