"""Tries the installed program.

`folder dist/mapafu` where it was built, `tests dist/mapafu` with every test of the program as a process, `stick
dist/mapafu PLACE` on a memory stick, and, as root, `small dist/mapafu FILMS` on a PC of 4 GB and `debian
dist/mapafu_*.deb` in a bare Debian 12.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.installed.bare_debian import try_on_bare_debian
from tests.installed.checks import (
    check_lost_reader,
    check_portable,
    check_samples,
    check_self_test,
    check_syntaxes,
    check_window,
)
from tests.installed.program import Installed
from tests.installed.small_pc import try_on_small_pc
from tests.programs import CHECKOUT, INSTALLED_VARIABLE


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.installed", description="Try the installed program.")
    commands = parser.add_subparsers(dest="command", required=True)
    folder = commands.add_parser("folder", help="the program's folder, as it was built")
    folder.add_argument("folder", type=Path)
    tests = commands.add_parser("tests", help="the project's tests that run a program, with this one")
    tests.add_argument("folder", type=Path)
    tests.add_argument("words", nargs=argparse.REMAINDER, help="what else pytest is told")
    debian = commands.add_parser("debian", help="the .deb, in a bare Debian 12; as root")
    debian.add_argument("package", type=Path)
    debian.add_argument("--base", type=Path, default=Path("/var/cache/mapafu-debian"), help="the bare tree, kept")
    stick = commands.add_parser("stick", help="the program's folder, copied to a memory stick")
    stick.add_argument("folder", type=Path)
    stick.add_argument("place", type=Path, help="a folder on the stick")
    small = commands.add_parser("small", help="the program's folder on a PC of 4 GB; as root")
    small.add_argument("folder", type=Path)
    small.add_argument("films", type=Path)
    for command in (folder, debian, stick, small):
        command.add_argument("--out", type=Path, default=Path("dist/tried"), help="for the picture of the window")
    options = parser.parse_args()
    if options.command == "tests":
        raise SystemExit(run_tests(options.folder.resolve(), options.words))
    if options.command == "stick":
        _say(
            check_portable(options.folder.resolve(), options.out.resolve() / "stick.png", stick=options.place.resolve())
        )
    elif options.command == "small":
        _say(try_on_small_pc(options.folder.resolve(), options.films.resolve(), options.out.resolve() / "small.png"))
    elif options.command == "debian":
        try_on_bare_debian(options.package, options.out.resolve(), options.base, _say)
    else:
        _try_folder(options.folder.resolve(), options.out.resolve())


def run_tests(folder: Path, words: Sequence[str]) -> int:
    """Run every test that holds for an installed program with the ones in this folder; pytest's exit status."""
    os.environ[INSTALLED_VARIABLE] = str(folder)
    return pytest.main(["--rootdir", str(CHECKOUT), "-m", "program", str(CHECKOUT / "tests"), *words])


def _try_folder(folder: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        installed = Installed(folder=folder, home=home)
        samples = folder / "_internal" / "resources" / "samples"
        _say(check_self_test(installed))
        _say(check_samples(installed, samples, home / "results"))
        _say(check_syntaxes(installed, home / "syntaxes", home / "of-syntaxes"))
        _say(check_lost_reader(installed, samples, home / "lost"))
        _say(check_portable(folder, out / "portable.png"))
        _say(check_window(installed, samples, out / "folder.png"))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
