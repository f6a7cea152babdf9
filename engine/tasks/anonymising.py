"""Anonymised DICOM copies from the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from engine.films.discovery import discover
from engine.screening.copying import copy_anonymised
from engine.tasks.status import ExitStatus
from engine.tasks.terminal import plain


def copy_films(options: argparse.Namespace, console: Console) -> ExitStatus:
    """Copy the DICOM films that the command line names into a folder. Raises MapafuError."""
    folder: Path = options.anonymise
    files = discover(options.paths, leave_out=(folder,))
    copied = lettered = 0
    for copy in copy_anonymised(files, folder):
        copied += copy.name is not None
        lettered += copy.burned_in_text
        if copy.name is None:
            console.print(plain(f"{copy.file}: {copy.problem}"))
        elif copy.burned_in_text:
            console.print(plain(f"{copy.name}: There is writing in this picture. Look at it before you hand it on."))
    if not options.quiet:
        console.print(
            plain(f"{copied} of {len(files)} files copied to {folder}, {lettered} with writing in the picture.")
        )
    return ExitStatus.OK if copied else ExitStatus.NOTHING_TO_SCREEN
