"""The methods that a job has booked, by data set."""

from __future__ import annotations

from collections.abc import Iterator

from tmva_py.booking.booked_method import BookedMethod
from tmva_py.errors import UnknownNameError, did_you_mean


class BookedMethods:
    """The booked methods of each data set, in the order of booking."""

    def __init__(self) -> None:
        self._by_data_set: dict[str, list[BookedMethod]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_data_set)

    def __iter__(self) -> Iterator[BookedMethod]:
        for methods in self._by_data_set.values():
            yield from methods

    def __len__(self) -> int:
        return sum(map(len, self._by_data_set.values()))

    def add(self, booked: BookedMethod) -> None:
        """Add a method to those of its data set."""
        self._by_data_set.setdefault(booked.loader.GetName(), []).append(booked)

    def clear(self) -> None:
        """Forget all of them."""
        self._by_data_set.clear()

    def by_data_set(self) -> list[tuple[str, list[BookedMethod]]]:
        """Return the methods of each data set, in the order of the data sets' names, as TMVA takes them."""
        return sorted(self._by_data_set.items())

    def of(self, data_set_name: str) -> list[BookedMethod]:
        """Return the methods of a data set."""
        if data_set_name not in self._by_data_set:
            near = did_you_mean(data_set_name, self._by_data_set)
            message = f"no method is booked on a data set {data_set_name!r}{near}"
            raise UnknownNameError(message)
        return self._by_data_set[data_set_name]

    def find(self, data_set_name: str, title: str) -> BookedMethod | None:
        """Return a method, or None."""
        methods = self._by_data_set.get(data_set_name, [])
        return next((booked for booked in methods if booked.title == title), None)

    def get(self, data_set_name: str, title: str) -> BookedMethod:
        """Return a method; the error names those that are booked."""
        methods = self.of(data_set_name)
        booked = self.find(data_set_name, title)
        if booked is None:
            titles = [one.title for one in methods]
            message = (
                f"data set {data_set_name!r} has no method {title!r}{did_you_mean(title, titles)}\n"
                f"  booked: {', '.join(titles)}"
            )
            raise UnknownNameError(message)
        return booked
