"""``TMVA.Experimental.Compute`` in Python: a method as a column of ROOT's data frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tmva_py.booking.experimental import RReader
from tmva_py.errors import BookingError
from tmva_py.pyroot.macros.reader import MacroRReader
from tmva_py.pyroot.macros.running import connect

# What begins an event loop, by the classes of ROOT::RDF.
_LOOPS = {
    "RResultPtr<": ("GetValue", "GetPtr", "GetSharedPtr", "__deref__", "__follow__", "begin", "end"),
    "RResultMap<": ("__getitem__",),
}


class ComputeTemplate:
    """``TMVA.Experimental.Compute``, whose arguments in brackets are those of C++'s template.

    Parameters
    ----------
    root : module
        ROOT.
    """

    def __init__(self, root: Any) -> None:
        self._root = root
        self._frees_graphs = False

    def __repr__(self) -> str:
        return '<TMVA.Experimental.Compute: Compute[4, "float"](model) for RDataFrame.Define>'

    def __getitem__(self, arguments: Any) -> ComputeInstance:
        """Return the function for a number of variables and the type of the columns."""
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        n_variables = int(given[0]) if given and str(given[0]).isdecimal() else 0
        kind = given[1] if len(given) == 2 else None
        kind = "float" if kind is float else str(kind)
        if n_variables < 1 or kind == "None":
            shown = ", ".join(repr(one) for one in given)
            message = (
                "TMVA.Experimental.Compute: expected the number of variables and the type of the columns, "
                f'Compute[4, "float"], got Compute[{shown}]'
            )
            raise BookingError(message)
        return ComputeInstance(self, n_variables, kind)

    def __call__(self, *arguments: Any) -> ComputeInstance:
        """Return the same with arguments in parentheses, as PyROOT once took them."""
        return self[arguments]

    def namespace(self) -> Any:
        """Return the namespace in ROOT's interpreter that has what is called here."""
        self._root.gInterpreter.Declare('#include "TMVA/RReader.hxx"')
        if not self._frees_graphs:
            self._frees_graphs = True
            self._root.RDF.RunGraphs = _with_free_graphs(self._root)
        return self._root.TMVAForPython


class ComputeInstance:
    """``TMVA.Experimental.Compute`` for so many variables."""

    def __init__(self, template: ComputeTemplate, n_variables: int, kind: str) -> None:
        self._template = template
        self._n_variables = n_variables
        self._kind = kind

    def __call__(self, model: Any) -> Any:
        """Return a function of C++ for ``Define``; event loops of several threads may call it.

        Parameters
        ----------
        model : RReader
            The method; or an object of C++ that has ``Compute``.

        Raises
        ------
        BookingError
            The method has another number of variables, or the type is not float.
        """
        bridge = connect()
        if not isinstance(model, RReader) or bridge is None:
            return self._template.namespace().compute[self._n_variables, self._kind](model)
        names = model.GetVariableNames()
        if self._kind != "float" or self._n_variables != len(names):
            message = (
                f'TMVA.Experimental.Compute: expected Compute[{len(names)}, "float"] for {model.method.name} '
                f'with the variables {", ".join(names)}, got Compute[{self._n_variables}, "{self._kind}"]; '
                "a column of another type becomes one of float by Define"
            )
            raise BookingError(message)
        handle = bridge.remember(MacroRReader(model.path, bridge.fail, trust=model.trust))
        function = self._template.namespace().compute_with[self._n_variables, self._kind]
        return function(handle)


def free_loops(root: Any) -> None:
    """Let event loops that Python begins run without its interpreter's lock, which their threads need.

    Parameters
    ----------
    root : module
        ROOT, before its data frames are used.
    """
    for prefix, names in _LOOPS.items():
        root.pythonization(prefix, ns="ROOT::RDF", is_prefix=True)(_freeing(names))
    root.pythonization("RInterface<", ns="ROOT::RDF", is_prefix=True)(_with_free_snapshots(root))


def _freeing(names: tuple[str, ...]) -> Callable[[Any], None]:
    def free(cls: Any) -> None:
        for name in names:
            if hasattr(cls, name):
                getattr(cls, name).__release_gil__ = True

    return free


def _with_free_snapshots(root: Any) -> Callable[[Any], None]:
    """Return what lets ``Snapshot`` of a class run its loop by ``GetValue``."""

    def change(cls: Any) -> None:
        original = cls.Snapshot

        def snapshot(self: Any, *given: Any) -> Any:
            if len(given) not in (2, 3, 4) or not root.IsImplicitMTEnabled():
                return original(self, *given)
            tree, file = given[:2]
            columns = given[2] if len(given) > 2 else ""
            options = given[3] if len(given) > 3 else root.RDF.RSnapshotOptions()
            lazy = root.RDF.RSnapshotOptions(options)
            lazy.fLazy = True
            result = original(self, tree, file, columns, lazy)
            if not options.fLazy:
                result.GetValue()
            return result

        cls.Snapshot = snapshot

    return change


def _with_free_graphs(root: Any) -> Callable[[Any], Any]:
    """Return ``RunGraphs`` that runs the loops of this process without the lock."""
    original, ours = root.RDF.RunGraphs, root.TMVAForPython.run_graphs
    ours.__release_gil__ = True

    def run_graphs(handles: Any) -> Any:
        is_local = all(type(one).__module__.startswith("cppyy") for one in handles)
        return ours(handles) if len(handles) and is_local else original(handles)

    return run_graphs
