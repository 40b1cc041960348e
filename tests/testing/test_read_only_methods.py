"""Methods that are read from weight files and cannot be booked."""

from __future__ import annotations

import pytest
from checking import check, registry_of

from tmva_py.booking.bookable import bookable_method
from tmva_py.errors import UnknownNameError
from tmva_py.methods.linear.fisher import MethodFisher


class MethodStored(MethodFisher):
    """A method whose training is not there."""

    names = ("Stored",)
    type_name = "Stored"
    trains = False


def test_the_kit_does_not_train_it() -> None:
    rows = check(MethodStored).rows
    assert [row.detail for row in rows if row.status == "skipped"] == ["read from weight files, not trained"]


def test_it_is_not_among_the_methods_that_are_trained() -> None:
    with pytest.raises(UnknownNameError) as caught:
        bookable_method("Store", "mine", registry_of(MethodStored))
    trained, read = str(caught.value).split("read from weight files, not trained: ")
    assert "Stored" not in trained.split("available:")[1]
    assert "Stored" in read
