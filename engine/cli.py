"""`mapafu-screen`: screens films without a window."""

from __future__ import annotations

import argparse
import contextlib
import io
import math
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from enum import IntEnum
from pathlib import Path, PurePosixPath

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from engine.errors import MapafuError, ModelError, OutputError
from engine.films.discovery import FoundFile, discover
from engine.model.pack import load_pack
from engine.paths import data_folder
from engine.reasons import Reason
from engine.reports.csv import CsvReport, partial_of, ranked_of
from engine.screening.case import Band, CaseResult, CaseStatus
from engine.screening.identity import load_secret
from engine.screening.pipeline import screen, start_run
from engine.screening.requests import ScorerSettings
from engine.screening.triage import triage_key
from engine.version import __version__

BAND_WORDS = {
    Band.POSITIVE: "▲ Signs of pneumonia",
    Band.UNCERTAIN: "◆ Uncertain: review first",
    Band.NEGATIVE: "● No signs of pneumonia found",
}
_BAND_STYLES = {Band.POSITIVE: "bold #D55E00", Band.UNCERTAIN: "#E69F00", Band.NEGATIVE: "#009E73"}
_LIST_LENGTH = 40
_INTENDED_USE = (
    "Mapafu helps to order and double-check chest films. It is no diagnosis, and it is not cleared as a medical "
    "device anywhere. A clinician reads every film."
)


class ExitStatus(IntEnum):
    """What the exit status of the program means."""

    OK = 0
    OUTPUT_FAILED = 1
    BAD_USAGE = 2
    NOTHING_TO_SCREEN = 3
    MODEL_UNUSABLE = 4
    INTERRUPTED = 130


def run(arguments: Sequence[str] | None = None) -> int:
    """Screen what the command line names, and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign must not stop the run
    options = _parser().parse_args(arguments)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        return _screen_paths(options, console)
    except KeyboardInterrupt:
        console.print("Stopped. What was done is kept.")
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        return ExitStatus.OUTPUT_FAILED
    except MapafuError as error:
        console.print(f"mapafu-screen: {escape(error.sentence)}")
        return ExitStatus.MODEL_UNUSABLE if isinstance(error, ModelError) else ExitStatus.OUTPUT_FAILED


def _screen_paths(options: argparse.Namespace, console: Console) -> int:
    pack = load_pack(options.model)
    try:
        pack.card.points(options.operating_point)
    except ModelError as error:
        console.print(f"mapafu-screen: {escape(error.sentence)}")
        return ExitStatus.BAD_USAGE
    table = options.csv or options.out / "mapafu.csv"
    heatmaps = options.out / "heatmaps"
    files = discover(options.paths, leave_out=(table, partial_of(table), ranked_of(table), heatmaps))
    if not files:
        console.print("There is no file to screen. Name a folder that holds chest films.")
        return ExitStatus.NOTHING_TO_SCREEN
    if options.heatmaps:
        _make_folder(heatmaps)
    secret = load_secret(data_folder())
    if secret is None:
        console.print(f"The folder {escape(str(data_folder()))} cannot be used, so patients get no key in the table.")
    settings = ScorerSettings(
        model=pack.path,
        model_sha256=pack.sha256,
        operating_point=options.operating_point,
        default_age=options.default_age,
        threads=options.threads,
        heatmap_folder=heatmaps if options.heatmaps else None,
        anonymous=options.anonymous,
        secret=secret,
    )
    results: list[CaseResult] = []
    try:
        with CsvReport(table, start_run(pack), anonymous=options.anonymous) as report:
            for result in _with_progress(files, settings, quiet=options.quiet, console=console):
                report.add(result)
                results.append(result)
    finally:
        if results and not options.quiet:
            if not options.anonymous:
                _print_work_list(results)
            _print_summary(results, console)
    if not options.quiet:
        console.print(f"Table: {escape(str(table))}")
        if options.heatmaps:
            console.print(f"Heatmaps: {escape(str(heatmaps))}")
        console.print(f"[dim]{_INTENDED_USE}[/dim]")
    if all(result.reason in (Reason.NOT_FOUND, Reason.NOT_AN_IMAGE) for result in results):
        console.print("There is no film to screen. Name a folder that holds chest films.")
        return ExitStatus.NOTHING_TO_SCREEN
    return ExitStatus.OK


def _with_progress(
    files: list[FoundFile], settings: ScorerSettings, *, quiet: bool, console: Console
) -> Iterator[CaseResult]:
    columns = (
        TextColumn("Screening"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[unscored]} not scored"),
    )
    with (
        Progress(*columns, console=console, disable=quiet) as progress,
        closing(screen(files, settings)) as results,
    ):
        bar = progress.add_task("", total=len(files), rate="", unscored=0)
        unscored = 0
        for result in results:
            unscored += result.status is not CaseStatus.SCORED
            speed = progress.tasks[bar].speed
            rate = f"{speed:.1f} films/s" if speed else ""
            progress.update(bar, advance=1, rate=rate, unscored=unscored)
            yield result


def _print_work_list(results: list[CaseResult]) -> None:
    """The films to read first on standard output, then those without a score."""
    keys = {result.index: key for result in results if (key := triage_key(result)) is not None}
    scored = sorted((result for result in results if result.index in keys), key=lambda result: keys[result.index])
    unscored = [result for result in results if result.index not in keys]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, justify in (
        ("rank", "right"),
        ("P", "right"),
        ("", "left"),
        ("film", "left"),
        ("notes", "left"),
    ):
        table.add_column(heading, justify=justify, no_wrap=heading == "film")  # type: ignore[arg-type]
    for rank, result in enumerate(scored[:_LIST_LENGTH], start=1):
        assert result.score is not None
        band = result.score.band
        words = f"[{_BAND_STYLES[band]}]{BAND_WORDS[band]}[/]"
        notes = ", ".join(note.value for note in result.notes)
        table.add_row(str(rank), f"{result.score.probability:.2f}", words, _shown_name(result), notes)
    for result in unscored[:_LIST_LENGTH]:
        sentence = result.reason.sentence if result.reason else ""
        table.add_row("", "", f"⊘ {result.status.value}", _shown_name(result), sentence)
    left = len(scored[_LIST_LENGTH:]) + len(unscored[_LIST_LENGTH:])
    if sys.stdout is None:
        return
    # The table is safe by now, whatever becomes of the words on the screen.
    with contextlib.suppress(OSError):
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
        console.print(table)
        if left:
            console.print(f"... and {left} more in the table.")


def _shown_name(result: CaseResult) -> str:
    """The file and the folder it lies in, so spelt that a name cannot steer the terminal."""
    name = "/".join(PurePosixPath(result.file).parts[-2:])
    return escape("".join(letter if letter.isprintable() else "?" for letter in name))


def _print_summary(results: list[CaseResult], console: Console) -> None:
    bands = Counter(result.score.band for result in results if result.score is not None)
    reasons = Counter(result.reason for result in results if result.reason is not None)
    for band, words in BAND_WORDS.items():
        console.print(f"[{_BAND_STYLES[band]}]{bands[band]:6d} {words}[/]")
    for reason, count in reasons.most_common():
        console.print(f"{count:6d} ⊘ {reason.value}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be written to. Choose another one with --out.") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mapafu-screen",
        description="Screen chest radiographs for signs of pneumonia, on this PC alone.",
        epilog=_INTENDED_USE,
    )
    parser.add_argument("paths", nargs="+", type=_path, metavar="PATH", help="a film, or a folder of films")
    parser.add_argument("--out", type=Path, default=Path("mapafu-out"), metavar="DIR", help="folder for results")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="the table to write (default: DIR/mapafu.csv)")
    parser.add_argument("--heatmaps", action="store_true", help="write a heatmap and an overlay for each film")
    parser.add_argument("--model", type=Path, metavar="FILE", help="another model than the one that comes along")
    parser.add_argument(
        "--operating-point", metavar="NAME", help="where to draw the line, as named in the model's card"
    )
    parser.add_argument("--default-age", type=_age, metavar="YEARS", help="age of patients whose film does not tell it")
    parser.add_argument("--threads", type=_threads, default=0, metavar="N", help="threads per film (0: as fits)")
    parser.add_argument(
        "--anonymous",
        action="store_true",
        help="leave out file names and DICOM identifiers; age, date, hashes stay",
    )
    parser.add_argument("--quiet", action="store_true", help="write the table and print nothing but errors")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _path(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("a path is empty")
    return text


def _age(text: str) -> float:
    try:
        age = float(text)
    except ValueError:
        age = math.nan
    if not 0.0 <= age <= 130.0:
        raise argparse.ArgumentTypeError("an age is a number of years between 0 and 130")
    return age


def _threads(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 256):
        raise argparse.ArgumentTypeError("threads are a number between 0 and 256")
    return int(text)
