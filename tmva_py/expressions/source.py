"""What ROOT does to the text of an expression before it reads it, with every character's origin kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tmva_py.errors import ExpressionError, with_caret

# ROOT stops at 1000 operators; texts beyond this length are mistakes (a file's content, say).
LONGEST_TEXT = 100_000

# Python's operators, and SQL's: a word before a value or a parenthesis.
_WORD = re.compile(r"(?<![\w$.])(?:(?:and|or|not)(?= +[\w!(.+-]|\()|(?:AND|OR|NOT)(?= +[\w!(]|\())")


class PlaceError(Exception):
    """A mistake at a place of the prepared text; `Source.error` turns it into an ExpressionError."""

    def __init__(self, message: str, start: int, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.length = length


@dataclass(frozen=True)
class Source:
    """An expression as written (`text`) and as ROOT reads it (`prepared`)."""

    text: str
    prepared: str
    origins: tuple[int, ...]  # place in `text` of each character of `prepared`
    warnings: tuple[tuple[str, int, int], ...] = ()  # of what is dropped or joined: message, start, length

    def place(self, start: int, length: int = 1) -> tuple[int, int]:
        """Return start and length in `text` of a place in `prepared`."""
        if start >= len(self.origins):
            return len(self.text.rstrip()), 1
        last = min(max(start + length - 1, start), len(self.origins) - 1)
        return self.origins[start], self.origins[last] - self.origins[start] + 1

    def error(self, mistake: PlaceError) -> ExpressionError:
        """Return the error for a mistake, with the text and a caret under the place."""
        start, length = self.place(mistake.start, mistake.length)
        return ExpressionError(f"{mistake.message}\n{with_caret(self.text, start, length)}")


def prepare(text: str) -> Source:
    """Return the text as ROOT's parser sees it (``ROOT::v5::TFormula::Compile``).

    Blanks are removed, also inside names and numbers; ``**`` becomes ``^``; ``->`` becomes ``.``; of a run of
    signs one is left (``--`` is ``+``, ``+-`` is ``-``); everything from a ``;`` on is dropped.
    """
    if not isinstance(text, str):
        message = f"an expression is a text such as 'x+y', not {type(text).__name__}"
        raise ExpressionError(message)
    if len(text) > LONGEST_TEXT:
        message = (
            f"an expression may have {LONGEST_TEXT} characters, this one has {len(text)}: {text[:40]!r}…"
        )
        raise ExpressionError(message)
    warnings: list[tuple[str, int, int]] = []
    end = text.find(";")
    if end >= 0:
        warnings.append(("ROOT drops everything from the first ';' on", end, len(text) - end))
    body = text if end < 0 else text[:end]
    if not body.strip():
        message = f"an expression is expected, found {'nothing' if not text else repr(text)}"
        raise ExpressionError(message)
    other_blank = re.search(r"[^\S ]", body)
    if other_blank:
        kind = {"\t": "a tab", "\n": "a line break"}.get(other_blank[0], repr(other_blank[0]))
        message = (
            f"only blanks may be between the parts of an expression, found {kind}\n"
            f"{with_caret(text, other_blank.start())}"
        )
        raise ExpressionError(message)
    word = _WORD.search(body)
    if word:
        instead = {"and": "&&", "or": "||", "not": "!"}[word[0].lower()]
        place = with_caret(text, word.start(), len(word[0]))
        message = f"expressions have C++'s operators: write {instead} in place of {word[0]!r}\n{place}"
        raise ExpressionError(message)
    for joined in re.finditer(r"(?<=[\w$.]) +(?=\w)", body):
        message = "ROOT removes blanks, so that these two parts become one name or number"
        warnings.append((message, joined.start(), joined.end() - joined.start()))
    characters: list[str] = []
    origins: list[int] = []
    for origin, character in enumerate(body):
        if character == " ":
            continue
        previous = characters[-1] if characters else ""
        if character == "*" and previous == "*":
            characters[-1] = "^"
        elif character in "+-" and previous and previous in "+-":
            characters[-1] = "+" if character == previous else "-"
        elif character == ">" and previous == "-":
            characters[-1] = "."
        else:
            characters.append(character)
            origins.append(origin)
    return Source(text, "".join(characters), tuple(origins), tuple(warnings))
