"""Where Mapafu keeps its own files and how they get there, and where its bundled ones lie."""

import os
from importlib.resources import files
from pathlib import Path

import platformdirs

HOME_VARIABLE = "MAPAFU_HOME"


def data_folder() -> Path:
    """The user's folder for Mapafu's own data; the variable `MAPAFU_HOME` moves it. It may not exist yet."""
    moved = os.environ.get(HOME_VARIABLE)
    return Path(moved) if moved else Path(platformdirs.user_data_dir("mapafu", appauthor=False))


def resource(name: str) -> Path:
    """The path of a bundled file or folder, such as `model.onnx` or `samples`."""
    return Path(str(files("resources"))) / name


def put_first(aside: Path, path: Path) -> None:
    """Put a finished file in place unless one is there already: of two programs that make it at once, one wins."""
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    except OSError:  # the drive knows no links, as memory sticks do
        aside.replace(path)
