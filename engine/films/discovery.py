"""From dropped paths to an ordered list of files."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.reasons import Reason

_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One row to be.

    Attributes:
        path: Where the file lies.
        file: What it is called in tables: the dropped path joined with the part below it, with `/`.
        problem: Why it cannot be opened, where that is known already.
    """

    path: Path
    file: str
    problem: Reason | None = None


def discover(dropped: Sequence[str | Path], *, leave_out: Collection[Path] = ()) -> list[FoundFile]:
    """Every file below the dropped paths, in the order dropped and by name within each folder.

    Hidden files and the files that Windows and macOS leave in folders are passed over. Folders are walked
    whatever they are called; a link that leads back into a folder being walked gives no row. A file reached
    twice is listed once. Named paths that are missing, and things that are no regular file, are listed with
    their problem and never opened.

    Args:
        dropped: Files and folders.
        leave_out: Files and folders that are not looked at, such as the program's own output.
    """
    skipped = {_absolute(path) for path in leave_out}
    seen: set[str] = set()
    found = []
    for argument in dropped:
        name = str(argument).replace(os.sep, "/")
        for film in _below(Path(argument), name, skipped, frozenset()):
            place = _absolute(film.path)
            if place not in seen:
                seen.add(place)
                found.append(film)
    return found


def _below(path: Path, file: str, skipped: set[str], parents: frozenset[tuple[int, int]]) -> Iterator[FoundFile]:
    if _absolute(path) in skipped:
        return
    try:
        status = path.stat()
    except PermissionError:
        yield FoundFile(path, file, Reason.NO_PERMISSION)
        return
    except (OSError, ValueError):
        if not _is_link_loop(path):
            yield FoundFile(path, file, Reason.NOT_FOUND)
        return
    if stat.S_ISREG(status.st_mode):
        yield FoundFile(path, file)
    elif not stat.S_ISDIR(status.st_mode):
        yield FoundFile(path, file, Reason.NOT_AN_IMAGE)
    elif (status.st_dev, status.st_ino) not in parents:
        try:
            names = sorted((entry.name for entry in path.iterdir()), key=lambda name: (name.casefold(), name))
        except OSError:
            yield FoundFile(path, file, Reason.NO_PERMISSION)
            return
        inner = parents | {(status.st_dev, status.st_ino)}
        for name in names:
            if not name.startswith(".") and name.casefold() not in _SYSTEM_FILES:
                yield from _below(path / name, f"{file.rstrip('/')}/{name}", skipped, inner)


def _is_link_loop(path: Path) -> bool:
    """Whether a link that cannot be followed leads back to itself, rather than to a missing file."""
    try:
        path.resolve(strict=True)
    except FileNotFoundError:
        return False
    except (OSError, RuntimeError):
        return path.is_symlink()
    return False


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - links are not to be followed
