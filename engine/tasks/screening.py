"""Screening files and folders from the command line: to a table, and into the store."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from engine.errors import ModelError, OutputError
from engine.films.discovery import FoundFile, discover
from engine.machine import find_shortage, means
from engine.model.card import PointsByAge
from engine.model.pack import ModelPack
from engine.paths import data_folder
from engine.reasons import Reason
from engine.reports.csv import CsvReport, partial_of, ranked_of
from engine.results.kept_run import KeptRun
from engine.screening.case import CaseResult
from engine.screening.identity import load_secret
from engine.screening.pipeline import screen, start_run
from engine.screening.requests import ScorerSettings
from engine.tasks.models import chosen_model
from engine.tasks.status import ExitStatus
from engine.tasks.terminal import plain, print_summary, print_work_list, with_progress

INTENDED_USE = (
    "For research, teaching and second looks under local responsibility. It is no diagnosis, and it is not cleared "
    "as a medical device anywhere. A clinician reads every film."
)


def screen_paths(options: argparse.Namespace, console: Console) -> ExitStatus:
    """Screen what the command line names, or go on with what was cut off. Raises MapafuError."""
    pack = chosen_model(options.model, accept_unsigned=options.accept_unsigned, console=console)
    try:
        points = pack.card.points(options.operating_point)
    except ModelError as error:
        console.print(f"mapafu-screen: {plain(error.sentence)}")
        return ExitStatus.BAD_USAGE
    table: Path = options.csv or options.out / "mapafu.csv"
    heatmaps: Path = options.out / "heatmaps"
    run, paths = start_run(pack), options.paths
    results: list[CaseResult] = []
    with KeptRun(lambda sentence: console.print(plain(sentence))) as kept:
        if options.resume:
            resumed = kept.resume(run, paths, default_age=options.default_age)
            run, paths = resumed.session.run, paths or resumed.session.dropped
            results += [result.judged_at(points) for result in resumed.results]
        files = discover(paths, leave_out=(table, partial_of(table), ranked_of(table), heatmaps))
        if not files and not results:
            console.print("There is no file to screen. Name a folder that holds chest films.")
            return ExitStatus.NOTHING_TO_SCREEN
        settings = _settings(options, pack, heatmaps, console)
        try:
            with CsvReport(table, run, anonymous=options.anonymous) as report:
                for result in results:
                    report.add(result)
                if not options.resume:
                    kept.begin(run, paths, default_age=options.default_age)
                missing = _missing(files, results)
                screened = _screen(missing, settings, kept, points, first_index=_next_index(results))
                for result in with_progress(screened, total=len(missing), quiet=options.quiet, console=console):
                    kept.add(result)
                    report.add(result)
                    results.append(result)
            kept.log_table(len(results), anonymous=options.anonymous)
            kept.end()  # now that the table is in place: where it is not, --resume writes it
        finally:
            if results and not options.quiet:
                if not options.anonymous:
                    print_work_list(results)
                print_summary(results, console)
    if not options.quiet:
        console.print(f"Table: {plain(str(table))}")
        if options.heatmaps:
            console.print(f"Heatmaps: {plain(str(heatmaps))}")
        console.print(f"[dim]{INTENDED_USE}[/dim]")
    if all(result.reason in (Reason.NOT_FOUND, Reason.NOT_AN_IMAGE) for result in results):
        console.print("There is no film to screen. Name a folder that holds chest films.")
        return ExitStatus.NOTHING_TO_SCREEN
    return ExitStatus.OK


def _settings(options: argparse.Namespace, pack: ModelPack, heatmaps: Path, console: Console) -> ScorerSettings:
    if options.heatmaps:
        _make_folder(heatmaps)
    shortage = find_shortage(data_folder())
    if shortage is not None:
        console.print(shortage)
    secret = load_secret(data_folder())
    if secret is None:
        console.print(f"The folder {plain(str(data_folder()))} cannot be used, so patients get no key in the table.")
    return ScorerSettings(
        model=pack.path,
        model_sha256=pack.sha256,
        model_unsigned=pack.unsigned,
        operating_point=options.operating_point,
        default_age=options.default_age,
        threads=options.threads or (1 if means().is_small else 0),
        heatmap_folder=heatmaps if options.heatmaps else None,
        anonymous=options.anonymous,
        secret=secret,
    )


def _screen(
    files: Sequence[FoundFile], settings: ScorerSettings, kept: KeptRun, points: PointsByAge, *, first_index: int
) -> Iterator[CaseResult]:
    """Results of files in order. Known films are not scored again, unless pictures of their heat are wanted."""

    def known(sha256: str) -> CaseResult | None:
        return kept.known(sha256, points)

    with closing(screen(files, settings, known=known if settings.heatmap_folder is None else None)) as results:
        for result in results:
            yield replace(result, index=first_index + result.index)


def _missing(files: Sequence[FoundFile], results: Sequence[CaseResult]) -> list[FoundFile]:
    done = {result.path for result in results}
    return [found for found in files if found.path not in done]


def _next_index(results: Sequence[CaseResult]) -> int:
    return 1 + max((result.index for result in results), default=-1)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be written to. Choose another one with --out.") from error
