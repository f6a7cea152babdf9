"""What a screening shows in the terminal: its progress, the work list, and counts."""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from engine.screening.case import Band, CaseResult, CaseStatus
from engine.screening.triage import triage_key

BAND_WORDS = {
    Band.POSITIVE: "▲ Signs of pneumonia",
    Band.UNCERTAIN: "◆ Uncertain: review first",
    Band.NEGATIVE: "● No signs of pneumonia found",
}
_BAND_STYLES = {Band.POSITIVE: "bold #D55E00", Band.UNCERTAIN: "#E69F00", Band.NEGATIVE: "#009E73"}
_LIST_LENGTH = 40


class Terminal(Console):
    """A console that nobody need listen to: where its reader goes away (`... | head`), the work goes on in silence."""

    def on_broken_pipe(self) -> None:
        """Send the rest nowhere, what Python writes at its end too. Rich would end the program, as a failure."""
        self.quiet = True
        with contextlib.suppress(OSError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), self.file.fileno())


def with_progress(results: Iterable[CaseResult], *, total: int, quiet: bool, console: Console) -> Iterator[CaseResult]:
    """Results as they come, with a bar that counts them."""
    columns = (
        TextColumn("Screening"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[unscored]} not scored"),
    )
    with Progress(*columns, console=console, disable=quiet) as progress:
        bar = progress.add_task("", total=total, rate="", unscored=0)
        unscored = 0
        for result in results:
            unscored += result.status is not CaseStatus.SCORED
            speed = progress.tasks[bar].speed
            rate = f"{speed:.1f} films/s" if speed else ""
            progress.update(bar, advance=1, rate=rate, unscored=unscored)
            yield result


def print_work_list(results: list[CaseResult]) -> None:
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
        console = Terminal(highlight=False, width=None if sys.stdout.isatty() else 140)
        console.print(table)
        if left:
            console.print(f"... and {left} more in the table.")


def _shown_name(result: CaseResult) -> str:
    """The file and the folder it lies in, so spelt that a name cannot steer the terminal."""
    return plain("/".join(PurePosixPath(result.file).parts[-2:]))


def plain(text: str) -> str:
    """One line of text from outside, letter by letter: neither markup nor anything that could steer a terminal."""
    return escape("".join(letter if letter.isprintable() else "?" for letter in text))


def print_summary(results: list[CaseResult], console: Console) -> None:
    """How many films there are of each band, and of each reason not to score."""
    bands = Counter(result.score.band for result in results if result.score is not None)
    reasons = Counter(result.reason for result in results if result.reason is not None)
    for band, words in BAND_WORDS.items():
        console.print(f"[{_BAND_STYLES[band]}]{bands[band]:6d} {words}[/]")
    for reason, count in reasons.most_common():
        console.print(f"{count:6d} ⊘ {reason.value}")
