"""`mapafu-train explore`: read the films once, and write what was found as one page."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engine.errors import OutputError
from training.explore.findings import find, warnings_of
from training.explore.folder import list_folder
from training.explore.listing import Listing
from training.explore.manifest import list_manifest
from training.explore.reading import read_films
from training.explore.sections import SECTIONS
from training.films import DataError
from training.html_report import HtmlReport

REPORT = "explore.html"
_MANIFEST = "manifest.csv"


def explore(*, data: Path, out: Path, label_column: str | None = None, split_column: str | None = None) -> Path:
    """Write `out/explore.html` on the films of `data`, and return its path.

    Args:
        data: A folder laid out as SPLIT/CLASS/FILM, a folder with manifest.csv, or such a table.
        out: Folder for the report; made where it is missing.
        label_column, split_column: Columns of the manifest to use instead of the usual ones.

    Raises:
        DataError: There are no films to look at.
        OutputError: The report cannot be written.
    """
    console = Console(stderr=True)
    listing = list_films(data, label_column=label_column, split_column=split_column)
    _make_folder(out)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    ) as progress:
        films = read_films(listing, progress.track(listing.films, description="Reading films"))
        found = find(listing, films)
        page = HtmlReport(f"A first look at the films of {listing.name}")
        for section in progress.track(SECTIONS, description="Drawing the report"):
            section(page, found)
    path = out / REPORT
    try:
        page.write(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
    concerns = len(warnings_of(found))
    console.print(
        f"{path}: {len(films.films):,} films, {concerns} warning{'' if concerns == 1 else 's'}.", soft_wrap=True
    )
    return path


def list_films(data: Path, *, label_column: str | None = None, split_column: str | None = None) -> Listing:
    """The films of a folder or a manifest, whichever `data` is. Raises DataError."""
    table = data / _MANIFEST if data.is_dir() else data
    if table.is_file():
        return list_manifest(table, label_column=label_column, split_column=split_column)
    if not data.is_dir():
        raise DataError(f"There is no folder {data}. Name the folder with the films.")
    if label_column or split_column:
        raise DataError(f"There is no {table}. Only a manifest has columns; leave --label and --split out.")
    return list_folder(data)


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {out} cannot be made: {error.strerror}.") from error
