"""The command line of the training room: train a recipe, then export and measure the model."""

from __future__ import annotations

import os
import sys

from engine.errors import MapafuError
from training.options import make_parser

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130


def first_on_this_machine() -> bool:
    """Whether this process is the one on its machine that talks to the person."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


def run(arguments: list[str] | None = None) -> int:
    """Parse the command line, do what it says, and return the exit status."""
    options = make_parser().parse_args(arguments)
    try:
        options.command(options)
    except MapafuError as error:
        if not first_on_this_machine():
            return EXIT_OK  # the first process meets the same, says it, and gives the exit status
        print(f"mapafu-train: {error.sentence}", file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    except KeyboardInterrupt:
        if first_on_this_machine():
            print(f"mapafu-train: stopped; {options.stopped}.", file=sys.stderr)  # noqa: T201
        return EXIT_INTERRUPTED
    return EXIT_OK
