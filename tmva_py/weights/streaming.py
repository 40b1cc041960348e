"""Elements whose children are made when they are written, for models with very many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.etree.ElementTree import Element


class StreamedElement(Element):
    """An element with children that exist only while somebody goes through them.

    Parameters
    ----------
    tag : str
        Its name.
    attributes : mapping of str to str
        Its attributes.
    children : callable
        Returns an iterator over the children, the same ones each time.
    count : int
        How many there are.
    """

    def __init__(
        self,
        tag: str,
        attributes: Mapping[str, str],
        children: Callable[[], Iterator[Element]],
        count: int = 1,
    ) -> None:
        super().__init__(tag, dict(attributes))
        self._children = children
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Element]:
        return self._children()
