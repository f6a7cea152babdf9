"""How large campaigns of random faults are: `MAPAFU_CAMPAIGN` is `ci` or `full`."""

from __future__ import annotations

import os


def sized(*, ci: int, full: int) -> int:
    """How many faults to try."""
    return full if os.environ.get("MAPAFU_CAMPAIGN") == "full" else ci
