"""A backup takes what others leave: little CPU, and the disk after everybody else."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import platform
import sys
from typing import Final

log = logging.getLogger("vedette.backups")

_NICE: Final = 10
_IOPRIO_SET: Final = {"x86_64": 251, "aarch64": 30}
_THIS_PROCESS: Final = 1
_LOWEST: Final = 2 << 13 | 7  # best effort, the last of its eight; idle could starve the pause


def be_modest() -> None:
    """Lower the priorities of this process for good, where the system lets it."""
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    number = _IOPRIO_SET.get(platform.machine())
    if sys.platform != "linux" or number is None:
        return
    try:
        ctypes.CDLL(None).syscall(number, _THIS_PROCESS, 0, _LOWEST)
    except (OSError, AttributeError) as error:
        log.debug("the priority of the disk stays: %s", error)
