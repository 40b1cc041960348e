"""A captured CUDA graph."""

from __future__ import annotations

from typing import Any


class CudaGraph:
    """What the device was told once; a call lets it do all of that, as one launch on the current stream.

    Parameters
    ----------
    graph : cupy.cuda.Graph
        The graph.
    pool : cupy.cuda.MemoryPool
        Where the memory of its intermediate results comes from: it must live as long as the graph, whose
        kernels know addresses only.
    """

    def __init__(self, graph: Any, pool: Any) -> None:
        self._graph = graph
        self._pool = pool

    def __call__(self) -> None:
        """Launch the graph."""
        self._graph.launch()
