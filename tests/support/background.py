"""Python processes started as a shell starts what is written before ``&``: with Ctrl-C ignored."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

TAKES_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"


def start(code: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start Python code that takes Ctrl-C, although whoever started the tests may ignore it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.Popen([sys.executable, "-c", TAKES_CTRL_C + code, *arguments], text=True, **options)
    finally:
        signal.signal(signal.SIGINT, before)
