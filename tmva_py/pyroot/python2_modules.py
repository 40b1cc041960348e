"""Modules beside a script that are in Python 2 as it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from tmva_py.pyroot.python2 import NAMES, read_source


class _Loader(SourceFileLoader):
    """Loads a module, translated if need be; nothing is cached, which Python itself would find later."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the code."""
        path = self.get_filename(fullname)
        code: CodeType = read_source(Path(path)).compiled(path)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Run the code."""
        vars(module).update(NAMES)
        super().exec_module(module)


class _Finder(MetaPathFinder):
    """Finds modules in a script's folder and below."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a module's place."""
        del target
        places = [one for one in ([str(self._folder)] if path is None else path) if self._is_inside(one)]
        found = PathFinder.find_spec(fullname, places) if places else None
        if found is None or type(found.loader) is not SourceFileLoader or not found.origin:
            return None
        found.loader = _Loader(fullname, found.origin)
        return found

    def _is_inside(self, path: str) -> bool:
        return Path(path).resolve().is_relative_to(self._folder)


@contextmanager
def python2_modules(folder: Path) -> Iterator[None]:
    """Let modules of a folder be in Python 2."""
    finder = _Finder(folder)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
