"""Parts of large baskets, which uproot would read, decompress and convert whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError

LARGE = 8_000_000
"""Bytes of a basket from which on parts of it are read."""

_BLOCK_HEADER = 9
# Elements of an RNTuple's page, and in each of its bytes in the file, that no one has both.
_MOST_ELEMENTS, _MOST_IN_A_BYTE = 2**24, 2**13


def read_part(branch: Any, interpretation: Any, start: int, stop: int) -> npt.NDArray[Any] | None:
    """Return some entries of a branch with large baskets.

    Parameters
    ----------
    branch : uproot.TBranch
        Where they are.
    interpretation : uproot.interpretation.Interpretation
        What they are.
    start, stop : int
        The entries.

    Returns
    -------
    ndarray or None
        None where entries have no fixed size, or baskets are small: these are read whole.
    """
    size = entry_size(interpretation)
    offsets = getattr(branch, "entry_offsets", None)
    if not size or offsets is None or len(offsets) < 2 or size * max(np.diff(offsets)) < LARGE:
        return None
    stored = np.dtype(interpretation.from_dtype)
    stop = max(start, min(stop, int(offsets[-1])))
    found = np.empty((stop - start) * size, np.uint8)
    first = int(np.searchsorted(offsets, start, side="right")) - 1
    last = int(np.searchsorted(offsets, stop, side="left"))
    if last > len(branch.member("fBasketSeek")) or last > _n_in_the_file(branch):
        return None
    for number in range(max(first, 0), last):
        begin, end = max(start, int(offsets[number])), min(stop, int(offsets[number + 1]))
        low, high = (begin - int(offsets[number])) * size, (end - int(offsets[number])) * size
        place = (begin - start) * size
        for offset, data in _bytes_of(branch, number, low, high):
            found[place + offset - low : place + offset - low + len(data)] = data
    values: npt.NDArray[Any] = found.view(stored.base).reshape(stop - start, *stored.shape)
    if not stored.base.isnative:
        values = values.byteswap(inplace=True).view(stored.base.newbyteorder("="))
    values = values.astype(np.dtype(interpretation.to_dtype).base, copy=False)
    return values


def check_pages(ntuple: Any) -> None:
    """Refuse an RNTuple one of whose pages claims far more values than its bytes can hold.

    Raises
    ------
    DataError
        Memory for them would be taken before they are missed.
    """
    for columns in getattr(ntuple, "page_link_list", ()):
        for column in columns:
            for page in column.pages:
                elements, size = abs(int(page.num_elements)), int(page.locator.num_bytes)
                if elements > _MOST_ELEMENTS and elements > _MOST_IN_A_BYTE * size:
                    message = f"a page of {size} bytes claims {elements} values; the file is damaged"
                    raise DataError(message)


def entry_size(interpretation: Any) -> int:
    """Return the bytes of an entry: a number, or a fixed array of numbers; 0 for anything else."""
    if type(interpretation).__name__ != "AsDtype" or np.dtype(interpretation.from_dtype).base.names:
        return 0
    return int(np.dtype(interpretation.from_dtype).itemsize)


def _n_in_the_file(branch: Any) -> int:
    """Return how many baskets have a place of their own in the file; others come with the tree."""
    return int(branch.num_baskets) - len(branch.embedded_baskets)


def _bytes_of(branch: Any, number: int, low: int, high: int) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Yield the bytes of a basket from `low` to before `high` in pieces, each with its place."""
    import uproot

    key, source = branch.basket_key(number), branch.file.source
    begin = int(branch.member("fBasketSeek")[number])
    place, end = begin + int(key.fKeylen), begin + int(key.fNbytes)
    whole = int(key.fObjlen)
    if high > whole:
        message = f"basket {number} has {whole} bytes of at least {high}; the file is damaged"
        raise DataError(message)
    if end - place == whole:
        yield low, source.chunk(place + low, place + high).raw_data
        return
    done = 0
    while done < high:
        if place + _BLOCK_HEADER > end:
            message = f"basket {number} ends after {done} of {whole} bytes; the file is damaged"
            raise DataError(message)
        header = bytes(source.chunk(place, place + _BLOCK_HEADER).raw_data)
        packed = _BLOCK_HEADER + int.from_bytes(header[3:6], "little")
        size = int.from_bytes(header[6:9], "little")
        if not size or place + packed > end:
            message = f"basket {number} is damaged after {done} of {whole} bytes"
            raise DataError(message)
        if done + size > low:
            chunk, cursor = source.chunk(place, place + packed), uproot.source.cursor.Cursor(place)
            data = uproot.compression.decompress(chunk, cursor, {}, packed, size).raw_data
            first, last = max(low - done, 0), min(high - done, size)
            yield done + first, data[first:last]
        place, done = place + packed, done + size
