"""The folder of the installed program: frozen with PyInstaller and made smaller."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from installer.icu import shrink_icu

_ROOT = Path(__file__).parents[1]
_PATCHED = re.compile(r"-[0-9a-f]{8}[-.]")


def build_folder(out: Path) -> Path:
    """Freeze the program into `out/mapafu`, in the environment that runs this, and return that folder."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", str(out)]
    subprocess.run([*command, "--workpath", str(out / "work"), str(_ROOT / "build.spec")], cwd=_ROOT, check=True)
    folder = out / "mapafu"
    if sys.platform == "linux":
        _strip_symbols(folder)
        for library in folder.rglob("libicudata.so.*"):
            shrink_icu(library)
    return folder


def _strip_symbols(folder: Path) -> None:
    """Take out the symbols that only a debugger reads.

    Libraries with a hash in their name were patched by auditwheel, after which `strip` may damage them.
    """
    for library in folder.rglob("*.so*"):
        if not _PATCHED.search(library.name):
            subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)
