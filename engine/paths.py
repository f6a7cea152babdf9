"""Where Mapafu keeps its own files and how they get there, and where its bundled ones lie."""

import contextlib
import os
import secrets
import sys
from pathlib import Path

import platformdirs

import resources

HOME_VARIABLE = "MAPAFU_HOME"
PORTABLE_MARK = "portable"


def data_folder() -> Path:
    """The user's folder for Mapafu's own data. It may not exist yet.

    The variable `MAPAFU_HOME` moves it. A portable program, which has a file `portable` beside it, keeps it in
    `mapafu-data` beside itself, so that both travel on one memory stick.
    """
    moved = os.environ.get(HOME_VARIABLE)
    if moved:
        return Path(moved)
    program = installed_program()
    if program is not None and (program.parent / PORTABLE_MARK).exists():
        return program.parent / "mapafu-data"
    return Path(platformdirs.user_data_dir("mapafu", appauthor=False))


def installed_program() -> Path | None:
    """The file of the installed program that runs, or None where it runs from source."""
    return Path(sys.executable) if getattr(sys, "frozen", False) else None


def resource(name: str) -> Path:
    """The path of a bundled file or folder, such as `model.onnx` or `samples`."""
    return Path(str(resources.__file__)).parent / name


def put_first(aside: Path, path: Path) -> None:
    """Put a finished file in place unless one is there already: of two programs that make it at once, one wins."""
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    except OSError:  # the drive knows no links, as memory sticks do
        aside.replace(path)


def write_private(path: Path, data: bytes) -> None:
    """Write a file (mode 0600) in one step, so that a cut leaves the old one whole. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
