"""What option ``Correlations`` of a factory prints: how methods agree with each other and with variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tmva_py.data import correlation_lines
from tmva_py.evaluation import ClassificationEvaluation, overlap
from tmva_py.evaluation.correlation_tables import linear_correlations, matrix_lines, value_lines

if TYPE_CHECKING:
    from tmva_py.data import DataSet
    from tmva_py.message_log import MessageLog


def log_method_correlations(
    data_set: DataSet,
    methods: Sequence[tuple[str, ClassificationEvaluation]],
    log: MessageLog,
    *,
    leaves_out_cuts: bool = False,
) -> None:
    """Print correlations and overlaps of two-class methods on test events, as TMVA without event weights."""
    if not methods:
        return
    info, events = data_set.info, data_set.testing
    titles = [title for title, _ in methods]
    labels = [one.label for one in info.variables]
    cuts = np.array([evaluation.reference_cut for _, evaluation in methods])
    responses = np.stack([evaluation.test.response for _, evaluation in methods], axis=1)
    responses = np.where(np.isnan(responses), 0.0, responses.astype(np.float64))
    is_signal = events.class_index == info.signal_class_index
    samples = (("signal", is_signal), ("background", ~is_signal))
    correlations, overlaps = {}, {}
    for name, chosen in samples:
        together = np.concatenate([responses[chosen], events.x[chosen].astype(np.float64)], axis=1)
        correlations[name] = linear_correlations(together)
        overlaps[name] = overlap(responses[chosen], cuts)
    n = len(titles)
    start = f"Dataset[{info.name}] : "
    if n > 1:
        log.info()
        for name, _ in samples:
            log.info(f"{start}Inter-MVA correlation matrix ({name}):")
            log.info("\n".join([*correlation_lines(correlations[name][:n, :n], titles), ""]))
    for name, _ in samples:
        log.info(f"{start}Correlations between input variables and MVA response ({name}):")
        log.info("\n".join([*matrix_lines(correlations[name][n:, :n], labels, titles), ""]))
    log.info(
        f'{start}The following "overlap" matrices contain the fraction of events for which \n'
        f"{start}the MVAs 'i' and 'j' have returned conform answers about \"signal-likeness\"\n"
        f"{start}An event is signal-like, if its MVA output exceeds the following value:"
    )
    log.info("\n".join(value_lines(cuts.tolist(), titles, "Method", "Cut value")))
    log.info(f"{start}which correspond to the working point: eff(signal) = 1 - eff(background)")
    if leaves_out_cuts:
        log.info(f"{start}Note: no correlations and overlap with cut method are provided at present")
    if n > 1:
        log.info()
        for name, _ in samples:
            log.info(f"{start}Inter-MVA overlap matrix ({name}):")
            log.info("\n".join([*correlation_lines(overlaps[name], titles), ""]))
