"""From dropped paths to an ordered list of files."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.reasons import Reason

_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One row to be.

    Attributes:
        path: Where the file lies, absolute.
        file: What it is called in tables: the dropped path joined with the part below it, with `/`.
        problem: Why it cannot be opened, where that is known already.
    """

    path: Path
    file: str
    problem: Reason | None = None


def discover(
    dropped: Sequence[str | Path],
    *,
    leave_out: Collection[Path] = (),
    should_stop: Callable[[], bool] = lambda: False,
) -> list[FoundFile]:
    """Every file below the dropped paths, in the order dropped and by name within each folder.

    Hidden files and the files that Windows and macOS leave in folders are passed over. Folders are walked
    whatever they are called, and each only once, so that links between folders give no row twice. Named paths
    that are missing, and things that are no regular file, are listed with their problem and never opened.

    Args:
        dropped: Files and folders.
        leave_out: Files and folders that are not looked at, such as the program's own output.
        should_stop: Looked at before each file; once it is true, what was found so far is returned.
    """
    done = {_place(path) for path in leave_out}
    walked: set[tuple[int, int]] = set()
    found = []
    # A stack rather than recursion: folders may lie deeper in each other than Python calls may.
    waiting = [(absolute_path(argument), str(argument).replace(os.sep, "/")) for argument in reversed(dropped)]
    while waiting and not should_stop():
        path, file = waiting.pop()
        place = _place(path)
        if place in done:
            continue
        done.add(place)
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                folder = (status.st_dev, status.st_ino)
                if folder not in walked:
                    walked.add(folder)
                    waiting += [(path / name, f"{file.rstrip('/')}/{name}") for name in reversed(_names_in(path))]
                continue
            problem = None if stat.S_ISREG(status.st_mode) else Reason.NOT_AN_IMAGE
        except PermissionError:
            problem = Reason.NO_PERMISSION
        except (OSError, ValueError):
            if _is_link_loop(path):
                continue
            problem = Reason.NOT_FOUND
        found.append(FoundFile(path, file, problem))
    return found


def _names_in(folder: Path) -> list[str]:
    names = (entry.name for entry in folder.iterdir())
    visible = [name for name in names if not name.startswith(".") and name.casefold() not in _SYSTEM_FILES]
    return sorted(visible, key=lambda name: (name.casefold(), name))


def _is_link_loop(path: Path) -> bool:
    """Whether a link that cannot be followed leads back to itself, rather than to a missing file."""
    try:
        path.resolve(strict=True)
    except FileNotFoundError:
        return False
    except (OSError, RuntimeError):
        return os.path.islink(path)  # noqa: PTH114 -- Path.is_symlink raises where a name is too long
    return False


def absolute_path(path: str | Path) -> Path:
    """A path that means the same from every folder, without its dots; links are not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100 -- Path.absolute keeps dots


def _place(path: Path) -> str:
    """Where a path points, spelt one way."""
    return os.path.normcase(absolute_path(path))
