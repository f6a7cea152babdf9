"""The licences of what the installed program brings along, as files for its folder."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePath

from installer.contents import EXCLUDED_MODULES

_ROOT = Path(__file__).parents[1]
_TEXTS = Path(__file__).parent / "texts"
_NAMES = re.compile(r"(licen[cs]e|copying|notice|thirdparty|authors)[^/]*$", re.IGNORECASE)
_COMMON_FOLDER = "/usr/share/common-licenses"
_COMMON = re.compile(_COMMON_FOLDER + r"/([\w.-]*\w)")
_HEAD = """\
Mapafu is free software under the Apache License 2.0 (LICENSE.txt). Its installed program brings along the libraries
below, each under its own licence; their texts lie beside this file. It also brings libraries of the system that it was
built on: the folder `system` has the copyright of each, by the name of its package, and the licences they refer to.

Qt, PySide6 and Shiboken are used under the GNU Lesser General Public License 3 (LGPL-3.0.txt, which builds upon
GPL-3.0.txt). They lie in this folder as libraries of their own, so that you can put others in their place. Their source
is at https://download.qt.io/official_releases/

Python {python} is under the Python Software Foundation License (Python.txt). CharLS, which pyjpegls brings along, is
under the BSD licence (CharLS-BSD-3.txt).
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
    page, own, python = folder / "README.txt", folder / "LICENSE.txt", folder / "Python.txt"
    head = _HEAD.format(python=".".join(map(str, sys.version_info[:3])))
    page.write_text(head + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    own.write_bytes((_ROOT / "LICENSE").read_bytes())
    python.write_bytes(_python_licence().read_bytes())
    return [*pairs, *((str(path), "licences") for path in (page, own, python))]


def system_licences(binaries: Iterable[Path]) -> list[tuple[str, str]]:
    """The copyright of each Debian package that one of these libraries is of, as pairs like those above.

    With them come the common licences that they refer to. Other systems have no such packages, and get none.
    """
    names = {path.resolve().name for path in binaries if path.is_relative_to("/usr/lib") or path.is_relative_to("/lib")}
    if not names or shutil.which("dpkg") is None:
        return []
    done = subprocess.run(["dpkg", "-S", *(f"*/{name}" for name in names)], capture_output=True, text=True, check=False)
    packages = {line.split(":")[0] for line in done.stdout.splitlines()}
    pairs = []
    common: set[str] = set()
    for package in sorted(packages):
        text = Path("/usr/share/doc", package, "copyright")
        if text.is_file():
            pairs.append((str(text), f"licences/system/{package}"))
            common |= set(_COMMON.findall(text.read_text(encoding="utf-8", errors="replace")))
    texts = [path for path in sorted(Path(_COMMON_FOLDER, name) for name in common) if path.is_file()]
    return pairs + [(str(path), "licences/system") for path in texts]


def _python_licence() -> Path:
    places = (Path(sysconfig.get_path("stdlib"), "LICENSE.txt"), Path(sys.base_prefix, "LICENSE.txt"),
              Path(f"/usr/share/doc/python{sys.version_info[0]}.{sys.version_info[1]}/copyright"))  # fmt: skip
    return next(place for place in places if place.is_file())


def _libraries() -> list[Distribution]:
    """What the program requires, and what that requires, by name, but for what stays out of it."""
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
        if _stays_out(library):
            continue
        found[name[0].lower()] = library
        waiting += library.requires or []
    return [found[name] for name in sorted(found)]


def _stays_out(library: Distribution) -> bool:
    parts = {file.parts[0] for file in library.files or () if file.suffix == ".py" and len(file.parts) > 1}
    return bool(parts) and parts <= set(EXCLUDED_MODULES)


def _stated(library: Distribution) -> str:
    data = library.metadata
    told = [line for name in ("License-Expression", "License") for line in (data.get_all(name) or [""])[0].splitlines()]
    classified = [line.rpartition(":: ")[2] for line in data.get_all("Classifier") or () if line.startswith("License")]
    return next((line.strip() for line in [*told, *classified] if line.strip()), "see its text")
