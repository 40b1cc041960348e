"""A forked child and how it ends."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable


def ends_well(act: Callable[[], object], seconds: float = 20.0) -> bool:
    """Call `act` in a forked child; return whether it ends in time without an exception."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the child ends here
            traceback.print_exc()
        finally:
            os._exit(code)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status == 0
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False
