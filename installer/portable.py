"""The archive that runs from a memory stick and keeps its data beside itself."""

from __future__ import annotations

import platform
import tarfile
from pathlib import Path

from engine.paths import PORTABLE_MARK
from engine.version import __version__

_README = Path(__file__).parent / "linux" / "portable.txt"


def build_portable(folder: Path, out: Path) -> Path:
    """Pack the program's folder with the mark that makes it portable, and return the archive's path.

    No file is stored as a link to another: the file systems of memory sticks have none.
    """
    archive = out / f"mapafu-{__version__}-linux-{platform.machine()}.tar.xz"
    with tarfile.open(archive, "w:xz") as tar:
        for path in sorted(folder.rglob("*")):
            _add(tar, path, Path("mapafu") / path.relative_to(folder))
        _add(tar, _README, Path("mapafu/README.txt"))
        mark = tarfile.TarInfo(f"mapafu/{PORTABLE_MARK}")
        mark.mode = 0o644
        tar.addfile(mark)
    return archive


def _add(tar: tarfile.TarFile, path: Path, name: Path) -> None:
    entry = tar.gettarinfo(path, str(name))
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    if path.is_dir():
        tar.addfile(entry)
        return
    entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", path.stat().st_size
    with path.open("rb") as stream:
        tar.addfile(entry, stream)
