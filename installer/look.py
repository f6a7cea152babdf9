"""How the system shows the program: its icon in the system's own format, and what Windows says of the file."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from engine.version import __version__

PURPOSE = (
    "For research, teaching and second looks under local responsibility. "
    "Not cleared as a medical device anywhere; a clinician reads every film."
)
_ICON = Path(__file__).parents[1] / "resources" / "icons" / "mapafu.png"
_VERSION_RESOURCE = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004, fileType=1),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("FileDescription", "Mapafu: puts chest films in reading order"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("ProductName", "Mapafu"),
      StringStruct("ProductVersion", "{version}"),
      StringStruct("OriginalFilename", "{name}.exe"),
      StringStruct("Comments", "{purpose}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""


def icon_file(folder: Path) -> str | None:
    """The icon for the program's file, made in `folder`; None on Linux, where the package carries it."""
    suffix = {"win32": ".ico", "darwin": ".icns"}.get(sys.platform)
    if suffix is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"mapafu{suffix}"
    with Image.open(_ICON) as picture:
        picture.convert("RGBA").save(made)
    return str(made)


def version_resource(folder: Path, name: str) -> str | None:
    """The file with what Windows shows under a program's properties; None elsewhere."""
    if sys.platform != "win32":
        return None
    folder.mkdir(parents=True, exist_ok=True)
    numbers = (*(int(part) for part in __version__.split(".")[:3]), 0)
    made = folder / f"{name}-version.txt"
    text = _VERSION_RESOURCE.format(numbers=numbers, version=__version__, name=name, purpose=PURPOSE)
    made.write_text(text, encoding="utf-8")
    return str(made)
