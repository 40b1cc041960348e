"""Training steps and predictions of both CPU backends in this checkout and in another one of the project.

The other checkout takes part twice, so that the noise is seen: ``python benchmarks/compare.py OTHER``. The
three run in processes of their own and take turns; medians count.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from pathlib import Path
from statistics import median

from processes import Worker

HERE = Path(__file__).resolve().parents[1]
WORKER = Path(__file__).with_name("checkout_worker.py")
# Seconds between two sides where they have several threads.
REST = 0.1


def take_turns(
    sides: dict[str, Worker], call: str, *arguments: int, seconds: float, rest: float
) -> dict[str, float]:
    """Return the median seconds of each side."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    end, turns = time.perf_counter() + seconds, 0
    while turns < 5 or time.perf_counter() < end:
        for name, side in sides.items():
            time.sleep(rest)
            times[name].append(float(side.call(call, *arguments)))
        turns += 1
    return {name: median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, help="the other checkout")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure")
    parser.add_argument("--only", default="", help="the networks whose name begins so")
    parser.add_argument("--threads", default="1,2", help="numbers of threads")
    given = parser.parse_args()
    checkouts = {"before": given.other.resolve(), "before, again": given.other.resolve(), "now": HERE}
    print("| network | threads | backend | what | before (µs) | now (µs) | now ÷ before | noise |")
    print("|---|---:|---|---|---:|---:|---:|---:|")
    ratios: list[tuple[float, float, str]] = []
    for threads in (int(text) for text in given.threads.split(",")):
        with contextlib.ExitStack() as stack:
            environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
            sides = {
                name: stack.enter_context(Worker([str(WORKER), str(path), str(threads)], environment))
                for name, path in checkouts.items()
            }
            rest = REST if threads > 1 else 0.0
            known = set(sides["before"].call("names"))
            for name in sides["now"].call("names"):
                if name not in known or not name.startswith(given.only):
                    continue
                for backend in ("numpy", "numba"):
                    for side in sides.values():
                        side.call("build", name, backend)
                    rows = [("step", "train", ())]
                    if threads == 1:
                        rows += [("one event", "predict", (1,)), ("all events", "predict", (10**9,))]
                    for what, call, arguments in rows:
                        times = take_turns(sides, call, *arguments, seconds=given.seconds, rest=rest)
                        before = (times["before"] + times["before, again"]) / 2
                        ratio, noise = times["now"] / before, times["before"] / times["before, again"]
                        row = f"{name} | {threads} | {backend} | {what}"
                        ratios.append((ratio, noise, row))
                        figures = (
                            f"{before * 1e6:,.1f} | {times['now'] * 1e6:,.1f} | {ratio:.3f} | {noise:.3f}"
                        )
                        print(f"| {row} | {figures} |", flush=True)
    worst = sorted(ratios, reverse=True)[:5]
    print(f"\nNow ÷ before: median {median(ratio for ratio, _, _ in ratios):.3f}.")
    print(f"Noise: {min(noise for _, noise, _ in ratios):.3f} to {max(noise for _, noise, _ in ratios):.3f}.")
    print("Largest:", "; ".join(f"{row} {ratio:.3f}" for ratio, _, row in worst))


if __name__ == "__main__":
    main()
