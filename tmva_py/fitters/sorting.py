"""The order in which ``std::sort`` of libstdc++ leaves its elements, equal ones included."""

from __future__ import annotations

from collections.abc import Sequence

_SHORT = 16


def std_sort_order(keys: Sequence[float]) -> list[int]:
    """Return where each element of the sorted row was before.

    Where keys are equal, the order is what the partitions of libstdc++ (GCC 4.9 and later) happen to make.
    """
    n = len(keys)
    if len(set(keys)) == n:
        return sorted(range(n), key=keys.__getitem__)
    rows = [(key, place) for place, key in enumerate(keys)]
    _sort_parts(rows, 0, n, 2 * (n.bit_length() - 1))
    _insert_all(rows, n)
    return [place for _, place in rows]


Row = list[tuple[float, int]]


def _sort_parts(rows: Row, first: int, last: int, depth: int) -> None:
    while last - first > _SHORT:
        if depth == 0:
            _heap_sort(rows, first, last)
            return
        depth -= 1
        cut = _partition(rows, first, last)
        _sort_parts(rows, cut, last, depth)
        last = cut


def _partition(rows: Row, first: int, last: int) -> int:
    """Part a row around the median of three of its elements, which is put first."""
    a, b, c = first + 1, first + (last - first) // 2, last - 1
    one, two, three = rows[a][0], rows[b][0], rows[c][0]
    if one < two:
        median = b if two < three else c if one < three else a
    else:
        median = a if one < three else c if two < three else b
    rows[first], rows[median] = rows[median], rows[first]
    pivot = rows[first][0]
    left, right = first + 1, last
    while True:
        while rows[left][0] < pivot:
            left += 1
        right -= 1
        while pivot < rows[right][0]:
            right -= 1
        if not left < right:
            return left
        rows[left], rows[right] = rows[right], rows[left]
        left += 1


def _insert_all(rows: Row, n: int) -> None:
    """Move each element down to its place; the first few may go below all others."""
    for i in range(1, n):
        moved = rows[i]
        if i < _SHORT and moved[0] < rows[0][0]:
            rows[1 : i + 1] = rows[:i]
            rows[0] = moved
            continue
        place = i
        while moved[0] < rows[place - 1][0]:
            rows[place] = rows[place - 1]
            place -= 1
        rows[place] = moved


def _heap_sort(rows: Row, first: int, last: int) -> None:
    """``std::partial_sort`` of a whole row: make a heap, and take its largest element again and again."""
    n = last - first
    for parent in range((n - 2) // 2, -1, -1):
        _sift(rows, first, parent, n, rows[first + parent])
    while n > 1:
        n -= 1
        moved = rows[first + n]
        rows[first + n] = rows[first]
        _sift(rows, first, 0, n, moved)


def _sift(rows: Row, first: int, hole: int, n: int, moved: tuple[float, int]) -> None:
    top, child = hole, hole
    while child < (n - 1) // 2:
        child = 2 * (child + 1)
        if rows[first + child][0] < rows[first + child - 1][0]:
            child -= 1
        rows[first + hole] = rows[first + child]
        hole = child
    if n % 2 == 0 and child == (n - 2) // 2:
        child = 2 * (child + 1)
        rows[first + hole] = rows[first + child - 1]
        hole = child - 1
    while hole > top and rows[first + (hole - 1) // 2][0] < moved[0]:
        rows[first + hole] = rows[first + (hole - 1) // 2]
        hole = (hole - 1) // 2
    rows[first + hole] = moved
