"""The Debian package: the program's folder, its names on the path, and what a desktop asks for."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

from engine.version import __version__
from installer.look import PURPOSE

_ROOT = Path(__file__).parents[1]
_LINUX = Path(__file__).parent / "linux"
_PROGRAMS = ("mapafu", "mapafu-screen")
# Files that libraries in the folder look for by name: where fonts lie, and what the keys of a keyboard are.
_BY_NAME = ("fontconfig-config", "xkb-data")
_CONTROL = """\
Package: mapafu
Version: {version}
Architecture: {architecture}
Maintainer: The Mapafu project <noreply@mapafu.invalid>
Installed-Size: {kilobytes}
Depends: {depends}
Section: science
Priority: optional
Description: puts chest X-ray films in reading order, offline
 Screens a folder of chest radiographs for signs of pneumonia: each film gets a
 probability, a band, and a picture of where the model looked, or the reason
 why it was not scored. Nothing leaves the PC.
 .
{purpose}
"""
_COPYRIGHT = """\
Mapafu is under the licence below. The libraries that it brings along have theirs in /usr/lib/mapafu/_internal/licences

"""


def build_deb(folder: Path, out: Path) -> Path:
    """Pack the program's folder as a Debian package for this PC's architecture, and return its path.

    Needs dpkg-deb, and a Debian on which the libraries that the program leaves to the system are installed.
    """
    tree = out / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    home = tree / "usr" / "lib" / "mapafu"
    shutil.copytree(folder, home, copy_function=_link)
    for name in _PROGRAMS:
        link = tree / "usr" / "bin" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"../lib/mapafu/{name}")
    icons = _ROOT / "resources" / "icons"
    _put(_LINUX / "mapafu.desktop", tree / "usr/share/applications/mapafu.desktop")
    _put(_LINUX / "mapafu.xml", tree / "usr/share/mime/packages/mapafu.xml")
    _put(icons / "mapafu.svg", tree / "usr/share/icons/hicolor/scalable/apps/mapafu.svg")
    _put(icons / "mapafu.png", tree / "usr/share/icons/hicolor/256x256/apps/mapafu.png")
    documents = tree / "usr/share/doc/mapafu"
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(_COPYRIGHT + (_ROOT / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8")
    (documents / "changelog.gz").write_bytes(gzip.compress((_ROOT / "CHANGELOG.md").read_bytes(), mtime=0))
    _write_control(tree)
    architecture = _said("dpkg", "--print-architecture")
    package = out / f"mapafu_{__version__}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, package], check=True)
    shutil.rmtree(tree)
    return package


def _link(source: str, target: str) -> None:
    # A hard link: a copy would need the room once more, and the two programs are one file.
    Path(target).hardlink_to(source)


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def _write_control(tree: Path) -> None:
    sizes = {path.stat().st_ino: path.stat().st_size for path in tree.rglob("*") if path.is_file()}
    words = re.sub(r"(.{1,76})(?: |$)", r" \1\n", PURPOSE).rstrip()
    control = _CONTROL.format(
        version=__version__,
        architecture=_said("dpkg", "--print-architecture"),
        kilobytes=sum(sizes.values()) // 1024,
        depends=", ".join(_packages(tree)),
        purpose=words,
    )
    folder = tree / "DEBIAN"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "control").write_text(control, encoding="utf-8")


def _packages(tree: Path) -> list[str]:
    """The packages that hold the libraries which the program is linked to and does not carry."""
    needed: set[str] = set()
    glibc = (0, 0)
    binaries = [path for path in tree.rglob("*") if path.is_file() and _is_elf(path)]
    for path in binaries:
        said = _said("objdump", "-p", path)
        needed |= set(re.findall(r"NEEDED +(\S+)", said))
        found = re.findall(r"GLIBC_(\d+)\.(\d+)", said)
        glibc = max(glibc, *((int(major), int(minor)) for major, minor in found), (0, 0))
    left = needed - {path.name for path in binaries}
    packages = {_said("dpkg", "-S", f"*/{name}").split(":")[0] for name in left}
    packages.discard("libc6")
    return [f"libc6 (>= {glibc[0]}.{glibc[1]})", *sorted(packages), *_BY_NAME]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def _said(*command: str | Path) -> str:
    done = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)
    return done.stdout.strip()
