"""Where a figure or a model comes from: the command that was given, and the code that ran."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def given_command(arguments: Sequence[str] | None = None) -> str:
    """The command line as given, but that a path from elsewhere is cut to its last part: it may name a person."""
    parts = sys.argv[1:] if arguments is None else arguments
    return " ".join(["mapafu-train", *(Path(part).name if _is_elsewhere(Path(part)) else part for part in parts)])


def _is_elsewhere(path: Path) -> bool:
    return path.is_absolute() or ".." in path.parts


def current_commit() -> str:
    """The commit of the checkout that this module runs from, or `unknown`; `-changed` where it was edited."""
    command = ["git", "describe", "--always", "--abbrev=12", "--dirty=-changed"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
