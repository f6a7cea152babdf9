"""`python -m installer`: builds the installed program and measures it; `python -m tests.installed` tries it."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from installer.deb import build_deb
from installer.folder import build_folder
from installer.page import put_into_page
from installer.portable import build_portable
from installer.sizes import size_table, total_bytes
from installer.start_times import start_table

_MEGABYTE = 1_000_000


def main() -> int:
    """Run the command named and return the exit status."""
    options = _parse()
    console = Console(highlight=False, soft_wrap=True)
    command: str = options.command
    if command == "build":
        folder = build_folder(options.out)
        console.print(f"{folder}: {total_bytes(folder) / _MEGABYTE:.1f} MB")
        if not options.folder_only:
            for package in (build_deb(folder, options.out), build_portable(folder, options.out)):
                console.print(f"{package}: {package.stat().st_size / _MEGABYTE:.1f} MB")
    elif command == "sizes":
        _show("sizes", size_table(options.folder), options.page, console)
    elif command == "starts":
        _show("starts", start_table(options.folder, rounds=options.rounds), options.page, console)
    return 0


def _show(part: str, table: str, page: Path | None, console: Console) -> None:
    console.print(table, markup=False)
    if page is not None:
        put_into_page(page, part, table)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m installer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="the folder, a .deb and a portable archive (Linux)")
    build.add_argument("--out", type=Path, default=Path("dist"), metavar="DIR")
    build.add_argument("--folder-only", action="store_true", help="nothing but the folder, as on Windows and macOS")
    sizes = commands.add_parser("sizes", help="what takes the space, as a table")
    starts = commands.add_parser("starts", help="how long it takes to start, beside the one from source")
    starts.add_argument("--rounds", type=int, default=5)
    for measured in (sizes, starts):
        measured.add_argument("folder", type=Path, help="the program's folder, such as dist/mapafu")
        measured.add_argument("--page", type=Path, help="a page to put the table into, such as docs/installed.md")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
