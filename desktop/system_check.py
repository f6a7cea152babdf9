"""Whether this PC can open a window at all: asked before Qt, which would abort without a word a person knows."""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

# What libqxcb.so, libqwayland.so, libQt6Gui, libQt6Widgets and libQt6Network ask of Debian and its kin, beyond libc.
PACKAGES = (
    "libegl1", "libgl1", "libglib2.0-0", "libgssapi-krb5-2", "libdbus-1-3", "libfontconfig1", "libfreetype6",
    "libx11-xcb1", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1",
    "libxcb-randr0", "libxcb-render-util0", "libxcb-shape0", "libxcb-shm0", "libxcb-sync1", "libxcb-util1",
    "libxcb-xfixes0", "libxcb-xkb1", "libwayland-cursor0",
)  # fmt: skip
_ON_A_SCREEN = ("xcb", "wayland")


def find_problem(environment: Mapping[str, str] | None = None, *, platform: str = sys.platform) -> str | None:
    """One sentence on why no window can be opened and what to do, or None where one can. Linux only.

    Args:
        environment: Variables to look at, by default those of this process.
        platform: As in `sys.platform`.
    """
    if platform != "linux":
        return None
    variables = os.environ if environment is None else environment
    chosen = variables.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    try:
        for module in ("PySide6.QtWidgets", "PySide6.QtNetwork"):
            importlib.import_module(module)
    except ImportError as error:
        return missing_library_sentence(str(error))
    if chosen and not chosen.startswith(_ON_A_SCREEN):
        return None
    return _problem_with_screen(variables)


def missing_library_sentence(detail: str) -> str:
    """What to install, given what the loader said, such as `libEGL.so.1: cannot open shared object file`."""
    library = detail.split(":")[0].strip()
    named = f" ({library} is missing)" if library.startswith("lib") and " " not in library else ""
    return (
        f"Mapafu cannot open its window because system libraries are missing{named}. "
        f"Install them with: sudo apt install {' '.join(PACKAGES)}"
    )


def _problem_with_screen(variables: Mapping[str, str]) -> str | None:
    display, wayland = variables.get("DISPLAY"), variables.get("WAYLAND_DISPLAY")
    if not display and not wayland:
        return _no_screen_sentence("neither DISPLAY nor WAYLAND_DISPLAY is set")
    missing = None
    if wayland:
        missing = _load_plugin("libqwayland.so")
        if missing is None and _wayland_answers(wayland, variables):
            return None
    if display:
        missing = _load_plugin("libqxcb.so")
        if missing is None and _x_answers(display):
            return None
    if missing is not None:
        return missing_library_sentence(missing)
    return _no_screen_sentence(f"nothing answers at {display or wayland}")


def _no_screen_sentence(why: str) -> str:
    return (
        f"Mapafu needs a screen, and {why}. Start it from a desktop session; on a PC without one, "
        "use: sudo apt install xvfb && xvfb-run mapafu"
    )


def _load_plugin(name: str) -> str | None:
    """Why one of Qt's platform plugins cannot be loaded, or None. A plugin that Qt lacks is left to Qt."""
    package = importlib.import_module("PySide6")
    plugin = Path(str(package.__file__)).parent / "Qt" / "plugins" / "platforms" / name
    if not plugin.exists():
        return None
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return None


def _wayland_answers(name: str, variables: Mapping[str, str]) -> bool:
    return (Path(variables.get("XDG_RUNTIME_DIR", "/")) / name).is_socket()


def _x_answers(display: str) -> bool:
    """Ask the X server, as Qt will: where it does not answer, Qt aborts the whole program."""
    try:
        library = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    library.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(library.xcb_connect(display.encode(), None))
    refused = bool(library.xcb_connection_has_error(connection))
    library.xcb_disconnect(connection)
    return not refused
