"""Names that cannot be files or folders are refused when they are given, not after a training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory import Factory
from tmva_py.errors import BookingError
from tmva_py.plugins import Registry

BAD = [
    ("a/b", "a file's name, which has no '/'"),
    ("../../x", "a file's name, which has no '/'"),
    ("a\\b", "a file's name, which has no"),
    ("a\0b", r"it holds '\\x00'"),
    ("a\nb", r"it holds '\\n'"),
    ("..", "it is also a folder of the output file"),
]


@pytest.mark.parametrize(("name", "message"), BAD)
def test_job_names(name: str, message: str) -> None:
    with pytest.raises(BookingError, match=f"cannot be the job's name: .*{message}"):
        Factory(name, "!V")


@pytest.mark.parametrize(("title", "message"), [*BAD, ("", "it is empty"), (" ", "it is empty")])
def test_titles(title: str, message: str, registry: Registry, make_loader: Callable[..., DataLoader]) -> None:
    factory = Factory("job", "!V", registry=registry)
    with pytest.raises(BookingError, match=f"cannot be a method's title: .*{message}"):
        factory.BookMethod(make_loader(), "Fisher", title)
    assert list(Path().iterdir()) == []


def test_weight_file_names_that_are_too_long(
    registry: Registry, make_loader: Callable[..., DataLoader]
) -> None:
    longest = 255 - len("job_.weights.xml")
    factory = Factory("job", "!V:AnalysisType=Classification", registry=registry)
    with pytest.raises(BookingError, match="has 256 bytes, and 255 are allowed; shorten one of them"):
        factory.BookMethod(make_loader(), "Fisher", "x" * (longest + 1))
    assert list(Path().iterdir()) == []
    factory.BookMethod(make_loader(), "Fisher", "x" * longest)
    factory.TrainAllMethods()
    assert [one.name for one in Path("dataset/weights").iterdir()] == [f"job_{'x' * longest}.weights.xml"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "it is empty"),
        ("/", "it is empty"),
        ("../../x", "where '..' has no meaning"),
        ("a\0b", "it holds"),
        ("x" * 300, "at most 255 bytes"),
        ("a/" + "x" * 300, "at most 255 bytes"),
    ],
)
def test_data_loaders(name: str, message: str) -> None:
    with pytest.raises(BookingError, match=f"cannot be a data loader's name: .*{message}"):
        DataLoader(name)


def test_a_path_as_the_name_of_a_data_set(
    registry: Registry, make_loader: Callable[..., DataLoader], tmp_path: Path
) -> None:
    for name in ("a/b", str(tmp_path / "c")):
        factory = Factory("job", "!V:AnalysisType=Classification", registry=registry)
        factory.BookMethod(make_loader(name), "Fisher", "LD")
        factory.TrainAllMethods()
        assert Path(name, "weights", "job_LD.weights.xml").is_file()
