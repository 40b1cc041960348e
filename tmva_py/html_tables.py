"""What notebooks show of objects: tables as HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


def html_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; every text is escaped.

    Examples
    --------
    >>> html_table("a<b", ["n"], [[1]])
    '<table><caption>a&lt;b</caption><tr><th>n</th></tr><tr><td>1</td></tr></table>'
    """
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(str(value))}</td>' for value in row)}</tr>" for row in rows
    )
    return f"<table><caption>{html.escape(caption)}</caption><tr>{cells}</tr>{body}</table>"
