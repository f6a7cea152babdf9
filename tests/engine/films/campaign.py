"""A campaign of damaged films, read in a child process: `python -m tests.engine.films.campaign`.

`MAPAFU_CAMPAIGN` sizes it: `ci` 1,000 films, `full` 10,000, a few hundred where it is not set.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

from engine.errors import FilmFailedError
from engine.screening.worker import Limits, Worker
from tests.engine.films.corpus import films
from tests.engine.films.mutations import mutated
from tests.engine.films.probe import make_probe

VARIABLE = "MAPAFU_CAMPAIGN"
LIMITS = Limits(seconds=10.0)
_SIZES = {"": 300, "ci": 1_000, "full": 10_000}


def campaign_size() -> int:
    """How many films a campaign reads. Raises ValueError where the variable names no size."""
    chosen = os.environ.get(VARIABLE, "")
    if chosen not in _SIZES:
        raise ValueError(f"{VARIABLE} is {chosen!r}; it may be ci, full or unset")
    return _SIZES[chosen]


def outcome_of(probe: Worker, data: bytes) -> str:
    """What became of a file: `read`, the code of a reason, or `broken: ...`."""
    try:
        word: str = probe.ask(data).word
    except FilmFailedError as error:  # the child was lost over it
        return error.reason.value
    return word


def report(counts: Mapping[str, int]) -> str:
    """The outcomes of a campaign, the most common first."""
    total = sum(counts.values())
    lines = [f"{count:7,d}  {outcome}" for outcome, count in Counter(counts).most_common()]
    return "\n".join([f"{total:7,d}  damaged films", *lines])


def main() -> int:
    """Run a campaign, print how often each outcome came, and keep the films that hurt; 1 where a promise broke."""
    parser = argparse.ArgumentParser(
        description="Read damaged films in a child process, and count what becomes of them."
    )
    parser.add_argument("--films", type=int, default=campaign_size(), metavar="N", help="how many")
    parser.add_argument("--minutes", type=float, metavar="M", help="go on for so long, however many films that are")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="where the random numbers begin")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="folder for films that broke, crashed or took long")
    options = parser.parse_args()
    good, counts, started = films(), Counter[str](), time.monotonic()
    with Worker(make_probe, None, limits=LIMITS) as probe:
        number = 0
        while time.monotonic() - started < 60 * options.minutes if options.minutes else number < options.films:
            random = Random(f"{options.seed}-{number}")
            name = random.choice(sorted(good))
            data = mutated(good, name, random)
            outcome = outcome_of(probe, data)
            counts[outcome] += 1
            if options.keep and (outcome.startswith("broken") or outcome in ("reader_crashed", "timed_out")):
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{options.seed}-{number} {name} {outcome.partition(':')[0]}").write_bytes(data)
            number += 1
    sys.stdout.write(f"{report(counts)}\n{time.monotonic() - started:7,.0f}  seconds\n")
    return int(any(outcome.startswith("broken") for outcome in counts))


if __name__ == "__main__":
    raise SystemExit(main())
