"""The names of jobs, data sets and methods: they become files and folders, and are checked at once."""

from __future__ import annotations

from typing import NoReturn

from tmva_py.errors import BookingError

LONGEST_FILE_NAME = 255
"""Bytes of a file's or folder's name, on the file systems in use."""


def check_job_name(name: str) -> None:
    """Raise BookingError if a job's name cannot begin a weight file's name; it may be empty."""
    _check(name, "the job's name", may_be_empty=True)


def check_title(title: str) -> None:
    """Raise BookingError if a method's title cannot be part of a weight file's name."""
    _check(title, "a method's title")


def check_weight_file_name(name: str, job_name: str, title: str) -> None:
    """Raise BookingError if a weight file's name is too long."""
    if len(name.encode()) > LONGEST_FILE_NAME:
        message = (
            f"{_shown(title)}: the weight file's name, made of the job's name {_shown(job_name)} and this "
            f"title, has {len(name.encode())} bytes, and {LONGEST_FILE_NAME} are allowed; shorten one of them"
        )
        raise BookingError(message)


def check_data_set_name(name: str) -> None:
    """Raise BookingError if a data set's name, which may be a path, cannot be a folder."""
    what = "a data loader's name"
    if not name.strip("/ "):
        _refuse(name, what, "it is empty, and would be a folder for weight files")
    _check_characters(name, what)
    for part in name.split("/"):
        if part == "..":
            _refuse(name, what, "it is also a folder of the output file, where '..' has no meaning")
        if len(part.encode(errors="surrogatepass")) > LONGEST_FILE_NAME:
            _refuse(name, what, f"a folder's name has at most {LONGEST_FILE_NAME} bytes")


def _check(name: str, what: str, *, may_be_empty: bool = False) -> None:
    if not name.strip() and not (may_be_empty and not name):
        _refuse(name, what, "it is empty")
    _check_characters(name, what)
    for separator in ("/", "\\"):
        if separator in name:
            _refuse(name, what, f"it is part of a file's name, which has no {separator!r}")
    if name in (".", ".."):
        _refuse(name, what, "it is also a folder of the output file")


def _check_characters(name: str, what: str) -> None:
    for character in name:
        if not character.isprintable():
            _refuse(name, what, f"it holds {character!r}")


def _refuse(name: str, what: str, reason: str) -> NoReturn:
    message = f"{_shown(name)} cannot be {what}: {reason}"
    raise BookingError(message)


def _shown(name: str) -> str:
    return repr(name if len(name) <= 60 else f"{name[:60]}…")
