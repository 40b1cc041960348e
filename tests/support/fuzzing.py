"""Seeded mutations of texts and bytes, and the judgement of what came of each: a named error or an answer."""

from __future__ import annotations

import os
import re
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import TMVAError

LONGEST = 1.0
"""Seconds of a case."""
MOST = 500
"""Megabytes of a case."""

NUMBERS = (
    "0", "-1", "1", "2", "3", "7", "nan", "inf", "-inf", "1e999", "-0.0", "1e-40",
    "2147483648", "-2147483649",
    "9223372036854775808", "1" + "0" * 30, "9" * 5000, "0x10", "1_000", "1.5", "",
    " ", "x", "None", "true", "٣",
)  # fmt: skip
_ATTRIBUTE = re.compile(r'\s(?P<name>[\w:]+)="(?P<value>[^"]*)"')
_WORD = re.compile(r"[A-Za-z_]\w*|-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")


def mutated_text(random: np.random.Generator, text: str, words: tuple[str, ...] = ()) -> str:
    """Return a text after a change or two, each to a number, a word, a piece or a character."""
    for _ in range(1 + int(random.integers(4) == 0)):
        kind = int(random.integers(7))
        tokens = list(_WORD.finditer(text))
        start = int(random.integers(len(text) + 1))
        end = min(len(text), start + int(random.integers(1, 40)))
        if kind <= 2 and tokens:
            token = tokens[int(random.integers(len(tokens)))]
            choices = (*NUMBERS, *words, tokens[int(random.integers(len(tokens)))].group())
            text = text[: token.start()] + choices[int(random.integers(len(choices)))] + text[token.end() :]
        elif kind == 3:
            text = text[:start] + text[end:]
        elif kind == 4:
            text = text[:end] + text[start:end] * int(random.integers(1, 20)) + text[end:]
        elif kind == 5:
            text = text[:start] + chr(int(random.integers(1, 300))) + text[start:]
        else:
            other = int(random.integers(len(text) + 1))
            text = text[:other] + text[start:end] + text[other:]
    return text


def mutated_elements(random: np.random.Generator, text: str) -> str:
    """Return an XML text, an element a line, after a change of its structure or of attributes."""
    lines = text.split("\n")
    for _ in range(1 + int(random.integers(3) == 0)):
        place, other = (int(random.integers(len(lines))) for _ in range(2))
        kind = int(random.integers(7))
        if kind == 0 and len(lines) > 1:
            del lines[place]
        elif kind == 1:
            lines[other:other] = lines[place : place + int(random.integers(1, 5))]
        elif kind == 2:
            lines[place], lines[other] = lines[other], lines[place]
        elif kind == 3:
            lines = lines[:place]
            break
        else:
            attributes = list(_ATTRIBUTE.finditer(lines[place]))
            if not attributes:
                continue
            one, two = (attributes[int(random.integers(len(attributes)))] for _ in range(2))
            line = lines[place]
            if kind == 4:
                line = line[: one.start()] + line[one.end() :]
            elif kind == 5:
                value = NUMBERS[int(random.integers(len(NUMBERS)))]
                line = f'{line[: one.start()]} {one["name"]}="{value}"{line[one.end() :]}'
            else:
                line = f'{line[: one.start()]} {two["name"]}="{one["value"]}"{line[one.end() :]}'
            lines[place] = line
    return "\n".join(lines)


def mutated_bytes(random: np.random.Generator, content: bytes) -> bytes:
    """Return bytes after a change or two: flipped bits, other bytes, cuts, doubled and large pieces."""
    data = bytearray(content)
    for _ in range(1 + int(random.integers(4) == 0)):
        place = int(random.integers(max(1, len(data))))
        kind = int(random.integers(6))
        if kind <= 1 and data:
            data[place] ^= 1 << int(random.integers(8))
        elif kind == 2:
            size = int(random.integers(1, 9))
            data[place : place + size] = random.bytes(size)
        elif kind == 3:
            size = int(random.choice((1, 2, 4, 8)))
            data[place : place + size] = bytes([255 if random.integers(2) else 127]) + b"\xff" * (size - 1)
        elif kind == 4 and random.integers(4) == 0:
            del data[place:]
        else:
            data[place:place] = data[place : place + int(random.integers(1, 30))]
    return bytes(data)


class Judge:
    """Counts what became of the cases; one that is neither a named error nor an answer fails at the end."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []

    def try_case(self, name: str, act: Callable[[], npt.NDArray[Any] | None]) -> None:
        """Run a case, which returns numbers that must be finite, or None where any answer is one."""
        before = _reset_peak()
        start = time.process_time()
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                answer = act()
            except TMVAError:
                self.counts["named error"] += 1
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                place = traceback.extract_tb(error.__traceback__)[-1]
                what = f"{type(error).__name__}: {str(error)[:100]}"
                self._fail(name, f"{what} ({place.filename}:{place.lineno})")
            else:
                told = any("not finite" in str(one.message) for one in seen)
                if answer is None or told or np.isfinite(answer).all():
                    self.counts["answer"] += 1
                else:
                    self._fail(name, f"answer {answer.ravel()[:3]}")
        seconds, megabytes = time.process_time() - start, _peak() - before
        if seconds > LONGEST:
            self._fail(name, f"{seconds:.1f} s")
        if megabytes > MOST:
            self._fail(name, f"{megabytes:.0f} MB")

    def _fail(self, name: str, what: str) -> None:
        self.counts["anything else"] += 1
        self.failures.append(f"{name}: {what}")

    def verdict(self, count: int) -> None:
        """Fail with what went wrong; every case must have been one or the other."""
        assert not self.failures, "\n".join([str(dict(self.counts)), *self.failures[:20]])
        assert sum(self.counts.values()) == count
        assert min(self.counts["named error"], self.counts["answer"]) > count // 100


def _reset_peak() -> float:
    """Let the system measure the largest memory anew, and return the present one in MB; 0 if it cannot."""
    try:
        Path(f"/proc/{os.getpid()}/clear_refs").write_text("5")
    except OSError:
        return 0.0
    return _peak()


def _peak() -> float:
    try:
        text = Path(f"/proc/{os.getpid()}/status").read_text()
    except OSError:
        return 0.0
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024
