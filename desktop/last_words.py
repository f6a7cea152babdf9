"""A sentence for somebody whose window cannot open: in the terminal, and where there is none in a box of the system."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys

_BOXES = (
    ("zenity", "--error", "--no-markup", "--width=420", "--title=Mapafu", "--text"),
    ("kdialog", "--title", "Mapafu", "--error"),
    ("xmessage", "-center"),
)


def tell(sentence: str) -> None:
    """Say it where it can be read; Qt is not asked, since it may be what cannot start."""
    if sys.stderr is not None:
        sys.stderr.write(sentence + "\n")
        if sys.stderr.isatty():
            return
    if sys.platform == "win32":
        ctypes.windll.user32.MessageBoxW(None, sentence, "Mapafu", 0x10)
    elif sys.platform == "darwin":
        text = sentence.replace("\\", "\\\\").replace('"', '\\"')
        _show("osascript", "-e", f'display alert "Mapafu" message "{text}"')
    else:
        box = next((box for box in _BOXES if shutil.which(box[0])), None)
        if box is not None:
            _show(*box, sentence)


def _show(*command: str) -> None:
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
