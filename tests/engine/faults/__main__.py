"""Try every fault, and print how many were tried and how many rows were lost.

`MAPAFU_CAMPAIGN` sizes it: `ci` 10 kills and 20 damaged stores, `full` 300 films, 50 kills and 200 damaged stores.
What the damage itself takes of a damaged store is no lost row: there, what counts is that the program goes on.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.engine.faults.clinic import open_clinic
from tests.engine.faults.faults import campaign
from tests.engine.films.campaign import VARIABLE

# Films, kills, damaged stores, and bytes that no file may grow beyond: all leave room for the table (400 bytes a film),
# the first ones none for an empty store (170,000).
_SIZES = {
    "": (30, 3, 5, (60_000,)),
    "ci": (60, 10, 20, (60_000, 230_000)),
    "full": (300, 50, 200, (150_000, 200_000, 300_000, 450_000, 650_000)),
}


def main() -> int:
    """Run the campaign; 1 where a row was lost."""
    films, kills, stores, rooms = _SIZES[os.environ.get(VARIABLE, "")]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # also for whoever may only read
        clinic = open_clinic(Path(folder) / "clinic", films)

        def tell(line: str) -> None:
            sys.stdout.write(f"{time.monotonic() - started:6,.0f} s  {line}\n")
            sys.stdout.flush()

        tried, lost = campaign(clinic, kills=kills, stores=stores, rooms=rooms, tell=tell)
    sys.stdout.write(f"faults tried: {tried}, rows lost: {lost}\n")
    return int(lost > 0)


if __name__ == "__main__":
    raise SystemExit(main())
