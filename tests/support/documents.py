"""Code blocks of the documentation, as tests run them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, and the heading above it."""

    language: str
    text: str
    heading: str


def blocks_of(path: Path, language: str = "") -> list[Block]:
    """Return the fenced blocks of a Markdown file, or those of one language."""
    document = path.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(document):
        # A line that begins with '#' inside a block is a comment, not a heading.
        before = _FENCE.sub("", document[: match.start()])
        headings = re.findall(r"^#+ (.*)$", before, re.MULTILINE)
        found.append(Block(match[2], match[3], headings[-1] if headings else ""))
    return [block for block in found if not language or block.language == language]
