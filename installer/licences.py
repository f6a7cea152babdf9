"""The licences of what the installed program brings along, as files for its folder."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePath

_ROOT = Path(__file__).parents[1]
_TEXTS = Path(__file__).parent / "texts"
_NAMES = re.compile(r"(licen[cs]e|copying|notice|thirdparty|authors)[^/]*$", re.IGNORECASE)
_HEAD = """\
Mapafu is free software under the Apache License 2.0 (LICENSE.txt). Its installed program brings along the libraries
below, each under its own licence; their texts lie beside this file where the library has one.

Qt, PySide6 and Shiboken are used under the GNU Lesser General Public License 3 (LGPL-3.0.txt, which builds upon
GPL-3.0.txt). They lie in this folder as libraries of their own, so that you can put others in their place. Their source
is at https://download.qt.io/official_releases/

Python {python} is under the Python Software Foundation License: https://docs.python.org/3/license.html
"""


def collect_licences(folder: Path) -> list[tuple[str, str]]:
    """Files and where they go, as pairs for PyInstaller; the list of libraries is written into `folder`."""
    pairs = [(str(text), "licences") for text in sorted(_TEXTS.iterdir())]
    lines = []
    for library in _libraries():
        name = library.metadata["Name"]
        lines.append(f"{name} {library.version}: {_stated(library)}")
        for file in library.files or ():
            if _NAMES.search(file.name) and PurePath(file).suffix not in (".py", ".pyc", ".h"):
                pairs.append((str(library.locate_file(file)), f"licences/{name}"))
    folder.mkdir(parents=True, exist_ok=True)
    page, own = folder / "README.txt", folder / "LICENSE.txt"
    head = _HEAD.format(python=".".join(map(str, sys.version_info[:3])))
    page.write_text(head + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    own.write_bytes((_ROOT / "LICENSE").read_bytes())
    return [*pairs, (str(page), "licences"), (str(own), "licences")]


def _libraries() -> list[Distribution]:
    """What the program requires, and what that requires, by name."""
    with (_ROOT / "pyproject.toml").open("rb") as stream:
        waiting = list(tomllib.load(stream)["project"]["dependencies"])
    found: dict[str, Distribution] = {}
    while waiting:
        requirement = waiting.pop()
        name = re.match(r"[\w.-]+", requirement)
        if name is None or "extra ==" in requirement or name[0].lower() in found:
            continue
        try:
            library = distribution(name[0])
        except PackageNotFoundError:  # another system's
            continue
        found[name[0].lower()] = library
        waiting += library.requires or []
    return [found[name] for name in sorted(found)]


def _stated(library: Distribution) -> str:
    data = library.metadata
    told = [line for name in ("License-Expression", "License") for line in (data.get_all(name) or [""])[0].splitlines()]
    classified = [line.rpartition(":: ")[2] for line in data.get_all("Classifier") or () if line.startswith("License")]
    return next((line.strip() for line in [*told, *classified] if line.strip()), "see its text")
