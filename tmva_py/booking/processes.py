"""Methods that are trained at the same time, each in a process of its own."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from tmva_py.booking.booked_method import BookedMethod
from tmva_py.errors import TMVAWarning, warn
from tmva_py.message_log import MessageLog
from tmva_py.plugins import Registry

_RESULTS = ("_trained", "training_response", "training_probability")


def can_fork() -> bool:
    """Return whether a process can be continued twice here: not on Windows, and not safely on macOS."""
    return "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"


def n_processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return os.cpu_count() or 1 if affinity is None else len(affinity(0))


class TrainingProcesses:
    """Trainings under way; what they write to the log comes when each is finished.

    Parameters
    ----------
    methods : sequence of BookedMethod
        What is to be trained, in the order in which `finish` is called.
    n_jobs : int
        How many at a time; with 1 all are trained by `finish`.
    persist : bool
        Whether weight files are written.
    prepare : callable, optional
        What is called with a method before its process begins and when it ends: data sets of folds change.
    option : str, default "Jobs"
        The option that says how many, for the warning where there are no processes.
    """

    def __init__(
        self,
        methods: Sequence[BookedMethod],
        n_jobs: int,
        *,
        persist: bool,
        prepare: Callable[[BookedMethod], object] | None = None,
        option: str = "Jobs",
    ) -> None:
        self._persist, self._prepare = persist, prepare
        self._n_jobs = n_jobs
        if n_jobs > 1 and not can_fork():
            warn(f"{option}={n_jobs} has no effect on this system: methods are trained one after the other")
            self._n_jobs = 1
        apart = [booked for booked in methods if booked.method.can_be_forked] if self._n_jobs > 1 else []
        self._waiting = apart if len(apart) > 1 else []
        self._running: dict[Connection, tuple[BookedMethod, BaseProcess]] = {}
        self._done: dict[str, bytes] = {}

    def __enter__(self) -> TrainingProcesses:
        self._start()
        return self

    def __exit__(self, *error: object) -> None:
        for connection, (_, process) in self._running.items():
            process.terminate()
            process.join()
            connection.close()

    def finish(self, booked: BookedMethod) -> None:
        """Train a method, or wait for its process.

        Raises
        ------
        Exception
            What its training raised.
        """
        while any(one is booked for one, _ in self._running.values()):
            self._take()
        if self._prepare is not None:
            self._prepare(booked)
        if _restore(booked, self._done.pop(booked.title, b"")):
            return
        booked.train(persist=self._persist)

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        threads = max(1, n_processors() // self._n_jobs)
        while self._waiting and len(self._running) < self._n_jobs:
            booked = self._waiting.pop(0)
            if self._prepare is not None:
                self._prepare(booked)
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_train, args=(booked, self._persist, threads, theirs))
            with warnings.catch_warnings():
                # Of threads of libraries, which train nothing in the child.
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            theirs.close()
            self._running[ours] = booked, process

    def _take(self) -> None:
        """Wait for a process, and start the next one."""
        for connection in wait(list(self._running)):
            assert isinstance(connection, Connection)
            booked, process = self._running.pop(connection)
            try:
                self._done[booked.title] = connection.recv_bytes()
            except EOFError:  # it was killed
                self._done[booked.title] = b""
            process.join()
            connection.close()
        self._start()


def _train(booked: BookedMethod, persist: bool, threads: int, connection: Connection) -> None:
    """Train in a child, and send what changed; nothing if that cannot be sent."""
    text, error = io.StringIO(), None
    drawing, booked.method.draw_progress_bar = booked.method.draw_progress_bar, False
    with (
        contextlib.redirect_stdout(text),
        warnings.catch_warnings(record=True) as seen,
        _threads(threads),
    ):
        warnings.simplefilter("always", TMVAWarning)
        try:
            booked.train(persist=persist)
        except Exception as caught:  # noqa: BLE001 - raised again in the parent
            error = caught
    booked.method.draw_progress_bar = drawing
    said = [(str(one.message), one.category) for one in seen]
    results = {name: getattr(booked, name) for name in _RESULTS}
    file = io.BytesIO()
    try:
        _Pickler(file, booked).dump((text.getvalue(), said, error, results, vars(booked.method)))
    except Exception:  # noqa: BLE001 - whatever a method keeps
        file = io.BytesIO()
    connection.send_bytes(file.getvalue())
    connection.close()


def _restore(booked: BookedMethod, content: bytes) -> bool:
    """Put into a method what its process sent; return whether it sent anything."""
    if not content:
        return False
    text, said, error, results, state = _Unpickler(io.BytesIO(content), booked).load()
    sys.stdout.write(text)
    for message, category in said:
        warn(message, category)
    if error is not None:
        raise error
    vars(booked.method).update(state)
    for name, value in results.items():
        setattr(booked, name, value)
    return True


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let kernels use so many threads."""
    if "numba" not in sys.modules:
        # The first kernel that needs it reads the variable.
        os.environ.setdefault("NUMBA_NUM_THREADS", str(count))
        yield
        return
    from tmva_py.kernels.numba.threads import thread_limit

    with thread_limit(count):
        yield


class _Pickler(pickle.Pickler):
    """Names what the parent has as well."""

    def __init__(self, file: io.BytesIO, booked: BookedMethod) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._names = {id(value): name for name, value in _shared(booked).items()}

    def persistent_id(self, value: Any) -> tuple[str, str] | None:
        """Return what stands for an object that is not sent."""
        if isinstance(value, MessageLog):
            return "log", value.source
        if isinstance(value, Registry):
            return "shared", "registry"
        name = self._names.get(id(value))
        return None if name is None else ("shared", name)


class _Unpickler(pickle.Unpickler):
    """Finds what was named."""

    def __init__(self, file: io.BytesIO, booked: BookedMethod) -> None:
        super().__init__(file)
        self._shared, self._log = _shared(booked), booked.method.log

    def persistent_load(self, pid: tuple[str, str]) -> Any:
        """Return the parent's object."""
        kind, name = pid
        return self._log.for_source(name) if kind == "log" else self._shared[name]


def _shared(booked: BookedMethod) -> dict[str, Any]:
    data_set, method = booked.data_set, booked.method
    return {
        "method": method,
        "registry": method.registry,
        "info": data_set.info,
        "data set": data_set,
        "training": data_set.training,
        "testing": data_set.testing,
    }
