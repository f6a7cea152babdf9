"""How the program ends."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """What the exit status of the program means."""

    OK = 0
    OUTPUT_FAILED = 1
    BAD_USAGE = 2
    NOTHING_TO_SCREEN = 3
    MODEL_UNUSABLE = 4
    CHECK_FAILED = 5
    INTERRUPTED = 130
